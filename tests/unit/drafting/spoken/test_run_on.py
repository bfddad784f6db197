"""Talk without commas and stops is cut where a new statement begins; what is said while examining is no plan."""

from drafting_doubles import visit

from app.drafting.spoken.plan_clauses import plan_clauses
from app.drafting.spoken.run_on import is_run_on, parted
from app.drafting.writing.plan.stated_plans import stated_plans

RUN_ON = (
    "okay so your elbow is a little swollen today i'm going to prescribe you naproxen five hundred milligrams i also"
    " want you to wear a sling for two weeks now if the pain gets worse you can call our office"
)


def test_run_on_talk_is_cut_where_a_statement_begins_and_no_word_is_lost():
    assert is_run_on(RUN_ON)
    pieces = parted(RUN_ON)
    assert len(pieces) >= 3
    assert " ".join(pieces).split() == RUN_ON.split()


def test_a_condition_stays_with_what_follows_from_it():
    assert any("if the pain gets worse you can call" in piece for piece in parted(RUN_ON))


def test_written_talk_is_left_whole():
    text = "Your elbow is swollen, so I'll prescribe naproxen."
    assert parted(text) == [text]


def test_orders_in_run_on_talk_are_lines_of_their_own():
    plans = " | ".join(p.text for p in stated_plans(visit(f"D: {RUN_ON}")))
    assert "naproxen five hundred milligrams" in plans
    assert "sling for two weeks" in plans


def test_what_is_said_while_examining_is_no_advice():
    said = visit(
        "D: Let me examine your shoulder. Raise your arm up. Keep going. Is that painful?",
        "P: Yes.",
        "D: I think you strained it. Avoid lifting for two weeks.",
    )
    assert [p.text for p in stated_plans(said)] == ["avoid lifting for two weeks"]


def test_an_option_is_no_plan_before_the_patient_has_chosen():
    said = visit(
        "D: There are two ways of doing this. We can send an ambulance. Or you can drive there."
        " Which would you prefer?",
        "P: I'd rather drive.",
    )
    assert stated_plans(said) == []


def test_questions_in_run_on_talk_ask():
    said = (
        "D: so i'm going to look at your elbow right here now do you have any pain"
        " when i move it or is that all right for you today"
    )
    assert any(clause.asks for clause in plan_clauses(visit(said)))


def test_a_condition_behind_its_order_does_not_govern_the_next_one():
    talk = (
        "you can use the strainer so we can send the stone for some tests if that happens i'm also going to order a"
        " urinalysis and a urine culture and a basic metabolic panel and i want to see you again in two weeks"
    )
    plans = [p.text for p in stated_plans(visit(f"D: {talk}"))]
    assert any("urinalysis" in p and "if that" not in p for p in plans)


def test_a_dose_is_never_cut_in_a_word():
    plans = " | ".join(
        p.text
        for p in stated_plans(
            visit("D: I'll prescribe prednisone. I'm going to give you forty milligrams daily for five days.")
        )
    )
    assert "forty milligrams" in plans
    assert "ty milligrams" not in plans.replace("forty", "")


def test_what_is_only_explained_or_read_out_is_no_plan():
    said = visit(
        "D: Sometimes we need to give antibiotics through the vein, which I'd like to avoid.",
        "D: Let's get back to our visit here.",
        "D: Let me review the x-ray that we did of your thumb.",
    )
    assert stated_plans(said) == []
