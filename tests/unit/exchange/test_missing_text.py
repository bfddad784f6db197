"""The list of what is not in the note, on a terminal."""

from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.unnoted import Unnoted, UnnotedKind
from app.exchange.terminal import MOST_MISSING, missing_text

SPOKEN = Transcript(
    99.0,
    "en",
    "m",
    (Utterance("u1", 61, 63, Speaker.CLINICIAN, "Any?"), Utterance("u2", 64, 66, Speaker.PATIENT, "No.")),
)


def test_kind_by_kind_with_the_time():
    found = [
        Unnoted(("u2",), UnnotedKind.RED_FLAG, "Blood."),
        Unnoted(("u1", "u2"), UnnotedKind.DENIED, "Denies cough."),
        Unnoted(("u1", "u2"), UnnotedKind.DENIED, "Denies fever."),
    ]
    assert missing_text(found, SPOKEN, 80, False).splitlines() == [
        "SAID, NOT IN THE NOTE",
        "  Red flag",
        "    01:04  Blood.",
        "  Denied symptom",
        "    01:01  Denies cough.",
        "    01:01  Denies fever.",
    ]


def test_nothing_is_missing():
    assert missing_text([], SPOKEN, 80, False).splitlines()[1] == "  Everything clinical that was said is in the note."


def test_a_long_list_is_counted_not_cut_in_silence():
    found = [Unnoted(("u1",), UnnotedKind.SYMPTOM, f"Entry {n}.") for n in range(MOST_MISSING + 5)]
    lines = missing_text(found, SPOKEN, 80, False).splitlines()
    assert lines[-1] == "  … and 5 more (--json lists all)"
    assert sum("Entry" in line for line in lines) == MOST_MISSING


def test_words_do_not_steer_the_terminal_or_leave_the_width():
    entry = Unnoted(("u9",), UnnotedKind.PLAN, "Rest\x1b[2J and\nsleep " * 20)
    page = missing_text([entry], SPOKEN, 40, False)
    assert "\x1b" not in page
    assert max(map(len, page.splitlines())) <= 40
    assert "\x1b[1;31m" in missing_text([Unnoted((), UnnotedKind.RED_FLAG, "x")], SPOKEN, 40, True)
