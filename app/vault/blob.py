"""What every blob of the vault starts with: magic, format version, algorithm."""

from dataclasses import dataclass

from app.domain.errors import SealBrokenError, VersionError

PREFIX = 6


@dataclass(frozen=True, slots=True)
class BlobKind:
    """A kind of blob: four magic bytes, its only known version and algorithm, and its name in messages."""

    magic: bytes
    version: int
    algorithm: int
    name: str

    def prefix(self) -> bytes:
        """The six bytes that this kind starts with."""
        return self.magic + bytes((self.version, self.algorithm))

    def check(self, blob: bytes, minimum: int) -> None:
        """Refuse anything but this kind, version and algorithm, and anything shorter than `minimum` bytes.

        Raises `SealBrokenError` (damaged or another thing), `VersionError` (unknown version or algorithm).
        """
        if len(blob) < PREFIX or blob[:4] != self.magic:
            raise SealBrokenError(f"The {self.name} is damaged or is something else.", "Restore it from a backup.")
        if blob[4] != self.version or blob[5] != self.algorithm:
            raise VersionError(f"The {self.name} has a format this program does not know.", "Update this program.")
        if len(blob) < minimum:
            raise self.broken()

    def broken(self) -> SealBrokenError:
        """The error for a blob of this kind that does not open."""
        return SealBrokenError(
            f"The {self.name} does not open: it was damaged, cut, moved or altered.", "Restore it from a backup."
        )


def context(*parts: str) -> bytes:
    """Join names unambiguously (each with its length) for use as associated data."""
    joined = b"anamnesis/v1"
    for part in parts:
        encoded = part.encode()
        joined += len(encoded).to_bytes(4, "big") + encoded
    return joined
