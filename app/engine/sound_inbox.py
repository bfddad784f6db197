"""Sound that has reached the engine process and waits to be listened to, with the gaps in it."""

import itertools
import threading

Piece = bytes | float
"""Sound, or the time of a gap in it (seconds)."""


class SoundInbox:
    """Filled by the thread that reads the pipe, emptied by the one that works.

    What lies here is bounded by the sender, which hands in only so much ahead of what was heard.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._pieces: list[Piece] = []
        self._ended = False
        self._woken = False
        self._closed = False

    def put(self, piece: Piece) -> None:
        """Add sound or a gap; dropped once the inbox is closed."""
        with self._condition:
            if not self._closed:
                self._pieces.append(piece)
                self._condition.notify_all()

    def close(self) -> None:
        """Drop what is there and whatever comes."""
        with self._condition:
            self._closed = True
            self._pieces.clear()

    def end(self) -> None:
        """Say that no more comes."""
        with self._condition:
            self._ended = True
            self._condition.notify_all()

    def wake(self) -> None:
        """End a wait at once, for example for a cancel."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    @property
    def ended(self) -> bool:
        """Whether all sound there will ever be has been taken out."""
        with self._condition:
            return self._ended and not self._pieces

    def take(self) -> list[Piece]:
        """Return all that has come since the last call, in order, without waiting; sound between gaps is one piece."""
        with self._condition:
            pieces, self._pieces = self._pieces, []
        taken: list[Piece] = []
        for is_sound, group in itertools.groupby(pieces, lambda piece: isinstance(piece, bytes)):
            same = list(group)
            taken += [b"".join(piece for piece in same if isinstance(piece, bytes))] if is_sound else same
        return taken

    def wait(self, seconds: float) -> None:
        """Wait until there is sound, its end, or something else to look at."""
        with self._condition:
            self._condition.wait_for(lambda: self._pieces or self._ended or self._woken, seconds)
            self._woken = False
