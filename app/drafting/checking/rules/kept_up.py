"""What shall go on: 'continue …' and what is continued must have been said in one breath."""

from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.tokens import stem

_GOES_ON = frozenset(stem(w) for w in ("continue", "continuing", "keep", "keeping", "carry", "maintain", "maintaining"))
_OPENING = frozenset({stem("continue"), stem("keep"), stem("maintain")})
_LEAST = 0.5
"""Share of the words after 'continue' that one utterance with a word for going on must hold."""


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for advice to go on with something where nobody said so of it; medicines have their own rules."""
    for clause in case.clauses:
        what = _continued(clause)
        if what and not _was_said(case.heard, what):
            yield Doubt(Support.PARTIAL, "plan: to continue this was not said in one breath")


def _continued(clause: Clause) -> frozenset[str]:
    """The stems of what a clause that opens with 'continue' is about."""
    told = [t for t in clause.tokens if not t.is_stop]
    if not told or told[0].stem not in _OPENING or clause.drugs():
        return frozenset()
    return frozenset(t.stem for t in told[1:])


def _was_said(heard: Heard, what: frozenset[str]) -> bool:
    clauses = {heard.clauses[at] for s in _GOES_ON for at in heard.clauses_with.get(s, ())}
    places = {n for n, clause in clauses if not clause.question and heard.speaker(n) is not Speaker.PATIENT}
    return any(sum(n in heard.stems.get(s, ()) for s in what) >= _LEAST * len(what) for n in places)
