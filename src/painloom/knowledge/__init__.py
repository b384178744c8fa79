"""Cards: what medicine knows, and the only code that reads it."""
