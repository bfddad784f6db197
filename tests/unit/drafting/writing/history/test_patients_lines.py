"""Allergies with their reaction, illnesses that are none, complaints with how often and when."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.drafting.drafter import Drafter
from app.drafting.templates.template import load_template
from app.drafting.writing.history.allergy_lines import with_reactions
from app.drafting.writing.history.illness_lines import with_reasons
from app.drafting.writing.history.medicine_lines import taken_medicines
from app.drafting.writing.history.patients_lines import is_activity
from app.drafting.writing.history.qualifiers import with_qualifiers
from app.drafting.writing.phrases import Phrase

SOAP = load_template("soap")
SUBJECTIVE = next(s for s in SOAP.sections if s.key == "subjective")
FIELDS = {f.name: f for f in SUBJECTIVE.fields}

ALLERGIC = visit(
    "D: What is the matter?",
    "P: My ear hurts since I ate some fish soup.",
    "D: Any allergies?",
    "P: Yes, amoxicillin. It brought me out in a rash when I was small.",
    "D: Okay. Are you all right with ibuprofen?",
    "P: Yes, ibuprofen is fine.",
    "D: Any illnesses?",
    "P: I had kidney stones.",
)


def draft(**labels: list[str]) -> str:
    note = Drafter(ScriptedModel(always(form(**labels)))).draft(ALLERGIC, SOAP)
    return "\n".join(s.text for section in note.sections if section.key == "subjective" for s in section.statements)


@pytest.mark.parametrize("text", ["amoxicillin", "amoxicillin rash", "allergic to amoxicillin"])
def test_an_allergy_has_its_reaction(text: str):
    said = with_reactions(SUBJECTIVE, [Phrase(FIELDS["allergies"], text, ("u4",))], ALLERGIC)
    assert [p.text for p in said] == ['amoxicillin ("It brought me out in a rash when I was small")']


def test_no_reaction_is_made_up():
    talk = visit("D: Any allergies?", "P: Just latex.", "D: And what brings you in?", "P: A rash.")
    said = with_reactions(SUBJECTIVE, [Phrase(FIELDS["allergies"], "latex", ("u2",))], talk)
    assert [p.text for p in said] == ["latex"]


BESIDE_A_MEDICINE = visit(
    "D: What have you taken for it so far?",
    "P: Just paracetamol. I'm allergic to aspirin, so I have left that out.",
    "D: What happens when you take it?",
    "P: I just feel really sick.",
)


@pytest.mark.parametrize(
    ("field", "text"),
    [("allergies", "paracetamol, aspirin"), ("allergies", "aspirin and paracetamol"), ("allergies", "aspirin")],
)
def test_a_medicine_beside_an_allergy_is_none_and_the_reaction_is_asked_for_later(field: str, text: str):
    said = with_reactions(SUBJECTIVE, [Phrase(FIELDS[field], text, ("u2",))], BESIDE_A_MEDICINE)
    assert [p.text for p in said] == ['aspirin ("I just feel really sick")']


@pytest.mark.parametrize(
    "told",
    [
        "I can't take penicillin. I'm allergic to aspirin, too.",
        "Penicillin brings me out in a rash. And I'm allergic to aspirin.",
        "I'm allergic to aspirin. Penicillin as well, they told me.",
    ],
)
def test_in_doubt_an_allergy_stays(told: str):
    talk = visit("D: Anything else I should know?", f"P: {told}", "D: Penicillin too?", "P: Yes.")
    said = with_reactions(SUBJECTIVE, [Phrase(FIELDS["allergies"], "penicillin", ("u2",))], talk)
    assert [p.text.split(" (")[0] for p in said] == ["penicillin"]


@pytest.mark.parametrize("field", ["allergies", "past illnesses"])
def test_an_allergy_nobody_spoke_of_is_left_out_wherever_the_model_put_it(field: str):
    assert with_reactions(SUBJECTIVE, [Phrase(FIELDS[field], "paracetamol allergy", ("u2",))], BESIDE_A_MEDICINE) == []


def test_an_allergy_under_illnesses_comes_to_the_allergies():
    said = with_reactions(SUBJECTIVE, [Phrase(FIELDS["past illnesses"], "aspirin allergy", ("u2",))], BESIDE_A_MEDICINE)
    assert [p.field for p in said] == [FIELDS["allergies"]]


def test_an_allergen_is_neither_complaint_nor_medicine():
    said = draft(symptoms=["amoxicillin rash"], medicines=["amoxicillin", "ibuprofen"])
    assert "Allergies: amoxicillin" in said
    assert "Medications" not in said
    assert not any(line.startswith("Amoxicillin") for line in said.splitlines())


def test_a_dish_is_no_illness():
    said = draft(illnesses=["fish soup", "kidney stones"])
    assert "kidney stones" in said
    assert "history: fish soup" not in said


@pytest.mark.parametrize(
    ("told", "text", "line"),
    [
        ("I occasionally get a headache.", "headache", "headache (occasionally)"),
        ("I have been a bit dizzy.", "dizzy", "dizzy (a bit)"),
        ("I had a seizure two years ago.", "seizure", "seizure (two years ago)"),
        ("Sometimes, if I run, I get chest pain.", "chest pain", "chest pain (sometimes)"),
        ("I have trouble at times, having headaches, feeling sick.", "headache", "headache (at times)"),
        ("I have a headache all day.", "headache", "headache"),
        ("I get a headache. Years ago it was only now and then.", "headache", "headache"),
        ("I had a headache a week ago. I have a headache now.", "headache", "headache"),
        ("I don't get a headache occasionally.", "headache", "headache"),
        ("My mother sometimes has a headache.", "headache", "headache"),
    ],
)
def test_a_complaint_keeps_how_often_and_when(told: str, text: str, line: str):
    phrase = Phrase(FIELDS["symptoms"], text, ())
    said = with_qualifiers(FIELDS["symptoms"], [phrase], visit("D: What is it?", f"P: {told}"))
    assert [p.text for p in said] == [line]


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("carrying shopping", True),
        ("climbing the stairs", True),
        ("swelling", False),
        ("throbbing in the ear", False),
        ("feeling weird", False),
        ("king size", False),
        ("coughing", False),
    ],
)
def test_a_bare_activity_is_no_complaint(text: str, activity: bool):
    assert is_activity(text) is activity


def test_a_detail_of_the_pain_keeps_its_limit():
    talk = visit("D: What is it?", "P: I have chest pain.", "D: Does it spread?", "P: Sometimes into my shoulder.")
    phrase = Phrase(FIELDS["symptoms"], "chest pain into the shoulder", ("u4",))
    said = with_qualifiers(FIELDS["symptoms"], [phrase], talk)
    assert [p.text for p in said] == ["chest pain into the shoulder (sometimes)"]


@pytest.mark.parametrize(
    ("told", "text", "line"),
    [
        ("I take amlodipine for my blood pressure.", "high blood pressure", "blood pressure (takes amlodipine for it)"),
        ("There's simvastatin for the cholesterol.", "cholesterol", "cholesterol (takes simvastatin for it)"),
        ("I have high blood pressure. I take amlodipine.", "high blood pressure", "high blood pressure"),
        ("I have asthma.", "asthma", "asthma"),
    ],
)
def test_an_illness_known_by_its_medicine_says_so(told: str, text: str, line: str):
    said = with_reasons([Phrase(FIELDS["past illnesses"], text, ("u2",))], visit("D: Any medicines?", f"P: {told}"))
    assert [p.text for p in said] == [line]


def test_what_only_the_clinician_says_was_mentioned_is_no_illness():
    talk = visit("D: Hello.", "P: I get headaches.", "D: You mentioned a disease, gout, before.", "P: Yeah.")
    assert with_reasons([Phrase(FIELDS["past illnesses"], "gout", ("u3",))], talk) == []


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ("My father had a stroke when he was 61.", "stroke (father, when he was 61)"),
        ("My father had a stroke in his fifties.", "stroke (father, in his fifties)"),
        ("My father had a stroke when he was in town.", "stroke (father)"),
        ("My father had a stroke and diabetes when he was 61.", "stroke (father)"),
    ],
)
def test_a_relatives_age_stands_beside_the_illness(told: str, line: str):
    talk = visit("D: Any illnesses in the family?", f"P: {told}")
    said = with_reasons([Phrase(FIELDS["family history"], "stroke (father)", ("u2",))], talk)
    assert [p.text for p in said] == [line]


@pytest.mark.parametrize(
    ("question", "answer", "text", "kept"),
    [
        ("Do you use cetirizine?", "No, I don't.", "cetirizine", False),
        ("Do you use cetirizine?", "Yes, in spring.", "cetirizine", True),
        ("Cetirizine wouldn't be helpful for that.", "All right.", "cetirizine", False),
        ("Cetirizine wouldn't be helpful for that.", "I take cetirizine every day.", "cetirizine", True),
        ("Do you use cetirizine?", "No, but I used cetirizine last year.", "cetirizine", True),
        ("What is it for?", "It's for contraception.", "contraception", False),
        ("What do you use?", "I use contraception.", "contraception", True),
    ],
)
def test_what_was_only_asked_or_is_a_purpose_is_no_medicine(question: str, answer: str, text: str, kept: bool):
    talk = visit(f"D: {question}", f"P: {answer}")
    assert bool(taken_medicines([Phrase(FIELDS["medicines with dose"], text, ("u2",))], talk)) is kept
