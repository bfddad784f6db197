"""The clinician's own plans as phrases of a note's fields; phrases of the model on the same thing give way to them."""

from collections.abc import Sequence

from app.domain.transcript import Speaker
from app.drafting.lexicon.concepts import kind_of
from app.drafting.spoken.exchanges import content_stems, names_in
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.phrases import Phrase
from app.drafting.writing.plan.stated_plans import DRUG, FOLLOW, REST, SPECIALIST, TEST, StatedPlan, numbers_of


def with_stated_plans(section: SectionTemplate, phrases: Sequence[Phrase], plans: Sequence[StatedPlan]) -> list[Phrase]:
    """Return a plan with the clinician's own lines; a phrase of the model on the same thing gives way to them.

    Other sections are returned as they are.
    """
    fields = _fields(section)
    if FOLLOW not in fields:
        return list(phrases)
    ruled = [Phrase(fields[p.kind], p.text, p.ids, stated=True) for p in plans if p.kind in fields]
    return without_repeats([*phrases, *ruled])


def without_repeats(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Return the phrases without those that say what a stated line says as well, or mix up the words of several."""
    ruled = [p for p in phrases if p.stated]
    return [
        p for p in phrases if p.stated or p.none or not (any(_same(p, line) for line in ruled) or _all_said(p, ruled))
    ]


def _fields(section: SectionTemplate) -> dict[str, Field]:
    """The fields of a section for the kinds of orders that it has."""
    if section.said_by is not Speaker.CLINICIAN:
        return {}
    found: dict[str, Field] = {}
    for field in section.fields:
        if field.said or field.role == "result":
            continue
        if field.role == "rest":
            found.setdefault(REST, field)
        elif "come back" in field.when:
            found.setdefault(FOLLOW, field)
        for kind in (TEST, DRUG, SPECIALIST):
            if kind in field.kinds:
                found.setdefault(kind, field)
    return found


def _same(phrase: Phrase, line: Phrase) -> bool:
    """Whether a phrase tells of a line's medicine, test or specialist, or says nothing beyond the line."""
    if content_stems(phrase.text) <= content_stems(line.text) and numbers_of(phrase.text) <= numbers_of(line.text):
        return True
    if phrase.field is not line.field:
        return False
    if "drug" in phrase.field.kinds:
        medicines = medicines_in(phrase.text)
        return bool(medicines) and medicines <= medicines_in(line.text)
    kinds = {"test", "procedure", "specialist"} & set(phrase.field.kinds)
    named = {n for n in names_in(phrase.text) if kind_of(n) in kinds}
    return bool(named) and named <= set(names_in(line.text))


def _all_said(phrase: Phrase, ruled: Sequence[Phrase]) -> bool:
    """Whether a phrase is made of words of lines from its utterances, such as an action with another's object."""
    near = [line for line in ruled if set(phrase.evidence) & set(line.evidence)]
    stems = content_stems(phrase.text)
    said = {s for line in near for s in content_stems(line.text)}
    covered = set(phrase.evidence) <= {e for line in near for e in line.evidence}
    return bool(near) and covered and 3 * len(stems & said) >= 2 * len(stems)
