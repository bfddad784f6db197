"""Spoken words told as a note tells them; nothing is added."""
