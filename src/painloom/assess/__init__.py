"""The whole journey of one person: case and knowledge -> Assessment."""

from painloom.assess.journey import assess, open_case

__all__ = ["assess", "open_case"]
