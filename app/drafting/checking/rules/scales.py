"""How bad, out of ten, is what the patient says: the numbers of the question are only the scale."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.rules.spoken_as import tags_are_known
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import merely_yes

_OUT_OF_TEN = re.compile(r"\b(\w+)\s*(?:out of\s+|/\s*)(?:ten|10)\b", re.IGNORECASE)


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt where a score stands in the clinician's question alone and the answer is no plain yes."""
    if not tags_are_known(case.heard) or '"' in case.text or "subjective" not in case.section:
        return
    said = case.heard.transcript.utterances
    for wanted in (n for score in _OUT_OF_TEN.findall(case.text) for n in _values(score)):
        asked = [n for n, u in enumerate(said) if u.speaker is Speaker.CLINICIAN and wanted in _scores(u.text)]
        told = any(u.speaker is not Speaker.CLINICIAN and wanted in _values(u.text) for u in said)
        confirmed = any(n + 1 < len(said) and merely_yes(said[n + 1].text) for n in asked)
        if asked and not told and not confirmed:
            yield Doubt(Support.PARTIAL, f"number: {wanted:g} out of ten is the question's scale, not the answer")


def _scores(text: str) -> set[float]:
    return {n for score in _OUT_OF_TEN.findall(text) for n in _values(score)}


def _values(text: str) -> set[float]:
    return {n.value for n in read_numbers(tokenise(text))}
