"""The format of a backup: one file of parts, readable in two ways, so that no single damaged place loses the rest.

Opening: magic "ANBK", version, algorithm, length (4 bytes), canonical JSON (vault, moment), SHA-256 of all before it.
Part: magic "ANBP", length (4), canonical JSON (name, size), SHA-256 of these; the bytes; SHA-256 of the bytes.
Manifest: magic "ANBM", length (4), canonical JSON (vault, moment, every part with offset, size and digest, and a code
keyed by the vault over all that), SHA-256. Footer: magic "ANBE", offset of the manifest (8), CRC-32 of both (4).

Whole backups are read by the manifest; cut and damaged ones by the heads of the parts, from the front. Header and
database stand first and, as a spare, once more last. Nothing is opened or sealed here: the parts are the vault's own
files, which are sealed.
"""

import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from app.domain.errors import SealBrokenError
from app.vault.blob import BlobKind
from app.vault.canonical import canonical

KIND = BlobKind(b"ANBK", 1, 1, "backup")
SCHEMA = "anamnesis.backup/1"
PART, MANIFEST, FOOTER = b"ANBP", b"ANBM", b"ANBE"
DIGEST = 32
STEP = 1024 * 1024
FOOTER_SIZE = 4 + 8 + 4
LONGEST_HEAD = 4096
LONGEST_MANIFEST = 256 * 1024 * 1024
NAME = re.compile(r"(spare/)?vault\.(head|db)|vault\.erased|audio/[0-9a-f]{32}(\.[1-9][0-9]{0,5})?\.audio")

Tick = Callable[[int], None]
"""Called with the number of bytes just read or written; may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part as the manifest lists it; `offset` is where its bytes begin, `sha256` is hex."""

    name: str
    offset: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a whole backup holds; `made_at` is UTC text, `code` as `with_code`."""

    vault_id: str
    made_at: str
    parts: tuple[PartEntry, ...]
    code: str = ""

    def body(self) -> dict[str, object]:
        """As JSON."""
        parts: list[object] = [[p.name, p.offset, p.size, p.sha256] for p in self.parts]
        return {"schema": SCHEMA, "vault": self.vault_id, "at": self.made_at, "parts": parts, "code": self.code}

    def expected_code(self, key: bytes) -> str:
        """The code of a backup that was put together by someone who holds the vault's key."""
        return hmac.new(key, canonical({**self.body(), "code": ""}), hashlib.sha256).hexdigest()


def framed(magic: bytes, value: dict[str, object]) -> bytes:
    """Magic, length, canonical JSON, SHA-256 of all that."""
    body = canonical(value)
    head = magic + len(body).to_bytes(4, "big") + body
    return head + hashlib.sha256(head).digest()


def read_frame(file: BinaryIO, offset: int, magic: bytes, longest: int) -> tuple[dict[str, object], int] | None:
    """The JSON object framed at `offset` and where it ends; None if it is not whole."""
    file.seek(offset)
    start = file.read(len(magic) + 4)
    length = int.from_bytes(start[len(magic) :], "big")
    if start[: len(magic)] != magic or len(start) != len(magic) + 4 or length > longest:
        return None
    body, found = file.read(length), file.read(DIGEST)
    if hashlib.sha256(start + body).digest() != found:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return (value, offset + len(start) + length + DIGEST) if isinstance(value, dict) else None


@dataclass(slots=True)
class ContainerWriter:
    """Writes a backup front to back into an empty file."""

    file: BinaryIO
    vault_id: str
    made_at: str
    _parts: list[PartEntry] = field(default_factory=list)
    _at: int = 0

    def open(self) -> None:
        """Write the opening."""
        self._put(framed(KIND.prefix(), {"schema": SCHEMA, "vault": self.vault_id, "at": self.made_at}))

    def add(self, name: str, source: BinaryIO, size: int, tick: Tick) -> None:
        """Copy `size` bytes of `source` as a part. Raises `SealBrokenError` if there are fewer; what `tick` raises."""
        self._put(framed(PART, {"name": name, "size": size}))
        offset, digest, left = self._at, hashlib.sha256(), size
        while left:
            data = source.read(min(left, STEP))
            if not data:
                raise SealBrokenError("A file of the vault became shorter while it was copied.", "Try again.")
            digest.update(data)
            self._put(data)
            left -= len(data)
            tick(len(data))
        self._put(digest.digest())
        self._parts.append(PartEntry(name, offset, size, digest.hexdigest()))

    def close(self, key: bytes) -> Manifest:
        """Write manifest and footer; `key` is the vault's derived key `backup`."""
        manifest = Manifest(self.vault_id, self.made_at, tuple(self._parts))
        manifest = Manifest(self.vault_id, self.made_at, manifest.parts, manifest.expected_code(key))
        where = FOOTER + self._at.to_bytes(8, "big")
        self._put(framed(MANIFEST, manifest.body()))
        self._put(where + zlib.crc32(where).to_bytes(4, "big"))
        return manifest

    def _put(self, data: bytes) -> None:
        self.file.write(data)
        self._at += len(data)


def read_opening(file: BinaryIO) -> tuple[str, str, int] | None:
    """Vault, moment and the end of the opening; None if it is damaged."""
    found = read_frame(file, 0, KIND.prefix(), LONGEST_HEAD)
    if found is None:
        return None
    value, end = found
    vault, made_at = value.get("vault"), value.get("at")
    return (vault, made_at, end) if isinstance(vault, str) and isinstance(made_at, str) else None


def read_manifest(file: BinaryIO, size: int) -> tuple[Manifest, int] | None:
    """The manifest and its offset; None if it or the footer is damaged or cut off."""
    if size < FOOTER_SIZE:
        return None
    file.seek(size - FOOTER_SIZE)
    footer = file.read(FOOTER_SIZE)
    if footer[:4] != FOOTER or zlib.crc32(footer[:12]) != int.from_bytes(footer[12:], "big"):
        return None
    offset = int.from_bytes(footer[4:12], "big")
    found = read_frame(file, offset, MANIFEST, LONGEST_MANIFEST)
    if found is None or found[1] != size - FOOTER_SIZE:
        return None
    try:
        return _manifest(found[0]), offset
    except (KeyError, TypeError, ValueError):
        return None


def read_part_head(file: BinaryIO, offset: int) -> tuple[str, int, int] | None:
    """Name, size and offset of the bytes of the part whose head stands at `offset`; None if none does."""
    found = read_frame(file, offset, PART, LONGEST_HEAD)
    if found is None:
        return None
    value, start = found
    name, size = value.get("name"), value.get("size")
    if not isinstance(name, str) or not NAME.fullmatch(name) or type(size) is not int or size < 0:
        return None
    return name, size, start


def _manifest(value: dict[str, object]) -> Manifest:
    parts = value["parts"]
    if value["schema"] != SCHEMA or not isinstance(parts, list):
        raise ValueError("schema")
    read = []
    for name, offset, size, sha256 in parts:
        if not NAME.fullmatch(name) or type(offset) is not int or type(size) is not int or min(offset, size) < 0:
            raise ValueError("part")
        read.append(PartEntry(name, offset, size, str(sha256)))
    return Manifest(str(value["vault"]), str(value["at"]), tuple(read), str(value["code"]))
