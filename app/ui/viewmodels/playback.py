"""Plays the audio behind utterances."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.errors import AnamnesisError, ConflictError
from app.domain.ports import Session
from app.domain.transcript import Utterance
from app.ui.contracts import AudioPlayer
from app.ui.tasks import Lane, Tasks
from app.visit.playback_sound import mono_sound

RATE = 16_000  # Hz, the rate of sealed audio
PADDING = 0.25  # seconds before and after, so that no word is clipped
JOIN = 1.0  # seconds; closer utterances are played through
PAUSE = 0.35  # seconds of silence between passages


def passages(utterances: Sequence[Utterance]) -> list[tuple[float, float]]:
    """Merge utterances into passages (start, end) in seconds, in order, padded, without overlap."""
    merged: list[tuple[float, float]] = []
    for utterance in sorted(utterances, key=lambda u: u.start):
        start, end = max(0.0, utterance.start - PADDING), utterance.end + PADDING
        if merged and start - merged[-1][1] <= JOIN:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


class Playback(QObject):
    """One sound at a time; none while `silenced`. `changed` tells that `playing` (utterance ids) is different now."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, session: Session, tasks: Tasks, make_player: Callable[[], AudioPlayer], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self._make_player = make_player
        self._player: AudioPlayer | None = None
        self._turn = 0
        self.silenced = False
        self.playing: frozenset[str] = frozenset()

    def play(self, encounter_id: str, utterances: Sequence[Utterance]) -> None:
        """Stop what plays and play these; nothing happens without utterances."""
        self.stop()
        if not utterances:
            return
        if self.silenced:
            self.failed.emit(
                ConflictError("A visit is being recorded: the sound would be recorded too.", "Stop first.")
            )
            return
        turn = self._turn
        self._set(frozenset(u.id for u in utterances))
        parts = passages(utterances)

        def work() -> None:
            pcm = self._read(encounter_id, parts)
            if turn == self._turn:
                self._sound().play(pcm, RATE, lambda: self._tasks.post(lambda: self._ended(turn)))

        self._tasks.run(work, lambda _none: None, lambda error: self._fail(turn, error), Lane.SOUND)

    def stop(self) -> None:
        """Silence now. Opening and closing a device takes a moment, so both happen on the sound's own thread."""
        self._turn += 1
        if self.playing:
            self._tasks.run(self._silence, lambda _none: None, self.failed.emit, Lane.SOUND)
        self._set(frozenset())

    def _read(self, encounter_id: str, parts: Sequence[tuple[float, float]]) -> bytes:
        store = self._session.encounters
        silence = bytes(2 * int(PAUSE * RATE))
        return silence.join(mono_sound(store, encounter_id, a, b)[0] for a, b in parts)

    def _silence(self) -> None:
        if self._player is not None:
            self._player.stop()

    def _sound(self) -> AudioPlayer:
        if self._player is None:
            self._player = self._make_player()
        return self._player

    def _ended(self, turn: int) -> None:
        if turn == self._turn:
            self._set(frozenset())

    def _fail(self, turn: int, error: AnamnesisError) -> None:
        if turn == self._turn:
            self._set(frozenset())
            self.failed.emit(error)

    def _set(self, ids: frozenset[str]) -> None:
        if ids != self.playing:
            self.playing = ids
            self.changed.emit()
