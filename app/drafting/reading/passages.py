"""Cuts a visit into passages, each one question to the language model, and finds again those that were answered.

Cutting looks only at what was said so far: utterances that follow never change a passage that is closed.
"""

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.passages import AnsweredPassage, words_digest
from app.domain.transcript import Speaker, Utterance
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question

CLOSED_FROM = 700
"""Characters (about 170 tokens) after which a passage ends before the clinician's next question or statement."""
LONGEST = 1300
"""Characters (about 320 tokens) that a passage has at most."""
CONTEXT_UTTERANCES = 2
MOST_RELABELLED = 0.3
"""Share of words whose speaker turned out to be another one; above it a passage is asked again."""

_OPENS = 60  # characters of a statement that may open a new topic; shorter ones are nods
_SAME_TIME = 0.05  # seconds
_WORD = re.compile(r"\S{1,200}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of talk, whole utterances or parts of them, with the utterances just before it."""

    utterances: tuple[Utterance, ...]
    context: tuple[Utterance, ...] = ()

    @property
    def start(self) -> float:
        """Seconds."""
        return self.utterances[0].start

    @property
    def end(self) -> float:
        """Seconds."""
        return self.utterances[-1].end


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One word: its place, its time (that of the utterance if words have none), its text and who said it."""

    utterance: int
    start: float
    end: float
    text: str
    speaker: Speaker


def closed_passages(utterances: Sequence[Utterance], earlier: Sequence[AnsweredPassage] = ()) -> tuple[Passage, ...]:
    """Return the passages that further utterances will not change, without those that `earlier` answers."""
    closed, _ = _cut(utterances, earlier)
    return closed


def open_rest(utterances: Sequence[Utterance], earlier: Sequence[AnsweredPassage] = ()) -> Passage | None:
    """Return what follows the last closed or answered passage; None if nothing does."""
    _, rest = _cut(utterances, earlier)
    return rest


def unanswered(utterances: Sequence[Utterance], earlier: Sequence[AnsweredPassage] = ()) -> tuple[Passage, ...]:
    """Return all passages of a visit that is over, without those that `earlier` answers."""
    closed, rest = _cut(utterances, earlier)
    return closed if rest is None else (*closed, rest)


def located(
    utterances: Sequence[Utterance], earlier: Sequence[AnsweredPassage]
) -> tuple[tuple[AnsweredPassage, Passage], ...]:
    """Return the answered passages whose words still stand in a transcript, with its utterances, in spoken order.

    The cut into utterances may have changed since; those at the ends are given whole. A passage of which too many
    words turned out to be somebody else's is left out, and of passages that overlap the first one counts.
    """
    words = _words(utterances)
    found = []
    for passage, begin, end in _matched(words, earlier):
        first, last = words[begin].utterance, words[end - 1].utterance
        before = utterances[max(0, first - CONTEXT_UTTERANCES) : first]
        found.append((passage, Passage(tuple(utterances[first : last + 1]), tuple(before))))
    return tuple(found)


def speakers_of(utterances: Sequence[Utterance]) -> tuple[tuple[Speaker, int], ...]:
    """Return who said how many words, in order, as `AnsweredPassage.speakers` wants it."""
    runs: list[tuple[Speaker, int]] = []
    for word in _words(utterances):
        if runs and runs[-1][0] is word.speaker:
            runs[-1] = (word.speaker, runs[-1][1] + 1)
        else:
            runs.append((word.speaker, 1))
    return tuple(runs)


def digest_of(utterances: Sequence[Utterance]) -> str:
    """Return the digest of what the utterances say, as `AnsweredPassage.words` wants it."""
    return words_digest(word.text for word in _words(utterances))


def _cut(
    utterances: Sequence[Utterance], earlier: Sequence[AnsweredPassage]
) -> tuple[tuple[Passage, ...], Passage | None]:
    words = _words(utterances)
    closed: list[Passage] = []
    rest: Passage | None = None
    for first, end in _gaps(words, earlier):
        pieces = list(_pieces(utterances, words, first, end))
        groups = _groups(pieces)
        before = list(_pieces(utterances, words, max(0, first - LONGEST // 4), first))[-CONTEXT_UTTERANCES:]
        passages = []
        for group in groups:
            passages.append(Passage(tuple(group), tuple(before)))
            before = [*before, *group][-CONTEXT_UTTERANCES:]
        if end == len(words) and passages:
            rest = passages.pop()
        closed.extend(passages)
    return tuple(closed), rest


def _gaps(words: Sequence[_Spoken], earlier: Sequence[AnsweredPassage]) -> Iterator[tuple[int, int]]:
    """Ranges of words that no earlier passage covers."""
    at = 0
    for _, first, end in _matched(words, earlier):
        if first > at:
            yield at, first
        at = end
    if at < len(words):
        yield at, len(words)


def _matched(
    words: Sequence[_Spoken], earlier: Sequence[AnsweredPassage]
) -> Iterator[tuple[AnsweredPassage, int, int]]:
    """Answered passages with the range of words that they are about."""
    at = 0
    starts = [word.start for word in words]
    for passage in sorted(earlier, key=lambda p: (p.start, p.end)):
        number = sum(count for _, count in passage.speakers)
        first = max(at, bisect.bisect_left(starts, passage.start - _SAME_TIME))
        last = bisect.bisect_right(starts, passage.start + _SAME_TIME)
        for begin in range(first, min(last, len(words) - number + 1)):
            found = words[begin : begin + number]
            if words_digest(w.text for w in found) == passage.words and _same_speakers(found, passage):
                yield passage, begin, begin + number
                at = begin + number
                break


def _same_speakers(words: Sequence[_Spoken], passage: AnsweredPassage) -> bool:
    then = [speaker for speaker, count in passage.speakers for _ in range(count)]
    known = (Speaker.CLINICIAN, Speaker.PATIENT)
    other = sum(
        1 for old, new in zip(then, words, strict=True) if old in known and new.speaker in known and old != new.speaker
    )
    return other <= MOST_RELABELLED * len(words)


def _words(utterances: Sequence[Utterance]) -> list[_Spoken]:
    """All words; where an utterance's text was changed by hand, its word times are of no use."""
    found: list[_Spoken] = []
    for n, u in enumerate(utterances):
        timed = [(w.start, w.end, w.text.strip()) for w in u.words if w.text.strip()]
        if words_digest(text for _, _, text in timed) != words_digest([u.text]) or any(
            len(text) > LONGEST for _, _, text in timed
        ):
            timed = [(u.start, u.end, text) for text in _WORD.findall(u.text)]
        found.extend(_Spoken(n, start, end, text, u.speaker) for start, end, text in timed)
    return found


def _pieces(utterances: Sequence[Utterance], words: Sequence[_Spoken], first: int, end: int) -> Iterator[Utterance]:
    """The utterances of a range of words, cut at its ends and where one would be too long for a passage."""
    at = first
    while at < end:
        begin, size, stop = at, 0, at
        while at < end and words[at].utterance == words[begin].utterance and (size <= LONGEST or stop == begin):
            size += len(words[at].text) + 1
            at += 1
            if size > LONGEST and stop > begin:
                break
            if words[at - 1].text[-1] in ".?!" or size > LONGEST:
                stop = at
        whole = at == end or words[at].utterance != words[begin].utterance
        at = at if (whole and size <= LONGEST) or stop == begin else stop
        yield _part(utterances[words[begin].utterance], words, begin, at)


def _part(utterance: Utterance, words: Sequence[_Spoken], begin: int, end: int) -> Utterance:
    before = begin > 0 and words[begin - 1].utterance == words[begin].utterance
    after = end < len(words) and words[end].utterance == words[end - 1].utterance
    if not before and not after:
        return utterance
    kept = words[begin:end]
    times = tuple(w for w in utterance.words if kept[0].start <= w.start and w.end <= kept[-1].end)
    text = " ".join(w.text for w in kept)
    return replace(utterance, start=kept[0].start, end=kept[-1].end, text=text, words=times)


def _groups(pieces: Sequence[Utterance]) -> list[list[Utterance]]:
    """Passages; all but the last are closed."""
    groups: list[list[Utterance]] = [[]]
    for piece in pieces:
        current = groups[-1]
        size = sum(len(p.text) for p in current)
        if size >= CLOSED_FROM and _opens(piece, current[-1]):
            groups.append([])
        elif current and size + len(piece.text) > LONGEST:
            last = current[-1].text
            asked = len(current) > 1 and len(last) + len(piece.text) <= LONGEST and is_question(tokenise(last))
            groups.append([current.pop()] if asked else [])
        groups[-1].append(piece)
    return [group for group in groups if group]


def _opens(piece: Utterance, last: Utterance) -> bool:
    """Whether the clinician goes on to something else here, with no question of his still open."""
    if piece.speaker in (Speaker.PATIENT, Speaker.OTHER):
        return False
    asks = is_question(tokenise(piece.text))
    if is_question(tokenise(last.text)) and last.speaker is not Speaker.PATIENT:
        return False
    return asks or (len(piece.text) >= _OPENS and piece.speaker is not last.speaker)
