"""Drug names: every drug of the statement must have been said; a mere resemblance stays in doubt."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.drugs import family_of


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each drug of the statement that was not said in the visit."""
    seen: set[str] = set()
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
