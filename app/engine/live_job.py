"""A job that listens while people speak: sound is handed in piece by piece, live text comes back as parts."""

import threading
from collections import deque
from collections.abc import Callable

from app.domain.work import Progress
from app.engine.job import Job, Part
from app.engine.messages import Audio, EndOfSound, Gap, Listen, Message

SOUND_MEMORY = 4 * 1024 * 1024
"""Bytes that wait for the engine process at most: two minutes of one channel, one of two."""


class LiveJob(Job):
    """A running `Listen` request. Its result is the transcript's JSON.

    A thread of its own hands everything to the process, so that nobody who brings sound ever waits for it: a process
    that is stopped or busy only fills the bounded memory here, and then sound is refused until there is room again.
    """

    def __init__(
        self,
        request: Listen,
        progress: Progress,
        part: Part,
        cancel: Callable[[Job], None],
        send: Callable[[Message], None],
    ) -> None:
        """`send` hands a message to the process; it may wait, and returns silently if the process is gone."""
        super().__init__(request.job, progress, part, cancel)
        self._send = send
        self._room = threading.Condition()
        self._waiting: deque[Message] = deque([request])
        self._size = 0
        self._ended = False
        threading.Thread(target=self._deliver, name="engine-sound", daemon=True).start()

    def send_audio(self, pcm: bytes) -> bool:
        """Hand in whole frames (16-bit, 16 kHz, interleaved) without waiting; any thread, in order.

        Returns:
            False if there is no room: nothing of it was taken, hand it in again later. A piece larger than the memory
            is taken when nothing else waits. Sound after `end`, or after the job ended, is dropped.
        """
        with self._room:
            if self._ended or self.done:
                return True
            if self._size and self._size + len(pcm) > SOUND_MEMORY:
                return False
            self._waiting.append(Audio(self.number, pcm))
            self._size += len(pcm)
            self._room.notify_all()
        return True

    def gap(self, at: float) -> None:
        """Say that sound is missing at `at` seconds, before the sound behind it is handed in."""
        with self._room:
            if not self._ended:
                self._waiting.append(Gap(self.number, at))
                self._room.notify_all()

    def end(self) -> None:
        """Say that all sound was handed in. A second call does nothing."""
        with self._room:
            if not self._ended:
                self._ended = True
                self._waiting.append(EndOfSound(self.number))
                self._room.notify_all()

    def _deliver(self) -> None:
        while not self.done:
            with self._room:
                if not self._room.wait_for(lambda: self._waiting, 0.5):
                    continue
                message = self._waiting.popleft()
            self._send(message)
            if isinstance(message, EndOfSound):
                return
            if isinstance(message, Audio):
                with self._room:
                    self._size -= len(message.payload)
