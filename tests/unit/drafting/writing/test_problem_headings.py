"""Problems named as headings stand in the assessment, with how they are doing; a purpose alone is none."""

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.templates.template import load_template
from app.drafting.writing.phrases import Phrase
from app.drafting.writing.problem_headings import headed_problems
from app.drafting.writing.stated_diagnoses import with_stated_diagnoses

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


def test_what_the_note_has_already_is_no_second_line():
    assert headed("For your next problem, your asthma.", known=("asthma, stable",)) == []


def test_a_purpose_is_no_heading():
    assert headed("Take this for your headache twice a day.") == []
    assert headed("What do you take for your asthma?") == []


def test_a_diagnosis_has_the_hedge_that_stands_before_it():
    talk = visit("So I think you have probably a rotator cuff injury right now.")
    lines = with_stated_diagnoses(ASSESSMENT, [Phrase(FIELD, "rotator cuff injury", ("u1",))], talk)
    assert lines[0].text.startswith("likely")


def test_a_diagnosis_in_other_words_gives_way_to_the_stated_one():
    talk = visit("Did you strain your neck?", "I think you have a cervical strain from the fall.")
    lines = with_stated_diagnoses(ASSESSMENT, [Phrase(FIELD, "neck strain", ("u1",))], talk)
    assert [p.text for p in lines] == ["likely cervical strain"]
