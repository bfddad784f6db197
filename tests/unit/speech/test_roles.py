"""Wording tells clinician from patient."""

import pytest

from app.speech.roles import CUES, clinician_log_odds


@pytest.mark.parametrize(
    "text",
    [
        "What brings you in today?",
        "Any fevers or chills?",
        "I'd like you to start aspirin, 81 milligrams, once a day.",
        "Your blood pressure is a bit high.",
        "Take a deep breath for me.",
        "Do you smoke?",
        "We'll order some blood tests.",
    ],
)
def test_clinician(text: str) -> None:
    assert clinician_log_odds(text) > 0


@pytest.mark.parametrize(
    "text",
    [
        "Yeah, my left knee hurts.",
        "I've been feeling dizzy since Monday.",
        "No, nothing like that, I don't think so.",
        "My dad had a heart attack.",
        "It started about three weeks ago.",
        "I take lisinopril for my blood pressure.",
        "Thank you, doctor.",
    ],
)
def test_patient(text: str) -> None:
    assert clinician_log_odds(text) < 0


@pytest.mark.parametrize("text", ["", "  ", "Okay.", "Mm.", "Ten milligrams."])
def test_nothing_known(text: str) -> None:
    assert clinician_log_odds(text) == 0


def test_every_cue_has_its_own_name() -> None:
    assert len({cue.name for cue in CUES}) == len(CUES)
