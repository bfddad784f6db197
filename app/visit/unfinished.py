"""Recordings that a crash or power cut left without an end."""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain.encounter import Encounter, Stage, StageState
from app.domain.errors import ConflictError, HeldError, SealBrokenError
from app.domain.ports import EncounterStore
from app.domain.recording import ConsentDecision, HeardWindow, Mark, MarkKind, UnfinishedRecording
from app.visit.live_visit import WITHDRAWN


class UnfinishedRecordings:
    """Finds them; `busy` are the encounters that are being recorded or imported at this moment."""

    def __init__(self, store: EncounterStore, busy: set[str]) -> None:
        self._store = store
        self._busy = busy

    def all(self) -> Sequence[UnfinishedRecording]:
        """Newest first. One whose consent was withdrawn just before the crash is destroyed now and left out."""
        found = [e for e in self._store.list() if self._is_one(e)]
        return [self._described(e) for e in found if not self._withdrawn(e.id)]

    def require(self, encounter_id: str) -> None:
        """Raise `ConflictError` if the recording is not unfinished."""
        if not self._is_one(self._store.get(encounter_id)):
            raise ConflictError("This recording is not unfinished.", "See the list of visits.")

    def _is_one(self, encounter: Encounter) -> bool:
        if encounter.id in self._busy:
            return False
        state = next((s.state for s in encounter.stages if s.stage is Stage.RECORD), StageState.PENDING)
        if state is StageState.RUNNING:
            return True
        return state is StageState.PENDING and self._recorded(encounter.id) is not None

    def _described(self, encounter: Encounter) -> UnfinishedRecording:
        recorded = self._recorded(encounter.id) or 0.0
        return UnfinishedRecording(encounter.id, encounter.title, encounter.created_at, recorded)

    def _recorded(self, encounter_id: str) -> float | None:
        """Seconds of sound; 0 if it is damaged: it is still offered, and the damage is told when it is opened."""
        try:
            info = self._store.audio_info(encounter_id)
        except SealBrokenError:
            return 0.0
        return None if info is None else info.duration

    def _withdrawn(self, encounter_id: str) -> bool:
        consent = self._store.consent(encounter_id)
        if consent is None or consent.decision is not ConsentDecision.WITHDRAWN:
            return False
        with contextlib.suppress(HeldError):  # the hold keeps it, the trail says so; nobody goes on with it either way
            self._store.destroy(encounter_id, WITHDRAWN)
        return True


def interruption_mark(at: float, detail: str, journal: Sequence[Mark | HeardWindow]) -> Mark | None:
    """A mark of the interruption, unless it was marked by an earlier try that got no further."""
    marked = (entry.at for entry in journal if isinstance(entry, Mark) and entry.kind is MarkKind.INTERRUPTION)
    return None if any(abs(at - before) < 0.001 for before in marked) else Mark(MarkKind.INTERRUPTION, at, 0.0, detail)


def continued_now() -> str:
    """The detail of the mark where a recording goes on."""
    return f"interrupted, continued at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
