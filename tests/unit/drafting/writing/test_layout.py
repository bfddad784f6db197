"""Where statements are printed: by the fields that they were found for, nothing lost for clinicians."""

import pytest
from drafting_doubles import visit

from app.domain.note import Section, Statement
from app.drafting.style.plain_words import plain
from app.drafting.templates.template import Field, load_template, template_ids
from app.drafting.writing.layout import Layout

TALK = visit("P: My knee hurts.", "D: We will do an x-ray.")


def filled(name: str) -> tuple[list[Section], dict[str, Field | None]]:
    """One statement for each field of a note type, and one line of each section that belongs to no field."""
    sections, fields = [], {}
    for section in load_template(name).sections:
        statements = []
        for field in (*section.fields, None):
            identifier = f"s{len(fields) + 1}"
            text = field.say.format(f"content {identifier}") if field else f'"quote {identifier}"'
            statements.append(Statement(identifier, text, ("u1",)))
            fields[identifier] = field
        sections.append(Section(section.key, section.title, tuple(statements)))
    return sections, fields


@pytest.mark.parametrize("name", template_ids())
def test_every_shown_field_is_printed_once_under_its_heading(name):
    template = load_template(name)
    sections, fields = filled(name)
    note = Layout(template, TALK).note(sections, fields, ("a notice",))
    assert (note.type, note.title, note.reader, note.notices) == (name, template.title, template.reader, ("a notice",))
    printed = [s.id for s in note.statements()]
    hidden = {i for i, field in fields.items() if field and template.headings and not field.under}
    assert sorted(printed) == sorted(set(fields) - hidden)
    if not template.by_problem:
        assert [(s.key, s.title) for s in note.sections] == list(template.printed)
    for section in note.sections:
        for statement in section.statements:
            field = fields[statement.id]
            if field and field.under and not template.by_problem:
                assert field.under == section.key


def test_statements_stand_in_the_order_of_the_headings_fields():
    template = load_template("history-and-physical")
    sections, fields = filled("history-and-physical")
    for part in Layout(template, TALK).sections(sections, fields):
        heading = next(h for h in template.headings if h.key == part.key)
        order = {name.partition(".")[2]: n for n, name in enumerate(heading.fields)}
        places = [order[f.name] for s in part.statements if (f := fields[s.id])]
        assert places == sorted(places)


def test_empty_headings_stay_and_optional_ones_go():
    template = load_template("progress-note")
    empty = [Section(s.key, s.title) for s in template.sections]
    keys = [s.key for s in Layout(template, TALK).sections(empty, {})]
    assert "medications" in keys
    assert "allergies" not in keys


def test_sections_that_were_not_asked_for_yet_are_not_shown():
    template = load_template("history-and-physical")
    sections, fields = filled("history-and-physical")
    keys = [s.key for s in Layout(template, TALK).sections(sections[:1], fields)]
    assert "past-medical-history" in keys
    assert not {"plan", "assessment", "objective-results"} & set(keys)


def test_soap_stays_as_it_is():
    sections, fields = filled("soap")
    assert Layout(load_template("soap"), TALK).sections(sections, fields) == tuple(sections)


@pytest.mark.parametrize(
    ("clinical", "said"),
    [
        ("Hypertension, not well controlled.", "High blood pressure, not well controlled."),
        ("Metformin 500 mg BID PO.", "Metformin 500 mg two times a day by mouth."),
        ("ECG and echocardiogram.", "Heart tracing (ECG) and heart ultrasound."),
        ("The patient should discontinue aspirin.", "You should stop aspirin."),
        ("Continue walking the dog.", "Continue walking the dog."),
        ('Your doctor said: "Your hypertension is fine."', 'Your doctor said: "Your hypertension is fine."'),
        ("chronic kidney disease", "long-lasting kidney disease"),
        ("Get an MRI and an ECG.", "Get a scan (MRI) and a heart tracing (ECG)."),
        ("A cardiologist. A CVA.", "A heart doctor. A stroke."),
        ('Reports "it hurts."', 'You said "it hurts."'),
        ("No known drug allergies.", "No known drug allergies."),
        ("hypertension-like", "hypertension-like"),
        ("", ""),
    ],
)
def test_plain_words(clinical, said):
    assert plain(clinical) == said


def test_numbers_and_names_of_medicines_stay():
    text = "Atorvastatin 40 mg once daily, lisinopril 10 mg."
    assert plain(text) == "Atorvastatin 40 mg once a day, lisinopril 10 mg."


def test_no_plain_word_is_rewritten_again_and_each_clinical_one_once():
    from app.drafting.lexicon.tables import forms, rows

    table = [(row[0], forms(row[1])) for row in rows("plain")]
    clinical = [form.lower() for _, words in table for form in words]
    assert len(set(clinical)) == len(clinical)
    for words, _ in table:
        bare = words.partition(" (")[0]
        assert plain(bare) == bare, words
