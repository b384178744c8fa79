"""The ways in: no medicine here."""
