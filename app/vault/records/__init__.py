"""Keeping and erasing: keys of parts, retention by policy, legal hold, deletion records."""
