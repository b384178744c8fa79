"""The command line; every verb has its Python twin."""
