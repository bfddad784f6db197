"""What a model reads of a transcript: nods go, every other word stays."""

import re

import pytest
from drafting_doubles import visit
from hypothesis import given
from hypothesis import strategies as st

from app.drafting.reading.prompt_lines import compact, prompt_lines, without_control_tokens


def lines(*turns: str) -> list[str]:
    return [str(line) for line in prompt_lines(visit(*turns).utterances)]


def test_nods_go_but_answers_stay():
    assert lines("D: Any fever?", "P: Mm-hmm.", "D: Okay.", "D: Smoke?", "P: No.") == [
        "Doctor: Any fever?",
        "Patient: Mm-hmm.",
        "Doctor: Smoke?",
        "Patient: No.",
    ]
    assert lines("D: Any fever?", "P: No.", "D: I see the rash.", "P: Mm-hmm.") == [
        "Doctor: Any fever?",
        "Patient: No.",
        "Doctor: I see the rash.",
    ]


def test_unpunctuated_speech_keeps_every_possible_answer():
    assert lines("D: any fever", "P: mm-hmm")[-1] == "Patient: mm-hmm"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Right knee is swollen.", "Right knee is swollen."),
        ("Okay, right arm first.", "right arm first."),
        ("Well healed scar.", "Well healed scar."),
        ("Right, take your shoe off.", "take your shoe off."),
        ("Right so we stop it.", "we stop it."),
        ("Well I would stop it.", "I would stop it."),
    ],
)
def test_a_side_is_no_opener(said, kept):
    assert compact(visit(f"D: {said}").utterances[0]) == kept


def test_one_speakers_lines_are_merged_with_all_their_ids():
    (line,) = prompt_lines(visit("P: My knee hurts.", "P: Okay.", "P: Since Monday.").utterances)
    assert line.text == "My knee hurts. Since Monday."
    assert line.utterances == ("u1", "u3")


def test_hesitations_and_openers_go_from_the_clinician():
    assert lines("D: OK, and um, so where does it hurt?") == ["Doctor: where does it hurt?"]


@given(
    st.lists(
        st.sampled_from(["no", "yes", "yeah", "not", "five", "milligrams", "penicillin", "um", "okay"]), max_size=8
    )
)
def test_words_that_carry_meaning_are_never_lost(words):
    kept = " ".join(lines("D: Any trouble?", "P: " + " ".join(words), "D: And then?"))
    for word in words:
        assert word in ("um", "okay") or re.search(rf"\b{word}\b", kept)


@given(st.text(st.sampled_from("<>|[]/ imendstarINSTofurbw_"), max_size=60))
def test_nothing_that_opens_a_turn_survives(text):
    cleaned = without_control_tokens(text)
    assert not re.search(r"<\||\|>|\[/?INST\]|</?\w+>", cleaned)
    assert without_control_tokens(cleaned) == cleaned
