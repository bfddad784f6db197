"""Advice must have been advised: no command or question of the examination, no advice to somebody else, no choice."""

import re
from collections.abc import Callable, Iterator, Sequence

from app.domain.note import Support
from app.drafting.checking.rules.spoken_as import Spoken, places_of, stems_of, tags_are_known, things_of, words_of
from app.drafting.checking.rules.verdict import Case, Doubt

_LOOKS = re.compile(
    r"\b(?:take a (?:quick |little )?(?:look|listen)|have a (?:quick |little )?(?:look|listen|feel)|listen (?:to|in)"
    r"|look (?:at|in) (?:your|her|his|the)|press (?:on|here)|palpate"
    r"|do (?:a|my|your|the) (?:quick )?(?:physical )?exam\w*"
    r"|before i do|examine you)\b"
)
_FEELS = re.compile(
    r"\b(?:(?:is|does|do|was) (?:that|this|it)(?: \w+)? (?:painful|hurt|feel|bother|uncomfortable|okay|ok|tender)"
    r"|so that painful|that painful|any pain (?:there|here|with that))\b"
)
_ASKED = re.compile(r"\b(?:is that|that painful|does (?:that|it)|are you|have you (?:been|had)|you not having any)\b")
_QUESTION = re.compile(r"\b(?:have you|are you|do you|did you|is there|were you|has it|is it|does it)\b")
_ADVISES = re.compile(r"\b(?:i want|i would|we will|i will|should|going to|start|let us|let)\b")
_OFFERS = re.compile(
    r"\b(?:can we|could we|shall|should we|would you|do you want|is it ok|how about|what about|why do not|what if"
    r"|are you happy|do you think you could|would it|can you (?:try|take|come|call|send|make))\b"
)
_OTHERS = re.compile(r"\b(?:have them|(?:your )?(?:kids?|children|husband|wife|partner|neighbou?rs?)(?: \w+){0,4})$")
_NAMES_OTHERS = re.compile(
    r"\b(?:them|kids?|child\w*|husband|wife|partner|neighbou?rs?|family|others)\b", re.IGNORECASE
)
_CHOICE = re.compile(
    r"\b(?:(?:two|three) (?:ways|options|choices)|the first (?:is|option|one)|one option|either|first option)\b"
)
_OR_ELSE = re.compile(r"\b(?:or you can|or you could|or we can|or we could|the other option|the second)\b")
_SAYS_CHOICE = re.compile(r"\b(?:or|option|offer|consider|discuss|could|may|might)", re.IGNORECASE)
_LATER = re.compile(r"\b(?:come back|next (?:visit|time|week|month|year)|return|annual|yearly|regular)\b")
_TELLS = re.compile(
    r"\b(?:was|were|has been|have been) (?:normal|good|fine|stable|elevated|high|low|trending|well|improv\w+"
    r"|unremarkable|negative|positive|clear)\b|^(?:my|our) (?:concern|impression)\b",
    re.IGNORECASE,
)
"""How something was found, or what is thought, stands in a plan beside the orders and is none."""
_EXAM_STEMS = frozenset({"physical", "exam", "examin", "examinat"})
_AT_EXAMINATION = "plan: said during the examination, not as an advice"
_NEAR = 8


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each advice, or complaint, that was only part of the examination, of a question or a choice."""
    if not tags_are_known(case.heard):
        return
    planned = "plan" in case.section
    if (not planned and "subjective" not in case.section) or case.heading.startswith("referral"):
        return
    for thing in things_of(case, denied=planned):
        stems = stems_of(thing)
        if not stems:
            continue
        places = [p for p in places_of(case.heard, stems) if not (planned and p.told)]
        reason = _planned(case, words_of(thing), stems, places) if planned else _told(places)
        if reason:
            yield Doubt(Support.PARTIAL, reason)


def _told(places: Sequence[Spoken]) -> str:
    looked = bool(places) and all(_LOOKS.search(p.before) and not p.told for p in places)
    return "who: said during the examination, not told by the patient" if looked else ""


def _planned(case: Case, words: str, stems: frozenset[str], places: Sequence[Spoken]) -> str:
    if _TELLS.search(case.text):
        return ""
    if _ASKED.search(words):
        return "plan: words of a question, not an advice"
    if not places:
        return ""
    if stems & _EXAM_STEMS and len(stems - _EXAM_STEMS) <= 1 and not any(_is_later(p) for p in places):
        return _AT_EXAMINATION
    tests: tuple[tuple[Callable[[Spoken], bool], str], ...] = (
        (_is_of_examination, _AT_EXAMINATION),
        (_is_asked, "plan: this was a question, not an advice"),
        (_is_of_others, "plan: said of another person, not of the patient"),
        (_is_choice, "plan: one of several choices that were offered"),
    )
    for holds, reason in tests:
        if holds is _is_of_others and _NAMES_OTHERS.search(case.text):
            continue
        if holds is _is_choice and _SAYS_CHOICE.search(case.text):
            continue
        if all(holds(p) for p in places):
            return reason
    return ""


def _is_later(place: Spoken) -> bool:
    return bool(_LATER.search(f"{place.before} {place.after}"))


def _is_of_examination(place: Spoken) -> bool:
    near = " ".join(place.before.split()[-_NEAR:])
    after = " ".join(place.after.split()[:_NEAR])
    return bool(_LOOKS.search(near) or _FEELS.search(f"{place.within} {after}"))


def _is_asked(place: Spoken) -> bool:
    asked = f"{' '.join(place.before.split()[-_NEAR:])} {place.within}"
    advises = _OFFERS.search(asked) or _ADVISES.search(asked)
    return place.question and bool(_QUESTION.search(asked)) and not advises


def _is_of_others(place: Spoken) -> bool:
    said = place.before.split()[-_NEAR:]
    return any(_OTHERS.search(" ".join(said[: n + 1])) for n in range(len(said)))


def _is_choice(place: Spoken) -> bool:
    return bool(_CHOICE.search(place.before) or _OR_ELSE.search(place.after)) and not place.told
