"""Anamnesis: an ambient clinical scribe for the desktop."""

from app.offline import forbid_reports

__version__ = "0.1.0"

forbid_reports()
