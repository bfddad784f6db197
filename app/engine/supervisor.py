"""Starts, watches and restarts the engine process; the rest of the program only sees jobs."""

import contextlib
import itertools
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from app.domain.codec import transcript_to_json, utterance_to_json
from app.domain.errors import EngineError, WorkCancelledError
from app.domain.passages import AnsweredPassage, answered_to_json
from app.domain.style import Style, style_to_json
from app.domain.transcript import Transcript, Utterance
from app.domain.work import Progress, no_progress
from app.engine import worker
from app.engine.channel import Channel
from app.engine.draft_parts import OnPassage, OnSection, part_reader
from app.engine.job import Job, Part, error_from
from app.engine.live_job import LiveJob
from app.engine.memory_watch import watch_memory
from app.engine.messages import (
    Audio,
    Cancel,
    Draft,
    Failed,
    Finished,
    Listen,
    Message,
    PartDone,
    Passage,
    Preload,
    ProgressMade,
    Request,
    Transcribe,
)
from app.spawning import ctrl_c_blocked, reap

GRACE = 0.1
"""Seconds that a cancelled job may take to stop by itself before its process is ended."""

_CHUNK = 4 * 1024 * 1024
_BACK_OFF = (0.0, 0.0, 1.0, 2.0, 5.0, 10.0)


def _ignore(_value: object) -> None:
    """Drop a partial result."""


class Engine:
    """The program's handle on the engine process, usable from any thread.

    The process is spawned at the first request, never forked (Qt and native libraries hold threads). `memory_mb`
    caps its resident memory; a greater `niceness` (POSIX only) lets other processes go first. A crash fails the running
    job with `EngineError`; the next request starts a new process, later and later if it keeps crashing without any
    result. Several engines are several processes, which know nothing of each other; `name` is what they are called.
    """

    def __init__(
        self,
        models: Path,
        *,
        threads: int = 0,
        memory_mb: int = 3500,
        niceness: int = 5,
        name: str = "anamnesis-engine",
    ) -> None:
        self._models = models
        self._name = name
        self._threads = threads
        self._memory = memory_mb * 1024 * 1024
        self._niceness = niceness
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._closing = threading.Condition(self._lock)
        self._closed = 0
        self._process: BaseProcess | None = None
        self._channel: Channel | None = None
        self._jobs: dict[int, Job] = {}
        self._crashes = 0
        self._not_before = 0.0
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
        channels: int = 1,
        gaps: Sequence[float] = (),
        progress: Progress = no_progress,
        on_utterance: Part = _ignore,
    ) -> Job:
        """Transcribe 16-bit PCM at 16 kHz, one or two channels interleaved; the result is the transcript's JSON.

        `gaps` are the seconds at which sound is missing: nothing is recognised across them.
        """
        number = next(self._numbers)
        request = Transcribe(number, model, vocabulary or [], speakers, language, channels, list(gaps))
        return self._submit(request, progress, on_utterance, pcm)

    def listen(
        self,
        *,
        model: str,
        vocabulary: list[str] | None = None,
        speakers: bool = True,
        language: str | None = None,
        channels: int = 1,
        earlier: list[dict[str, Any]] | None = None,
        sound_from: float = 0.0,
        gaps: Sequence[float] = (),
        progress: Progress = no_progress,
        on_part: Part = _ignore,
    ) -> LiveJob:
        """Transcribe sound while it is spoken; hand it in with `send_audio`, then `end`.

        Args:
            channels: 1, or 2 interleaved.
            earlier: windows that are final already, as `live_codec.earlier_to_json` writes them.
            sound_from: where the sound that will be handed in begins, seconds.
            gaps: seconds at which sound is missing, as far as known; those found later go to `LiveJob.gap`.
            on_part: gets the parts of `live_codec` on the supervisor's reader thread.

        Returns:
            The job; its result is the transcript's JSON.
        """
        number = next(self._numbers)
        request = Listen(
            number, model, vocabulary or [], speakers, language, channels, earlier or [], sound_from, list(gaps)
        )
        with self._lock:
            channel = self._ensure_process()

            def send(message: Message) -> None:
                self._send_or_lose(channel, message)

            job = LiveJob(request, progress, on_part, self._cancel, send)
            self._jobs[number] = job
        return job

    def draft(
        self,
        transcript: Transcript,
        *,
        model: str,
        template: str = "soap",
        earlier: Sequence[AnsweredPassage] = (),
        style: Style | None = None,
        progress: Progress = no_progress,
        on_section: OnSection = _ignore,
        on_passage: OnPassage = _ignore,
    ) -> Job:
        """Draft a note; the job's result is the unmarked note's JSON.

        Args:
            earlier: passages that were answered before; they are not asked again.
            style: how the note is written.
            on_section: gets each unmarked section as far as it is written; a later one takes the place of an earlier.
            on_passage: gets each passage that was answered. Both are called on the supervisor's reader thread.
        """
        answered = [answered_to_json(passage) for passage in earlier]
        said, written = transcript_to_json(transcript), style_to_json(style or Style())
        request = Draft(next(self._numbers), model, template, said, answered, written)
        return self._submit(request, progress, part_reader(on_section, on_passage))

    def passage(
        self,
        utterances: Sequence[Utterance],
        *,
        model: str,
        template: str = "soap",
        context: Sequence[Utterance] = (),
        answer: bool = True,
    ) -> Job:
        """Answer a passage of a visit that still goes on; the result is the answered passage's JSON.

        With `answer` false the passage (or, without utterances, the form alone) is only read, so that a later question
        finds it in the model's cache; the result is then empty, as it is without a usable answer. `context` are the
        utterances before it that the question shows.
        """
        said, before = map(utterance_to_json, utterances), map(utterance_to_json, context)
        request = Passage(next(self._numbers), model, template, list(said), list(before), answer)
        return self._submit(request, no_progress, _ignore)

    def preload(self, model: str) -> Job:
        """Load a model ahead of its use."""
        return self.submit(lambda job: Preload(job, model))

    def submit(self, ask: Callable[[int], Request], progress: Progress = no_progress) -> Job:
        """Hand in the request that `ask` makes for a job's number; for requests without parts or sound."""
        return self._submit(ask(next(self._numbers)), progress, _ignore)

    @property
    def busy(self) -> bool:
        """Whether any job runs or waits."""
        with self._lock:
            return bool(self._jobs)

    def forget(self) -> None:
        """End the process unless it is at work: what its models have read is gone with it."""
        with self._lock:
            if not self._jobs:
                self._end_process()

    @property
    def process_id(self) -> int | None:
        """Process id while the engine process runs."""
        with self._lock:
            return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the process; running jobs are cancelled."""
        with self._lock:
            jobs = list(self._jobs.values())
            self._closed += 1
            self._closing.notify_all()
            self._end_process()
        for job in jobs:
            job.fail(WorkCancelledError())
        if self._reaper is not None:
            self._reaper.join()

    def _submit(self, request: Request, progress: Progress, part: Part, pcm: bytes = b"") -> Job:
        job = Job(request.job, progress, part, self._cancel)
        with self._lock:
            channel = self._ensure_process()
            self._jobs[job.number] = job
        for start in range(0, len(pcm), _CHUNK):
            self._send_or_lose(channel, Audio(job.number, pcm[start : start + _CHUNK]))
        self._send_or_lose(channel, request)
        return job

    def _send_or_lose(self, channel: Channel, message: Message) -> None:
        try:
            channel.send(message)
        except OSError:
            self._lost(channel)

    def _ensure_process(self) -> Channel:
        if self._process is not None and self._channel is not None and self._process.is_alive():
            return self._channel
        self._bury()
        self._back_off()
        if self._process is not None and self._channel is not None:
            return self._channel  # another thread was quicker
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=worker.main, args=(theirs, str(self._models), self._threads), name=self._name, daemon=True
        )
        try:
            with ctrl_c_blocked():
                process.start()
        except OSError as error:
            ours.close()
            raise EngineError("The engine process could not be started.", "Close other programs.") from error
        finally:
            theirs.close()
        channel = Channel(ours)
        self._process, self._channel = process, channel
        threading.Thread(target=self._read, args=(channel,), name="engine-events", daemon=True).start()
        threading.Thread(target=self._watch, args=(channel, process), name="engine-watch", daemon=True).start()
        return channel

    def _bury(self) -> None:
        """A process that is found dead before its end was read from the pipe: fail what ran in it."""
        jobs = list(self._jobs.values())
        if self._process is not None:
            self._count_crash()
        self._end_process()
        for job in jobs:
            job.fail(EngineError("The engine process ended unexpectedly.", "Try again."))

    def _back_off(self) -> None:
        """Wait out the time after repeated crashes, with the lock let go, so that a cancel or close never waits."""
        closed = self._closed
        while (rest := self._not_before - time.monotonic()) > 0 and self._process is None:
            self._closing.wait(rest)
            if closed != self._closed:
                raise WorkCancelledError

    def _count_crash(self) -> None:
        self._crashes += 1
        self._not_before = time.monotonic() + _BACK_OFF[min(self._crashes, len(_BACK_OFF) - 1)]

    def _end_process(self) -> None:
        process, self._process = self._process, None
        self._channel = None  # its reader closes it: nobody else could while a message is on its way
        self._jobs.clear()
        if process is not None:
            process.kill()
            # freeing gigabytes takes the system a moment, which nobody who cancelled should wait for
            self._reaper = threading.Thread(target=reap, args=(process,), name="engine-reaper", daemon=True)
            self._reaper.start()

    def _read(self, channel: Channel) -> None:
        try:
            while True:
                self._dispatch(channel.receive())
        except (EOFError, OSError, EngineError):
            self._lost(channel)
        except BaseException:
            self._lost(channel)  # a bug in a callback: it is reported, and nobody waits for ever
            raise
        finally:
            channel.close()

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
                self._crashes = 0  # it works: ten kills during one long visit are no reason to wait
                job.part(message.value)
            case Finished():
                self._crashes = 0
                job.finish(message.value)
            case Failed():
                job.fail(error_from(message.code, message.message, message.remedy))
            case _:
                pass

    def _lost(self, channel: Channel) -> None:
        """The process of this channel is gone: fail what ran in it."""
        with self._lock:
            if channel is not self._channel:
                return
            jobs = list(self._jobs.values())
            self._count_crash()
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
            channel = self._channel
            if job.number not in self._jobs or channel is None:
                job.fail(WorkCancelledError())
                return
        # a process that is stopped does not empty its pipe, and who cancels must not wait for that
        threading.Thread(target=self._ask_to_stop, args=(channel, job), name="engine-cancel", daemon=True).start()
        if job.wait(GRACE):
            return
        with self._lock:
            job.fail(WorkCancelledError())
            others = [other for other in self._jobs.values() if other is not job]
            if channel is self._channel:
                self._end_process()
        for other in others:
            other.fail(EngineError("The engine process was restarted.", "Try again."))

    def _ask_to_stop(self, channel: Channel, job: Job) -> None:
        with contextlib.suppress(OSError):
            channel.send(Cancel(job.number))

    def _watch(self, channel: Channel, process: BaseProcess) -> None:
        def seen(rss: int) -> None:
            self.peak_rss = max(self.peak_rss, rss)

        if not watch_memory(process, self._niceness, self._memory, lambda: channel is self._channel, seen):
            self._over_memory(channel)

    def _over_memory(self, channel: Channel) -> None:
        with self._lock:
            if channel is not self._channel:
                return
            jobs = list(self._jobs.values())
            self._count_crash()
            self._end_process()
        for job in jobs:
            job.fail(
                EngineError(
                    "The models needed more memory than they are allowed.", "Choose a smaller model, or allow more."
                )
            )
