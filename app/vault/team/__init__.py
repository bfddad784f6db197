"""Who is on the care team of an encounter, emergency access to it, and people who leave."""
