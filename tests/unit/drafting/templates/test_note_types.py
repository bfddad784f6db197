"""Every shipped note type drafts a visit with a stand-in model: what was said is under the right heading."""

import pytest
from drafting_doubles import ScriptedModel, always, form, visit

from app.domain.note import Note
from app.drafting.drafter import NO_SPEECH, Drafter
from app.drafting.templates.template import load_template, template_ids

VISIT = visit(
    "D: What brings you in today?",
    "P: I have had a sharp pain in my chest for three days.",
    "D: Any palpitations or shortness of breath?",
    "P: No.",
    "D: What medicines do you take?",
    "P: Lisinopril 10 mg every morning, for the blood pressure.",
    "D: Any allergies?",
    "P: Penicillin, I got hives.",
    "D: Any illness in the family?",
    "P: My father had a heart attack.",
    "D: Your blood pressure is 148 over 92. Heart sounds are normal.",
    "D: I think this is angina. That means the heart does not get enough blood.",
    "D: And your hypertension is not controlled.",
    "D: We will do an ECG. For your hypertension, we raise the lisinopril to 20 mg once a day.",
    "D: I'll numb the skin with lidocaine. All done, no complications.",
    "D: If it gets worse, call 911 right away. Come back in two weeks.",
    "P: Got it.",
)
ANSWER = form(
    complaint=["sharp chest pain for three days"],
    medicine=["lisinopril 10 mg every morning"],
    allergy=["penicillin (hives)"],
    family=["heart attack (father)"],
    exam=["heart sounds normal"],
    diagnosis=["angina", "hypertension, not controlled"],
    test=["ECG"],
    treatment=["lisinopril 20 mg once a day"],
    **{"follow-up": ["come back in two weeks"]},
)


def draft(name: str) -> Note:
    return Drafter(ScriptedModel(always(ANSWER))).draft(VISIT, load_template(name))


def under(note: Note, key: str) -> str:
    return "\n".join(s.text for section in note.sections if section.key == key for s in section.statements)


@pytest.mark.parametrize("name", template_ids())
def test_it_is_called_what_it_is_and_every_statement_has_evidence(name):
    note, template = draft(name), load_template(name)
    assert (note.type, note.title, note.reader) == (name, template.title, template.reader)
    known = {u.id for u in VISIT.utterances}
    statements = list(note.statements())
    assert statements
    assert all(s.evidence and set(s.evidence) <= known for s in statements)
    assert len({s.id for s in statements}) == len(statements)
    required = {h.key for h in template.headings if not h.optional} - set(template.by_problem)
    assert required <= {s.key for s in note.sections}


@pytest.mark.parametrize("name", template_ids())
def test_a_silent_visit_gives_its_empty_headings(name):
    note = Drafter(lambda: None).draft(visit(), load_template(name))
    assert note.notices == (NO_SPEECH,)
    assert list(note.statements()) == []
    assert note.sections


@pytest.mark.parametrize("name", [n for n in template_ids() if n != "patient-summary"])
def test_what_a_clinician_must_not_miss_is_in_every_type(name):
    whole = "\n".join(s.text for s in draft(name).statements()).lower()
    for word in ("chest", "lisinopril 10 mg", "lisinopril to 20 mg", "penicillin", "father", "148/92", "angina", "ecg",
                 "palpitations", "heart sounds normal", "two weeks"):  # fmt: skip
        assert word in whole, (name, word)


@pytest.mark.parametrize("name", template_ids())
def test_the_fathers_illness_is_never_the_patients(name):
    for section in draft(name).sections:
        for statement in section.statements:
            if "heart attack" in statement.text.lower():
                assert "father" in statement.text.lower()


def test_history_and_physical():
    note = draft("history-and-physical")
    assert "Sharp chest pain" in under(note, "chief-complaint")
    assert "Denies palpitations, shortness of breath." in under(note, "review-of-systems")
    assert under(note, "allergies").startswith("Penicillin (hives)")
    assert under(note, "objective-vital-signs") == "Blood pressure 148/92."
    assert under(note, "objective-examination") == "Heart sounds normal."
    assert "Heart attack (father)" in under(note, "family-history")


def test_problem_oriented_soap_groups_by_problem():
    note = draft("problem-oriented-soap")
    titles = {s.title: "\n".join(x.text for x in s.statements) for s in note.sections}
    assert list(titles)[:2] == ["Subjective", "Objective"]
    hypertension = next(text for title, text in titles.items() if "hypertension" in title)
    assert "lisinopril to 20 mg" in hypertension
    assert "ECG" in titles["Other"]


def test_procedure_note_quotes_anesthesia_and_complications():
    note = draft("procedure-note")
    assert "lidocaine" in under(note, "anesthesia")
    assert "no complications" in under(note, "procedure-complications")


def test_discharge_and_telephone_say_when_to_come_back():
    assert "call 911" in under(draft("discharge-summary"), "discharge-instructions")
    telephone = under(draft("telephone-encounter"), "advice-given")
    assert "call 911" in telephone
    assert 'Caller says back: "Got it."' in telephone


def test_the_patients_summary_is_plain_and_speaks_to_the_patient():
    note = draft("patient-summary")
    whole = "\n".join(s.text for s in note.statements())
    assert "High blood pressure, not controlled." in whole
    assert "hypertension" not in whole.replace('"', "").lower().split("your clinician explained")[0]
    assert 'That means the heart does not get enough blood."' in under(note, "assessment")
    assert "call 911 right away" in under(note, "plan-help")
    assert "lisinopril to 20 mg once a day" in under(note, "plan-medicines").lower()
    assert "Denies" not in whole
    assert "father" not in whole


def test_sections_are_told_under_their_headings_while_they_come():
    told = []
    template = load_template("progress-note")
    note = Drafter(ScriptedModel(always(ANSWER))).draft(VISIT, template, on_section=told.append)
    newest = {section.key: section for section in told}
    assert set(newest) <= {key for key, _ in template.printed}
    for section in note.sections:
        if section.statements:
            assert newest[section.key] == section


def test_answers_given_for_soap_serve_another_type():
    answered = []
    Drafter(ScriptedModel(always(ANSWER))).draft(VISIT, load_template("soap"), on_passage=answered.append)
    model = ScriptedModel(always(""))
    note = Drafter(model).draft(VISIT, load_template("history-and-physical"), earlier=answered)
    assert model.prompts == []
    assert note == draft("history-and-physical")
