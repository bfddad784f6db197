"""What a brief note leaves out, by written rules, and what it never leaves out.

Left out, of what the patient tells: denials that have nothing to do with what the patient comes for; sentences that
only say "asked, and there is none"; phrases and quotes that name nothing which does not stand in the section anyway.
Never left out: medicines, doses, allergies, red flags, findings, results, diagnoses, plans, follow-up, all that the
clinician states, and whatever the tables do not know. What is left out is counted and named in a notice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tables import forms, rows, words
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems, names_in
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.merging import MOST_EVIDENCE
from app.drafting.writing.phrases import Phrase

_CARE = frozenset({"therapy", "procedure", "plan", "test", "specialist", "finding", "measure"})
_ALLERGY = re.compile(r"\ballerg|\bintoleran|\breaction", re.IGNORECASE)
_ITEM = re.compile(r",\s+(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+")


@dataclass(slots=True)
class Brevity:
    """Shortens the sections of one note; remembers what it left out."""

    denials: list[str] = field(default_factory=list)
    nones: list[str] = field(default_factory=list)
    repeats: int = 0

    def shortened(self, section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return the section's phrases without what adds least; what is joined keeps the evidence of both."""
        if section.said_by is not None:
            return list(phrases)
        complaint = _systems_of(_complaints(section, phrases))
        kept: list[Phrase] = []
        for phrase in phrases:
            if phrase.none and not _keeps_none(phrase.field, complaint):
                self.nones.append(phrase.field.none.rstrip("."))
            elif phrase.field.role == "denied" and not phrase.is_quote:
                kept += self._pertinent(phrase, complaint)
            else:
                kept.append(phrase)
        return self._once(kept)

    def notices(self) -> list[str]:
        """A sentence on what was left out; none if nothing was."""
        parts = []
        if self.denials:
            parts.append(f"{', '.join(dict.fromkeys(self.denials))} (denied)")
        parts += [_small(none) for none in dict.fromkeys(self.nones)]
        if self.repeats:
            parts.append(f"{self.repeats} repeated {'phrases' if self.repeats > 1 else 'phrase'}")
        return [f"Left out of this brief note: {'; '.join(parts)}."] if parts else []

    def _pertinent(self, phrase: Phrase, complaint: frozenset[str]) -> list[Phrase]:
        items = [item for item in _ITEM.split(phrase.text) if item.strip()]
        kept = [item for item in items if _is_pertinent(item, complaint)]
        self.denials += [item for item in items if item not in kept]
        if len(kept) == len(items):
            return [phrase]
        return [replace(phrase, text=", ".join(kept))] if kept else []

    def _once(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Each thing once: what stands in a fuller phrase of the section gives its evidence to that one."""
        kept = list(phrases)
        for phrase in phrases:
            fuller = next((p for p in kept if p is not phrase and _says_all(p, phrase)), None)
            if fuller is None:
                continue
            self.repeats += 1
            both = tuple(dict.fromkeys([*fuller.evidence, *phrase.evidence]))[:MOST_EVIDENCE]
            kept[kept.index(fuller)] = replace(fuller, evidence=both)
            kept.remove(phrase)
        return kept


def _complaints(section: SectionTemplate, phrases: Iterable[Phrase]) -> list[str]:
    told = [p for p in phrases if p.field.role in ("symptoms", "rest") or p.field.first]
    return [name for p in told for name in names_in(p.text)] if section.fields else []


def _systems_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(system for name in names for system in _systems().get(name, ()))


def _is_pertinent(item: str, complaint: frozenset[str]) -> bool:
    """Whether a denied item stays: red flags, medicines, allergies, unknown words, and what fits the complaint."""
    names = set(names_in(item))
    if not complaint or not names or names & _red_flags() or _protects(item):
        return True
    known = [_systems().get(name) for name in names]
    return any(systems is None or complaint.intersection(systems) for systems in known)


def _says_all(more: Phrase, less: Phrase) -> bool:
    """Whether a symptom or complaint, or another phrase of the field, has every word and number of this one."""
    if less.none or more.none or less.field.first or less.field.number or less.field.role not in ("", "symptoms"):
        return False
    if more.field is not less.field and not (more.field.role == "symptoms" or more.field.first):
        return False
    if _protects(less.text) or _negates(less.text) or _negates(more.text):
        return False
    own, fuller = content_stems(less.text), content_stems(more.text)
    longer = own < fuller or (own == fuller and more.field is not less.field)
    return bool(own) and longer and _numbers(less.text) <= _numbers(more.text)


def _keeps_none(into: Field, complaint: frozenset[str]) -> bool:
    """'No medications' and 'no allergies' stay, 'denies smoking' for a cough; 'no past surgeries' need not."""
    if {"drug", "therapy", "plan", "test", "finding"} & set(into.kinds) or _ALLERGY.search(into.none):
        return True
    names = set(names_in(into.none))
    return bool(names & _red_flags()) or bool(_systems_of(names) & complaint)


def _protects(text: str) -> bool:
    """Whether a text is about medicines, allergies, red flags, treatment or findings."""
    tokens = tokenise(text)
    names = set(names_in(text))
    if _ALLERGY.search(text) or guess_drugs(tokens) or names & _red_flags():
        return True
    return any(not kind_of(n) or kind_of(n) in _CARE for n in names)


def _negates(text: str) -> bool:
    return any(t.text in words("negating") for t in tokenise(text))


def _numbers(text: str) -> set[float]:
    return {n.value for n in read_numbers(tokenise(text))}


@lru_cache(maxsize=1)
def _red_flags() -> frozenset[str]:
    return frozenset(row[0] for row in rows("red-flags"))


@lru_cache(maxsize=1)
def _systems() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for system, concepts in rows("systems"):
        for concept in forms(concepts):
            found[concept] = (*found.get(concept, ()), system)
    return found


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
