"""A diagnosis, illness or finding must have been stated: not looked for, compared with, or one that may be."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.hearing.reading import PAIN
from app.drafting.checking.rules.spoken_as import Spoken, places_of, stems_of, tags_are_known, things_of, words_of
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import find_concepts, kind_of
from app.drafting.lexicon.tokens import Token

_SEARCHED = re.compile(
    r"\b(?:look(?:ing)? for|screen(?:ing|ed)? (?:\w+ ){0,2}for|check(?:ing)? (?:\w+ )?for|test(?:ing|ed)? (?:\w+ )?for"
    r"|rul(?:e|ed|ing) (?:\w+ )?out|evaluat\w+ for|make sure (?:\w+ ){0,4}not)\b"
)
_COMPARED = re.compile(r"\b(?:(?:felt|feels|feel|seemed|was) like|as if|as though|just like)\b")
_MAYBE = re.compile(
    r"\b(?:we suspect|we worry|worry about|worried about|referral|referred for|other potential|potential cause\w*"
    r"|possible cause\w*|could be|might be|may be|such as|for example|associated with|risk of|risks|if it were|if it is"
    r"|things like|etiologies|differential|can cause|causes? of)\b"
)
_HEDGES = re.compile(
    r"\b(?:possibl\w*|probabl\w*|likely|suspect\w*|may|might|could|concern\w*|differential|rule|versus|vs|risk|like"
    r"|consider\w*|screen\w*|exclude\w*|question)\b",
    re.IGNORECASE,
)
_TURNS = re.compile(r"\b(?:but|i think|this is|you have|she has|he has|diagnosis)\b")
"""Behind these something new is said: 'it could be gout but this is arthritis'."""
_NEAR = 9


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each illness that was only suspected, searched for or compared with, and stands as known."""
    of_illness = case.label in ("illness", "assessment") and "plan" not in case.section
    concluded = any(name in case.section for name in ("assessment", "objective"))
    if not (of_illness or concluded) or not tags_are_known(case.heard) or _HEDGES.search(case.text):
        return
    for thing in things_of(case):
        stems = stems_of(thing)
        if not stems or not (case.label == "illness" or _is_illness(thing)):
            continue
        places = places_of(case.heard, stems)
        if places and all(reasons := [_only(p, of_illness=of_illness) for p in places]):
            yield Doubt(Support.PARTIAL, f"certainty: {words_of(thing)} was only {reasons[0]}")


def _is_illness(thing: list[Token]) -> bool:
    return any(kind_of(hit.name) in ("condition", "symptom") and hit.name not in PAIN for hit in find_concepts(thing))


def _only(place: Spoken, *, of_illness: bool) -> str:
    near = _TURNS.split(f"{' '.join(place.before.split()[-_NEAR:])} {place.within}")[-1]
    after = " ".join(place.after.split()[:3])
    if place.question:
        return "asked about" if of_illness else ""
    if _SEARCHED.search(near) or re.search(r"\bruled out\b", after):
        return "looked for, nobody found it"
    if _COMPARED.search(near):
        return "what it was compared with"
    return "named as one that may be" if _MAYBE.search(near) else ""
