"""How long and in which words a note is written, and how a person writes."""
