"""How the organisation's shared database is reached: TLS to a checked host, or not at all."""

from app.domain.syncing import ServerAddress


def connection_settings(address: ServerAddress, user: str, password: str) -> dict[str, str | int]:
    """libpq's settings (PostgreSQL documentation 34.1.2), each given, so that no PG… variable or file decides.

    `verify-full`: the certificate is signed by the site's authority and names the host. SCRAM only: the password itself
    never leaves this machine. Seconds and milliseconds bound every wait.
    """
    return {
        "host": address.host,
        "port": address.port,
        "dbname": address.database,
        "user": user,
        "password": password,
        "sslmode": "verify-full",
        "sslrootcert": address.ca_file,
        "sslcert": "/nonexistent",
        "sslkey": "/nonexistent",
        "ssl_min_protocol_version": "TLSv1.2",
        "gssencmode": "disable",
        "require_auth": "scram-sha-256",
        "target_session_attrs": "read-write",
        "passfile": "/nonexistent",
        "application_name": "anamnesis",
        "client_encoding": "UTF8",
        "connect_timeout": 5,
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s",
    }
