"""Drug names: every drug of the statement must have been said; a mere resemblance stays in doubt."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.hearing.quantities import Measure
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.drugs import family_of, guess_drugs
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token

_GIVING = words("giving")
_COMMON = words("not-a-drug")


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each drug of the statement that was not said in the visit."""
    seen: set[str] = set()
    for name, heard in case.taken.items():
        seen.add(name)
        yield Doubt(Support.PARTIAL, f"name: heard as “{heard}”, taken for {name}")
    for drug in case.drugs():
        if drug.name in seen or drug.name in case.heard.drugs:
            continue
        seen.add(drug.name)
        if any(f in case.heard.drugs for f in family_of(drug.name)):
            continue
        misheard = case.heard.guessed_drugs.get(drug.name)
        if misheard:
            yield Doubt(Support.PARTIAL, f"drug: {drug.said} is not certain, the transcript has “{misheard}”")
        else:
            yield Doubt(Support.UNSUPPORTED, f"drug: {drug.said} not heard in the visit")
    yield from _garbled(case, seen)
    yield from _unlisted(case)


def _garbled(case: Case, named: set[str]) -> Iterator[Doubt]:
    """A misspelt drug name stays in doubt even if it was heard just so: the recogniser misspells."""
    for clause in case.clauses:
        for guess in guess_drugs(clause.tokens):
            if guess.name not in named and guess.name not in {d.name for d in case.drugs()}:
                said = " ".join(t.text for t in clause.tokens[guess.start : guess.end])
                yield Doubt(Support.PARTIAL, f"drug: “{said}” is no known name, it may be {guess.name}")


def _unlisted(case: Case) -> Iterator[Doubt]:
    """A word that stands where a drug stands ('start X', 'X 10 mg') and was not said, whatever it is."""
    for clause in case.clauses:
        known = {n for m in clause.mentions for n in range(m.start, m.end)}
        doses = {q.start for q in clause.quantities if q.measure is Measure.DOSE}
        for n, token in enumerate(clause.tokens):
            stands = n + 1 in doses or (n and clause.tokens[n - 1].text in _GIVING)
            strange = token.text.isalpha() and len(token.text) >= 5 and not token.is_stop
            if stands and strange and n not in known and token.text not in _COMMON and not _was_said(case, token):
                yield Doubt(Support.UNSUPPORTED, f"drug: {token.text} not heard in the visit")


def _was_said(case: Case, token: Token) -> bool:
    return token.stem in case.heard.stems
