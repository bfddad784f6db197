"""Invented content: clinical words that nobody said, and statements that resemble nothing in the visit."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.hearing.reading import Mention
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of, narrower_than, wider_than
from app.drafting.lexicon.tables import words

_LABELS = words("label")
_SHOWS = words("shows")
_NO_PLACE = frozenset({"side", "sides"})
_LABEL_OF = {"plan": "plan", "specialist": "plan", "test": "test", "therapy": "treatment", "procedure": "procedure"}
_DOINGS = frozenset(
    {"treatment", "interpretation", "management", "evaluation", "monitoring", "prevention", "education", "counseling"}
    | {"counselling", "assessment", "investigation", "optimization", "optimisation", "modification", "adjustment"}
)
_BEGINNING = 5
"""Letters that 'treat' and 'treatment' share."""
_CLINICAL_ENDING = re.compile(
    r"(itis|osis|emia|oma|pathy|ectomy|otomy|ostomy|algia|uria|plegia|paresis|megaly|penia|rrhea|rrhage|scopy|graphy|gram|"
    r"plasty|phobia|trophy|sclerosis|stenosis)s?$"
)
_DRUG_ENDING = re.compile(
    r"(mycin|cillin|prazole|sartan|statin|olol|pril|azole|mab|tinib|vir|gliptin|gliflozin|cycline)s?$"
)


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about concepts, sites and words that were not said."""
    missing = [m for m in case.concepts() if m.said not in case.taken and not _heard(case, m)]
    for mention in {m.name: m for m in missing}.values():
        label = _LABEL_OF.get(kind_of(mention.name), "finding")
        yield Doubt(Support.UNSUPPORTED, f"{label}: {mention.said} not heard in the visit")
    for site in {s.name: s for c in case.clauses for s in c.sites()}.values():
        if site.name not in case.heard.sites and not _inside(site, case.concepts()) and site.said not in _NO_PLACE:
            yield Doubt(Support.PARTIAL, f"site: {site.said} not heard in the visit")
    yield from _unknown_words(case)
    yield from _actions(case)
    yield from _shown(case)
    yield from _coverage(case)


def _inside(site: Mention, concepts: list[Mention]) -> bool:
    return any(c.start <= site.start and site.end <= c.end for c in concepts)


def _heard(case: Case, mention: Mention) -> bool:
    if mention.name in case.heard.concepts or mention.said in _LABELS:
        return True
    if any(n in case.heard.concepts for n in narrower_than(mention.name)):
        return True
    if mention.context.negated and any(w in case.heard.concepts for w in wider_than(mention.name)):
        return True
    return all(piece in case.heard.stems for piece in _stems(case, mention))


def _told_in_words(case: Case, mention: Mention) -> bool:
    """Whether somebody said all words of a name in one breath, and not in a question that was not answered with yes."""
    stems = _stems(case, mention)
    places = set.intersection(*(case.heard.clauses_with.get(s, set()) for s in stems)) if stems else set()
    return any(not case.heard.clauses[at][1].question or case.heard.answer(at) for at in places)


def _stems(case: Case, mention: Mention) -> list[str]:
    clause = next(c for c in case.clauses if mention in c.mentions)
    return [t.stem for t in clause.tokens[mention.start : mention.end] if not t.is_stop]


def _actions(case: Case) -> Iterator[Doubt]:
    """'Ankle swelling treatment' where the swelling was only found: what is done must have been spoken of, too."""
    for clause in case.clauses if "plan" in case.section else ():
        for token in clause.tokens[1:]:
            begins = token.stem[:_BEGINNING]
            if token.text in _DOINGS and not any(s.startswith(begins) for s in case.heard.stems):
                yield Doubt(Support.PARTIAL, f"plan: nobody spoke of {token.text}")


def _unknown_words(case: Case) -> Iterator[Doubt]:
    for clause in case.clauses:
        known = {n for m in clause.mentions for n in range(m.start, m.end)}
        for n, token in enumerate(clause.tokens):
            if n in known or len(token.text) < 7 or token.stem in case.heard.stems:
                continue
            what = (
                "drug" if _DRUG_ENDING.search(token.text) else "finding" if _CLINICAL_ENDING.search(token.text) else ""
            )
            if what and token.text not in _LABELS:
                yield Doubt(Support.UNSUPPORTED, f"{what}: {token.text} not heard in the visit")


def _shown(case: Case) -> Iterator[Doubt]:
    """What a test 'shows' must have been said in these or known words."""
    for clause in case.clauses:
        at = next((n for n, t in enumerate(clause.tokens) if t.text in _SHOWS), None)
        known = {n for m in clause.mentions for n in range(m.start, m.end)}
        for n in range(at + 1 if at is not None else len(clause.tokens), len(clause.tokens)):
            token = clause.tokens[n]
            strange = token.text.isalpha() and len(token.text) >= 6 and not token.is_stop and n not in known
            if strange and token.stem not in case.heard.stems and token.text not in _LABELS:
                yield Doubt(Support.PARTIAL, f"finding: {token.text} not heard in the visit")


def _coverage(case: Case) -> Iterator[Doubt]:
    """How much of the statement's own words was said; everyday words may differ, most must not."""
    content = [
        t.stem
        for c in case.clauses
        for n, t in enumerate(c.tokens)
        if not t.is_stop
        and t.text.isalpha()
        and t.text not in _LABELS
        and not any(m.start <= n < m.end for m in c.mentions)
    ]
    named = {m.name for c in case.clauses for m in c.mentions}
    places = (case.heard.concepts, case.heard.drugs, case.heard.sites, case.heard.guessed_drugs)
    in_words = {m.name for m in case.concepts() if _told_in_words(case, m)}
    known = sum(1 for n in named if n in case.taken or n in in_words or any(n in place for place in places))
    total = len(content) + 2 * len(named)
    if not total:
        return
    share = (sum(1 for s in content if s in case.heard.stems) + 2 * known) / total
    if share < 0.34:
        yield Doubt(Support.UNSUPPORTED, "nothing like this was heard in the visit")
    elif share < 0.5:
        yield Doubt(Support.PARTIAL, "only part of this was heard in the visit")
