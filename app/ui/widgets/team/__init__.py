"""Who may open a visit: the care team, emergency access."""
