"""The note on a terminal: marks, reasons, quoted words; nothing in the words steers the terminal."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.exchange.terminal import note_text

TRANSCRIPT = Transcript(9.0, "en", "m", (Utterance("u3", 62, 65, Speaker.PATIENT, "it hurts here"),))
NOTE = Note(
    "soap",
    (
        Section(
            "plan",
            "Plan",
            (
                Statement("s1", "Pain.", ("u3",), Support.SUPPORTED),
                Statement("s2", "Dose 500 mg.", ("u9",), Support.CONTRADICTED, ("dose: said 50 mg",), "Dr. Ada"),
            ),
        ),
        Section("objective", "Objective"),
    ),
    ("Nothing was examined.",),
)


def test_plain_page() -> None:
    assert note_text(NOTE, TRANSCRIPT, 80, False).splitlines() == [
        "! Nothing was examined.",
        "",
        "PLAN",
        "  ✓ [supported] Pain.",
        "      u3 01:02 patient: “it hurts here”",
        "  ✗ [contradicted] Dose 500 mg. (written by Dr. Ada)",
        "      ! dose: said 50 mg",
        "      u9 (not in the transcript)",
        "",
        "OBJECTIVE",
        "  (nothing noted)",
    ]


def test_colour_adds_only_colour_and_drops_the_words_of_the_marks() -> None:
    coloured = note_text(NOTE, TRANSCRIPT, 80, True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert coloured != plain
    assert plain == re.sub(r"\[\w+\] ", "", note_text(NOTE, TRANSCRIPT, 80, False))


def test_without_transcript_only_the_ids_are_named() -> None:
    assert "      u3\n" in note_text(NOTE, None, 80, False)


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(-5, 120))
def test_no_text_steers_the_terminal_or_leaves_the_width(text: str, width: int) -> None:
    note = Note(
        "soap", (Section("p", text, (Statement("s", text, ("u1", text), Support.PARTIAL, (text,), text),)),), (text,)
    )
    transcript = Transcript(1.0, "en", "m", (Utterance("u1", 0, 1, Speaker.OTHER, text),))
    page = note_text(note, transcript, width, False)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    body = [line for line in page.split("\n") if line.startswith(" ")]
    assert max(len(line) for line in body) <= max(width, 40)
