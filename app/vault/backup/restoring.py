"""Restores a backup beside nothing that is there: into a folder of its own, which gets the vault's name at the end.

Whole backups are restored whole. Cut and damaged ones are refused, unless a part is asked for: then what is sound comes
back, and what is not is marked in the vault.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.domain.errors import ConflictError, InputError, SealBrokenError
from app.domain.records import BackupCheck, Restored, SoundState
from app.domain.work import CancelToken, Progress
from app.vault.audio_format import FIRST_HEADER_SIZE
from app.vault.backup.container import STEP, Tick
from app.vault.backup.restored_vault import STAGING
from app.vault.backup.survey import FoundPart, Survey, survey, total_size
from app.vault.database import NAME as DATABASE
from app.vault.header import COPY
from app.vault.header import NAME as HEADER
from app.vault.lock_file import NAME as LOCK
from app.vault.machine_errors import declared
from app.vault.moments import to_moment
from app.vault.recordings import FOLDER as AUDIO
from app.vault.records import erasure_list
from app.vault.safe_files import make_private_folder, open_private, sync_folder, write_all
from app.vault.session import VaultSession
from app.vault.sign_in_delay import NAME as TRIES

_READ_SHARE = 0.5
_MOST = 1_000_000
"""Segments of a recording that the format's names allow."""

SignIn = Callable[[Path], VaultSession]
"""Opens the vault in a folder with what the person gave: passphrase or recovery code."""


def check_backup(path: Path, progress: Progress, cancel: CancelToken) -> BackupCheck:
    """Read a backup through. Raises `SealBrokenError` (no backup), `VersionError`, `MachineError`."""
    found = survey(path, _ticker(total_size(path), 0.0, 1.0, "Reading the backup", progress, cancel))
    made_at = to_moment(found.made_at) if found.made_at else None
    whole = found.sound(HEADER) is not None and found.sound(DATABASE) is not None
    sound = tuple((p.name.removeprefix(f"{AUDIO}/"), _state(p)) for p in found.parts if p.name.startswith(AUDIO))
    return BackupCheck(made_at, found.size, found.intact, whole, sound)


def restore(
    path: Path,
    folder: Path,
    sign_in: SignIn,
    *,
    partial: bool,
    erased_list: Path | None,
    progress: Progress,
    cancel: CancelToken,
) -> Restored:
    """Restore the backup at `path` as the vault in `folder`, which must not be there.

    `erased_list`: the list of erased visits of the present vault, beside the one that lies beside the backup.
    Raises `ConflictError` (something is there), `SealBrokenError` (damaged and not `partial`, or nothing can be saved,
    or put together by someone else), `SignInError`, `VersionError`, `DiskFullError`, `MachineError`,
    `WorkCancelledError`. Then `folder` is not there.
    """
    _refuse_existing(folder)
    size = total_size(path)
    found = survey(path, _ticker(size, 0.0, _READ_SHARE, "Reading the backup", progress, cancel))
    header, database = _vault_parts(found, partial=partial)
    staging = folder.with_name(folder.name + STAGING)
    tick = _ticker(size, _READ_SHARE, 0.99, "Restoring", progress, cancel)
    try:
        _empty(staging)
        for part, name in ((database, DATABASE), (header, HEADER), (header, COPY)):
            _save(path, part, staging / name, tick)
        session = sign_in(staging)
        try:
            restored = _fill(session, found, staging, path, erased_list, tick)
        finally:
            session.close()
        _name(staging, folder)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    progress(1.0, "Restored")
    return restored


def _fill(
    session: VaultSession, found: Survey, staging: Path, path: Path, erased_list: Path | None, tick: Tick
) -> Restored:
    vault = session.records.restored_vault()
    if found.manifest is not None:
        vault.refuse_foreign(found.manifest)
    lists = [erasure_list.beside(path.parent, vault.vault_id)]
    if erased_list is not None:
        with declared("look at the list of erased visits"):
            if not erased_list.is_file():
                raise InputError("There is no list of erased visits at that place.", "Name the file vault.erased.")
        lists.append(erased_list)
    inside = found.sound(erasure_list.NAME)
    again = vault.erase_again(lists, b"" if inside is None else _bytes(path, inside))
    expected = vault.expected_sound()
    make_private_folder(staging / AUDIO)
    saved, not_whole = 0, []
    by_encounter = _sound_parts(found)
    for encounter_id, segments in expected.items():
        state, count = SoundState.WHOLE, 0
        for part in by_encounter.get(encounter_id, []):
            if part is None or part.present < FIRST_HEADER_SIZE or state is SoundState.CUT:
                state = SoundState.MISSING  # what follows a cut file does not fit to it
                break
            _save(path, part, staging / part.name, tick)
            count += 1
            state = _worse(state, _state(part))
        if count < segments and not vault.recorded_elsewhere(encounter_id):
            state = SoundState.MISSING
        saved += count
        if state is not SoundState.WHOLE:
            vault.mark(encounter_id, state, count)
            not_whole.append((encounter_id, state))
    made_at = to_moment(found.made_at) if found.made_at else None
    vault.note_restored(found.made_at or "unknown moment", whole=found.intact)
    return Restored(made_at, len(expected), saved, tuple(not_whole), again)


def _worse(one: SoundState, other: SoundState) -> SoundState:
    return max(one, other, key=list(SoundState).index)


def _state(part: FoundPart) -> SoundState:
    if part.sound:
        return SoundState.WHOLE
    return SoundState.CUT if part.cut else SoundState.DAMAGED


def _sound_parts(found: Survey) -> dict[str, list[FoundPart | None]]:
    """The files of each recording in order, None for one that is not there."""
    numbered: dict[str, dict[int, FoundPart]] = {}
    for part in found.parts:
        if part.name.startswith(f"{AUDIO}/"):
            encounter_id, *number, _suffix = part.name.removeprefix(f"{AUDIO}/").split(".")
            numbered.setdefault(encounter_id, {})[int(number[0]) if number else 0] = part
    return {i: [parts.get(n) for n in range(max(parts) + 1)] for i, parts in numbered.items() if max(parts) < _MOST}


def _refuse_existing(folder: Path) -> None:
    with declared("look at the place for the vault"):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConflictError(
                "There is a vault, or something else, in this data folder; a restore overwrites nothing.",
                "Name another data folder with --data-dir.",
            )


def _vault_parts(found: Survey, *, partial: bool) -> tuple[FoundPart, FoundPart]:
    """Header and database. Raises `SealBrokenError` if nothing can be saved, or not without asking for a part."""
    header, database = found.sound(HEADER), found.sound(DATABASE)
    if header is None or database is None:
        lost = "header" if header is None else "database"
        raise SealBrokenError(
            f"Nothing can be saved from this backup: the vault's {lost} is lost in both copies.", "Use another backup."
        )
    if not found.intact and not partial:
        raise SealBrokenError(
            "This backup is damaged or cut. Every visit's text is there; sound may be missing.",
            "'anamnesis restore FILE --check' says what; --partial restores what is there and marks the rest.",
        )
    return header, database


def _empty(staging: Path) -> None:
    """A fresh folder; what a killed restore left goes."""
    with declared("make room for the restored vault"):
        if staging.exists():
            shutil.rmtree(staging)
    make_private_folder(staging)


def _save(source: Path, part: FoundPart, target: Path, tick: Tick) -> None:
    with declared("write the restored vault"), source.open("rb") as file:
        handle = open_private(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            file.seek(part.offset)
            left = part.present
            while left:
                data = file.read(min(left, STEP))
                if not data:
                    raise SealBrokenError("The backup became shorter while it was read.", "Check its disk.")
                write_all(handle, data)
                left -= len(data)
                tick(len(data))
            os.fsync(handle)
        finally:
            os.close(handle)


def _bytes(source: Path, part: FoundPart) -> bytes:
    with declared("read the backup"), source.open("rb") as file:
        file.seek(part.offset)
        return file.read(part.size)


def _name(staging: Path, folder: Path) -> None:
    """The last step: until here there is no vault in the data folder."""
    with declared("name the restored vault"):
        for leftover in (LOCK, TRIES):
            (staging / leftover).unlink(missing_ok=True)
        sync_folder(staging)
        if folder.exists():
            folder.rmdir()
        staging.rename(folder)
    with suppress(OSError):  # the vault stands; a power cut at this moment could at most undo its name
        sync_folder(folder.parent)


def _ticker(size: int, begin: float, end: float, phrase: str, progress: Progress, cancel: CancelToken) -> Tick:
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        cancel.check()
        done += count
        progress(begin + min(done / max(size, 1), 1.0) * (end - begin), phrase)

    return tick
