"""Starts, watches and restarts the engine process; the rest of the program only sees jobs."""

import contextlib
import itertools
import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from app.domain.errors import EngineError, WorkCancelledError
from app.domain.transcript import Transcript
from app.domain.work import Progress, no_progress
from app.engine import worker
from app.engine.job import Job, Part, error_from
from app.engine.messages import (
    Audio,
    Cancel,
    Draft,
    Failed,
    Finished,
    Message,
    PartDone,
    Preload,
    ProgressMade,
    Request,
    Transcribe,
    decode,
    encode,
)

GRACE = 0.1
"""Seconds that a cancelled job may take to stop by itself before its process is ended."""

_CHUNK = 4 * 1024 * 1024
_BACK_OFF = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0)


def _ignore(_value: dict[str, Any]) -> None:
    """Drop a partial result."""


@contextlib.contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """A child started in this block never hears Ctrl-C: stopping it is the program's work (POSIX only)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Engine:
    """The program's handle on the engine process, usable from any thread.

    The process is spawned at the first request, never forked (Qt and native libraries hold threads). `memory_mb`
    caps its resident memory. A crash fails the running job with `EngineError`; the next request starts a new process,
    later and later if it keeps crashing.
    """

    def __init__(self, models: Path, *, threads: int = 0, memory_mb: int = 3500) -> None:
        self._models = models
        self._threads = threads
        self._memory = memory_mb * 1024 * 1024
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._send_lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._jobs: dict[int, Job] = {}
        self._crashes = 0
        self._reaper: threading.Thread | None = None
        self.peak_rss = 0
        """Largest resident memory seen of any engine process, bytes."""

    def transcribe(
        self,
        pcm: bytes,
        *,
        model: str,
        vocabulary: list[str] | None = None,
        speakers: bool = True,
        language: str | None = None,
        progress: Progress = no_progress,
        on_utterance: Part = _ignore,
    ) -> Job:
        """Transcribe 16-bit mono PCM at 16 kHz; the job's result is the transcript's JSON."""
        number = next(self._numbers)
        request = Transcribe(number, model, vocabulary or [], speakers, language)
        return self._submit(request, progress, on_utterance, pcm)

    def draft(
        self,
        transcript: Transcript,
        *,
        model: str,
        template: str = "soap",
        progress: Progress = no_progress,
        on_section: Part = _ignore,
    ) -> Job:
        """Draft a note; the job's result is the unmarked note's JSON."""
        from app.domain.codec import transcript_to_json

        request = Draft(next(self._numbers), model, template, transcript_to_json(transcript))
        return self._submit(request, progress, on_section)

    def preload(self, model: str) -> Job:
        """Load a model ahead of its use."""
        return self._submit(Preload(next(self._numbers), model), no_progress, _ignore)

    @property
    def process_id(self) -> int | None:
        """Process id while the engine process runs."""
        with self._lock:
            return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the process; running jobs are cancelled."""
        with self._lock:
            jobs = list(self._jobs.values())
            self._end_process()
        for job in jobs:
            job.fail(WorkCancelledError())
        if self._reaper is not None:
            self._reaper.join()

    def _submit(self, request: Request, progress: Progress, part: Part, pcm: bytes = b"") -> Job:
        job = Job(request.job, progress, part, self._cancel)
        with self._lock:
            connection = self._ensure_process()
            self._jobs[job.number] = job
        try:
            for start in range(0, len(pcm), _CHUNK):
                self._send(connection, Audio(job.number, pcm[start : start + _CHUNK]))
            self._send(connection, request)
        except OSError:
            self._lost(connection)
        return job

    def _send(self, connection: Connection, message: Message) -> None:
        with self._send_lock:
            connection.send_bytes(encode(message))

    def _ensure_process(self) -> Connection:
        if self._process is not None and self._connection is not None and self._process.is_alive():
            return self._connection
        self._end_process()
        delay = _BACK_OFF[min(self._crashes, len(_BACK_OFF) - 1)]
        if delay:
            time.sleep(delay)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=worker.main, args=(theirs, str(self._models), self._threads), name="anamnesis-engine", daemon=True
        )
        try:
            with _ctrl_c_blocked():
                process.start()
        except OSError as error:
            ours.close()
            raise EngineError("The engine process could not be started.", "Close other programs.") from error
        finally:
            theirs.close()
        self._process, self._connection = process, ours
        threading.Thread(target=self._read, args=(ours, process), name="engine-events", daemon=True).start()
        threading.Thread(target=self._watch, args=(ours, process), name="engine-watch", daemon=True).start()
        return ours

    def _end_process(self) -> None:
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        self._jobs.clear()
        if process is not None:
            process.kill()
            # freeing gigabytes takes the system a moment, which nobody who cancelled should wait for
            self._reaper = threading.Thread(target=process.join, args=(5,), name="engine-reaper", daemon=True)
            self._reaper.start()
        if connection is not None:
            connection.close()

    def _read(self, connection: Connection, _process: BaseProcess) -> None:
        try:
            while True:
                self._dispatch(decode(connection.recv_bytes()))
        except (EOFError, OSError, EngineError):
            self._lost(connection)

    def _dispatch(self, message: Message) -> None:
        with self._lock:
            job = self._jobs.get(message.job)
            if isinstance(message, Finished | Failed):
                self._jobs.pop(message.job, None)
        if job is None or job.done:
            return
        match message:
            case ProgressMade():
                job.progress(message.fraction, message.phrase)
            case PartDone():
                job.part(message.value)
            case Finished():
                self._crashes = 0
                job.finish(message.value)
            case Failed():
                job.fail(error_from(message.code, message.message, message.remedy))
            case _:
                pass

    def _lost(self, connection: Connection) -> None:
        """The process of this connection is gone: fail what ran in it."""
        with self._lock:
            if connection is not self._connection:
                return
            jobs = list(self._jobs.values())
            self._crashes += 1
            process = self._process
            self._end_process()
        if self._reaper is not None:
            self._reaper.join()
        code = process.exitcode if process is not None else None
        for job in jobs:
            job.fail(EngineError(f"The engine process ended unexpectedly (exit {code}).", "Try again."))

    def _cancel(self, job: Job) -> None:
        """Ask, wait a moment, then end the process: native work cannot always be asked."""
        with self._lock:
            connection = self._connection
            if job.number not in self._jobs or connection is None:
                job.fail(WorkCancelledError())
                return
        with contextlib.suppress(OSError):
            self._send(connection, Cancel(job.number))
        if job.wait(GRACE):
            return
        with self._lock:
            job.fail(WorkCancelledError())
            others = [other for other in self._jobs.values() if other is not job]
            if connection is self._connection:
                self._end_process()
        for other in others:
            other.fail(EngineError("The engine process was restarted.", "Try again."))

    def _watch(self, connection: Connection, process: BaseProcess) -> None:
        """Measure the process twice a second and end it above its memory cap."""
        import psutil

        with contextlib.suppress(psutil.Error):
            handle = psutil.Process(process.pid)
            while process.is_alive() and connection is self._connection:
                rss = handle.memory_info().rss
                self.peak_rss = max(self.peak_rss, rss)
                if rss > self._memory:
                    self._over_memory(connection)
                    return
                time.sleep(0.5)

    def _over_memory(self, connection: Connection) -> None:
        with self._lock:
            if connection is not self._connection:
                return
            jobs = list(self._jobs.values())
            self._crashes += 1
            self._end_process()
        for job in jobs:
            job.fail(
                EngineError(
                    "The models needed more memory than they are allowed.", "Choose a smaller model, or allow more."
                )
            )
