"""What may stand as an illness of the past: an illness, or what was told when illnesses were asked for."""

import re

from app.domain.transcript import Speaker
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in
from app.drafting.spoken.talk import Talk
from app.drafting.templates.template import Field, SectionTemplate

_ASKED = re.compile(
    r"\b(?:illness\w*|medical (?:\w+ )?(?:conditions?|history|problems?|issues?)"
    r"|health (?:\w+ )?(?:problems?|conditions?|issues?)"
    r"|past history|diagnos\w+|history of|long[- ]term|chronic|anything (?:else )?in your (?:past|history)"
    r"|seen (?:a|your) doctor for)\b",
    re.IGNORECASE,
)
_NAMED_AS_ILLNESS = re.compile(
    r"\w{3}(?:itis|osis|oma|emia|pathy|plegia|trophy|thyroidism|algia|cele|rrhea|rrhoea|penia)\b"
    r"|\b(?:disease|syndrome|disorder|condition|cancer|tumou?r|fracture|infection|stones?|ulcers?|polyps?|cysts?|attack)s?\b",
    re.IGNORECASE,
)
_TOLD_AS_ILLNESS = re.compile(r"\b(?:diagnosed|history of|suffer\w* from|chronic|condition)\b", re.IGNORECASE)
_ALLERGY = frozenset({"allergy"})
_MORE_THAN_NAME = frozenset({"allerg", "allergi", "allergic"})


def field_of_history(section: SectionTemplate, into: Field, text: str, said: Talk) -> Field | None:
    """Return where a phrase for the illnesses of the past may stand: there, with the complaints, or nowhere (None)."""
    if names_in(text) and set(names_in(text)) <= _ALLERGY and content_stems(text) - _MORE_THAN_NAME:
        return allergies_field(section) or into
    kinds = kinds_in(text)
    if kinds - {"symptom", "social", "drug", "therapy", "plan"} or _NAMED_AS_ILLNESS.search(text):
        return into
    if _was_asked_or_told_as_illness(text, said):
        return into
    return section.field_with("symptoms") if "symptom" in kinds else None


def allergies_field(section: SectionTemplate) -> Field | None:
    """The field for what the patient does not bear."""
    return next((f for f in section.fields if "allergies" in f.asked), None)


def _was_asked_or_told_as_illness(text: str, said: Talk) -> bool:
    """Whether a phrase rests on an answer to a question for illnesses, or on a sentence that calls it one."""
    utterances = said.transcript.utterances
    places = {u.id: n for n, u in enumerate(utterances)}
    for n in (places[e] for e in said.evidence(text)):
        before = [u.text for u in utterances[max(0, n - 2) : n + 1] if u.speaker is Speaker.CLINICIAN]
        if _ASKED.search(" ".join(before)) or _TOLD_AS_ILLNESS.search(utterances[n].text):
            return True
    return False
