"""The mind stream: instruments scored with their error, adaptive tests, change, answer quality, what must be acted on at once."""
