"""Sharing a vault's rows between machines through a PostgreSQL server that can read none of them."""
