"""Makes a backup while the vault is in use, reads it back, and only then gives it its name."""

import contextlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import ConflictError, InputError, MachineError, SealBrokenError
from app.domain.people import Permission
from app.domain.records import Backup, LastBackup
from app.domain.work import CancelToken, Progress
from app.vault.backup.container import ContainerWriter, Manifest, Tick
from app.vault.backup.restored_vault import LABEL
from app.vault.backup.survey import survey
from app.vault.database import NAME as DATABASE
from app.vault.header import NAME as HEADER
from app.vault.machine_errors import declared
from app.vault.moments import now_text, to_moment
from app.vault.open_vault import OpenVault
from app.vault.recordings import FOLDER as AUDIO
from app.vault.recordings import Recordings
from app.vault.records import erasure_list
from app.vault.records.erasure_list import Erased
from app.vault.records.last_backup import read_last, write_last
from app.vault.safe_files import open_private, sync_folder

SUFFIX = ".anabackup"
UNFINISHED = ".unfinished"
_DATABASE_SHARE, _COPY_SHARE = 0.1, 0.6


@dataclass(frozen=True, slots=True)
class _Sources:
    """What goes into a backup: the copy of the database, and the files of sound with their sealed sizes."""

    database: Path
    erased: set[Erased]
    sound: list[tuple[Path, int]]


class Backups:
    """In the signed-in person's name."""

    def __init__(self, vault: OpenVault, recordings: Recordings) -> None:
        self._vault = vault
        self._recordings = recordings

    def allowed(self) -> bool:
        """An administrator, or the physician of a practice of one."""
        user = self._vault.access.user
        alone = len(self._vault.header.accounts) == 1
        return user.may(Permission.BACK_UP) or (alone and user.may(Permission.RECORD))

    def last(self) -> LastBackup | None:
        """When this machine last made a backup. Raises `MachineError`."""
        return read_last(self._vault.folder)

    def make(self, target: Path, progress: Progress, cancel: CancelToken) -> Backup:
        """Make, read back, name. Raises as the port says; then nothing stands under the name."""
        if not self.allowed():
            self._vault.access.require(Permission.BACK_UP)
        made_at = now_text()
        path = self._place(target, made_at)
        with self._recordings.being_copied(), _unfinished(path) as (unfinished, copy):
            sources = self._sources(copy, progress, cancel)
            size, manifest = self._write(unfinished, made_at, sources, progress, cancel)
            self._read_back(unfinished, manifest, size, progress, cancel)
            self._finish(unfinished, path, len(sources.sound), size, sources.erased)
        backup = Backup(path, to_moment(made_at), size, len(sources.sound))
        self._remember(backup)
        progress(1.0, "Backup made and read back")
        return backup

    def _place(self, target: Path, made_at: str) -> Path:
        """The file to be made. Raises `InputError`, `ConflictError`."""
        with declared("look at the place for the backup"):
            target = target.expanduser().absolute()
            path = _free_name(target, made_at) if target.is_dir() else target
            if not path.parent.is_dir():
                raise InputError("The folder for the backup does not exist.", "Make it, or name another.")
            if path.resolve().is_relative_to(self._vault.folder.resolve()):
                raise InputError("A backup inside the vault's folder is none.", "Choose another disk or folder.")
            if os.path.lexists(path):
                raise ConflictError(
                    "There is a file of this name; a backup overwrites nothing.", "Choose another name."
                )
        return path

    def _sources(self, copy: Path, progress: Progress, cancel: CancelToken) -> _Sources:
        """The database first: what it counts on is then in the files of sound, which only grow."""

        def tick(fraction: float) -> None:
            cancel.check()
            progress(_DATABASE_SHARE * fraction, "Copying the database")

        before = self._erased()
        self._vault.database.copy_to(copy, tick)
        return _Sources(copy, before, self._recordings.sealed_files())

    def _write(
        self, path: Path, made_at: str, sources: _Sources, progress: Progress, cancel: CancelToken
    ) -> tuple[int, Manifest]:
        keys, vault_id = self._vault.keys, self._vault.vault_id
        erased = erasure_list.pack_list(keys.derived(erasure_list.LABEL), vault_id, sources.erased)
        with declared("write the backup"):
            copied = sources.database.stat().st_size
        total = sum(size for _, size in sources.sound) + 2 * copied
        done = 0

        def tick(count: int) -> None:
            nonlocal done
            cancel.check()
            done += count
            share = min(done / max(total, 1), 1.0) * _COPY_SHARE
            progress(_DATABASE_SHARE + share, "Copying the recordings")

        with declared("write the backup"), _private(path) as file:
            writer = ContainerWriter(file, vault_id, made_at)
            writer.open()
            head = (self._vault.folder / HEADER).read_bytes()
            _add_bytes(writer, HEADER, head)
            _add_file(writer, DATABASE, sources.database, copied, tick)
            _add_bytes(writer, erasure_list.NAME, erased)
            for source, size in sources.sound:
                self._add_sound(writer, source, size, tick)
            _add_bytes(writer, f"spare/{HEADER}", head)
            _add_file(writer, f"spare/{DATABASE}", sources.database, copied, tick)
            manifest = writer.close(keys.derived(LABEL))
            file.flush()
            os.fsync(file.fileno())
            return file.tell(), manifest

    def _add_sound(self, writer: ContainerWriter, source: Path, size: int, tick: Tick) -> None:
        try:
            _add_file(writer, f"{AUDIO}/{source.name}", source, size, tick)
        except FileNotFoundError as error:
            raise _erased_meanwhile() from error

    def _read_back(self, path: Path, written: Manifest, size: int, progress: Progress, cancel: CancelToken) -> None:
        """Every byte from the disk again. Raises `SealBrokenError`."""
        done = 0

        def tick(count: int) -> None:
            nonlocal done
            cancel.check()
            done += count
            share = min(done / max(size, 1), 1.0)
            start = _DATABASE_SHARE + _COPY_SHARE
            progress(start + share * (0.99 - start), "Reading the backup back")

        found = survey(path, tick)
        if not found.intact or found.manifest != written or found.size != size:
            raise SealBrokenError("The backup does not read back as it was written.", "Use another disk.")

    def _finish(self, unfinished: Path, path: Path, recordings: int, size: int, before: set[Erased]) -> None:
        """The name is the last step before the audit entry is stored; if that fails the file goes."""
        named: list[Path] = []
        try:
            with self._vault.database.transaction() as connection:
                _refuse_erased_meanwhile(before, erasure_list.erased_rows(connection))
                self._vault.audit(connection, "backup.made", "vault", f"{recordings} recordings, {size} bytes")
                erasure_list.renew_list(
                    erasure_list.beside(path.parent, self._vault.vault_id),
                    self._vault.keys.derived(erasure_list.LABEL),
                    self._vault.vault_id,
                    before,
                )
                _name(unfinished, path, named)
        except BaseException:
            with contextlib.suppress(OSError):
                for made in named:
                    made.unlink()
            raise

    def _remember(self, backup: Backup) -> None:
        """A reminder only: a backup that stands is not called a failure because of it."""
        try:
            write_last(self._vault.folder, LastBackup(backup.made_at, backup.size, backup.path.parent))
        except MachineError:
            with self._vault.database.transaction() as connection:
                self._vault.audit(connection, "backup.time-not-kept", "vault")

    def _erased(self) -> set[Erased]:
        with self._vault.database.transaction() as connection:
            return erasure_list.erased_rows(connection)


@contextmanager
def _unfinished(path: Path) -> Iterator[tuple[Path, Path]]:
    """Names for what is being made: the backup and the copy of the database; both are gone at the end of the block."""
    unfinished = path.with_name(path.name + UNFINISHED)
    copy = path.with_name(unfinished.name + "-db")
    leftovers = (unfinished, copy, *(copy.with_name(copy.name + more) for more in ("-wal", "-shm", "-journal")))
    try:
        with declared("write the backup"):
            for leftover in leftovers:  # of a program that was killed
                leftover.unlink(missing_ok=True)
            os.close(open_private(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        yield unfinished, copy
    finally:
        for leftover in leftovers:
            with contextlib.suppress(OSError):
                leftover.unlink(missing_ok=True)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
        yield file


def _add_bytes(writer: ContainerWriter, name: str, data: bytes) -> None:
    writer.add(name, io.BytesIO(data), len(data), lambda _count: None)


def _add_file(writer: ContainerWriter, name: str, source: Path, size: int, tick: Tick) -> None:
    with source.open("rb") as file:
        writer.add(name, file, size, tick)


def _free_name(folder: Path, made_at: str) -> Path:
    """Sorts by time; the moment is UTC. A second backup of the same second gets a number."""
    name = f"anamnesis-{made_at[:19].replace(':', '').replace('T', '-')}"
    path, number = folder / f"{name}{SUFFIX}", 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name}-{number}{SUFFIX}"
    return path


def _name(unfinished: Path, path: Path, named: list[Path]) -> None:
    """Give the backup its name and note that in `named`. Raises `ConflictError`, `MachineError`."""
    with declared("name the backup"):
        if os.path.lexists(path):
            raise ConflictError("A file of this name came into being meanwhile.", "Choose another name.")
        os.replace(unfinished, path)
        named.append(path)
        sync_folder(path.parent)


def _refuse_erased_meanwhile(before: set[Erased], now: set[Erased]) -> None:
    if now != before:
        raise _erased_meanwhile()


def _erased_meanwhile() -> ConflictError:
    return ConflictError("Something was erased while the backup was made, so the copy was thrown away.", "Try again.")
