"""What stands as told must have been told: a clinician's question alone says nothing, nor does a list in it."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import Heard, Status
from app.drafting.checking.rules.spoken_as import Spoken, places_of, stems_of, tags_are_known, things_of, words_of
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.tokens import Token, tokenise

_NOT_TOLD = ("plan", "assessment", "objective", "exam", "result")
_UNCLEAR = re.compile(
    r"^(?:\W*(?:um+|uh+|oh+|well|so|er+|hm+|i mean|i think|yeah but)\b)*\W*"
    r"(?:no\b|nope|nah|not\b|never|none|nothing|maybe|possibly|i(?: am| was)? not|i do not|i have not|i have never"
    r"|i would not|hard to say)"
)
_DENIED = re.compile(r"\b(?:no|without|(?:have not|do not|did not|never|not)(?: had| have)?(?: any)?)$")
_LISTS = re.compile(r"\b(?:or|like|anything|any of)\b")
_CIRCUMSTANCES = (
    re.compile(r"\bat rest\b"),
    re.compile(r"\bat night\b"),
    re.compile(r"\b(?:lying|laying|lie|lay) (?:down|flat)\b"),
)
_FARTHEST = 2
"""Utterances between a question and its answer."""


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each thing that was only asked about and not clearly affirmed."""
    if any(name in case.section for name in _NOT_TOLD) or not tags_are_known(case.heard):
        return
    for thing in things_of(case):
        yield from _circumstances(case, words_of(thing))
        stems = stems_of(thing)
        if not stems or _is_told(case.heard, thing):
            continue
        places = places_of(case.heard, stems)
        if places and all(_is_only_asked(case.heard, p, stems) for p in places):
            yield Doubt(Support.PARTIAL, f"who: {words_of(thing)} was only asked about, the answer does not affirm it")
        elif any(_is_unclear(case.heard, hit.name) for hit in find_concepts(thing)):
            yield Doubt(Support.PARTIAL, f"who: {words_of(thing)} was asked about, the answer is not clear")


def _circumstances(case: Case, thing: str) -> Iterator[Doubt]:
    """'Do you have that at rest as well?' 'No, on the stairs.': the complaint is told, not that it comes at rest."""
    said = case.heard.transcript.utterances
    for circumstance in _CIRCUMSTANCES:
        named = circumstance.search(thing)
        places = [n for n, u in enumerate(said) if circumstance.search(u.text.lower())]
        if named is None or not places:
            continue
        if all(said[n].speaker is Speaker.CLINICIAN and _UNCLEAR.match(_answer(case.heard, n)) for n in places):
            yield Doubt(Support.PARTIAL, f"who: {named.group()} was only asked about, the answer does not affirm it")


def _is_unclear(heard: Heard, name: str) -> bool:
    """'Any heartburn?' 'Maybe, I don't think I've had it.': asked, not affirmed, and only guessed at elsewhere."""
    mentions = heard.concepts.get(name, [])
    asked = [m for m in mentions if m.status is Status.ASKED and _UNCLEAR.match(_answer(heard, m.utterance))]
    return bool(asked) and not any(m.status is Status.AFFIRMED and not m.mention.context.hedged for m in mentions)


def _is_told(heard: Heard, thing: list[Token]) -> bool:
    """Whether what is named was said outside of questions, or taken for granted by one."""
    mentions = [m for hit in find_concepts(thing) for m in heard.concepts.get(hit.name, ())]
    return any(
        m.status is Status.AFFIRMED and m.confirmed_by is None and not m.mention.context.hedged for m in mentions
    )


def _is_only_asked(heard: Heard, place: Spoken, stems: frozenset[str]) -> bool:
    if place.told:
        return bool(_DENIED.search(place.before))  # 'Any family history of lung conditions?' 'No lung conditions.'
    if not place.question or heard.clauses[place.clause][1].tokens[-1].after == ".":
        return False
    answer = _answer(heard, place.utterance)
    if answer and heard.answer(place.clause) is not True:
        return bool(_UNCLEAR.match(answer))
    return bool(answer) and _names_another(heard, place, answer, stems)


def _answer(heard: Heard, utterance: int) -> str:
    said = heard.transcript.utterances
    for n in range(utterance + 1, min(utterance + 1 + _FARTHEST, len(said))):
        if said[n].speaker is not Speaker.CLINICIAN:
            return words_of(tokenise(said[n].text))
    return ""


def _names_another(heard: Heard, place: Spoken, answer: str, stems: frozenset[str]) -> bool:
    """'Any trouble with stairs, hills or running?' 'Yes, with stairs.': the answer takes one thing out of the list."""
    question = heard.clauses[place.clause][1].tokens
    if not _LISTS.search(words_of(question)) or sum(t.after == "," for t in question) < 1:
        return False
    told = stems_of(tokenise(answer))
    return bool((stems_of(question) - stems) & told) and not stems & told
