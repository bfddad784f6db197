"""What a test is said to have given: 'ECG normal' needs a 'normal' beside the ECG, not only the ECG."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.domain.note import Support
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise

_CLASSES = ("normal", "abnormal", "high", "low", "positive")


@lru_cache(maxsize=1)
def _result_words() -> dict[str, str]:
    return {word: name for name in _CLASSES for word in words(f"result-{name}")}


def results_in(tokens: Sequence[Token]) -> frozenset[str]:
    """Classes of the result words in a text: normal, abnormal, high, low, positive."""
    return frozenset(name for t in tokens if (name := _result_words().get(t.text)))


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt for each result of a test that nobody gave near the test's name."""
    for clause in case.clauses:
        claimed = results_in(clause.tokens)
        tests = [m for m in clause.concepts() if kind_of(m.name) == "test"]
        for test in tests if claimed else ():
            near = {m.utterance + d for m in case.heard.concepts.get(test.name, []) for d in (0, 1, 2)}
            texts = [u.text for n, u in enumerate(case.heard.transcript.utterances) if n in near]
            said = {name for text in texts for name in results_in(tokenise(text))}
            missing = sorted(claimed - said)
            if missing:
                yield Doubt(Support.UNSUPPORTED, f"result: {test.said} {missing[0]} not heard in the visit")
