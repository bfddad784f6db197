"""Limits that were said and are left out: now and then, only as an example, only if."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import Heard, HeardMention, Status
from app.drafting.checking.rules.scattered import features_of
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.plan_clauses import plainly_spelt
from app.drafting.spoken.run_on import is_run_on, parted

_RARELY = re.compile(
    r"\b(?:sometimes|occasional(?:ly)?|(?:every )?(?:now and (?:then|again)|once in a (?:while|blue moon))"
    r"|from time to time|at times|a few times|on and off|comes? and goes?|off and on|rarely|intermittent(?:ly)?)\b",
    re.IGNORECASE,
)
_TIMED = re.compile(
    r"\b(?:when|whenever|during|with|after|on|while|only|episodes?|mild|slight|history)\b", re.IGNORECASE
)
_EXAMPLE = re.compile(r"\b(?:such as|for example|for instance|e\.g)\b", re.IGNORECASE)
_CONSIDERED = re.compile(r"\b(?:consider|such as|for example|e\.g|option|could|may|might|or)\b", re.IGNORECASE)
_IF = re.compile(r"\b(?:if|unless|in case|when|whenever|until|should)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:\W*\b(?:and|so|but|um+|uh+|okay|ok|right|now|then|well|also|all right|alright|you know)\b)*\W*", re.I
)
_CONDITION = re.compile(
    r"(?:if|unless)\b(?! (?:possible|necessary|need(?:ed)?|that|i|we|that's))"
    r"(?! you (?:like|want|need|don't|could|can|would))"
    r"[^,.?!]{4,80}",
    re.IGNORECASE,
)
_SHOWN = 8
"""Words of a condition that a reason shows."""
_LEAST_FEATURES = 2
_MOST = 0.7


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each complaint, medicine or plan that was said under a limit and stands without one."""
    planned = "plan" in case.section
    if not planned:
        yield from _seldom(case)
    else:
        yield from _examples(case)
        yield from _conditions(case)


def _seldom(case: Case) -> Iterator[Doubt]:
    if _RARELY.search(case.text) or _TIMED.search(case.text) or case.of_family or "objective" in case.section:
        return
    for mention in case.concepts():
        if kind_of(mention.name) != "symptom" or mention.context.negated:
            continue
        told = [m for m in case.heard.concepts.get(mention.name, ()) if _is_told(m)]
        if told and all(_is_rare(case.heard, m) for m in told):
            yield Doubt(Support.PARTIAL, f"time: {mention.said} was said to come only now and then")


def _is_told(heard: HeardMention) -> bool:
    own = heard.speaker is not Speaker.CLINICIAN or heard.confirmed_by is not None
    return own and heard.status is Status.AFFIRMED


def _is_rare(heard: Heard, mention: HeardMention) -> bool:
    texts = [_words(heard, mention.clause)]
    if mention.confirmed_by is not None:
        texts += [_words(heard, n) for n in (mention.clause + 1, mention.clause + 2) if n < len(heard.clauses)]
    return any(_RARELY.search(text) for text in texts)


def _words(heard: Heard, clause: int) -> str:
    return " ".join(t.text for t in heard.clauses[clause][1].tokens)


def _examples(case: Case) -> Iterator[Doubt]:
    if _CONSIDERED.search(case.text):
        return
    for drug in case.drugs():
        told = [m for m in case.heard.drugs.get(drug.name, ()) if m.speaker is not Speaker.PATIENT]
        if told and all(_EXAMPLE.search(_words(case.heard, m.clause)) for m in told):
            yield Doubt(Support.PARTIAL, f"plan: {drug.said} was named as an example only")


def _conditions(case: Case) -> Iterator[Doubt]:
    if _IF.search(case.text):
        return
    for clause in case.clauses:
        wanted = {said for said, places in features_of(case.heard, clause.tokens) if places}
        if len(wanted) < _LEAST_FEATURES:
            continue
        holding = [s for s in _advised(case.heard) if _share(wanted, s) >= _MOST]
        found = [m for s in holding if (m := _CONDITION.match(_OPENING.sub("", s)))]
        if holding and len(found) == len(holding):
            words = " ".join(found[-1].group().split()[:_SHOWN])
            yield Doubt(Support.PARTIAL, f"plan: said only for the case “{words} …”; the note leaves that out")


def _share(wanted: set[str], sentence: str) -> float:
    stems = {t.stem for t in tokenise(sentence)}
    return sum(all(t.stem in stems for t in tokenise(w)) for w in wanted) / len(wanted)


def _advised(heard: Heard) -> list[str]:
    """Sentences of whoever is not the patient."""
    said = [s for u in heard.transcript.utterances if u.speaker is not Speaker.PATIENT for s in sentences_of(u.text)]
    return [piece for s in said for piece in (parted(plainly_spelt(s)) if is_run_on(s) else [s])]
