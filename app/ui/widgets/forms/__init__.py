"""Pieces of forms that several sheets share."""
