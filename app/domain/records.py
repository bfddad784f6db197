"""Keeping and erasing: retention, legal hold, erasure, backup. What the vault offers to commands and windows.

Nothing here holds content: encounters are named by their random ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.domain.work import CancelToken, Progress, no_progress

NOTICE_DAYS = 14
"""Days before an erasure during which it is announced; a limit that is new or shorter takes effect after as many."""


class Part(StrEnum):
    """What of an encounter can be erased."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    ENCOUNTER = "encounter"


class Kept(StrEnum):
    """What the policy sets a time for."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    UNSIGNED = "unsigned"
    SIGNED = "signed"

    @property
    def part(self) -> Part:
        """What goes when the time is over."""
        return Part(self.value) if self in {Kept.AUDIO, Kept.TRANSCRIPT} else Part.ENCOUNTER


@dataclass(frozen=True, slots=True)
class RetentionLimits:
    """Days that each kind is kept, 0 for ever.

    `audio` and `transcript` count from the latest signature of the note (until then the note cannot be checked without
    them), `unsigned` from the last change of a visit whose note was not signed, `signed` from the latest signature.
    """

    audio: int = 0
    transcript: int = 0
    unsigned: int = 0
    signed: int = 0

    def days(self, kept: Kept) -> int:
        """Days for this kind, 0 for ever."""
        return {
            Kept.AUDIO: self.audio,
            Kept.TRANSCRIPT: self.transcript,
            Kept.UNSIGNED: self.unsigned,
            Kept.SIGNED: self.signed,
        }[kept]

    @property
    def none(self) -> bool:
        """Whether everything is kept for ever."""
        return not any(self.days(kept) for kept in Kept)


@dataclass(frozen=True, slots=True)
class DueErasure:
    """What the policy erases, and from when on (UTC). `held`: a legal hold keeps it in spite of that."""

    encounter_id: str
    kept: Kept
    due: datetime
    held: bool


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """What a run erased (or would erase), what holds kept, and what could not be erased with the reason."""

    erased: tuple[DueErasure, ...]
    held: tuple[DueErasure, ...]
    failed: tuple[tuple[DueErasure, str], ...] = ()
    postponed: str = ""
    """Why nothing was erased although something is due, in one line. Empty otherwise."""


@dataclass(frozen=True, slots=True)
class ErasureRecord:
    """What stays of something erased: what, when, by whom (sign-in name), whether the policy asked for it, and why."""

    encounter_id: str
    part: Part
    at: datetime
    by: str
    policy: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: while it stands nothing of the encounter is erased. `by` is a sign-in name; the reason is sealed
    at rest and holds no patient's name if the person who wrote it kept to that."""

    encounter_id: str
    since: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and read back. `size` in bytes; `recordings` counts files of sound."""

    path: Path
    made_at: datetime
    size: int
    recordings: int


@dataclass(frozen=True, slots=True)
class LastBackup:
    """When this machine last made a backup of this vault, and of what size in bytes."""

    made_at: datetime
    size: int
    folder: Path


class Records(Protocol):
    """`session.records`. All methods are safe from any thread; those that take `progress` may take minutes.

    Every method raises `PermissionDeniedError` by role. A physician sees and acts on encounters of their own care
    teams; an administrator on all of them, by id, without content.
    """

    def upcoming(self, limits: RetentionLimits, within_days: int = NOTICE_DAYS) -> Sequence[DueErasure]:
        """What goes within so many days, overdue things first. `limits` is `program.policy.retention`. Fast."""

    def erase_due(
        self,
        limits: RetentionLimits,
        *,
        asked: bool = True,
        dry_run: bool = False,
        progress: Progress = no_progress,
        cancel: CancelToken | None = None,
    ) -> RetentionRun:
        """Erase what is due. What fails is told and tried again at the next run.

        The program calls it after each sign-in with `asked=False`: then nothing is erased if this vault was not used on
        another day of the last 30, because the machine's clock may be wrong.
        """

    def erased(self, encounter_id: str | None = None) -> Sequence[ErasureRecord]:
        """The deletion records, newest first; of one encounter, or of all."""

    def holds(self) -> Sequence[Hold]:
        """The holds that stand, newest first."""

    def hold_on(self, encounter_id: str) -> Hold | None:
        """The hold that stands on this encounter, for a notice beside it."""

    def add_hold(self, encounter_id: str, reason: str) -> Hold:
        """Raises `ConflictError` if one stands, `InputError` for an empty reason or one above 500 characters."""

    def release_hold(self, encounter_id: str, reason: str) -> None:
        """Raises `ConflictError` if none stands, `InputError` as `add_hold`."""

    def find(self, start: str) -> str:
        """The whole id of the one encounter whose id starts like this, without reading it. Raises `InputError`."""

    def may_back_up(self) -> bool:
        """Whether this person may: an administrator, or the physician of a practice of one."""

    def last_backup(self) -> LastBackup | None:
        """None if this machine never made one."""

    def back_up(self, target: Path, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Backup:
        """Make a backup at `target` (a new file, or a folder to make one in), read it back, and remember when.

        The vault stays usable, also for a running recording. Raises `InputError` (place that cannot be),
        `ConflictError` (the file exists, or something was erased meanwhile), `DiskFullError`, `MachineError`,
        `SealBrokenError` (the copy does not read back), `WorkCancelledError`; then no file stands under that name.
        """


class SoundState(StrEnum):
    """How much of a recording a backup holds."""

    WHOLE = "whole"
    CUT = "cut"
    DAMAGED = "damaged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class BackupCheck:
    """What a file is worth as a backup, without signing in.

    `vault`: the header and the database (every visit's text) are whole, in one copy at least. `sound`: each file of
    sound with its state; a cut or damaged one is restored as far as it goes. `intact`: nothing is damaged at all.
    """

    made_at: datetime | None
    size: int
    intact: bool
    vault: bool
    sound: tuple[tuple[str, SoundState], ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, of which moment (None if the backup no longer says it).

    `recordings` counts files of sound. `not_whole`: encounters whose sound is not as it was, with its worst state.

    `erased_again`: what had been erased after the backup was made, and was erased again.
    """

    made_at: datetime | None
    encounters: int
    recordings: int
    not_whole: tuple[tuple[str, SoundState], ...]
    erased_again: int
