"""The engine process itself: reads requests from a pipe, works on one at a time, answers on the pipe."""

import os
import queue
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from app.domain.bugs import describe_bug
from app.domain.errors import AnamnesisError, WorkCancelledError
from app.domain.work import CancelToken
from app.engine.flat_memory import flatten_memory
from app.engine.messages import (
    Audio,
    Cancel,
    Draft,
    EndOfSound,
    Failed,
    Finished,
    Gap,
    Judge,
    Listen,
    Message,
    PartDone,
    Passage,
    Preload,
    ProgressMade,
    Request,
    Revise,
    Transcribe,
    decode,
    encode,
)
from app.engine.sound_inbox import SoundInbox
from app.spawning import end_orphan, settle_child

if TYPE_CHECKING:
    from app.engine.handlers import Handlers


def main(connection: Connection, models: str, threads: int) -> None:
    """Serve requests until the pipe closes (the program has ended or let go)."""
    _settle()
    Worker(connection, Path(models), threads).serve()


def _settle() -> None:
    """Leave Ctrl-C to the program, keep native libraries off the terminal."""
    settle_child()
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    flatten_memory()
    if not os.environ.get("ANAMNESIS_ENGINE_STDERR"):
        null = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            os.dup2(null, descriptor)
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives as long as the process


class Worker:
    """One job at a time in this thread; a second thread reads the pipe so that a cancel is seen at once."""

    def __init__(self, connection: Connection, models: Path, threads: int) -> None:
        self._connection = connection
        self._models = models
        self._threads = threads
        self._lock = threading.Lock()
        self._audio: dict[int, bytearray] = {}
        self._inboxes: dict[int, SoundInbox] = {}
        self._tokens: dict[int, CancelToken] = {}
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._turns = threading.Lock()
        self._waiting: set[int] = set()

    def serve(self) -> None:
        """Work until the process is ended by the closing of the pipe."""
        threading.Thread(target=self._read, name="engine-reader", daemon=True).start()
        from app.engine.handlers import Handlers

        handlers = Handlers(self._models, self._threads)
        while True:
            self._run(handlers, self._requests.get())

    def _read(self) -> None:
        try:
            while True:
                self._take(decode(self._connection.recv_bytes()))
        except (EOFError, OSError):
            end_orphan()  # nobody is left to answer

    def _take(self, message: Message) -> None:
        match message:
            case Audio() if (inbox := self._inboxes.get(message.job)) is not None:
                inbox.put(message.payload)
            case Audio():
                self._audio.setdefault(message.job, bytearray()).extend(message.payload)
            case Gap():
                if (inbox := self._inboxes.get(message.job)) is not None:
                    inbox.put(message.at)
            case EndOfSound():
                if (inbox := self._inboxes.get(message.job)) is not None:
                    inbox.end()
            case Cancel():
                self._cancel(message.job)
            case Transcribe() | Listen() | Draft() | Passage() | Revise() | Judge() | Preload():
                self._tokens.setdefault(message.job, CancelToken())
                if isinstance(message, Listen):
                    self._inboxes[message.job] = SoundInbox()
                with self._turns:
                    self._waiting.add(message.job)
                self._requests.put(message)
            case ProgressMade() | PartDone() | Finished() | Failed():
                pass  # they go the other way
            case unknown:
                assert_never(unknown)  # a request that is forgotten here would be waited for for ever

    def _cancel(self, job: int) -> None:
        """Tell a job to stop; one that waits for its turn ends at once, so that nobody ends the process for it."""
        self._tokens.setdefault(job, CancelToken()).cancel()
        if (inbox := self._inboxes.get(job)) is not None:
            inbox.wake()
        with self._turns:
            waiting = job in self._waiting
            self._waiting.discard(job)
        if waiting:
            cancelled = WorkCancelledError()
            self._send(Failed(job, cancelled.code, cancelled.message, cancelled.remedy))

    def _send(self, message: Message) -> None:
        with self._lock:
            self._connection.send_bytes(encode(message))

    def _run(self, handlers: "Handlers", request: Request) -> None:
        job = request.job
        token = self._tokens[job]
        with self._turns:
            its_turn = job in self._waiting
            self._waiting.discard(job)
        if not its_turn:
            self._forget(job)
            return

        def progress(fraction: float, phrase: str) -> None:
            token.check()
            self._send(ProgressMade(job, float(fraction), phrase))

        def part(value: dict[str, Any]) -> None:
            self._send(PartDone(job, value))

        try:
            token.check()
            match request:
                case Transcribe():
                    pcm = bytes(self._audio.pop(job, b""))
                    value = handlers.transcribe(request, pcm, progress, token, part)
                case Listen():
                    value = handlers.listen(request, self._inboxes[job], progress, token, part)
                case Draft():
                    value = handlers.draft(request, progress, token, part)
                case Passage():
                    value = handlers.passage(request, progress, token)
                case Revise():
                    value = handlers.revise(request, progress, token)
                case Judge():
                    value = handlers.judge(request, progress, token)
                case Preload():
                    value = handlers.preload(request)
            self._send(Finished(job, value))
        except AnamnesisError as error:
            self._send(Failed(job, error.code, error.message, error.remedy))
        except MemoryError:
            self._send(Failed(job, "engine", "The models need more memory than is free.", "Close other programs."))
        except Exception as error:  # noqa: BLE001 - a bug is reported to the program, with lines but no content
            self._send(Failed(job, "bug", describe_bug(error)))
        finally:
            self._forget(job)

    def _forget(self, job: int) -> None:
        self._audio.pop(job, None)
        if (inbox := self._inboxes.get(job)) is not None:
            inbox.close()  # stays listed, so that sound still on its way is dropped
        self._tokens.pop(job, None)
