"""Recordings that a crash or power cut left without an end."""

from collections.abc import Sequence

from app.domain.encounter import Encounter, Stage, StageState
from app.domain.errors import ConflictError, SealBrokenError
from app.domain.ports import EncounterStore
from app.domain.recording import ConsentDecision, UnfinishedRecording
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
        self._store.destroy(encounter_id, WITHDRAWN)
        return True
