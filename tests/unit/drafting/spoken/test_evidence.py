"""Evidence: a statement leads to the utterances that say it, and to none where nobody did."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.spoken.evidence import find_evidence

C, P = Speaker.CLINICIAN, Speaker.PATIENT
TURNS = [
    (C, "Good morning, what brings you in today?"),
    (P, "I've had a terrible cough for about five days and I get short of breath on the stairs."),
    (C, "Any fever or chills?"),
    (P, "No, none."),
    (C, "Are you allergic to anything?"),
    (P, "Penicillin gives me a rash."),
    (C, "Your blood pressure today is one forty over ninety."),
    (C, "Did your mother have a heart attack?"),
    (P, "Yes, at sixty."),
    (C, "I will start you on amoxicillin five hundred milligrams three times a day."),
]


def visit(turns: list[tuple[Speaker, str]] = TURNS) -> Transcript:
    utterances = tuple(Utterance(f"u{n}", float(n), n + 1.0, who, text) for n, (who, text) in enumerate(turns))
    return Transcript(float(len(turns)), "en", "test", utterances)


def test_lay_words_support_clinical_words():
    assert find_evidence("Patient reports dyspnea on exertion climbing stairs.", visit())[0] == "u1"


def test_question_and_bare_answer_come_together():
    assert find_evidence("Denies fever and chills.", visit())[:2] == ("u2", "u3")
    assert set(find_evidence("Mother had a myocardial infarction.", visit())) >= {"u7", "u8"}


def test_spoken_numbers_are_found_by_digits():
    assert find_evidence("BP 140/90.", visit())[0] == "u6"
    assert find_evidence("Amoxicillin 500 mg t.i.d.", visit())[0] == "u9"


def test_nothing_supports_what_nobody_said():
    assert find_evidence("Colonoscopy showed two polyps.", visit()) == ()
    assert find_evidence("", visit()) == ()
    assert find_evidence("Denies fever.", visit([])) == ()


def test_hints_do_not_invent_evidence_and_unknown_hints_are_ignored():
    assert find_evidence("Colonoscopy showed two polyps.", visit(), hints=("u0", "u1")) == ()
    assert "u99" not in find_evidence("Denies fever.", visit(), hints=("u99",))


def test_naming_the_whole_visit_as_hint_changes_nothing():
    transcript = visit()
    everything = [u.id for u in transcript.utterances]
    assert find_evidence("BP 140/90.", transcript, everything) == find_evidence("BP 140/90.", transcript)


@given(st.text(max_size=200))
def test_any_text_gives_known_ids_without_repeats(text: str):
    found = find_evidence(text, visit())
    assert len(set(found)) == len(found) <= 6
    assert set(found) <= {u.id for u in visit().utterances}
