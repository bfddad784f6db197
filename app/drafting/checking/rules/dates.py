"""Weekdays and months: one that the note names must have been said."""

from collections.abc import Iterator, Sequence

from app.domain.note import Support
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, stem

_WEEKDAYS = words("weekday")
_MONTHS = words("month")
_ALSO_VERBS = frozenset({"may", "march"})
_BEFORE_MONTH = frozenset({"in", "since", "last", "next", "early", "late", "until", "till", "of", "this", "by"})


def dates_in(tokens: Sequence[Token]) -> list[str]:
    """Weekdays and months of a text, in order; 'may' and 'march' only where they must be months."""
    return [t.text for n, t in enumerate(tokens) if _is_date(tokens, n)]


def _is_date(tokens: Sequence[Token], n: int) -> bool:
    text = tokens[n].text
    if text in _ALSO_VERBS:
        following = tokens[n + 1].text if n + 1 < len(tokens) else ""
        return (n > 0 and tokens[n - 1].text in _BEFORE_MONTH) or following.isdigit()
    return text in _WEEKDAYS or text in _MONTHS


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each weekday or month that nobody said."""
    for clause in case.clauses:
        for date in dates_in(clause.tokens):
            if stem(date) in case.heard.stems:
                continue
            kind = _WEEKDAYS if date in _WEEKDAYS else _MONTHS
            rivals = sorted(
                {d for n in case.evidence for c in case.heard.clauses_of[n] for d in dates_in(c.tokens)} & kind
            )
            if rivals:
                said = " or ".join(r.capitalize() for r in rivals)
                yield Doubt(Support.CONTRADICTED, f"date: note {date.capitalize()}, transcript {said}")
            else:
                yield Doubt(Support.UNSUPPORTED, f"date: {date.capitalize()} not heard in the visit")
