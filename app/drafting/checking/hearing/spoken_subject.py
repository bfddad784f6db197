"""What a question is about that names it only as 'it' or 'that': the one thing that was named just before."""

import re
from collections.abc import Iterable, Iterator

from app.drafting.checking.hearing.heard import Heard, HeardMention, Status
from app.drafting.checking.hearing.reading import Kind
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tokens import tokenise

_POINTS = frozenset({"it", "that", "this", "them", "they", "those", "these", "its", "it's", "that's"})
_OF_COURSE = re.compile(
    r"\b(?:how (?:long|often|much|many|bad|severe)|since when|when did|whereabouts|"
    r"days|weeks|months|years|come and go|comes and goes|worse|better)\b",
    re.IGNORECASE,
)
"""Questions on the course of what was named: they need no 'it'."""
_REACH = 5
"""Utterances looked back, nods among them."""
_LONGEST = 24
"""Words of what named a complaint: longer talk may have turned to something else."""
_SHORT = 4
"""Words of a question that needs no 'it' to point back: 'For how long?'"""
_SUBJECTS = frozenset({"symptom", "condition"})
_OTHERS = frozenset({"therapy", "procedure", "social", "test"})
"""What a question may point to as well, so that a complaint beside it is not certain."""


def subject_before(heard: Heard, asked: str, places: Iterable[int]) -> str:
    """Return the words for what a question points to; '' if it names something itself, or if that is not certain.

    Certain is one complaint, illness or medicine that was affirmed in the nearest utterance that names any.
    """
    here = sorted(places)
    points = len(asked.split()) <= _SHORT or bool(
        _OF_COURSE.search(asked) or _POINTS & {t.text for t in tokenise(asked)}
    )
    if not here or not points or any(_is_subject(m) for n in here for m in _named(heard, n)):
        return ""
    for n in range(here[0] - 1, max(here[0] - _REACH, 0) - 1, -1):
        found = list(_named(heard, n))
        if found:
            length = sum(len(clause.tokens) for clause in heard.clauses_of[n])
            return _only(found) if length <= _LONGEST or found[0].mention.kind is Kind.DRUG else ""
    return ""


def _only(found: list[HeardMention]) -> str:
    """The one thing; a medicine where it was named with its class or what it is for."""
    drugs = [m for m in found if m.mention.kind is Kind.DRUG] or found
    mention = drugs[0].mention
    told = all(_is_subject(m) and m.status is Status.AFFIRMED for m in drugs)
    if not (told or mention.kind is Kind.DRUG) or len({m.mention.name for m in drugs}) != 1:
        return ""
    return "" if mention.context.relative else mention.said if mention.kind is Kind.DRUG else mention.name


def _is_subject(found: HeardMention) -> bool:
    return found.mention.kind is Kind.DRUG or kind_of(found.mention.name) in _SUBJECTS


def _named(heard: Heard, utterance: int) -> Iterator[HeardMention]:
    for clause in heard.clauses_of[utterance]:
        for mention in (*clause.concepts(), *clause.drugs()):
            if mention.kind is not Kind.DRUG and kind_of(mention.name) not in _SUBJECTS | _OTHERS:
                continue
            group = heard.drugs if mention.kind is Kind.DRUG else heard.concepts
            yield from (m for m in group.get(mention.name, ()) if m.utterance == utterance)
