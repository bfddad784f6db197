"""Grouping by problem: only what was said links a plan to a problem."""

from drafting_doubles import visit

from app.domain.note import Section, Statement
from app.domain.transcript import Transcript
from app.drafting.writing.plan.problems import OTHER, by_problem


def section(key: str, **statements: str) -> Section:
    """Statements by id; what stands after '@' is the evidence."""
    made = []
    for identifier, text in statements.items():
        words, _, evidence = text.partition(" @")
        made.append(Statement(identifier, words, tuple(evidence.split())))
    return Section(key, key.title(), tuple(made))


def grouped(transcript: Transcript, *sections: Section) -> dict[str, list[str]]:
    found = by_problem(sections, ("assessment", "plan"), transcript)
    return {s.title: [x.text for x in s.statements] for s in found}


TWO = visit(
    "P: I take lisinopril for the blood pressure.",
    "D: Your hypertension is not well controlled, and your diabetes is stable.",
    "D: For your diabetes, we keep the metformin. We will check the A1c in three months.",
    "D: I would like to raise the lisinopril to 20 milligrams for your hypertension.",
    "P: Okay. My knee hurts too.",
    "D: We will get an x-ray. And you should get a flu shot.",
)
ASSESSMENT = section("assessment", a1="Hypertension, not well controlled. @u2", a2="Diabetes, stable. @u2")


def test_each_plan_stands_under_the_problem_that_was_named_with_it():
    plan = section(
        "plan",
        p1="Medications: lisinopril 20 mg for hypertension. @u4",
        p2="Medications: metformin. @u3",
        p3="Tests: A1c in three months. @u3",
        p4="Tests: x-ray. @u6",
        p5="Advice: flu shot. @u6",
    )
    assert grouped(TWO, ASSESSMENT, plan) == {
        "Problem 1: hypertension": [
            "Hypertension, not well controlled.",
            "Medications: lisinopril 20 mg for hypertension.",
        ],
        "Problem 2: diabetes": ["Diabetes, stable.", "Medications: metformin.", "Tests: A1c in three months."],
        "Other": ["Tests: x-ray.", "Advice: flu shot."],
    }  # fmt: skip


def test_standing_near_links_nothing():
    near = visit("D: You have hypertension.", "D: We will do an ECG.", "D: I refer you to a cardiologist.")
    plan = section("plan", p1="Tests: ECG. @u2", p2="Referral: cardiologist. @u3")
    found = grouped(near, section("assessment", a1="Hypertension. @u1"), plan)
    assert found["Problem 1: hypertension"] == ["Hypertension."]
    assert found["Other"] == ["Tests: ECG.", "Referral: cardiologist."]


def test_a_medicine_is_linked_by_what_it_was_said_to_be_for():
    said = visit("P: The lisinopril is for the hypertension.", "D: You have hypertension.", "D: Continue lisinopril.")
    found = grouped(said, section("assessment", a1="Hypertension. @u2"), section("plan", p1="Continue lisinopril. @u3"))
    assert found == {"Problem 1: hypertension": ["Hypertension.", "Continue lisinopril."]}


def test_a_medicine_said_to_be_for_two_of_them_stands_under_other():
    said = visit("D: Lisinopril helps your hypertension.", "D: Lisinopril is good for your heart failure.", "D: Go on.")
    assessment = section("assessment", a1="Hypertension. @u1", a2="Heart failure. @u2")
    found = grouped(said, assessment, section("plan", p1="Continue lisinopril. @u3"))
    assert found["Other"] == ["Continue lisinopril."]


def test_a_topic_ends_when_another_one_is_opened():
    said = visit(
        "D: You have hypertension and asthma.",
        "D: For your asthma, use the inhaler. We check your lung function.",
        "D: For your back pain, we do physical therapy.",
        "D: We will do some blood work.",
    )
    assessment = section("assessment", a1="Hypertension. @u1", a2="Asthma. @u1")
    plan = section("plan", p1="Tests: lung function. @u2", p2="Physical therapy. @u3", p3="Tests: blood work. @u4")
    found = grouped(said, assessment, plan)
    assert found["Problem 2: asthma"] == ["Asthma.", "Tests: lung function."]
    assert found["Other"] == ["Physical therapy.", "Tests: blood work."]


def test_statements_about_the_same_problem_share_it():
    assessment = section("assessment", a1="Hypertension. @u2", a2="Hypertension is not controlled. @u2")
    found = grouped(TWO, assessment, section("plan"))
    assert found == {"Problem 1: hypertension": ["Hypertension.", "Hypertension is not controlled."]}


def test_nothing_is_lost_said_twice_or_moved_elsewhere():
    plan = section("plan", p1="Tests: A1c. @u3", p2="Nothing clinical at all.", p3="Tests: x-ray. @u6")
    before, after = section("subjective", s1="Told. @u1"), section("letter", l1="Closing. @u6")
    found = by_problem([before, ASSESSMENT, plan, after], ("assessment", "plan"), TWO)
    ids = [s.id for part in found for s in part.statements]
    assert sorted(ids) == sorted(["s1", "a1", "a2", "p1", "p2", "p3", "l1"])
    assert [s.key for s in found] == ["subjective", "problem-1", "problem-2", OTHER, "letter"]


def test_without_a_problem_the_sections_stay():
    parts = (section("assessment", a1="Doing well."), section("plan", p1="See you. @u6"))
    assert by_problem(parts, ("assessment", "plan"), TWO) == parts
    assert by_problem((), ("assessment", "plan"), TWO) == ()


def test_a_long_turn_about_several_problems_is_told_apart_by_its_sentences():
    said = visit(
        "D: You have hypertension and diabetes. For your hypertension, we start amlodipine. We get kidney tests. "
        "For your diabetes, we raise the metformin. We repeat the A1c. Come back in a month.",
    )
    assessment = section("assessment", a1="Hypertension. @u1", a2="Diabetes. @u1")
    plan = section(
        "plan",
        p1="Amlodipine. @u1",
        p2="Kidney tests. @u1",
        p3="Metformin raised. @u1",
        p4="A1c. @u1",
        p5="In a month. @u1",
    )
    assert grouped(said, assessment, plan) == {
        "Problem 1: hypertension": ["Hypertension.", "Amlodipine.", "Kidney tests."],
        "Problem 2: diabetes": ["Diabetes.", "Metformin raised.", "A1c."],
        "Other": ["In a month."],
    }


def test_the_next_utterance_is_about_something_else_unless_it_goes_on():
    said = visit("D: For your hypertension, we keep the pills.", "D: We do an x-ray.", "D: And we check the kidneys.")
    assessment = section("assessment", a1="Hypertension. @u1")
    found = grouped(said, assessment, section("plan", p1="X-ray. @u2", p2="Kidneys checked. @u3"))
    assert found["Other"] == ["X-ray.", "Kidneys checked."]
    again = visit("D: For your hypertension, we keep the pills.", "D: And we check the kidneys.")
    found = grouped(again, assessment, section("plan", p2="Kidneys checked. @u2"))
    assert found["Problem 1: hypertension"] == ["Hypertension.", "Kidneys checked."]


def test_a_problem_is_called_by_the_clause_that_names_it_or_by_its_clinical_name():
    said = visit("D: It sounds like you fell. You have a heart attack behind you.")
    statements = {
        "a1": "Type 2 diabetes, well controlled. @u1",
        "a2": '"It sounds like you fell." @u1',
        "a3": "Tightness that comes with effort and settles with rest makes one think of hypertension. @u1",
    }
    titles = [s.title for s in by_problem([section("assessment", **statements)], ("assessment", "plan"), said)]
    assert titles == ["Problem 1: type 2 diabetes", "Problem 2: fall", "Problem 3: hypertension"]
