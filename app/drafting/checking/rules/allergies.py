"""Allergies: what the note calls one must have been spoken of as one, and no allergy may be given as a medicine."""

from collections.abc import Iterator
from itertools import pairwise

from app.domain.note import Support
from app.drafting.checking.hearing.heard import Heard, HeardMention
from app.drafting.checking.hearing.reading import Clause, Mention
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem

_ALLERGY = frozenset(stem(w) for w in words("allergy"))
_GIVING = words("giving") | {"give", "giving", "use", "uses", "using"}
_NO = words("no")
_CANNOT = frozenset({"not", "never", "unable", "avoid"})
_ALLOWING = frozenset({"can", "could", "may"})
_TAKING = _GIVING | {"have"}
_NEAR = 3
_LIST = 8
_REACH = 3
"""Utterances between the word for an allergy and the medicine: 'Any allergies?' 'Yes.' 'To what?' 'Penicillin.'"""


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about allergies to medicines."""
    for clause in case.clauses:
        for drug in clause.drugs():
            claimed = case.label == "allergy" or _is_claimed(clause, drug)
            if drug.name not in case.heard.drugs or drug.context.negated:
                continue
            if claimed and not _is_allergy(case.heard, drug.name):
                yield Doubt(Support.CONTRADICTED, f"allergy: {drug.said} was spoken of, but not as an allergy")
            elif not claimed and _is_given(clause, drug) and _only_allergy(case.heard, drug.name):
                yield Doubt(Support.CONTRADICTED, f"allergy: {drug.said} was only spoken of as an allergy")


def _is_claimed(clause: Clause, drug: Mention) -> bool:
    """'allergic to X', 'X allergy', 'reaction to A and X'; not 'X for allergies'."""
    if drug.end < len(clause.tokens) and clause.tokens[drug.end].stem in _ALLERGY:
        return True
    before = clause.tokens[max(0, drug.start - _LIST) : drug.start]
    at = next((n for n, t in enumerate(before) if t.stem in _ALLERGY), None)
    return at is not None and "to" in (t.text for t in before[at:]) and not _is_given(clause, drug)


def _is_given(clause: Clause, drug: Mention) -> bool:
    return any(t.text in _GIVING for t in clause.tokens[max(0, drug.start - 3) : drug.start])


def _places(heard: Heard) -> set[int]:
    return {n for s in _ALLERGY for n in heard.stems.get(s, ())}


def _is_allergy(heard: Heard, drug: str) -> bool:
    """A mention stands beside the word for an allergy, or answers a question for allergies."""
    places = _places(heard)
    return any(_leads_back(heard, m, places) for m in heard.drugs[drug])


def _leads_back(heard: Heard, mention: HeardMention, places: set[int]) -> bool:
    if not _speaks_of_it(heard, mention.clause) and _is_taken(heard, mention.clause):
        return False
    for n in range(mention.utterance, mention.utterance - _REACH - 1, -1):
        if n in places and not (n == mention.utterance and _only_of_another(heard, mention)):
            return True
        if n < mention.utterance and _turns_away(heard, n):
            return False
    return bool({mention.utterance + 1, mention.utterance + 2} & places)


def _only_of_another(heard: Heard, mention: HeardMention) -> bool:
    """'Just paracetamol. I am allergic to aspirin': in its utterance the word comes later, with a name of its own."""
    spoken = [at for at, (n, _c) in enumerate(heard.clauses) if n == mention.utterance and _speaks_of_it(heard, at)]
    return bool(spoken) and all(at > mention.clause and heard.clauses[at][1].drugs() for at in spoken)


def _speaks_of_it(heard: Heard, clause: int) -> bool:
    return any(t.stem in _ALLERGY for t in heard.clauses[clause][1].tokens)


def _turns_away(heard: Heard, utterance: int) -> bool:
    """A plain no, or a question for something else, ends the talk of allergies; 'to what?' does not."""
    clauses = heard.clauses_of.get(utterance, [])
    if clauses and clauses[0].tokens[0].text in _NO:
        return True
    return any(c.question and any(not t.is_stop for t in c.tokens) for c in clauses)


def _only_allergy(heard: Heard, drug: str) -> bool:
    """Every mention stands in an utterance that speaks of an allergy, or right after such a question."""
    places = _places(heard)
    return all(
        bool({m.utterance, m.utterance - 1} & places) and not _is_taken(heard, m.clause) for m in heard.drugs[drug]
    )


def _is_taken(heard: Heard, clause: int) -> bool:
    """Whether a clause tells of giving or taking: 'can't take that' does not."""
    tokens = heard.clauses[clause][1].tokens
    if any(a.text in _ALLOWING and b.text == "have" for a, b in pairwise(tokens)):
        return True
    return any(
        t.text in _GIVING and not _CANNOT & {before.text for before in tokens[max(0, n - _NEAR) : n]}
        for n, t in enumerate(tokens)
    )


def is_forbidden(heard: Heard, drug: HeardMention) -> bool:
    """'I can't take penicillin', 'avoid codeine': giving it is denied, which is no denial of an allergy to it."""
    said = [t.text for t in heard.clauses[drug.clause][1].tokens[: drug.mention.start]]
    at = max((n for n, word in enumerate(said) if word in _CANNOT), default=None)
    return at is not None and (said[at] == "avoid" or bool(_TAKING & set(said[at + 1 :])))
