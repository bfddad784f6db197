"""Anamnesis: an ambient clinical scribe for the desktop."""

__version__ = "0.1.0"
