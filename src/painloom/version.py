"""Version of the program, and release of the knowledge that ships with it."""

__version__ = "0.1.0"
KNOWLEDGE_RELEASE = "2026-11"
