"""A past illness or a medicine must have been said of the patient: not in an explanation, not of people in general."""

import re
from collections.abc import Iterator, Sequence

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import Heard, HeardMention, Status
from app.drafting.checking.rules.spoken_as import tags_are_known, words_of
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.spoken.given_medicines import MEDICINE_CLASSES

_NOT_OWN = ("plan", "assessment", "objective", "exam", "result")
_SAID_OF_THEM = re.compile(
    r"\b(?:you|your|yours|he|she|his|her|him|they|their|has|had|history|known|diagnos\w*|status|takes?|taking|on)\b"
)
_IN_GENERAL = re.compile(
    r"\b(?:we (?:just |usually |often |normally |sometimes |would )*(?:give|use|see|call|prescribe)|people|patients"
    r"|for example|such as|basically|called|means|stands for)\b"
)
_AS_CAUSE = re.compile(
    r"\b(?:can|could|may|might) (?:also |often |sometimes )?(?:be (?:an? )?(?:\w+ )?causes?|cause|lead to|trigger)\b"
)
_ANSWERED_WITHIN = 2


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each past illness or own medicine that only the clinician named, and not of the patient."""
    if any(name in case.section for name in _NOT_OWN) or not tags_are_known(case.heard):
        return
    if not case.label:
        yield from _causes_in_general(case)
    if case.label not in ("illness", "medicine"):
        return
    named = [(m, case.heard.concepts) for m in case.concepts() if kind_of(m.name) == "condition"]
    for mention, heard in [*named, *((d, case.heard.drugs) for d in case.drugs())]:
        said = heard.get(mention.name, [])
        if not mention.context.negated and said and _only_in_general(case.heard, said):
            yield Doubt(
                Support.PARTIAL, f"who: {mention.said} was only explained or asked about, not told of the patient"
            )
    for mention in [m for m in case.concepts() if m.name in MEDICINE_CLASSES] if case.label == "medicine" else []:
        said = case.heard.concepts.get(mention.name, [])
        if not mention.context.negated and said and all(_answered_by_another(case.heard, m) for m in said):
            yield Doubt(Support.PARTIAL, f"who: {mention.said} was only asked about, the answer names something else")


def _causes_in_general(case: Case) -> Iterator[Doubt]:
    """'Sometimes dehydration can be a cause of headaches as well': said by the clinician, and of nobody."""
    for mention in case.concepts():
        said = case.heard.concepts.get(mention.name, [])
        told = [words_of(case.heard.clauses[m.clause][1].tokens) for m in said if m.speaker is Speaker.CLINICIAN]
        if not mention.context.negated and told and len(told) == len(said) and all(map(_AS_CAUSE.search, told)):
            yield Doubt(Support.PARTIAL, f"who: {mention.said} was only named as a cause in general, not told")


def _answered_by_another(heard: Heard, asked: HeardMention) -> bool:
    """'Did you take something like an antihistamine?' 'I took my salbutamol.'"""
    if asked.status is not Status.ASKED or asked.speaker is not Speaker.CLINICIAN:
        return False
    answers = range(asked.utterance + 1, asked.utterance + 1 + _ANSWERED_WITHIN)
    given = {m.mention.name for drugs in heard.drugs.values() for m in drugs if m.utterance in answers}
    return bool(given - {asked.mention.name})


def _only_in_general(heard: Heard, said: Sequence[HeardMention]) -> bool:
    """Whether the patient names it nowhere, affirms it nowhere, and no sentence of the clinician is about them."""
    stated = [m for m in said if m.status is Status.AFFIRMED]
    if any(m.speaker is not Speaker.CLINICIAN or m.confirmed_by is not None for m in stated):
        return False
    return bool(stated) and all(_is_general(heard, m) for m in stated)


def _is_general(heard: Heard, mention: HeardMention) -> bool:
    text = words_of(heard.clauses[mention.clause][1].tokens)
    return bool(_IN_GENERAL.search(text)) or not _SAID_OF_THEM.search(text)
