"""Nouns: frozen, without I/O, clock or randomness."""
