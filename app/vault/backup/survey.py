"""Reads a backup through, whole, cut or damaged, and says what lies where and what of it is sound."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.vault.backup.container import (
    DIGEST,
    KIND,
    PART,
    STEP,
    Manifest,
    Tick,
    read_manifest,
    read_opening,
    read_part_head,
)
from app.vault.blob import PREFIX
from app.vault.machine_errors import declared


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A part in the file. `present` bytes of its `size` are there; `sound`: all of them, with the right digest."""

    name: str
    offset: int
    size: int
    present: int
    sound: bool

    @property
    def cut(self) -> bool:
        """Whether its end is missing."""
        return self.present < self.size


@dataclass(frozen=True, slots=True)
class Survey:
    """What a backup holds. `intact`: nothing is damaged or missing; `manifest` is None if that is lost."""

    path: Path
    size: int
    made_at: str
    manifest: Manifest | None
    parts: tuple[FoundPart, ...]
    intact: bool

    def sound(self, name: str) -> FoundPart | None:
        """The part of this name, or its spare, if one of them is sound."""
        for wanted in (name, f"spare/{name}"):
            for part in self.parts:
                if part.name == wanted and part.sound:
                    return part
        return None


def survey(path: Path, tick: Tick) -> Survey:
    """Read all of it; `tick` as in `container`.

    Raises `SealBrokenError` (no backup at all), `VersionError` (one of a newer program), `MachineError`.
    """
    with declared("read the backup"), path.open("rb") as file:
        size = file.seek(0, 2)
        opening = read_opening(file)
        found = read_manifest(file, size)
        if found is None:
            parts = _by_heads(file, size, opening[2] if opening else 0, tick)
            if opening is None and not parts:
                _refuse(file)
            return Survey(path, size, opening[1] if opening else "", None, parts, intact=False)
        manifest, end = found
        parts = tuple(_checked(file, size, p.name, p.offset, p.size, p.sha256, tick) for p in manifest.parts)
        told = opening is not None and opening[:2] == (manifest.vault_id, manifest.made_at)
        intact = told and all(p.sound for p in parts) and _in_a_row(file, opening[2] if opening else 0, manifest, end)
        return Survey(path, size, manifest.made_at, manifest, parts, intact)


def total_size(path: Path) -> int:
    """Bytes of the file. Raises `MachineError`."""
    with declared("read the backup"):
        return path.stat().st_size


def _in_a_row(file: BinaryIO, at: int, manifest: Manifest, end: int) -> bool:
    """Whether the heads and digests say what the manifest says, with nothing between the parts."""
    for part in manifest.parts:
        if read_part_head(file, at) != (part.name, part.size, part.offset):
            return False
        file.seek(part.offset + part.size)
        if file.read(DIGEST).hex() != part.sha256:
            return False
        at = part.offset + part.size + DIGEST
    return at == end


def _refuse(file: BinaryIO) -> None:
    """Nothing in it can be read: it is another thing, or of a newer program."""
    file.seek(0)
    KIND.check(file.read(PREFIX), PREFIX)
    raise KIND.broken()


def _by_heads(file: BinaryIO, size: int, at: int, tick: Tick) -> tuple[FoundPart, ...]:
    """Part after part; where a head is damaged, on from the next whole one."""
    parts: list[FoundPart] = []
    while (start := _next_head(file, size, at)) is not None:
        name, length, offset = start
        file.seek(offset + length)
        digest = file.read(DIGEST).hex()
        parts.append(_checked(file, size, name, offset, length, digest, tick))
        whole = parts[-1].sound
        at = offset + length + DIGEST if whole else offset
    return tuple(parts)


def _next_head(file: BinaryIO, size: int, at: int) -> tuple[str, int, int] | None:
    while at < size:
        file.seek(at)
        window = file.read(STEP + len(PART))
        place = window.find(PART)
        while place >= 0:
            head = read_part_head(file, at + place)
            if head is not None:
                return head
            place = window.find(PART, place + 1)
        at += STEP
    return None


def _checked(file: BinaryIO, size: int, name: str, offset: int, length: int, sha256: str, tick: Tick) -> FoundPart:
    digest, present = hashlib.sha256(), 0
    file.seek(offset)
    while present < length:
        data = file.read(min(STEP, length - present))
        if not data:
            break
        digest.update(data)
        present += len(data)
        tick(len(data))
    there = min(present, max(size - offset, 0))
    return FoundPart(name, offset, length, there, there == length and digest.hexdigest() == sha256)
