"""One passage, one question: what is asked, what is kept of the answer, and reading ahead."""

from drafting_doubles import ScriptedModel, always, form, visit

from app.drafting.reading.passage_reader import PassageReader
from app.drafting.reading.passages import Passage
from app.drafting.templates.template import load_template

SOAP = load_template("soap")
KNEE = Passage(
    visit("D: What brings you in?", "P: My left knee hurts since Monday.", "D: Any fever?", "P: No.").utterances
)


def test_answers_are_kept_by_section_and_field():
    model = ScriptedModel(always(form(complaint=["left knee pain"], denied=["fever", "chills"])))
    answered = PassageReader(model, SOAP).answer(KNEE)
    assert answered is not None
    assert answered.answers == {
        "subjective.chief complaint": ("left knee pain",),
        "subjective.denied symptoms": ("fever", "chills"),
    }
    assert (answered.start, answered.end, answered.model) == (KNEE.start, KNEE.end, model.name)
    assert PassageReader(model, SOAP).knows(answered)


def test_no_usable_answer_is_none_after_two_tries():
    model = ScriptedModel(lambda _: "As an assistant I cannot.")
    assert PassageReader(model, SOAP).answer(KNEE) is None
    assert len(model.prompts) == 2


def test_only_labels_that_can_apply_are_asked_and_allowed():
    model = ScriptedModel(always(""))
    PassageReader(model, SOAP).answer(KNEE)
    assert '"complaint", "symptom", "denied"' in model.prompts[0].instruction
    assert model.grammars[0] is not None
    assert "treatment" not in model.grammars[0]


def test_reading_ahead_makes_a_prefix_of_the_later_question():
    model = ScriptedModel(always(""))
    reader = PassageReader(model, SOAP)
    reader.read_ahead()
    reader.read_ahead(Passage(KNEE.utterances[:2]))
    reader.answer(KNEE)
    none, half, whole = model.prompts
    assert none.system == half.system == whole.system
    assert whole.context.startswith(half.context)
    assert half.context.startswith(none.context)


def test_a_silent_passage_is_answered_without_the_model():
    model = ScriptedModel(always(""))
    answered = PassageReader(model, SOAP).answer(Passage(visit("D: Okay.", "P: Mm-hmm.", "D: Right.").utterances))
    assert answered is not None
    assert answered.answers == {}
    assert model.prompts == []
