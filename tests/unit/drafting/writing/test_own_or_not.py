"""What is the patient's own and what is not: advised medicines, feared illnesses, those of relatives, bare words."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.transcript import Transcript
from app.drafting.drafter import Drafter
from app.drafting.spoken.exchanges import Exchanges
from app.drafting.spoken.feared import only_feared
from app.drafting.spoken.given_medicines import is_new_dose, newly_given
from app.drafting.templates.template import load_template
from app.drafting.writing.merging import covers
from app.drafting.writing.misplaced import Whose
from app.drafting.writing.own_words import is_bare, is_general
from app.drafting.writing.quoted_sentences import worth_quoting

SOAP = load_template("soap")


def lines(transcript: Transcript, key: str, **labels: list[str]) -> str:
    note = Drafter(ScriptedModel(always(form(**labels)))).draft(transcript, SOAP)
    return "\n".join(s.text for section in note.sections if section.key == key for s in section.statements)


ADVISED = visit(
    "D: What is the matter?",
    "P: My throat hurts. I take bisoprolol 5 mg.",
    "D: I think taking some paracetamol, one gram three times a day, can also help.",
    "P: Okay.",
    "D: And some anti-inflammatories, such as naproxen. Drinking fluids is important.",
    "P: Sure.",
)


def test_a_medicine_advised_in_any_words_is_a_plan_with_its_dose():
    assert newly_given(ADVISED) >= {"nsaid", "naproxen"}
    assert "bisoprolol" not in newly_given(ADVISED)
    medicine = ["bisoprolol 5 mg", "paracetamol one gram three times a day", "naproxen", "drinking fluids"]
    own = lines(ADVISED, "subjective", medicine=medicine)
    assert "Medications: bisoprolol 5 mg." in own
    assert not any(word in own.lower() for word in ("paracetamol", "naproxen", "fluids"))
    planned = lines(ADVISED, "plan", medicine=medicine)
    assert "paracetamol, one gram three times a day" in planned
    assert "naproxen" in planned
    assert "Advice: drinking fluids." in planned
    assert "bisoprolol" not in planned


def test_a_medicine_known_before_stays_own_but_not_with_the_new_dose():
    said = visit(
        "D: What do you take?", "P: Sertraline.", "D: I would like to increase the sertraline to 100 mg a day."
    )
    assert is_new_dose("sertraline 100 mg a day", said)
    own = lines(said, "subjective", medicine=["sertraline 100 mg a day"])
    assert "Medications: sertraline." in own
    assert "100" not in own
    assert "100 mg" in lines(said, "plan", medicine=["sertraline 100 mg a day"])
    assert not is_new_dose("sertraline 50 mg", visit("P: I take sertraline 50 mg.", "D: Let's start sertraline 50 mg."))
    assert not newly_given(visit("D: So you take warfarin, that can help.", "P: Yes."))


def test_an_illness_that_is_only_feared_is_a_concern():
    said = visit(
        "D: What is it?",
        "P: I have a lump. What if it is cancer? And I have asthma.",
        "D: I see.",
    )
    assert only_feared(said) == {"cancer"}
    told = lines(said, "subjective", illness=["cancer", "asthma"])
    assert "Concerns: cancer." in told
    assert "Past medical history: asthma." in told
    assert not only_feared(visit("P: I had cancer years ago. I am worried that the cancer is back."))


def test_what_a_relative_has_leaves_the_past_illnesses():
    said = visit("D: Anything in the family?", "P: My aunt has glaucoma in the family.", "D: I see.", "P: I have gout.")
    told = lines(said, "subjective", illness=["glaucoma in the family", "gout"])
    assert "Family history: glaucoma in the family." in told
    assert "Past medical history: gout." in told


def test_an_illness_asked_for_and_denied_is_denied_though_the_word_comes_again():
    said = visit(
        "D: Have you ever been told that you had shingles?",
        "P: No.",
        "D: I wonder whether you may have shingles.",
        "P: Oh, shingles.",
    )
    assert "shingles" in Whose.of(said, Exchanges(said)).denied
    assert "Past medical history: shingles" not in lines(said, "subjective", illness=["shingles"])
    had = visit("D: Have you had shingles before?", "P: No. Well, I had shingles as a child.")
    assert "shingles" not in Whose.of(had, Exchanges(had)).denied


def test_what_somebody_ate_is_told_in_his_words_and_not_as_social_history():
    said = visit("D: What happened?", "P: I had oysters at a stall two days ago. I live with my brother.", "D: I see.")
    told = lines(said, "subjective", social=["oysters", "live with brother"])
    assert "Had oysters at a stall two days ago." in told
    assert "Social history: live with brother." in told
    assert "Social history: oysters" not in told


def test_a_diet_that_was_asked_for_is_social_history():
    said = visit("D: How about your diet?", "P: Mostly crisps and pies these days.", "D: I see.")
    assert "Social history: crisps and pies." in lines(said, "subjective", social=["crisps and pies"])


@pytest.mark.parametrize("text", ["ongoing symptoms", "other problems"])
def test_words_that_name_nothing_are_no_symptom(text: str):
    assert is_general(text)
    said = visit("D: If the symptoms are ongoing, or other problems come, call.", "P: I have a cough.")
    assert text not in lines(said, "subjective", symptom=[text]).lower()


def test_a_bare_word_becomes_the_sentence_it_came_from():
    assert is_bare("wobbly")
    assert not is_bare("cough")
    said = visit("D: How do you feel?", "P: I was a bit wobbly on the stairs. I have a cough.", "D: I see.")
    assert "They were a bit wobbly on the stairs." in lines(said, "subjective", symptom=["wobbly"])


@pytest.mark.parametrize(
    ("more", "less", "covered"),
    [
        ("lives with wife and two children", "wife and two kids", True),
        ("tired and short of breath", "dyspnea", True),
        ("hypertension", "high blood pressure", True),
        ("two sons", "three sons", False),
        ("chest pain", "back pain", False),
    ],
)
def test_a_fuller_phrase_covers_other_words_for_the_same(more: str, less: str, covered: bool):
    assert covers(more, less) is covered


def test_house_keeping_and_guesses_are_not_quoted():
    plan, assessment, objective = (
        next(s for s in SOAP.sections if s.key == k) for k in ("plan", "assessment", "objective")
    )
    assert worth_quoting("Bear with me five minutes and then you can ring the desk.", plan) == "you can ring the desk."
    assert worth_quoting("I'm just going to ask you some questions. I'll order a scan.", plan) == "I'll order a scan."
    assert worth_quoting("I think a food diary would be quite important.", assessment) == ""
    assert worth_quoting("Your chest is clear. I think this is asthma.", assessment) == "I think this is asthma."
    assert worth_quoting("It might be wax. The canal is red.", objective) == "The canal is red."


def test_a_medicine_that_was_stopped_says_so():
    said = visit("D: What do you take?", "P: I was on levothyroxine.", "D: Still?", "P: Not any more.")
    assert "levothyroxine (in the past)" in lines(said, "subjective", medicine=["levothyroxine"])


def test_what_an_acquaintance_had_is_no_family_history():
    said = visit("D: Why do you worry?", "P: My friend's mum had a stroke in May. My father had gout.", "D: I see.")
    told = lines(said, "subjective", family=["friend's mum", "father: gout"])
    assert "Family history: father: gout." in told
    assert "friend's mum." not in told
    assert "Concerns: their friend's mum had a stroke in May." in told


def test_a_topic_without_content_is_no_social_history():
    said = visit("D: How is work?", "P: Work is busy since the spring.", "D: I see.")
    told = lines(said, "subjective", social=["work"])
    assert "Social history: work." not in told
    assert "busy since the spring" in told


def test_a_measure_without_value_is_no_finding():
    said = visit(
        "P: I feel faint.", "D: Let's see your blood pressure readings. On exam your lungs are clear.", "P: Okay."
    )
    assert "readings" not in lines(said, "objective", exam=["blood pressure readings"])


def test_what_only_the_clinician_orders_is_a_plan_and_no_history():
    said = visit(
        "D: How is it?",
        "P: Fine. I live with my wife.",
        "D: I want you to record your pressures at home, and our nurse will come in to help.",
        "P: Okay.",
    )
    told = lines(
        said, "subjective", social=["record pressures at home", "nurse will come in to help", "live with wife"]
    )
    assert "Social history: live with wife." in told
    assert "record" not in told
    assert "nurse" not in told
    assert "Advice: record your pressures at home." in lines(said, "plan", social=["record pressures at home"])


def test_what_only_an_if_names_is_no_complaint():
    said = visit("P: I have a cough.", "D: If you get more chest pain, or your neck is stiff, come back.", "P: Okay.")
    told = lines(said, "subjective", symptom=["more chest pain", "cough"])
    assert "ough" in told
    assert "chest pain" not in told
    has = visit("P: I have chest pain.", "D: If the chest pain is worse, come back.", "P: Okay.")
    assert "hest pain" in lines(has, "subjective", symptom=["chest pain"])


def test_an_injection_is_no_operation():
    said = visit("D: Any surgery?", "P: I had an injection once, and a hip replacement.", "D: I see.")
    told = lines(said, "subjective", operation=["injection", "hip replacement"])
    assert "Past surgical history: hip replacement." in told
    assert "Past surgical history: injection" not in told
    assert "Had an injection once" in told


def test_what_the_clinician_concludes_is_no_complaint_of_the_patient():
    said = visit("P: I am tired.", "D: I hear crackles. I think you are retaining fluid.", "P: Okay.")
    assert "retaining" not in lines(said, "subjective", symptom=["retaining fluid", "tired"])
    told = visit("P: I think I am retaining fluid.", "D: I think you are retaining fluid.", "P: Okay.")
    assert "etaining fluid" in lines(told, "subjective", symptom=["retaining fluid"])


def test_who_lives_with_somebody_does_not_live_alone():
    said = visit("D: Do you live alone?", "P: Yeah, yeah. I live with my partner.", "D: I see.")
    told = lines(said, "subjective", social=["live alone", "live with partner"])
    assert "Social history: live alone" not in told
    assert "Social history: live with partner." in told


def test_being_fit_and_well_is_no_seizure():
    said = visit("D: Are you normally fit and well?", "P: Yeah, apart from a cough.", "D: I see.")
    assert "Fit" not in lines(said, "subjective")


def test_a_medicine_of_his_own_that_is_continued_is_planned_too():
    said = visit("P: I take sertraline 50 mg.", "D: Let's continue you on the sertraline 50 mg, okay?", "P: Yes.")
    assert "Medications: sertraline 50 mg." in lines(said, "subjective", medicine=["sertraline 50 mg"])
    assert "continue sertraline 50 mg" in lines(said, "plan", medicine=["sertraline 50 mg"])
    asked = visit("P: I take sertraline 50 mg.", "D: Did you continue the sertraline? I want you to rest.", "P: Yes.")
    assert "sertraline" not in lines(asked, "plan", medicine=["sertraline 50 mg"])
