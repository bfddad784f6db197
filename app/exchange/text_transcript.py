"""A transcript typed or pasted as text becomes utterances with estimated times."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from app.domain.errors import InputError
from app.domain.transcript import Speaker, Transcript, Utterance
from app.exchange.speaker_labels import labelled_line, turn_lines

WORDS_PER_SECOND = 2.5
"""An estimate of the pace of a visit: 150 words a minute, pauses included."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:Dr|Mr|Mrs|Ms|St|vs|No|approx|e\.g|i\.e|[A-Z])\.$")


@dataclass
class _Turn:
    speaker: Speaker
    start: float | None
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(line for line in self.lines if line)


def transcript_from_text(text: str) -> Transcript:
    """Return the transcript of a text with or without speaker labels.

    Lines without a label continue the turn before them. Without any label, every sentence is an utterance of an
    unknown speaker. Times (seconds) are the given ones if every turn has one and they never go back, else estimated
    from the number of words; `notices` say which.

    Raises:
        InputError: there is no word in it.
    """
    turns, labels, named = _labelled_turns(text)
    notices: list[str] = []
    if not labels:
        turns = [_Turn(Speaker.UNKNOWN, None, [s]) for line in text.splitlines() for s in _sentences(line)]
        notices.append("The text names no speakers: every sentence counts as said by an unknown speaker.")
    turns = [turn for turn in turns if turn.text]
    if not turns:
        raise InputError("The transcript holds no spoken words.", "Check that it is the right file.")
    if named:
        notices.append("Speakers named otherwise than by their role count as 'other'.")
    spans, given = _spans(turns)
    notices.append(
        "Times are those written in the text; the end of each utterance is estimated."
        if given
        else "The text gives no usable times: all times are estimated from the number of words."
    )
    utterances = tuple(
        Utterance(id=f"u{i}", start=start, end=end, speaker=turn.speaker, text=turn.text)
        for i, (turn, (start, end)) in enumerate(zip(turns, spans, strict=True), 1)
    )
    # ISO 639-2 "undetermined": a text does not say its language, and a guess would look like a finding.
    return Transcript(spans[-1][1], "und", "text", utterances, tuple(notices))


def _labelled_turns(text: str) -> tuple[list[_Turn], int, int]:
    lines = [(line.strip(), labelled_line(line)) for line in turn_lines(text)]
    names = Counter(label.name for _, label in lines if label is not None)
    turns: list[_Turn] = []
    labels = named = 0
    for line, label in lines:
        if label is not None:
            labels += 1
            named += label.name is not None
            # "Aspirin: …" looks like "Anna: …"; a name that stands only once stays in the text, so no word is lost.
            once = label.name is not None and names[label.name] == 1
            turns.append(_Turn(label.speaker, label.start, [line if once else label.text]))
        elif turns:
            turns[-1].lines.append(line)
        elif line:
            turns.append(_Turn(Speaker.UNKNOWN, None, [line]))
    return turns, labels, named


def _sentences(line: str) -> list[str]:
    sentences: list[str] = []
    for piece in _SENTENCE_END.split(line.strip()):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        elif piece:
            sentences.append(piece)
    return sentences


def _spans(turns: list[_Turn]) -> tuple[list[tuple[float, float]], bool]:
    lengths = [max(0.4, len(turn.text.split()) / WORDS_PER_SECOND) for turn in turns]
    starts = [turn.start for turn in turns]
    known = [s for s in starts if s is not None]
    if len(known) == len(starts) and all(a <= b for a, b in pairwise(known)):
        limits = [*known[1:], known[-1] + lengths[-1]]
        ends = [min(s + n, limit) for s, n, limit in zip(known, lengths, limits, strict=True)]
        return [(s, round(e, 3)) for s, e in zip(known, ends, strict=True)], True
    spans: list[tuple[float, float]] = []
    at = 0.0
    for length in lengths:
        spans.append((round(at, 3), round(at + length, 3)))
        at += length
    return spans, False
