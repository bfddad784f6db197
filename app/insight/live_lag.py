"""How late live text is: what stood on the screen at which moment, against what was truly final in the end."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.live import FinalText, Hypothesis
from app.domain.transcript import Transcript, Utterance
from app.insight.percentiles import spread
from app.insight.shown_words import align, tokens

_MOST = 0.8
_EARLY = 0.3  # seconds a word may be taken for spoken before its start: recognised word times are that rough


@dataclass(frozen=True, slots=True)
class Seen:
    """An event and the moment it arrived, seconds of the clock that `due` of `utterance_lags` uses."""

    at: float
    event: Hypothesis | FinalText


@dataclass(frozen=True, slots=True)
class UtteranceLag:
    """Delays of one utterance, seconds.

    `shown`: from its end until its text stood on the screen, of which one word in five may still be wrong; `exact`:
    until all its words did as they are in the finished transcript; `reached`: until any text stood there for its
    end, right or wrong, with `wrong` the share of its words that were not right at that moment. `first`: from the
    end of its first word until that word stood there. `final`: from its end until all its words were final. `live`
    is false if its text never stood there before the visit was stopped; `shown` then runs to the finished
    transcript, as the others do.
    """

    utterance: str
    end: float
    shown: float
    exact: float
    reached: float
    wrong: float
    first: float
    final: float
    live: bool


def utterance_lags(
    events: Sequence[Seen], transcript: Transcript, due: Callable[[float], float], finished: float
) -> list[UtteranceLag]:
    """Measure every utterance of the finished transcript against the events of the visit.

    The screen after an event is the final text so far, then the settled and tentative text of the last hypothesis.
    An utterance counts as shown at the first event after which the text reaches its end (its last word or a later one
    stands there) and at least four of five of its words stand there at once, in order and equal but for case and
    punctuation; of fewer than five words all. It is exact when all do. Words are looked for where they belong: behind
    the words before them, and never before they were spoken, so that an earlier "yes" does not stand for a later one.
    The lag is the time of that event less the time at which the utterance's last sample was due at the microphone; it
    is negative where a word was guessed before its end.

    Args:
        events: in order of arrival.
        transcript: as it was saved after the stop.
        due: clock time at which the sound at a given second of the recording is due at the microphone.
        finished: clock time at which the transcript was complete.
    """
    screen = _Screen(transcript, due)
    for seen in events:
        screen.show(seen)
    return list(screen.lags(finished))


def lag_figures(lags: Sequence[UtteranceLag]) -> dict[str, object]:
    """Return the lags (p50, p95, max), how many utterances were shown live, and the five slowest by their times."""
    slowest = sorted(lags, key=lambda lag: -lag.shown)[:5]
    return {
        "live_lag": spread([lag.shown for lag in lags]),
        "exact_lag": spread([lag.exact for lag in lags]),
        "reached_lag": spread([lag.reached for lag in lags]),
        "wrong_when_reached": round(statistics.fmean(lag.wrong for lag in lags), 3) if lags else None,
        "final_lag": spread([lag.final for lag in lags]),
        "shown_first_lag": spread([lag.first for lag in lags]),
        "utterances": {"all": len(lags), "only_after_stop": sum(not lag.live for lag in lags)},
        "slowest": [
            {name: round(getattr(lag, name), 2) for name in ("end", "shown", "exact", "reached", "final")}
            for lag in slowest
        ],
    }


def corrections_per_100_words(events: Sequence[Seen], transcript: Transcript) -> float | None:
    """Return how often final text differed from text that had been shown as settled, per 100 final words."""
    words = sum(len(tokens(u.text)) for u in transcript.utterances)
    made = sum(len(seen.event.corrections) for seen in events if isinstance(seen.event, FinalText))
    return round(100 * made / words, 2) if words else None


@dataclass(slots=True)
class _Token:
    """A word of the finished transcript and when it was first seen."""

    text: str
    start: float
    end: float
    utterance: int
    shown_at: float | None = None
    final_at: float | None = None


def _timed(utterance: Utterance, number: int) -> Iterator[_Token]:
    if utterance.words:
        for word in utterance.words:
            yield from (_Token(text, word.start, word.end, number) for text in tokens(word.text))
        return
    texts = tokens(utterance.text)
    step = (utterance.end - utterance.start) / max(1, len(texts))
    for place, text in enumerate(texts):
        yield _Token(text, utterance.start + place * step, utterance.start + (place + 1) * step, number)


class _Screen:
    """Replays the events and remembers for each word and utterance when it first stood on the screen."""

    def __init__(self, transcript: Transcript, due: Callable[[float], float]) -> None:
        self._utterances = transcript.utterances
        self._due = due
        self._tokens = [t for number, u in enumerate(self._utterances) for t in _timed(u, number)]
        self._of: list[list[int]] = [[] for _ in self._utterances]
        for index, token in enumerate(self._tokens):
            self._of[token.utterance].append(index)
        self._exact_at: dict[int, float] = {}
        self._shown_at: dict[int, float] = {}
        self._reached_at: dict[int, tuple[float, float]] = {}
        self._until = 0.0
        self._last_final = -1

    def show(self, seen: Seen) -> None:
        """Take the next event and judge the utterances that are not wholly there yet."""
        visible: set[int] = set()
        if isinstance(seen.event, FinalText):
            self._show_final(seen.event, seen.at)
            reach = self._last_final
        else:
            visible, reach = self._tail(seen.event, seen.at)
        for index in visible:
            token = self._tokens[index]
            token.shown_at = seen.at if token.shown_at is None else token.shown_at
        for number, members in enumerate(self._of):
            if number not in self._exact_at and members:
                self._judge(number, members, visible, reach, seen.at)

    def _judge(self, number: int, members: list[int], visible: set[int], reach: int, at: float) -> None:
        there = sum(i in visible or self._tokens[i].final_at is not None for i in members)
        if reach >= members[-1]:
            self._reached_at.setdefault(number, (at, 1 - there / len(members)))
        if there >= _MOST * len(members) and max(visible | {self._last_final}) >= members[-1]:
            self._shown_at.setdefault(number, at)
        if there == len(members):
            self._exact_at[number] = at

    def _show_final(self, event: FinalText, at: float) -> None:
        texts = [t.text for number, u in enumerate(event.utterances) for t in _timed(u, number)]
        places = [i for i, t in enumerate(self._tokens) if event.since - 0.01 <= _middle(t) < event.until + 0.5]
        for match in align(texts, [self._tokens[i].text for i in places]).equal:
            token = self._tokens[places[match]]
            token.final_at = at if token.final_at is None else token.final_at
            token.shown_at = at if token.shown_at is None else token.shown_at
            self._last_final = max(self._last_final, places[match])
        self._until = max(self._until, event.until)

    def _tail(self, event: Hypothesis, at: float) -> tuple[set[int], int]:
        """Return the words that a hypothesis shows, and the last word for which it has any text."""
        places = [
            i
            for i, t in enumerate(self._tokens)
            if t.final_at is None and _middle(t) >= self._until - 0.5 and self._due(t.start - _EARLY) <= at
        ]
        found = align(tokens(f"{event.settled} {event.tentative}"), [self._tokens[i].text for i in places])
        reach = places[found.reach - 1] if found.reach else self._last_final
        return {places[m] for m in found.equal}, max(reach, self._last_final)

    def lags(self, finished: float) -> Iterator[UtteranceLag]:
        """Yield the delays of every utterance that has words."""
        for number, (utterance, members) in enumerate(zip(self._utterances, self._of, strict=True)):
            if not members:
                continue
            ended, first = self._due(utterance.end), self._tokens[members[0]]
            reached, wrong = self._reached_at.get(number, (finished, 0.0))
            finals = [self._tokens[i].final_at for i in members]
            yield UtteranceLag(
                utterance.id,
                utterance.end,
                shown=self._shown_at.get(number, finished) - ended,
                exact=self._exact_at.get(number, finished) - ended,
                reached=reached - ended,
                wrong=wrong,
                first=(finished if first.shown_at is None else first.shown_at) - self._due(first.end),
                final=max(finished if at is None else at for at in finals) - ended,
                live=number in self._shown_at,
            )


def _middle(token: _Token) -> float:
    return (token.start + token.end) / 2
