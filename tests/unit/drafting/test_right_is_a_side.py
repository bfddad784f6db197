"""'Right' opens and ends many a sentence and means nothing there; where it is a side, nothing may take it away."""

import re

import pytest
from drafting_doubles import visit

from app.drafting.reading.prompt_lines import compact, prompt_lines
from app.drafting.spoken.findings import stated_findings
from app.drafting.spoken.plan_clauses import plan_clauses
from app.drafting.writing.history.course_answers import _ECHO
from app.drafting.writing.telling.spoken_clutter import uncluttered

SIDES = (
    "Right knee is swollen.",
    "Okay, right arm first.",
    "So right ear, no wax.",
    "Turn your head to the right.",
    "We'll get an x-ray of the left and right.",
    "The pain is on the right.",
    "Is it left or right?",
    "Well, right hip hurts more than the left.",
)
TAGS = (
    "Right, take the tablets.",
    "You take it twice a day, right?",
    "Right so we stop it.",
    "That is your left knee, right?",
)


def stages(said):
    """What each stage that takes clutter away leaves of a clinician's sentence."""
    transcript = visit(f"D: {said}")
    yield "prompt", " ".join(str(line) for line in prompt_lines(transcript.utterances))
    yield "compact", compact(transcript.utterances[0])
    yield "clauses", " ".join(clause.text for clause in plan_clauses(transcript))
    yield "uncluttered", " ".join(uncluttered(said, agreed=True))
    yield "echo", _ECHO.sub("", said)


@pytest.mark.parametrize("said", SIDES)
def test_a_side_stays_at_every_stage(said):
    for stage, left in stages(said):
        assert re.search(r"\bright\b", left, re.IGNORECASE), stage


@pytest.mark.parametrize("said", TAGS)
def test_what_is_no_side_goes_before_plans_are_read(said):
    assert not re.search(r"\bright\b", " ".join(c.text for c in plan_clauses(visit(f"D: {said}"))), re.IGNORECASE)


def test_a_finding_keeps_its_side_and_its_no():
    found = stated_findings(
        visit("D: Let me have a look.", "D: Right knee is swollen. No redness is seen on the right.")
    )
    assert [f.text for f in found] == ["right knee is swollen", "no redness is seen on the right"]
