"""The tables behind "said, not in the note": cues of sentences, words to pass over, questions, red flags."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain.unnoted import UnnotedKind
from app.drafting.checking.hearing.spoken_pieces import plain
from app.drafting.lexicon.concepts import all_concepts
from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import forms, rows
from app.drafting.lexicon.tokens import Token


@dataclass(frozen=True, slots=True)
class Topic:
    """A question whose answer counts: its kind, the words that ask it, the sentence for a plain no, a note's words."""

    kind: UnnotedKind
    asked: tuple[str, ...]
    none: str
    noted: tuple[str, ...]


@lru_cache(maxsize=1)
def _cues() -> dict[str, tuple[str, ...]]:
    return {row[1]: tuple(plain(f) for f in forms(row[2])) for row in rows("unnoted") if row[0] == "cue"}


def has_cue(use: str, text: str) -> bool:
    """Whether a text holds a cue of a use: plan, assessment, exam, ahead, concern, identity, kin, …"""
    said = plain(text)
    return any(cue in said for cue in _cues()[use])


def cues_in(use: str, text: str) -> tuple[str, ...]:
    """The cues of a use that a text holds, as `plain` writes them."""
    said = plain(text)
    return tuple(cue for cue in _cues()[use] if cue in said)


@lru_cache(maxsize=1)
def _ignored() -> dict[str, frozenset[str]]:
    return {row[1]: frozenset(f.lower() for f in forms(row[2])) for row in rows("unnoted") if row[0] == "ignore"}


@lru_cache(maxsize=1)
def _passed() -> dict[str, tuple[str, ...]]:
    return {row[1]: tuple(plain(f) for f in forms(row[2])) for row in rows("unnoted") if row[0] == "pass"}


def is_ignored(concept: str, said: str, sentence: str) -> bool:
    """Whether these words alone, or in this sentence, do not mean the concept: 'cold' is mostly the weather."""
    if said in _ignored().get(concept, ()):
        return True
    return concept in _passed() and any(p in plain(sentence) for p in _passed()[concept])


@lru_cache(maxsize=8)
def names(use: str) -> frozenset[str]:
    """Names of a use: `skip` concepts that say nothing alone, `medicine` treatments taken, `blood` relatives."""
    return frozenset(f for row in rows("unnoted") if row[0] == use for f in forms(row[2]))


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """All questions whose answer counts even without a clinical word."""
    found = []
    for row in rows("unnoted"):
        if row[0] == "topic":
            cells = [*row, "", ""]
            asked = tuple(plain(f) for f in forms(cells[2]))
            found.append(Topic(UnnotedKind(row[1]), asked, cells[3], tuple(plain(f) for f in forms(cells[4]))))
    return tuple(found)


def topic_of(questions: Iterable[str]) -> Topic | None:
    """The topic that questions ask about, or None."""
    said = " ".join(plain(q) for q in questions)
    return next((t for t in topics() if any(a in said for a in t.asked)), None)


def topics_in(text: str) -> list[Topic]:
    """All topics that a text asks about."""
    said = plain(text)
    return [t for t in topics() if any(a in said for a in t.asked)]


@lru_cache(maxsize=1)
def red_concepts() -> frozenset[str]:
    """Names of the concept table that are red flags."""
    return frozenset(row[0] for row in rows("red-flags")) & frozenset(all_concepts())


@lru_cache(maxsize=1)
def _red_phrases() -> PhraseTable:
    return PhraseTable((row[0], form) for row in rows("red-flags") for form in forms(row[1] if len(row) > 1 else ""))


def find_red_flags(tokens: Sequence[Token]) -> list[Hit]:
    """Red flags that are no concepts of their own, by what people say."""
    return _red_phrases().find(tokens)


@lru_cache(maxsize=1)
def _classes() -> dict[str, tuple[str, ...]]:
    return {row[1]: tuple(plain(f) for f in forms(row[2])) for row in rows("unnoted") if row[0] == "class"}


def members(concept: str) -> tuple[str, ...]:
    """Names that say what a class of medicines says, as `plain` writes them."""
    return _classes().get(concept, ())


@lru_cache(maxsize=1)
def _general() -> tuple[str, ...]:
    return tuple(plain(f) for row in rows("unnoted") if row[0] == "general" for f in forms(row[2]))


def asks_for_complaint(question: str) -> bool:
    """Whether a question asks for a complaint, in whatever words."""
    said = plain(question)
    return any(cue in said for cue in _general())
