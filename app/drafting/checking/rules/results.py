"""What a test is said to have given: 'ECG normal' needs a 'normal' beside the ECG, not only the ECG."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.domain.note import Support
from app.drafting.checking.hearing.reading import Clause, Mention
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token

_CLASSES = ("normal", "abnormal", "high", "low", "positive")

_REACH = 2
_LATER = 9
_SHOWS = words("shows")
_FOUND = frozenset({"finding", "condition", "symptom"})
_NAMED = frozenset({"test", "measure", "finding"})


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
        yield from _shown(case, clause, tests)
        for test in tests if claimed else ():
            missing = sorted(claimed - _given(case, test.name))
            if missing:
                yield Doubt(Support.UNSUPPORTED, f"result: {test.said} {missing[0]} not heard in the visit")


def _shown(case: Case, clause: Clause, tests: Sequence[Mention]) -> Iterator[Doubt]:
    """'The EKG shows a murmur': the murmur must have been said near the EKG."""
    shows = [n for n, t in enumerate(clause.tokens) if t.text in _SHOWS]
    for test in tests:
        near = {m.utterance + d for m in case.heard.concepts.get(test.name, []) for d in range(-1, _REACH + 1)}
        for found in clause.concepts():
            between = any(test.end <= n < found.start for n in shows)
            heard = case.heard.concepts.get(found.name, [])
            if between and kind_of(found.name) in _FOUND and heard and not any(m.utterance in near for m in heard):
                yield Doubt(Support.PARTIAL, f"result: {found.said} was not said of the {test.said}")


def _given(case: Case, test: str) -> set[str]:
    """Result classes said within two utterances of a test, or later on where nothing else is named."""
    count = len(case.heard.transcript.utterances)
    found: set[str] = set()
    for mention in case.heard.concepts.get(test, []):
        for n in range(mention.utterance, min(mention.utterance + _LATER, count)):
            clauses = case.heard.clauses_of.get(n, [])
            if n <= mention.utterance + _REACH:
                found |= {name for c in clauses for name in results_in(c.tokens)}
            elif not any(kind_of(m.name) in _NAMED for c in clauses for m in c.concepts()):
                found |= {t.text for c in clauses for t in c.tokens} & {"normal", "abnormal"}
    return found
