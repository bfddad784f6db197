"""Answers and the talk itself become the statements of a note, by rules."""
