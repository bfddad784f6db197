"""What is done with a medicine: stop, increase and decrease must have been said near its name."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.reading import Clause
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem

_ACTIONS = {name: frozenset(stem(w) for w in words(f"action-{name}")) for name in ("stop", "increase", "decrease")}
_REACH = 2


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each stop, increase or decrease of a drug that nobody spoke of."""
    for clause in case.clauses:
        for drug in clause.drugs():
            places = {m.utterance + d for m in case.heard.drugs.get(drug.name, []) for d in range(-_REACH, _REACH + 1)}
            for action in _of(clause):
                if places and not any(n in places for s in _ACTIONS[action] for n in case.heard.stems.get(s, ())):
                    yield Doubt(Support.CONTRADICTED, f"plan: note says {action} {drug.said}, the transcript does not")


def _of(clause: Clause) -> list[str]:
    said = {t.stem for t in clause.tokens}
    return [name for name, stems in _ACTIONS.items() if said & stems]
