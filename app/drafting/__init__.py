"""A transcript becomes a checked draft."""
