"""Importing models from a folder, a zip or a tar archive that IT brought: files are recognised by their digest."""

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from app.domain.errors import InputError
from app.domain.work import CancelToken, Progress, no_progress
from app.models.digest import copy_hashing
from app.models.disk import place, require_space
from app.models.store import ModelState, ModelStore


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A regular file of the source: its path inside, size in bytes, and how to read it."""

    path: PurePosixPath
    size: int
    open: Callable[[], BinaryIO]


@dataclass(slots=True)
class ImportReport:
    """What was imported, was already there, and was refused because its digest is wrong or not pinned."""

    imported: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def import_models(
    store: ModelStore, source: Path, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> ImportReport:
    """Copy every file of `source` whose size and SHA-256 the catalogue knows into the store.

    A file that carries a catalogue's name but other bytes is refused and named; it never overwrites a good one.

    Raises:
        InputError: `source` is no folder, zip or tar, is broken, or holds nothing that the catalogue knows.
        DiskFullError: not enough room; nothing unfinished stays.
    """
    token, report = cancel or CancelToken(), ImportReport()
    with _candidates(source) as candidates:
        relevant = [candidate for candidate in candidates if _homes(store, candidate) or _suspects(store, candidate)]
        total, done = sum(candidate.size for candidate in relevant) or 1, 0
        for candidate in relevant:
            progress(done / total, f"Importing {candidate.path.name}")
            _import_one(store, candidate, report, progress, token)
            done += candidate.size
    progress(1.0, "Imported")
    if not (report.imported or report.present or report.refused):
        raise InputError(f"{source} holds no file of the catalogue.", "`anamnesis models list` names what is known.")
    return report


def _import_one(
    store: ModelStore, candidate: _Candidate, report: ImportReport, progress: Progress, cancel: CancelToken
) -> None:
    homes = _homes(store, candidate)
    matched = False
    for model_id, digest, name in homes:
        with store.lock(model_id, progress, cancel) as staging:
            require_space(store.root, candidate.size)
            partial = staging / f"{name}.import.partial"
            with candidate.open() as source, partial.open("wb") as target:
                _, found = copy_hashing(source, target, candidate.size, cancel)
            if found != digest:
                partial.unlink()
                continue
            matched = True
            file = next(file for file in store.catalogue.entry(model_id).files if file.name == name)
            if store.check(model_id, file, cancel).state is ModelState.PRESENT:
                partial.unlink()
                report.present.append(f"{model_id}/{name}")
            else:
                place(partial, store.folder(model_id) / name)
                report.imported.append(f"{model_id}/{name}")
    reasons = _suspects(store, candidate)
    if not reasons and any(name == candidate.path.name for _, _, name in homes):
        reasons = ["wrong digest"]
    if not matched and reasons:
        report.refused.append(f"{candidate.path} ({reasons[0]})")


def _homes(store: ModelStore, candidate: _Candidate) -> list[tuple[str, str, str]]:
    """Models that need a file of this size: id, digest, name."""
    return [
        (entry.id, file.sha256, file.name)
        for entry in store.catalogue
        for file in entry.files
        if file.pinned and file.size == candidate.size
    ]


def _suspects(store: ModelStore, candidate: _Candidate) -> list[str]:
    """Why a file that looks like one of the catalogue's, but matches none, is refused."""
    reasons = []
    for entry in store.catalogue:
        for file in entry.files:
            large_and_named = file.name == candidate.path.name and not file.name.endswith((".json", ".txt", ".bin"))
            in_place = file.name == candidate.path.name and candidate.path.parent.name == entry.id
            if in_place or large_and_named:
                reasons.append("wrong digest" if file.pinned else "not pinned in the catalogue: fetch it from the hub")
    return reasons


@contextmanager
def _candidates(source: Path) -> Iterator[list[_Candidate]]:
    """Regular files of a folder or archive; links and devices inside archives are left out, nothing is unpacked."""
    try:
        if source.is_dir():
            yield [
                _Candidate(
                    PurePosixPath(path.relative_to(source.parent).as_posix()), path.stat().st_size, _opener(path)
                )
                for path in sorted(source.rglob("*"))
                if path.is_file() and ".fetch" not in path.parts
            ]
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                yield [
                    _Candidate(PurePosixPath(info.filename), info.file_size, _zip_opener(archive, info))
                    for info in archive.infolist()
                    if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16)
                ]
        elif source.is_file() and tarfile.is_tarfile(source):
            with tarfile.open(source) as tar:
                yield [
                    _Candidate(PurePosixPath(member.name), member.size, _tar_opener(tar, member))
                    for member in tar.getmembers()
                    if member.isreg()
                ]
        else:
            raise InputError(
                f"{source} is no folder, zip or tar archive." if source.exists() else f"{source} does not exist.",
                "Name a folder, zip or tar archive with model files.",
            )
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError(f"The archive {source} is broken ({error}).", "Copy it again.") from error


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(info))


def _tar_opener(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.extractfile(member))
