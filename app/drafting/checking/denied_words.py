"""Denials of words that the lexicon does not know: somebody must plainly have denied them, not only asked."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.tables import words

_DENIES = frozenset({"denies", "denied", "denying"})
_NEGATING = words("negating") | words("no")


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for 'denies X' without a known term where X was asked and the answer was no plain no."""
    for clause in case.clauses:
        texts = [t.text for t in clause.tokens]
        if not texts or texts[0] not in _DENIES or clause.mentions:
            continue
        stems = {t.stem for t in clause.tokens[1:] if not t.is_stop}
        asked = sorted({at for s in stems for at in case.heard.clauses_with.get(s, ())})
        if asked and not any(_denied(case, at) for at in asked):
            yield Doubt(Support.PARTIAL, f"negation: {' '.join(texts[1:])} was asked, the answer is not clear")


def _denied(case: Case, at: int) -> bool:
    clause = case.heard.clauses[at][1]
    if clause.question:
        return case.heard.answer(at) is False
    return bool(_NEGATING & {t.text for t in clause.tokens})
