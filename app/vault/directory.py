"""People as their newest verified certificates say."""

import contextlib

from sqlalchemy import Connection, insert, select

from app.domain.errors import AnamnesisError, InputError
from app.vault.certificates import Certificate, read_certificate
from app.vault.models import CertificateRow, UserRow
from app.vault.moments import now_text


class Directory:
    """Reads and writes people in the caller's transaction; knows nothing of permissions."""

    def __init__(self, organisation_public: bytes, vault_id: str) -> None:
        self.organisation_public = organisation_public
        self.vault_id = vault_id

    def certificates(self, connection: Connection) -> dict[str, Certificate]:
        """The newest certificate of every person, by user id. Raises `SealBrokenError`, `VersionError`."""
        rows = self._newest(connection)
        return {user_id: self._read(user_id, body, signature) for user_id, (body, signature) in rows.items()}

    def certificate(self, connection: Connection, user_id: str) -> Certificate:
        """The newest certificate of one person. Raises `InputError` if unknown, else as `certificates`."""
        row = CertificateRow
        found = connection.execute(
            select(row.body, row.signature).where(row.user_id == user_id).order_by(row.id.desc()).limit(1)
        ).first()
        if found is None:
            raise InputError("There is no such person in this vault.", "See the list of people.")
        return self._read(user_id, found.body, found.signature)

    def signing_keys(self, connection: Connection) -> dict[str, bytes]:
        """Public signing keys by user id; a person whose certificate does not verify is left out."""
        keys = {}
        for user_id, (body, signature) in self._newest(connection).items():
            with contextlib.suppress(AnamnesisError):
                keys[user_id] = self._read(user_id, body, signature).signing
        return keys

    def add(self, connection: Connection, certificate: Certificate) -> None:
        """Store a new person with the certificate."""
        user = certificate.user
        connection.execute(insert(UserRow).values(id=user.id, name=user.name, created_at=now_text()))
        connection.execute(
            insert(CertificateRow).values(user_id=user.id, body=certificate.body, signature=certificate.signature)
        )

    @staticmethod
    def _newest(connection: Connection) -> dict[str, tuple[str, str]]:
        row = CertificateRow
        query = select(row.user_id, row.body, row.signature).order_by(row.id)
        return {user_id: (body, signature) for user_id, body, signature in connection.execute(query)}

    def _read(self, user_id: str, body: str, signature: str) -> Certificate:
        certificate = read_certificate(body, signature, self.organisation_public, self.vault_id)
        if certificate.user.id != user_id:
            raise InputError("A person's certificate belongs to someone else.", "Restore the vault from a backup.")
        return certificate
