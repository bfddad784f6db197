"""The reading sheet of the checks: own short dialogues, true and wrong statements of every kind of error."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.check import check_note

FOLDER = Path(__file__).parent / "checking"
SPEAKERS = {"C": Speaker.CLINICIAN, "P": Speaker.PATIENT, "O": Speaker.OTHER}
LEAST = 12


@dataclass(frozen=True)
class Case:
    kind: str
    number: int
    talk: tuple[tuple[str, str], ...]
    section: str
    text: str
    reason: str
    """What a reason must begin with; empty for a true statement."""


def read_cases(path: Path) -> list[Case]:
    cases: list[Case] = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip()]
        talk = tuple((line[0], line[2:].strip()) for line in lines if line[1:2] == ":")
        for line in lines:
            if line[0] in "+-":
                section, _, rest = line[1:].strip().partition(": ")
                text, _, reason = rest.partition(" => ")
                assert (line[0] == "-") == bool(reason), line
                cases.append(Case(path.stem, len(cases) + 1, talk, section, text, reason.strip()))
    return cases


CASES = [case for path in sorted(FOLDER.glob("*.txt")) for case in read_cases(path)]


def mark(case: Case) -> Statement:
    utterances = tuple(
        Utterance(f"u{n}", float(n), n + 1.0, SPEAKERS[who], text) for n, (who, text) in enumerate(case.talk)
    )
    transcript = Transcript(float(len(utterances)), "en", "test", utterances)
    note = Note("soap", (Section(case.section, case.section.title(), (Statement("s1", case.text),)),))
    return next(check_note(note, transcript).statements())


@pytest.mark.parametrize("case", [c for c in CASES if not c.reason], ids=lambda c: f"{c.kind}-{c.number}")
def test_true_statement_is_supported_with_evidence(case: Case):
    marked = mark(case)
    assert (marked.support, marked.reasons) == (Support.SUPPORTED, ()), case.text
    assert marked.evidence


@pytest.mark.parametrize("case", [c for c in CASES if c.reason], ids=lambda c: f"{c.kind}-{c.number}")
def test_wrong_statement_is_flagged_for_its_kind_of_error(case: Case):
    marked = mark(case)
    assert marked.support is not Support.SUPPORTED, case.text
    assert any(r.startswith(case.reason) for r in marked.reasons), (case.text, marked.reasons)


def test_every_kind_has_enough_wrong_statements():
    wrong = Counter(c.kind for c in CASES if c.reason)
    assert wrong
    assert {kind: n for kind, n in wrong.items() if n < LEAST} == {}
