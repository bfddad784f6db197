"""Backup and restore: one file, made while the vault is in use, in which everything is sealed already."""
