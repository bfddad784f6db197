"""Which fields of a form are asked of a passage."""

import pytest
from drafting_doubles import visit

from app.drafting.reading.asking import fields_to_ask, form_of
from app.drafting.reading.passages import Passage
from app.drafting.templates.template import load_template, template_ids

SOAP = form_of(load_template("soap"))


def asked(*turns: str, after: tuple[str, ...] = ("D: Hello there.",)) -> set[str]:
    passage = Passage(visit(*turns).utterances, visit(*after).utterances)
    return {field.label for field in fields_to_ask(SOAP, passage)}


def test_every_shipped_form_has_labels_that_differ():
    for name in template_ids():
        form = form_of(load_template(name))
        assert len({f.label for f in form}) == len(form)
        assert len({f.key for f in form}) == len(form)


def test_the_complaint_is_asked_of_the_first_passage_only():
    turns = ("D: What brings you in?", "P: My chest hurts when I walk.")
    assert "complaint" in asked(*turns, after=())
    assert "complaint" not in asked(*turns)


@pytest.mark.parametrize(
    ("turns", "labels"),
    [
        (("D: Any fever?", "P: No."), {"denied"}),
        (("P: I take metformin 500 mg for my diabetes.",), {"medicine", "illness"}),
        (("D: Are you allergic to anything?", "P: Penicillin gives me hives."), {"allergy"}),
        (("D: And your mother?", "P: She has diabetes."), {"family"}),
        (("P: I live with my wife and two kids and work in an office.",), {"social"}),
        (("P: I am worried that it is something bad.",), {"worry"}),
        (("D: Your lungs are clear and there is no edema.",), {"exam"}),
        (("D: The chest x-ray is normal.",), {"result"}),
        (("D: This sounds like asthma to me.",), {"diagnosis"}),
    ],
)
def test_what_the_talk_can_answer_is_asked(turns, labels):
    assert labels <= asked(*turns)


def test_what_rules_read_of_a_plan_is_not_asked():
    found = asked("D: I'll refer you to a cardiologist, order an ECG, start ibuprofen. Come back in two weeks.")
    assert not found & {"referral", "test", "treatment", "follow-up"}
    assert not {f.label for f in SOAP} & {"referral", "test", "treatment", "follow-up"}


def test_advice_stays_in_the_form_and_is_not_asked():
    assert "advice" in {f.label for f in SOAP}
    assert "advice" not in asked("D: You should rest the leg and drink a lot of water.")


def test_what_the_clinician_only_asks_is_no_finding_diagnosis_or_plan():
    found = asked("D: Do you have asthma, or did you have an x-ray or a cardiologist?", "P: No, my knee hurts.")
    assert not found & {"exam", "result", "diagnosis", "test", "referral", "treatment"}


def test_what_the_patient_says_is_no_finding_and_no_plan():
    found = asked("P: My chest x-ray was normal, and I should take ibuprofen from the cardiologist.")
    assert not found & {"exam", "result", "diagnosis", "test", "referral", "treatment", "advice"}
