"""The clinician's own findings win over the model's, and no number stands twice."""

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.spoken.findings import stated_findings
from app.drafting.templates.template import load_template
from app.drafting.writing.assessment.objective_lines import as_found, with_stated_findings, without_measured_twice
from app.drafting.writing.phrases import Phrase

OBJECTIVE = next(s for s in load_template("soap").sections if s.key == "objective")
VITAL, EXAM, RESULT = OBJECTIVE.fields


def visit(*lines: str) -> Transcript:
    said = tuple(Utterance(f"u{n}", 5.0 * n, 5.0 * n + 4, Speaker.CLINICIAN, t) for n, t in enumerate(lines, 1))
    return Transcript(100.0, "en", "test", said)


def test_a_negated_finding_is_not_affirmed():
    talk = visit("Let me have a look at you.", "There's no swelling at the ankles.")
    lines = with_stated_findings(OBJECTIVE, [Phrase(EXAM, "swelling at ankles", ("u2",))], stated_findings(talk))
    assert [p.text for p in lines] == ["no swelling at the ankles"]


def test_a_finding_that_was_only_denied_gets_its_no():
    talk = visit("Legs without swelling, good.")
    lines = as_found(OBJECTIVE, [Phrase(EXAM, "swelling of the legs", ("u1",))], talk)
    assert [p.text for p in lines] == ["no swelling of the legs"]


def test_what_was_only_supposed_is_no_finding():
    talk = visit("Somebody might have impacted wax.")
    assert as_found(OBJECTIVE, [Phrase(EXAM, "impacted wax", ("u1",))], talk) == []


def test_numbers_of_the_vital_signs_do_not_come_again():
    phrases = [
        Phrase(VITAL, "blood pressure 148/92", ("u1",)),
        Phrase(EXAM, "blood pressure 148/92", ("u1",)),
        Phrase(EXAM, "blood pressure 110/70 lying", ("u2",)),
    ]
    assert [p.text for p in without_measured_twice(OBJECTIVE, phrases)] == [
        "blood pressure 148/92",
        "blood pressure 110/70 lying",
    ]
