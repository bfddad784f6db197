"""Negation: what the note denies must have been denied, what it affirms must not have been denied."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.heard import HeardMention, Status
from app.drafting.checking.reading import Mention
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of, wider_than

_KINDS = frozenset({"symptom", "condition", "finding", "procedure", "therapy", "social", "test"})


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about presence and absence."""
    for mention in case.concepts():
        if kind_of(mention.name) in _KINDS and not mention.context.hypothetical:
            yield from _one(case, mention)
    for drug in case.drugs():
        yield from _drug(case, drug)


def _patient(mentions: list[HeardMention], note: Mention) -> list[HeardMention]:
    return [m for m in mentions if bool(m.mention.context.relative) == bool(note.context.relative)] or mentions


def _one(case: Case, note: Mention) -> Iterator[Doubt]:
    heard = _patient(case.heard.concepts.get(note.name, []), note)
    wanted = Status.NEGATED if note.context.negated else Status.AFFIRMED
    statuses = {m.status for m in heard}
    if not heard or wanted in statuses:
        if wanted in statuses and _other_is_meant(case, heard, wanted):
            opposite = "denied" if wanted is Status.AFFIRMED else "says"
            yield Doubt(Support.PARTIAL, f"negation: the transcript also {opposite} {note.said}")
        return
    if Status.NEGATED in statuses and wanted is Status.AFFIRMED:
        yield Doubt(Support.CONTRADICTED, f"negation: note says {note.said}, transcript says no {note.said}")
    elif Status.AFFIRMED in statuses and wanted is Status.NEGATED:
        if any(wider in case.heard.concepts and _denied(case, wider) for wider in wider_than(note.name)):
            return
        yield Doubt(Support.CONTRADICTED, f"negation: note denies {note.said}, transcript says {note.said}")
    elif Status.ASKED in statuses:
        yield Doubt(Support.PARTIAL, f"negation: {note.said} was asked, the answer is not clear")
    elif wanted is Status.AFFIRMED:
        yield Doubt(Support.PARTIAL, f"certainty: {note.said} was only spoken of as a possibility or a warning")


def _denied(case: Case, concept: str) -> bool:
    return any(m.status is Status.NEGATED for m in case.heard.concepts[concept])


def _other_is_meant(case: Case, heard: list[HeardMention], wanted: Status) -> bool:
    """Both were said: the evidence says only the other."""
    near = [m for m in heard if m.utterance in case.evidence and m.status in (Status.AFFIRMED, Status.NEGATED)]
    return bool(near) and all(m.status is not wanted for m in near)


def _drug(case: Case, note: Mention) -> Iterator[Doubt]:
    heard = case.heard.drugs.get(note.name, [])
    statuses = {m.status for m in heard}
    if not note.context.negated and statuses == {Status.NEGATED}:
        yield Doubt(Support.PARTIAL, f"negation: the transcript says not {note.said}")
    elif note.context.negated and statuses == {Status.AFFIRMED}:
        yield Doubt(Support.CONTRADICTED, f"negation: note says not {note.said}, transcript says {note.said}")
