"""What may be done: refusals with their reasons."""
