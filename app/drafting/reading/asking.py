"""The form that a template asks for, and which of its fields can apply in a passage.

The rules look at the kinds of clinical words, at cue words and at who speaks. A field that cannot apply is not asked:
the model cannot fill it wrongly, and its label costs no tokens.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.domain.transcript import Speaker, Utterance
from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.passages import Passage
from app.drafting.spoken.exchanges import content_stems, denies_itself, kinds_in
from app.drafting.spoken.relatives import named_relative
from app.drafting.spoken.talk import statements_of
from app.drafting.templates.template import Field, SectionTemplate, Template

FEWEST_WORDS = 2
"""Words with content that somebody must have said for a field that anything might belong to."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a template with its place and the label that the model writes, which no other field has."""

    section: SectionTemplate
    field: Field
    label: str

    @property
    def key(self) -> str:
        """Its place in an answered passage: "section.field"."""
        return f"{self.section.key}.{self.field.name}"


def form_of(template: Template) -> tuple[FormField, ...]:
    """Return the fields that the model fills in, in the order of the template; not those that rules read."""
    fields = [
        (section, field)
        for section in template.sections
        for field in section.form
        if not is_read_by_rules(section, field)
    ]
    used = Counter(field.label for _, field in fields)
    return tuple(
        FormField(section, field, field.label if used[field.label] == 1 else f"{section.title} {field.label}".lower())
        for section, field in fields
    )


def is_read_by_rules(section: SectionTemplate, field: Field) -> bool:
    """Whether the clinician's own sentences fill a field: orders, medicines, referrals and follow-up of a plan."""
    if section.said_by is not Speaker.CLINICIAN or "plan" not in section.complete:
        return False
    return bool({"test", "drug", "specialist"}.intersection(field.kinds)) or "come back" in field.when


def fields_to_ask(form: Sequence[FormField], passage: Passage) -> tuple[FormField, ...]:
    """Return the fields of the form that can apply in a passage; none if nothing in it can be of use."""
    said = _Said(passage)
    return tuple(asked for asked in form if not _is_advice(asked) and _applies(asked, said))


def _is_advice(asked: FormField) -> bool:
    """Advice stays in the form, so that it is not put elsewhere, but is not asked for: rules read it."""
    plan = asked.section.said_by is Speaker.CLINICIAN and "plan" in asked.section.complete
    return plan and asked.field.role == "rest"


class _Said:
    """What a passage says, by who says it: `told` by patient and company, `stated` by the clinician, not asked."""

    def __init__(self, passage: Passage) -> None:
        self.is_first = not passage.context
        clinicians = (Speaker.CLINICIAN, Speaker.UNKNOWN)
        self.whole = _joined(passage.utterances)
        self.told = _joined([u for u in passage.utterances if u.speaker is not Speaker.CLINICIAN])
        self.stated = " ".join(statements_of(u.text) for u in passage.utterances if u.speaker in clinicians).lower()
        self.denies = any(denies_itself(u.text) for u in passage.utterances if u.speaker is not Speaker.CLINICIAN)
        everything = f"{_joined(passage.context)} {self.whole}"
        self.relative = bool(named_relative(tokenise(everything)))
        self.whole_kinds = _kinds(self.whole)
        self.stated_kinds = _kinds(self.stated)


def _applies(asked: FormField, said: _Said) -> bool:
    field, clinicians = asked.field, asked.section.said_by is Speaker.CLINICIAN
    if field.first and not said.is_first:
        return False
    if field.role in ("denied", "family"):
        return said.denies if field.role == "denied" else said.relative
    text, kinds = (said.stated, said.stated_kinds) if clinicians else (said.whole, said.whole_kinds)
    if len(content_stems(said.stated if clinicians else said.told)) < FEWEST_WORDS:
        return not clinicians and bool(kinds.intersection(field.kinds))
    cues = (*field.when, *field.asked)
    if _has_cue(text, cues) or not (field.kinds or cues) or field.role == "symptoms":
        return True
    # a medicine that the clinician only repeats is no plan: the section's own cues must be said, too
    return bool(kinds.intersection(field.kinds)) and (not asked.section.cues or _has_cue(text, asked.section.cues))


def _has_cue(text: str, cues: tuple[str, ...]) -> bool:
    pattern = _pattern(cues)
    return pattern is not None and bool(pattern.search(text))


@lru_cache(maxsize=512)
def _pattern(cues: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, cues))})\b") if cues else None


def _kinds(text: str) -> frozenset[str]:
    return kinds_in(text) | (frozenset({"drug"}) if guess_drugs(tokenise(text)) else frozenset())


def _joined(utterances: Sequence[Utterance]) -> str:
    return " ".join(u.text for u in utterances).lower()
