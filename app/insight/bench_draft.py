"""A draft of a visit of any length: how long it takes, how much memory, and that no passage is left out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import InputError
from app.domain.note import Note
from app.domain.passages import AnsweredPassage
from app.domain.transcript import Transcript, Utterance
from app.domain.work import CancelToken, Progress
from app.drafting.checking.check import check_note
from app.drafting.checking.unnoted.missing import said_not_noted
from app.drafting.reading.passages import closed_passages, unanswered
from app.insight.aims import beside_aims
from app.insight.labelled_visits import read_set
from app.insight.memory import PeakMemory
from app.visit.attempts import draft_with_retry
from app.visit.choice import Choice

if TYPE_CHECKING:
    from app.engine.supervisor import Engine

WORDS_A_MINUTE = 200
"""Of talk between two people: a visit of 90 minutes has about 18,000 words."""
_SETS = ("primock", "aci")


@dataclass(frozen=True, slots=True)
class _Drafted:
    note: Note
    seconds: float
    answered: tuple[AnsweredPassage, ...]


def bench_draft(
    data: Path, *, minutes: float, engine: "Engine", choice: Choice, progress: Progress, cancel: CancelToken
) -> dict[str, object]:
    """Draft one long visit, the dialogues of labelled visits one after the other, whole and as after a live visit.

    Figures: `words`, `passages`; `draft_seconds` from the transcript to the checked draft when nothing was prepared (an
    imported recording), `stop_to_draft` when all closed passages were answered during the visit, so that only the open
    end is left (seconds; the model is loaded before); `statements`; `passages_heard`, the share of passages to which
    the model gave an answer; `words_in_reach`, the share of words that lie in such a passage; `listed` entries said and
    not in the note; `peak_rss_mb` of all processes.

    Raises:
        InputError: no labelled visits. WorkCancelledError, ModelMissingError, ModelDamagedError, EngineError.
    """
    transcript = long_visit(data, minutes)
    engine.preload(choice.language_model).result(cancel)
    with PeakMemory() as memory:
        whole = _drafted(engine, transcript, choice, (), lambda f, p: progress(0.95 * f, p), cancel)
        closed = {(p.start, p.end) for p in closed_passages(transcript.utterances)}
        ahead = [p for p in whole.answered if (p.start, p.end) in closed]
        tail = _drafted(engine, transcript, choice, ahead, lambda f, p: progress(0.95 + 0.05 * f, p), cancel)
    passages = unanswered(transcript.utterances)
    heard = [p for p in passages if any((a.start, a.end) == (p.start, p.end) for a in whole.answered)]
    figures: dict[str, object] = {
        "words": _words(transcript.utterances),
        "passages": len(passages),
        "draft_seconds": round(whole.seconds, 1),
        "stop_to_draft": round(tail.seconds, 1),
        "statements": len(list(whole.note.statements())),
        "passages_heard": round(len(heard) / len(passages), 4),
        "words_in_reach": round(sum(_words(p.utterances) for p in heard) / _words(transcript.utterances), 4),
        "listed": len(said_not_noted(whole.note, transcript)),
        "peak_rss_mb": memory.megabytes,
    }
    return {**figures, "aims": beside_aims("draft", figures)}


def long_visit(data: Path, minutes: float) -> Transcript:
    """Return labelled dialogues as one visit of so many minutes, at `WORDS_A_MINUTE`. Raises `InputError`."""
    visits = [visit for name in _SETS for visit in read_set(data, name)]
    if not visits:
        raise InputError("The folder has no labelled visits.", "It needs acibench_valid.jsonl or primock57.jsonl.")
    wanted, numbers, said, words = minutes * WORDS_A_MINUTE, count(1), list[Utterance](), 0
    for visit in cycle(visits):
        for utterance in visit.transcript.utterances:
            begun, words = words, words + len(utterance.text.split())
            start, end = begun * 60 / WORDS_A_MINUTE, words * 60 / WORDS_A_MINUTE
            said.append(replace(utterance, id=f"u{next(numbers)}", start=start, end=max(end, start + 0.1)))
            if words >= wanted:
                return Transcript(said[-1].end, "en", "reference", tuple(said))
    raise InputError("The labelled visits hold no words.", "Name another folder.")


def _drafted(
    engine: "Engine",
    transcript: Transcript,
    choice: Choice,
    earlier: Sequence[AnsweredPassage],
    progress: Progress,
    cancel: CancelToken,
) -> _Drafted:
    answered: list[AnsweredPassage] = [*earlier]
    begun = time.monotonic()
    note = draft_with_retry(
        engine, transcript, choice, progress, cancel, earlier=lambda: tuple(answered), on_passage=answered.append
    )
    note = check_note(note, transcript)
    return _Drafted(note, time.monotonic() - begun, tuple(answered))


def _words(utterances: Sequence[Utterance]) -> int:
    return sum(len(utterance.text.split()) for utterance in utterances)
