"""The brain stream: structure, function, published markers with their limits, and where stimulation could aim."""
