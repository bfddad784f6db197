"""What is done with a medicine: stop, increase and decrease must have been said of it, not of the next one."""

from collections.abc import Iterator
from itertools import pairwise

from app.domain.note import Support
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem

_ACTIONS = {name: frozenset(stem(w) for w in words(f"action-{name}")) for name in ("stop", "increase", "decrease")}
_REFUSED = frozenset({"no", "not", "never", "any"})
_JOINING = frozenset({"and", "or", "the", "your", "both", "also"})
_REACH = 2


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each stop, increase or decrease of a drug that nobody spoke of."""
    for clause in case.clauses:
        for drug in clause.drugs():
            if drug.name not in case.heard.drugs:
                continue
            for action in _of(clause):
                if drug.name in _objects(clause, action) and not _was_said(case.heard, drug.name, action):
                    yield Doubt(Support.CONTRADICTED, f"plan: note says {action} {drug.said}, the transcript does not")


def _of(clause: Clause) -> list[str]:
    return [name for name in _ACTIONS if _places(clause, name)]


def _places(clause: Clause, action: str) -> list[int]:
    """Where the action is named; 'no more' and 'do not stop' name none."""
    return [
        n
        for n, t in enumerate(clause.tokens)
        if t.stem in _ACTIONS[action] and not any(b.text in _REFUSED for b in clause.tokens[max(0, n - 2) : n])
    ]


def _was_said(heard: Heard, drug: str, action: str) -> bool:
    near = {m.utterance + d for m in heard.drugs[drug] for d in range(-_REACH, _REACH + 1)}
    for at in sorted({at for s in _ACTIONS[action] for at in heard.clauses_with.get(s, ())}):
        n, clause = heard.clauses[at]
        if n in near and _places(clause, action):
            objects = _objects(clause, action)
            if not objects or drug in objects:
                return True
    return False


def _objects(clause: Clause, action: str) -> set[str]:
    """The drugs that the action is said of: the next one with those joined to it, else the last one before."""
    found: set[str] = set()
    for at in _places(clause, action):
        after = [d for d in clause.drugs() if d.start > at]
        before = [d for d in clause.drugs() if d.end <= at]
        if not after:
            found |= {d.name for d in before[-1:]}
            continue
        found.add(after[0].name)
        for last, following in pairwise(after):
            if not all(t.text in _JOINING for t in clause.tokens[last.end : following.start]):
                break
            found.add(following.name)
    return found
