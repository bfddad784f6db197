"""A quoted question with its answer, as the checklist matcher reads it: in both directions."""

import pytest

from app.domain.note import Note
from app.insight.checklist_matcher import NoteMatcher
from app.insight.checklists import Item

HELD = {
    "no rash": '"Have you had any rash, or itching?" – "No, none."',
    "no itching": '"Have you had any rash, or itching?" – "No, none."',
    "no problems with speech": '"Any difficulty with your speech or your memory?" – "No."',
    "no weakness": '"Any problems with weakness, tingling in the hands?" – "Not at all, no."',
    "not measured temperature": '"Have you measured your temperature?" – "I haven\'t, no."',
    "no other medication": '"Do you take any medication?" – "No, just the inhaler."',
    "palpitations": '"Do you get palpitations?" – "Yeah, in the evening."',
    "cough for 3 weeks": '"How long have you had the cough?" – "Three weeks."',
    "pain comes and goes": '"Is the pain constant, or does it come and go?" – "It comes and goes."',
    "left eye is fine": '"Your left eye is fine." – "It seems to be, yeah."',
    "weight loss over 5 months": 'Weight loss: "Over five months, would you say?" – "Something like that."',
    "no dizziness": '"Do you ever feel dizzy?" – "Dizzy. No, never."',
    "takes ibuprofen": '"Do you take ibuprofen?" – "No. Well, no, I do, sometimes."',
    "no recent blood test": '"When was your last blood test?" – "I have not had one for years."',
    "latex allergy": '"Are you allergic to anything?" – "Yes, to latex."',
    "mother had stroke": 'Family history: "Any illnesses in the family?" – "My mum had a stroke."',
}
NOT_HELD = {
    "regular medication": '"Are you on any regular medication?" – "Yeah, so, no, I only use a cream."',
    "no blood test": '"When was your last blood test?" – "Not long ago, in May."',
    "no ibuprofen": '"Do you take ibuprofen?" – "No. Well, no, I do, sometimes."',
    "no chest tightness": '"Is your chest tight?" – "I do not know if it is the chest."',
    "rash": '"Have you had any rash, or itching?" – "No, none."',
    "constant pain": '"Is the pain constant, or does it come and go?" – "It comes and goes."',
    "dull pain": '"Is the pain sharp or dull?" – "Sharp, I would say."',
    "chest pain": '"Any chest pain or cough?" – "A bit of a cough."',
    "no asthma": '"Any trouble with your asthma?" – "No."',
    "no palpitations": '"Do you get palpitations?" – "Yeah, in the evening."',
    "cough for 2 weeks": '"How long have you had the cough? Two weeks?" – "Three weeks."',
    "had stroke": 'Family history: "Any illnesses in the family?" – "My mum had a stroke."',
}


def holds(text, listed):
    return NoteMatcher(Note("soap", ()), [listed]).holds(Item(text, "", "critical"))


@pytest.mark.parametrize("item", HELD)
def test_is_held(item):
    assert holds(item, HELD[item])


@pytest.mark.parametrize("item", NOT_HELD)
def test_is_not_held(item):
    assert not holds(item, NOT_HELD[item])
