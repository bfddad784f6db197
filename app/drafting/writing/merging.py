"""Phrases of all passages become those of one note: repeats and what a fuller phrase says already are dropped."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.drafting.lexicon.concepts import kind_of, wider_than
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.spoken.exchanges import content_stems, said_names
from app.drafting.spoken.relatives import ACQUAINTANCE, named_relative
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.phrases import Phrase

MOST_EVIDENCE = 6

_IN_FAMILY = re.compile(r"\b(?:runs? )?in (?:the|my|his|her) family\b", re.IGNORECASE)
_ALIKE = {
    "mum": "mother",
    "mom": "mother",
    "dad": "father",
    "milligrams": "mg",
    "milligram": "mg",
    "daily": "day",
    "kid": "child",
    "kids": "child",
    "children": "child",
    "job": "work",
    "working": "work",
    "and": "with",
}
_PLAIN = {stem(word): stem(same) for word, same in _ALIKE.items()}


def merged(section: SectionTemplate, passages: Sequence[Sequence[Phrase]]) -> list[Phrase]:
    """Return the section's phrases in the order of its fields, from the phrases of each passage in spoken order.

    Of a field that is asked at the beginning only, the first passage that has any counts. A phrase of which another
    one of the field holds every word and number is dropped; its evidence goes to that one.
    """
    found: list[Phrase] = []
    for phrases in passages:
        filled = {p.field for p in found}
        for phrase in phrases:
            if phrase.field.first and phrase.field in filled:
                continue
            _take(found, phrase)
    told = {p.field for p in found if not p.none}
    return [p for field in section.fields for p in found if p.field is field and not (p.none and field in told)]


def same_words(one: str, other: str) -> bool:
    """Whether two phrases have the same words with content."""
    return content_stems(one) == content_stems(other)


def overlaps(one: str, other: str) -> bool:
    """Whether one of two phrases holds every word with content of the other."""
    first, second = content_stems(one), content_stems(other)
    return bool(first and second) and (first <= second or second <= first)


def _take(found: list[Phrase], phrase: Phrase) -> None:
    for n, other in enumerate(found):
        if other.field is not phrase.field or other.none or phrase.none:
            continue
        if _says_all(other, phrase):
            found[n] = _with_evidence(other, phrase)
            return
        if _says_all(phrase, other):
            found[n] = _with_evidence(phrase, other)
            return
    found.append(phrase)


def _says_all(more: Phrase, less: Phrase) -> bool:
    """Whether a phrase holds every word with content and every number of another one."""
    if more.is_quote and named_relative(tokenise(more.text)) == ACQUAINTANCE:
        return False
    said = _IN_FAMILY.sub("", less.text) if less.field.role == "family" else less.text
    return bool(content_stems(said)) and covers(more.text, said)


def covers(more: str, less: str) -> bool:
    """Whether a text holds every number of another one and each of its words, or the same clinical name for it."""
    same, spoken = {name for name, _ in said_names(more)}, {t.text for t in tokenise(more)}
    same |= {wider for name in same if kind_of(name) == "condition" for wider in wider_than(name)}
    named = said_names(less)
    if any(name not in same and not set(said.split()) <= spoken for name, said in named):
        return False
    meant = {s for name, said in named if name in same for s in content_stems(said)}
    words = {_PLAIN.get(s, s) for s in content_stems(less) - meant}
    return words <= {_PLAIN.get(s, s) for s in content_stems(more)} and _numbers(less) <= _numbers(more)


def _numbers(text: str) -> set[float]:
    return {n.value for n in read_numbers(tokenise(text))}


def _with_evidence(kept: Phrase, dropped: Phrase) -> Phrase:
    return replace(kept, evidence=tuple(dict.fromkeys([*kept.evidence, *dropped.evidence]))[:MOST_EVIDENCE])
