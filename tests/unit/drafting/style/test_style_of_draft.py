"""Styles of a draft: what a brief one leaves out and never does, wording, evidence, and one reading for every style."""

import re
from dataclasses import replace
from itertools import product

import pytest
from drafting_doubles import ScriptedModel, always, form, visit
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.note import Note
from app.domain.style import STANDARD, Form, Length, Style, Wording
from app.drafting.checking.check import check_note
from app.drafting.checking.unnoted.missing import said_not_noted
from app.drafting.drafter import NO_SPEECH, Drafter
from app.drafting.lexicon.concepts import all_concepts
from app.drafting.lexicon.tables import forms, rows
from app.drafting.templates.template import load_template, template_ids

SOAP = load_template("soap")
CHEST = visit(
    "D: What brings you in today?",
    "P: I have had a sharp pain in my chest for three days. It comes when I climb the stairs.",
    "D: Any palpitations or shortness of breath?",
    "P: No.",
    "D: Any cough, fever, rash or constipation?",
    "P: No.",
    "D: Any suicidal thoughts?",
    "P: No.",
    "D: Do you have any medical conditions?",
    "P: I have high blood pressure.",
    "D: Have you had any surgeries?",
    "P: No.",
    "D: What medicines do you take?",
    "P: Metformin 500 mg twice a day.",
    "D: Do you smoke?",
    "P: No.",
    "D: Do you use any recreational drugs?",
    "P: No.",
    "D: Do you drink alcohol?",
    "P: No.",
    "D: Any allergies?",
    "P: No.",
    "D: Does anyone in your family have heart problems?",
    "P: My father had a heart attack.",
    "D: Your blood pressure is 128 over 82. Heart sounds are normal.",
    "D: We will do an electrocardiogram and I prescribe ibuprofen 400 mg three times a day as needed.",
    "D: Come back in two weeks.",
)
ANSWER = form(
    complaint=["chest pain"],
    symptom=["sharp pain in the chest for three days"],
    denied=["palpitations", "shortness of breath", "cough", "fever", "rash", "constipation", "suicidal thoughts"],
    illness=["high blood pressure"],
    medicine=["metformin 500 mg twice a day"],
    family=["father had a heart attack"],
    exam=["heart sounds normal"],
    test=["electrocardiogram"],
    treatment=["ibuprofen 400 mg three times a day as needed"],
    **{"follow-up": ["two weeks"]},
)
STYLES = [Style(*choices) for choices in product(Length, Form, Wording)]


def draft(style=None, name="soap", transcript=CHEST, answer=ANSWER) -> Note:
    return Drafter(ScriptedModel(always(answer))).draft(transcript, load_template(name), style=style)


def texts(note: Note) -> str:
    return "\n".join(s.text for s in note.statements())


def test_the_standard_style_changes_nothing():
    assert draft(STANDARD) == draft()
    assert draft().style == STANDARD


def test_brief_leaves_out_what_has_nothing_to_do_with_the_complaint_and_says_so():
    brief, standard = texts(draft(Style(Length.BRIEF))), texts(draft())
    for gone in ("rash", "constipation", "No past surgeries", "Denies alcohol"):
        assert gone in standard
        assert gone not in brief
    *_, notice = draft(Style(Length.BRIEF)).notices
    assert notice == "Left out of this brief note: rash, constipation (denied); no past surgeries; denies alcohol."


def test_brief_keeps_what_a_clinician_must_not_miss():
    brief = texts(draft(Style(Length.BRIEF)))
    for kept in ("chest pain", "three days", "palpitations", "shortness of breath", "cough", "suicidal thoughts",
                 "high blood pressure", "metformin 500 mg twice a day", "No allergies", "father had a heart attack",
                 "128/82", "heart sounds normal", "electrocardiogram", "ibuprofen 400 mg three times a day as needed",
                 "two weeks", "Denies smoking", "Denies drug use"):  # fmt: skip
        assert kept in brief


def test_brief_keeps_every_denial_where_the_complaint_is_not_known():
    talk = visit("D: Any rash or cough?", "P: No.", "D: We will do an ECG.")
    note = draft(Style(Length.BRIEF), transcript=talk, answer=form(denied=["rash", "cough"], test=["ECG"]))
    assert "rash" in texts(note)
    assert "cough" in texts(note)
    assert not any("brief" in n for n in note.notices)


@pytest.mark.parametrize("name", template_ids())
def test_brief_says_nothing_new_and_keeps_evidence_in_every_note_type(name):
    standard, brief = draft(name=name), draft(Style(Length.BRIEF), name)
    words = {w.strip(".,").lower() for w in texts(standard).split()}
    assert {w.strip(".,").lower() for w in texts(brief).split()} <= words
    assert all(s.evidence for s in brief.statements())
    for kept in ("metformin 500 mg", "ibuprofen 400 mg", "128/82"):
        assert (kept in texts(standard)) is (kept in texts(brief))


def test_a_quotation_is_cut_except_in_a_full_note():
    told = "I take a pill for my thyroid, " + "and then I went on and on about it, " * 12 + "every day"
    talk = visit("D: What medicines do you take?", f"P: {told}.", "D: I see.")
    standard = draft(transcript=talk, answer=form())
    full = draft(Style(Length.FULL), transcript=talk, answer=form())
    assert " …" in texts(standard)
    assert " …" not in texts(full)
    assert "every day" in texts(full)


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_answers_of_the_visit_serve_every_style(style):
    answered = []
    Drafter(ScriptedModel(always(ANSWER))).draft(CHEST, SOAP, on_passage=answered.append)
    model = ScriptedModel(always(ANSWER))
    note = Drafter(model).draft(CHEST, SOAP, earlier=answered, style=style)
    assert model.prompts == []
    assert note == draft(style)
    assert note.style == style


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_wording_and_form_change_no_evidence_number_or_drug(style):
    plain, styled = draft(Style(style.length)), draft(style)
    assert [s.evidence for s in plain.statements()] == [s.evidence for s in styled.statements()]
    assert [s.id for s in plain.statements()] == [s.id for s in styled.statements()]
    for before, after in zip(plain.statements(), styled.statements(), strict=True):
        assert re.findall(r"\d+", before.text) == re.findall(r"\d+", after.text)
        for drug in ("metformin", "ibuprofen"):
            assert (drug in before.text) is (drug in after.text)


def test_abbreviated_and_spelled():
    short = texts(draft(Style(wording=Wording.ABBREVIATED)))
    for way in ("HTN", "500 mg BID", "BP 128/82", "ECG", "400 mg TID PRN", "SOB"):
        assert way in short
    assert "electrocardiogram" in texts(draft(Style(wording=Wording.SPELLED)))


def test_own_terms_stand_in_the_note_and_not_in_its_style():
    note = draft(Style(terms=("dyspnea", "BID")))
    assert "dyspnea" in texts(note)
    assert "500 mg BID" in texts(note)
    assert "electrocardiogram" in texts(note)
    assert note.style == STANDARD


def test_what_the_patient_reads_is_never_abbreviated():
    plain = draft(name="patient-summary")
    styled = draft(Style(wording=Wording.ABBREVIATED, terms=("HTN", "BID")), "patient-summary")
    assert not re.search(r"\b(?:HTN|BID|TID|PRN|BP)\b", texts(styled))
    assert len(list(styled.statements())) == len(list(plain.statements()))


def test_sections_on_the_way_are_in_the_style_too():
    shown = []
    model = ScriptedModel(always(ANSWER))
    style = Style(Length.BRIEF, wording=Wording.ABBREVIATED)
    note = Drafter(model).draft(CHEST, SOAP, style=style, on_section=shown.append)
    last = {section.key: section for section in shown}
    assert tuple(last[s.key] for s in note.sections if s.key in last) == tuple(
        s for s in note.sections if s.key in last
    )


def test_silence_has_a_style_too():
    note = Drafter(lambda: None).draft(visit(), SOAP, style=Style(form=Form.PROSE))
    assert note.notices == (NO_SPEECH,)
    assert note.style == Style(form=Form.PROSE)


def test_body_systems_name_only_concepts_that_there_are():
    known = set(all_concepts())
    named = {concept for _, concepts in rows("systems") for concept in forms(concepts)}
    assert named <= known, named - known


DENIED = st.lists(
    st.sampled_from(["rash", "cough", "fever", "constipation", "headache", "suicidal thoughts", "zorbing"]),
    min_size=1, max_size=6, unique=True,
)  # fmt: skip


@given(DENIED, st.sampled_from(["chest pain", "knee pain", "sore throat", "feeling odd"]))
@settings(max_examples=40, deadline=None)
def test_every_denial_is_in_the_brief_note_or_in_its_notice(denied, complaint):
    talk = visit(
        "D: What brings you in?", f"P: I have {complaint}.", f"D: Any {', '.join(denied)}?", "P: No, not at all.",
        "D: We will do an ECG.",
    )  # fmt: skip
    answer = form(complaint=[complaint], symptom=[complaint], denied=denied)
    standard = draft(transcript=talk, answer=answer)
    brief = draft(Style(Length.BRIEF), transcript=talk, answer=answer)
    told = texts(brief) + " ".join(brief.notices)
    for item in denied:
        assert (item in texts(standard)) <= (item in told)
    if "suicidal thoughts" in texts(standard):
        assert "suicidal thoughts" in texts(brief)
    assert replace(brief, notices=()).style.length is Length.BRIEF


def test_what_was_left_out_is_listed_as_said_and_not_in_the_note():
    standard, brief = (check_note(draft(style), CHEST) for style in (STANDARD, Style(Length.BRIEF)))
    more = {u.text for u in said_not_noted(brief, CHEST)} - {u.text for u in said_not_noted(standard, CHEST)}
    besides = 'Patient: "It comes when I climb the stairs."'  # stands in the standard note as it was told
    assert more == {"Denies rash, constipation.", "No past operations.", "Denies alcohol.", besides}


CLAIMS = {
    "complaint": ["chest pain", "sharp pain in the chest for three days"],
    "symptom": ["sharp pain in the chest for three days", "chest pain", "pain when climbing the stairs"],
    "denied": ["palpitations", "rash", "constipation", "suicidal thoughts"],
    "illness": ["high blood pressure"],
    "medicine": ["metformin 500 mg twice a day", "metformin"],
    "allergy": ["none"],
    "family": ["father had a heart attack"],
    "exam": ["heart sounds normal"],
    "test": ["electrocardiogram"],
    "treatment": ["ibuprofen 400 mg three times a day as needed", "ibuprofen"],
    "follow-up": ["two weeks"],
}
ANSWERS = st.fixed_dictionaries({k: st.lists(st.sampled_from(v), unique=True) for k, v in CLAIMS.items()})


@given(ANSWERS)
@settings(max_examples=40, deadline=None)
def test_no_medicine_dose_allergy_red_flag_finding_or_plan_is_ever_left_out(claims):
    standard = draft(answer=form(**claims))
    kept = texts(draft(Style(Length.BRIEF), answer=form(**claims)))
    for word in ("metformin", "500 mg", "ibuprofen", "400 mg", "allerg", "suicidal", "128/82", "heart sounds",
                 "electrocardiogram", "two weeks", "chest", "high blood pressure", "father"):  # fmt: skip
        assert (word in texts(standard)) is (word in kept), word
    for section in standard.sections[1:]:
        for statement in section.statements:
            assert statement.text in kept
