"""Denials of words that the lexicon does not know: somebody must plainly have denied them, not only asked."""

from collections.abc import Iterator, Sequence

from app.domain.note import Support
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token

_DENIES = frozenset({"denies", "denied", "denying"})
_NEGATING = words("negating") | words("no")


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each unknown term of 'denies X, Y or Z' that was asked and whose answer was no plain no."""
    for clause in case.clauses:
        if not clause.tokens or clause.tokens[0].text not in _DENIES:
            continue
        named = {n for m in clause.mentions for n in range(m.start, m.end)}
        for item in _items(clause.tokens):
            if named.intersection(item):
                continue
            tokens = [clause.tokens[n] for n in item]
            stems = {t.stem for t in tokens if not t.is_stop}
            asked = sorted({at for s in stems for at in case.heard.clauses_with.get(s, ())})
            if asked and not any(_denied(case, at) for at in asked):
                said = " ".join(t.text for t in tokens)
                yield Doubt(Support.PARTIAL, f"negation: {said} was asked, the answer is not clear")


def _items(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Numbers of the words of each item in a list, without the word that denies."""
    item: list[int] = []
    for n, token in enumerate(tokens[1:], 1):
        if token.text not in ("and", "or"):
            item.append(n)
        if item and (token.text in ("and", "or") or token.after or n == len(tokens) - 1):
            yield item
            item = []


def _denied(case: Case, at: int) -> bool:
    clause = case.heard.clauses[at][1]
    if clause.question:
        return case.heard.answer(at) is False
    return bool(_NEGATING & {t.text for t in clause.tokens})
