"""Keys, sealing, database, audit trail."""
