"""The one door from the interface thread to everything that may take time."""

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.errors import AnamnesisError

T = TypeVar("T")
OnError = Callable[[AnamnesisError], None]


class UnexpectedError(AnamnesisError):
    """A bug, already reported by the crash handler; callers only tidy up."""

    code = "unexpected"


class Lane(StrEnum):
    """Work of one lane runs one after the other, on that lane's own thread."""

    VAULT = "vault"
    IMPORT = "import"
    VISIT = "visit"
    SOUND = "sound"
    RECORDING = "recording"
    """Microphone and running recording; nothing long, so that a pause never waits."""
    COMPARING = "comparing"
    """Transcript against note, while typing is saved on the vault's lane."""
    REVISING = "revising"
    """Lines in other words, while drafts are written on the visits' lane."""
    FINISHING = "finishing"
    """The end of a recording: seals the sound, then waits for the rest of the text."""
    KEY_STORE = "key-store"
    """The operating system's key store, which may ask the person and wait a minute for the answer."""
    RECORDS = "records"
    """Backup and the check of the whole audit trail: minutes, while visits are read on the vault's lane."""
    SERVER = "server"
    """Asking the shared server now, which may wait for it."""
    SEARCHING = "searching"
    """Searching all visits, while one is read on the vault's lane."""


class Tasks(Protocol):
    """Runs work away from the interface thread and brings the outcome back to it."""

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: OnError, lane: Lane = Lane.VAULT) -> None:
        """Call `work` on the lane's thread, then `done(result)` or `failed(error)` on the interface thread."""

    def post(self, call: Callable[[], None]) -> None:
        """Call on the interface thread soon; may be used from any thread."""

    def close(self) -> None:
        """Wait for running work and deliver nothing more."""


class ThreadTasks(QObject):
    """`Tasks` with one thread per lane. Must be made on the interface thread."""

    _delivered = Signal(object)

    def __init__(self, crashed: Callable[[BaseException], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crashed = crashed
        self._closed = False
        self._lanes: dict[Lane, ThreadPoolExecutor] = {}
        self._delivered.connect(self._on_delivered, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: OnError, lane: Lane = Lane.VAULT) -> None:
        """See `Tasks.run`. Work handed in after `close` is dropped."""
        if self._closed:
            return
        if lane not in self._lanes:
            self._lanes[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"anamnesis-{lane}")
        self._lanes[lane].submit(self._work, work, done, failed)

    def post(self, call: Callable[[], None]) -> None:
        """See `Tasks.post`."""
        if not self._closed:
            self._delivered.emit(call)

    def close(self) -> None:
        """See `Tasks.close`."""
        self._closed = True
        for lane in self._lanes.values():
            lane.shutdown(wait=True, cancel_futures=True)

    def _work(self, work: Callable[[], T], done: Callable[[T], None], failed: OnError) -> None:
        try:
            result = work()
        except AnamnesisError as error:
            self.post(functools.partial(failed, error))
        except BaseException as error:  # noqa: BLE001 - the last resort of a worker thread; reported as a crash
            self.post(functools.partial(self._report, error, failed))
        else:
            self.post(functools.partial(done, result))

    def _report(self, error: BaseException, failed: OnError) -> None:
        self._crashed(error)
        failed(UnexpectedError("Something went wrong inside the program."))

    @Slot(object)
    def _on_delivered(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()


class TaskScope:
    """`Tasks` that deliver nothing once the scope is closed, because what they would change is gone."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._open = True

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: OnError, lane: Lane = Lane.VAULT) -> None:
        """See `Tasks.run`."""

        def if_open(result: T) -> None:
            if self._open:
                done(result)

        def if_open_failed(error: AnamnesisError) -> None:
            if self._open:
                failed(error)

        if self._open:
            self._tasks.run(work, if_open, if_open_failed, lane)

    def post(self, call: Callable[[], None]) -> None:
        """See `Tasks.post`."""
        self._tasks.post(lambda: call() if self._open else None)

    def close(self) -> None:
        """Deliver nothing more; the lanes go on."""
        self._open = False
