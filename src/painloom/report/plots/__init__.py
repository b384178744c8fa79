"""Pictures for readers who would rather look: intervals, icon arrays, forests and learning, as SVG or PNG."""
