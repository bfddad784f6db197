"""Where the words of one thing of a line were said, with the words around them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.rules.scattered import items_of
from app.drafting.checking.rules.verdict import Case
from app.drafting.lexicon.tokens import Token

_LEAST = 0.66
"""Share of the words with content that a clause must hold."""
_AROUND = 12
"""Words before and behind that are shown to a rule."""
_SHORTEST = 3
_DENIES = re.compile(r"\b(?:denies|denied|deny|no|not|never|without|negative)\b")
_TELLS = frozenset({Speaker.PATIENT, Speaker.OTHER})
_LEAST_TOLD = 0.2
"""Share of utterances tagged as the patient's from which on the tags say who spoke."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch that holds the words: utterance and clause number, its words, and those around it in the utterance."""

    utterance: int
    clause: int
    speaker: Speaker
    before: str
    within: str
    after: str
    question: bool

    @property
    def told(self) -> bool:
        """Whether the patient, or somebody for them, said it."""
        return self.speaker in _TELLS


def things_of(case: Case, *, denied: bool = False) -> Iterator[list[Token]]:
    """The things of a line's lists, each for itself, without quoted words, and without denials if not `denied`."""
    if '"' in case.text:
        return
    for clause in case.clauses:
        if not denied and _DENIES.search(words_of(clause.tokens)):
            return  # what follows a denial goes on with it
        yield from items_of(clause)


def words_of(tokens: Iterable[Token]) -> str:
    """The words in comparable form."""
    return " ".join(t.text for t in tokens)


def stems_of(tokens: Iterable[Token]) -> frozenset[str]:
    """The stems of the words with content."""
    return frozenset(t.stem for t in tokens if not t.is_stop and t.text.isalpha() and len(t.text) >= _SHORTEST)


def tags_are_known(heard: Heard) -> bool:
    """Whether the visit's utterances say who spoke: clinician and patient both."""
    speakers = [u.speaker for u in heard.transcript.utterances]
    told = sum(s in _TELLS for s in speakers)
    return Speaker.CLINICIAN in speakers and told >= _LEAST_TOLD * len(speakers)


def places_of(heard: Heard, stems: frozenset[str]) -> list[Spoken]:
    """Every clause of the visit that holds most of the words, in spoken order; empty if none does."""
    found: list[Spoken] = []
    for at in sorted({at for s in stems for at in heard.clauses_with.get(s, ())}):
        utterance, clause = heard.clauses[at]
        if sum(at in heard.clauses_with.get(s, ()) for s in stems) < _LEAST * len(stems):
            continue
        first, last = _tightest(clause.tokens, stems)
        found.append(
            Spoken(
                utterance,
                at,
                heard.transcript.utterances[utterance].speaker,
                words_of([*_beside(heard, at, -1), *clause.tokens[:first]][-_AROUND:]),
                words_of(clause.tokens[first : last + 1]),
                words_of([*clause.tokens[last + 1 :], *_beside(heard, at, 1)][:_AROUND]),
                clause.question,
            )
        )
    return found


def _beside(heard: Heard, at: int, step: int) -> Sequence[Token]:
    """The words of the neighbouring clause of the same utterance."""
    if not 0 <= at + step < len(heard.clauses) or heard.clauses[at + step][0] != heard.clauses[at][0]:
        return ()
    return heard.clauses[at + step][1].tokens


def _tightest(tokens: Sequence[Token], stems: frozenset[str]) -> tuple[int, int]:
    """First and last number of the shortest stretch with all the words that the clause has."""
    at = [n for n, t in enumerate(tokens) if t.stem in stems]
    wanted = {tokens[n].stem for n in at}
    best = (at[0], at[-1])
    for i, first in enumerate(at):
        have: set[str] = set()
        for last in at[i:]:
            have.add(tokens[last].stem)
            if have == wanted:
                best = min(best, (first, last), key=lambda span: span[1] - span[0])
                break
    return best
