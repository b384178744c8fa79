"""The body stream: a drug list normalised and judged, organ function, what hurts where."""
