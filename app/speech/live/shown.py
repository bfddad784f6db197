"""Which utterances to show anew when a window becomes final."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Utterance
from app.speech.utterances import Phrase, to_utterances

_TAIL = 80  # utterances whose speakers and cuts may still be shown otherwise
_STEP = 40


class ShownUtterances:
    """The latest utterances as they were shown; older ones are left alone until the end of the visit."""

    def __init__(self) -> None:
        self._first_phrase = 0
        self._count = 0
        self._tail: list[Utterance] = []

    def update(
        self, phrases: Sequence[Phrase], speakers: Sequence[Speaker], until: float
    ) -> tuple[float, tuple[Utterance, ...]]:
        """Return the time (seconds) from which the shown utterances are to be replaced, and by what.

        Args:
            phrases: all that are final.
            speakers: one for each.
            until: the end of what is final (seconds).
        """
        tail = self._numbered(to_utterances(phrases[self._first_phrase :], speakers[self._first_phrase :]))
        same = 0
        while same < min(len(tail), len(self._tail)) and tail[same] == self._tail[same]:
            same += 1
        starts = [u.start for u in (*tail[same : same + 1], *self._tail[same : same + 1])]
        since, fresh = min(starts, default=until), tuple(tail[same:])
        self._tail = tail
        if len(tail) > _TAIL:
            self._leave_alone(phrases, speakers)
        return since, fresh

    def _numbered(self, utterances: Sequence[Utterance]) -> list[Utterance]:
        return [replace(u, id=f"u{number}") for number, u in enumerate(utterances, self._count + 1)]

    def _leave_alone(self, phrases: Sequence[Phrase], speakers: Sequence[Speaker]) -> None:
        """Move the beginning of the tail to an utterance that would be cut the same from there."""
        starts = {p.start: i for i, p in enumerate(phrases)}
        for index in range(_STEP, len(self._tail)):
            at = starts.get(self._tail[index].start)
            if at is None:
                continue
            rest = to_utterances(phrases[at:], speakers[at:])
            if [u.words for u in rest] == [u.words for u in self._tail[index:]]:
                self._first_phrase, self._count = at, self._count + index
                self._tail = self._tail[index:]
                return
