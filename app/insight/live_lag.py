"""How late live text is: what stood on the screen at which moment, against what was truly final in the end."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.live import FinalText, Hypothesis
from app.domain.transcript import Transcript, Utterance
from app.insight.percentiles import spread

_TOKEN = re.compile(r"[^\W_]+")
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
    until all its words did as they are in the finished transcript. `first`: from the end of its first word until that
    word stood there. `final`: from its end until all its words were final. `live` is false if its text never stood
    there before the visit was stopped; `shown` then runs to the finished transcript, as the others do.
    """

    utterance: str
    end: float
    shown: float
    exact: float
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
        "final_lag": spread([lag.final for lag in lags]),
        "shown_first_lag": spread([lag.first for lag in lags]),
        "utterances": {"all": len(lags), "only_after_stop": sum(not lag.live for lag in lags)},
        "slowest": [
            {name: round(getattr(lag, name), 2) for name in ("end", "shown", "exact", "final")} for lag in slowest
        ],
    }


def corrections_per_100_words(events: Sequence[Seen], transcript: Transcript) -> float | None:
    """Return how often final text differed from text that had been shown as settled, per 100 final words."""
    words = sum(len(tokens(u.text)) for u in transcript.utterances)
    made = sum(len(seen.event.corrections) for seen in events if isinstance(seen.event, FinalText))
    return round(100 * made / words, 2) if words else None


def tokens(text: str) -> list[str]:
    """Return the words of a text without case and punctuation ("Don't" gives "dont")."""
    return _TOKEN.findall(text.lower().replace("'", "").replace("’", ""))


def matched(shown: Sequence[str], true: Sequence[str]) -> set[int]:
    """Return which of the true words are on the screen: indices into `true`.

    `shown` is aligned with that beginning of `true` which it fits best (Levenshtein), the shortest of several.
    """
    same = 0
    while same < min(len(shown), len(true)) and shown[same] == true[same]:
        same += 1
    found = set(range(same))
    shown, true = shown[same:], true[same:]
    if shown and true:
        found.update(same + index for index in _equal_words(shown, true))
    return found


def _equal_words(shown: Sequence[str], true: Sequence[str]) -> Iterator[int]:
    costs = [list(range(len(true) + 1))]
    for word in shown:
        above = costs[-1]
        row = [above[0] + 1]
        for column, other in enumerate(true, 1):
            row.append(min(above[column - 1] + (word != other), above[column] + 1, row[-1] + 1))
        costs.append(row)
    column = min(range(len(true) + 1), key=lambda c: (costs[-1][c], c))
    line = len(shown)
    while line and column:
        cost, differs = costs[line][column], shown[line - 1] != true[column - 1]
        if cost == costs[line - 1][column - 1] + differs:
            line, column = line - 1, column - 1
            if not differs:
                yield column
        elif cost == costs[line][column - 1] + 1:
            column -= 1
        else:
            line -= 1


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
        self._until = 0.0
        self._last_final = -1

    def show(self, seen: Seen) -> None:
        event = seen.event
        if isinstance(event, FinalText):
            self._show_final(event, seen.at)
            visible: set[int] = set()
        else:
            visible = self._tail(event, seen.at)
        furthest = max(visible | {self._last_final})
        for index in visible:
            token = self._tokens[index]
            token.shown_at = seen.at if token.shown_at is None else token.shown_at
        for number, members in enumerate(self._of):
            if number not in self._exact_at and members:
                there = sum(i in visible or self._tokens[i].final_at is not None for i in members)
                if there >= _MOST * len(members) and furthest >= members[-1]:
                    self._shown_at.setdefault(number, seen.at)
                if there == len(members):
                    self._exact_at[number] = seen.at

    def _show_final(self, event: FinalText, at: float) -> None:
        texts = [t.text for number, u in enumerate(event.utterances) for t in _timed(u, number)]
        places = [i for i, t in enumerate(self._tokens) if event.since - 0.01 <= _middle(t) < event.until + 0.5]
        for match in matched(texts, [self._tokens[i].text for i in places]):
            token = self._tokens[places[match]]
            token.final_at = at if token.final_at is None else token.final_at
            self._last_final = max(self._last_final, places[match])
            token.shown_at = at if token.shown_at is None else token.shown_at
        self._until = max(self._until, event.until)

    def _tail(self, event: Hypothesis, at: float) -> set[int]:
        """Return the words that a hypothesis shows."""
        places = [
            i
            for i, t in enumerate(self._tokens)
            if t.final_at is None and _middle(t) >= self._until - 0.5 and self._due(t.start - _EARLY) <= at
        ]
        shown = tokens(f"{event.settled} {event.tentative}")
        return {places[m] for m in matched(shown, [self._tokens[i].text for i in places])}

    def lags(self, finished: float) -> Iterator[UtteranceLag]:
        """Yield the delays of every utterance that has words."""
        for number, (utterance, members) in enumerate(zip(self._utterances, self._of, strict=True)):
            if not members:
                continue
            ended, first = self._due(utterance.end), self._tokens[members[0]]
            finals = [self._tokens[i].final_at for i in members]
            yield UtteranceLag(
                utterance.id,
                utterance.end,
                shown=self._shown_at.get(number, finished) - ended,
                exact=self._exact_at.get(number, finished) - ended,
                first=(finished if first.shown_at is None else first.shown_at) - self._due(first.end),
                final=max(finished if at is None else at for at in finals) - ended,
                live=number in self._shown_at,
            )


def _middle(token: _Token) -> float:
    return (token.start + token.end) / 2
