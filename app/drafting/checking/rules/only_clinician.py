"""A report, a denial or a worry of the patient must be in the patient's words, or in an answer to a question."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker, Utterance
from app.drafting.checking.hearing.heard import Heard, HeardMention, Status
from app.drafting.checking.rules.spoken_as import stems_of, tags_are_known
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tokens import tokenise

_REPORTS = re.compile(r'^\W*reports?\W+"(?P<words>.+)"', re.IGNORECASE | re.DOTALL)
_WORRIES = re.compile(r"^\W*(?:worr(?:y|ies|ied)|concern(?:s|ed)?|afraid|fears?)\b", re.IGNORECASE)
_OF_WORRY = ("concerns", "worries")
_WORRIED = re.compile(
    r"(?<!not )\b(?:worr\w*|concern\w*|scar(?:ed|y)|afraid|anxious about|fear\w*|nervous|frighten\w*"
    r"|in case|could it be|wonder\w*|might (?:be|have)|thought it)\b",
    re.IGNORECASE,
)
_NO_WORRY = re.compile(r"(?:n't|n ’t|\bnot|\bno)\b(?:\W+\w+){0,3}\W+(?:worr|concern)", re.IGNORECASE)
_DENIED = frozenset({"denies", "denied", "deny", "denying"})
_HALF = 0.5
_WORRY_STEMS = frozenset({"worri", "worry", "concern", "fear", "afraid"})


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt where only the clinician said what the line gives as the patient's."""
    if not tags_are_known(case.heard):
        return
    reported = _REPORTS.match(case.text)
    if reported and not _told(case.heard, stems_of(tokenise(reported["words"]))):
        yield Doubt(Support.PARTIAL, "who: only the clinician said so, the patient did not report it")
    elif "subjective" in case.section and (_WORRIES.match(case.text) or case.heading in _OF_WORRY):
        yield from _worry(case)
    yield from _denials(case)


def _told(heard: Heard, stems: frozenset[str]) -> bool:
    if not stems:
        return True
    own = (stems_of(tokenise(u.text)) for u in heard.transcript.utterances if _is_patients(u))
    return any(len(stems & said) >= _HALF * len(stems) for said in own)


def _worry(case: Case) -> Iterator[Doubt]:
    stems = stems_of(tokenise(case.text)) - _WORRY_STEMS
    said = case.heard.transcript.utterances
    for n, utterance in enumerate(said):
        if not _is_patients(utterance) or not stems & stems_of(tokenise(utterance.text)):
            continue
        before = said[n - 1].text if n and said[n - 1].text.rstrip(" .").endswith("?") else ""
        if _WORRIED.search(f"{before} {utterance.text}") and not _NO_WORRY.search(utterance.text):
            return
    if stems:
        yield Doubt(Support.PARTIAL, "who: the patient did not speak of this as a worry")


def _denials(case: Case) -> Iterator[Doubt]:
    """'There is no fracture on the film' is a finding, no denial of the patient's."""
    for clause in case.clauses:
        if not _DENIED & {t.text for t in clause.tokens}:
            continue
        for mention in clause.concepts():
            heard = [m for m in case.heard.concepts.get(mention.name, ()) if m.status is Status.NEGATED]
            found = kind_of(mention.name) in ("finding", "condition") and mention.context.negated
            if found and heard and all(_is_clinicians(case.heard, m) for m in heard):
                yield Doubt(
                    Support.PARTIAL, f"who: no {mention.said} is the clinician's finding, not the patient's report"
                )


def _is_clinicians(heard: Heard, mention: HeardMention) -> bool:
    own = heard.transcript.utterances[mention.utterance]
    return not _is_patients(own) and mention.confirmed_by is None and not heard.clauses[mention.clause][1].question


def _is_patients(utterance: Utterance) -> bool:
    return utterance.speaker in (Speaker.PATIENT, Speaker.OTHER)
