"""Fakes of the window's own helpers: slow work, sound, file dialogs."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer

from app.domain.errors import AnamnesisError
from app.ui.tasks import Lane


class FakeTasks:
    """Runs at once on the calling thread, or, if `later`, when the event loop turns. Bugs are raised."""

    def __init__(self, *, later: bool = False) -> None:
        self.later = later
        self.lanes: list[Lane] = []

    def run(self, work: Callable, done: Callable, failed: Callable, lane: Lane = Lane.VAULT) -> None:
        self.lanes.append(lane)

        def go() -> None:
            try:
                result = work()
            except AnamnesisError as error:
                failed(error)
            else:
                done(result)

        if self.later:
            QTimer.singleShot(0, go)
        else:
            go()

    def post(self, call: Callable[[], None]) -> None:
        call()

    def close(self) -> None:
        """Nothing runs elsewhere."""


class FakePlayer:
    """Remembers what it was given; `end()` is the end of the sound."""

    def __init__(self) -> None:
        self.played: list[bytes] = []
        self.stops = 0
        self.end: Callable[[], None] = lambda: None

    def play(self, pcm: bytes, rate: int, on_end: Callable[[], None]) -> None:
        assert rate == 16_000
        self.played.append(pcm)
        self.end = on_end

    def stop(self) -> None:
        self.stops += 1


class FakePicker:
    """Answers with prepared files."""

    def __init__(self) -> None:
        self.chosen: Path | None = None
        self.target: Path | None = None

    def recording(self, _parent: object) -> Path | None:
        return self.chosen

    def export(self, _parent: object, _suggested: str) -> Path | None:
        return self.target

    def folder(self, _parent: object, _title: str) -> Path | None:
        return self.target

    def audit(self, _parent: object, _suggested: str) -> Path | None:
        return self.target
