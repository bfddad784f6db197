"""Problems named as headings stand in the assessment, with how they are doing; a purpose alone is none."""

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.templates.template import load_template
from app.drafting.writing.assessment.problem_headings import headed_problems
from app.drafting.writing.assessment.stated_diagnoses import with_stated_diagnoses
from app.drafting.writing.phrases import Phrase

ASSESSMENT = next(s for s in load_template("soap").sections if s.key == "assessment")
FIELD = ASSESSMENT.fields[0]


def visit(*lines: str) -> Transcript:
    said = tuple(Utterance(f"u{n}", 5.0 * n, 5.0 * n + 4, Speaker.CLINICIAN, t) for n, t in enumerate(lines, 1))
    return Transcript(100.0, "en", "test", said)


def headed(*lines: str, known: tuple[str, ...] = ()) -> list[str]:
    phrases = [Phrase(FIELD, text, ("u1",)) for text in known]
    return [p.text for p in headed_problems(visit(*lines), FIELD, phrases)]


def test_a_numbered_problem_stands_with_how_it_is_doing():
    assert headed("For your next problem, your asthma. I think it's well controlled.") == ["asthma: well controlled"]
    assert headed("Lastly, for your gout, it looks like you're managing it well.") == ["gout: managing it well"]
    assert headed("For your first problem, your gout. Let's start allopurinol.") == ["gout"]


def test_what_is_not_under_control_is_told_as_such():
    said = "For your second problem, your asthma, I, I don't believe it's well controlled right now."
    assert headed(said) == ["asthma: not well controlled right now"]


def test_a_bare_list_of_problems_gives_way_to_how_each_is():
    talk = visit(
        "You're here about your asthma and gout.",
        "For your first problem, your asthma, I don't think it's well controlled.",
        "For your second problem, your gout, I think you're doing really well with that.",
    )
    lines = with_stated_diagnoses(ASSESSMENT, [Phrase(FIELD, "asthma, gout", ("u1",))], talk)
    assert [p.text for p in lines] == ["asthma: not well controlled", "gout: doing really well with that"]


def test_what_the_note_has_already_is_no_second_line():
    assert headed("For your next problem, your asthma.", known=("asthma, stable",)) == []


def test_a_purpose_is_no_heading():
    assert headed("Take this for your headache twice a day.") == []
    assert headed("What do you take for your asthma?") == []


def test_a_diagnosis_has_the_hedge_that_stands_before_it():
    talk = visit("So I think you have probably a rotator cuff injury right now.")
    lines = with_stated_diagnoses(ASSESSMENT, [Phrase(FIELD, "rotator cuff injury", ("u1",))], talk)
    assert lines[0].text.startswith("likely")


def test_an_illness_that_the_lexicon_does_not_know_is_known_by_its_ending():
    talk = visit("Your symptoms are consistent with iliotibial band syndrome, which runners often get.")
    assert [p.text for p in with_stated_diagnoses(ASSESSMENT, [], talk)] == ["likely iliotibial band syndrome"]
    talk = visit("So it might be the prognosis that worries you.", "It may be a long process.")
    assert with_stated_diagnoses(ASSESSMENT, [], talk) == []


def test_a_diagnosis_in_other_words_gives_way_to_the_stated_one():
    talk = visit("Did you strain your neck?", "I think you have a cervical strain from the fall.")
    lines = with_stated_diagnoses(ASSESSMENT, [Phrase(FIELD, "neck strain", ("u1",))], talk)
    assert [p.text for p in lines] == ["likely cervical strain"]


RUN_ON = (
    "okay so for your first problem of this acute gout i want to go ahead and start colchicine twice a day we might do"
    " some physical therapy for that later okay and so for your second problem the asthma i'm going to continue the"
    " inhaler there's no evidence of what we call pneumonia on the film which is good alright for the diabetes mellitus"
    " i want to order a hemoglobin a1c"
)


def assessed(*lines: str, model: tuple[str, ...] = ()) -> list[str]:
    phrases = [Phrase(FIELD, text, ("u1",)) for text in model]
    return [p.text for p in with_stated_diagnoses(ASSESSMENT, phrases, visit(*lines))]


def test_talk_without_commas_names_its_problems_as_well():
    assert assessed(RUN_ON) == ["acute gout", "asthma", "diabetes mellitus"]


def test_a_hedge_of_something_else_makes_no_illness_doubtful():
    assert "asthma" in assessed(RUN_ON, model=("asthma",))
    told = "it looks like they sent you over for a fracture of the thumb"
    assert assessed(told, model=("fracture of the thumb",)) == ["fracture of the thumb"]


def test_what_a_scan_excluded_is_no_diagnosis():
    assert assessed(RUN_ON, model=("pneumonia",)) == ["acute gout", "asthma", "diabetes mellitus"]


def test_a_complaint_as_heading_gives_way_to_its_cause():
    told = (
        "so for your first problem the elbow pain i do believe that this is consistent with tendinitis and i'm going to"
        " give you a brace for it and i want you to rest that arm for a couple of weeks"
    )
    assert assessed(told) == ["likely tendinitis"]


def test_the_hedge_before_the_name_still_counts():
    told = (
        "okay for this first problem of your bite my concern is that you might have lyme disease based on how it looks"
        " so i'm going to start you on some tablets and we will see how that goes over the next days"
    )
    assert assessed(told) == ["possible lyme disease"]
