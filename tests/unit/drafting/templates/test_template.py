"""Shipped note types: they load, hold what SOAP holds, and every sentence of theirs reads as one."""

import re

import pytest

from app.domain.errors import InputError
from app.domain.transcript import Speaker
from app.drafting.lexicon.concepts import all_concepts, kind_of
from app.drafting.templates.template import KINDS, TEMPLATES, Field, Template, load_template, template_ids
from app.drafting.templates.template_values import loinc_check_digit

SHIPPED = (
    "consultation-letter",
    "discharge-summary",
    "history-and-physical",
    "nursing-note",
    "patient-summary",
    "problem-oriented-soap",
    "procedure-note",
    "progress-note",
    "soap",
    "telephone-encounter",
)
LONGER = [name for name in SHIPPED if name != "soap"]
FOR_CLINICIANS = [name for name in LONGER if name != "patient-summary"]


def fields_of(template: Template) -> list[Field]:
    return [field for section in template.sections for field in section.fields]


def printed_fields(template: Template) -> list[Field]:
    return [f for f in fields_of(template) if f.under or not template.headings]


def test_these_note_types_are_shipped():
    assert template_ids() == SHIPPED


def test_soap_has_its_four_sections():
    soap = load_template()
    assert [s.key for s in soap.sections] == ["subjective", "objective", "assessment", "plan"]
    assert [s.said_by for s in soap.sections] == [None, *[Speaker.CLINICIAN] * 3]
    assert soap.printed == tuple((s.key, s.title) for s in soap.sections)


@pytest.mark.parametrize("name", SHIPPED)
def test_names_and_keys_differ(name):
    template = load_template(name)
    keys = [key for key, _ in template.printed]
    assert len(set(keys)) == len(keys)
    for section in template.sections:
        names = [f.name for f in section.fields]
        assert len(set(names)) == len(names)
        labels = [f.label for f in section.form]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", LONGER)
def test_every_heading_shows_fields_and_every_shown_field_has_one_heading(name):
    template = load_template(name)
    listed = [field for heading in template.headings for field in heading.fields]
    assert len(set(listed)) == len(listed)
    shown = {f"{s.key}.{f.name}": f.under for s in template.sections for f in s.fields if f.under}
    assert set(listed) == set(shown)
    assert all(shown[field] == heading.key for heading in template.headings for field in heading.fields)


@pytest.mark.parametrize("name", FOR_CLINICIANS)
def test_no_note_type_for_clinicians_leaves_out_what_soap_holds(name):
    template = load_template(name)
    shown = {f"{s.key}.{f.name}" for s in template.sections for f in s.fields if f.under}
    assert {f"{s.key}.{f.name}" for s in load_template().sections for f in s.fields} <= shown


@pytest.mark.parametrize("name", LONGER)
def test_what_relatives_have_is_never_under_another_heading_of_the_patients(name):
    template = load_template(name)
    for field in fields_of(template):
        if field.role == "family" and field.under:
            heading = next(h for h in template.headings if h.key == field.under)
            assert "family" in heading.key or field.say.startswith("Family history")


@pytest.mark.parametrize("name", [n for n in LONGER if n != "procedure-note"])
def test_the_model_is_asked_the_same_as_for_soap(name):
    """So its answers serve this type too, and drafting again as another type asks it nothing."""

    def asked(template: Template) -> list[object]:
        return [(s.key, s.ask, [(f.name, f.label, f.hint, f.kinds, f.when, f.first) for f in s.form]) for s in
                template.sections]  # fmt: skip

    assert asked(load_template(name)) == asked(load_template())


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("content", ["chest pain for three days", '"It hurts when I walk."', "blood pressure 148/92"])
def test_every_sentence_reads_as_one(name, content):
    for field in printed_fields(load_template(name)):
        said = field.say.format(content)
        assert field.say.endswith("{}."), field.say
        assert re.match(r"(?:[A-Z][^{}]*[a-z:] )?\{\}\.$", field.say), field.say
        assert "  " not in said
        assert len(field.say) < 60


@pytest.mark.parametrize("name", SHIPPED)
def test_every_sentence_for_none_is_one(name):
    for field in printed_fields(load_template(name)):
        assert not field.none or re.fullmatch(r"[A-Z][^{}]{3,60}\.", field.none), field.none


def test_the_patients_summary_speaks_to_the_patient():
    template = load_template("patient-summary")
    assert template.reader == "patient"
    words = " ".join(
        [f.say + " " + f.none for f in printed_fields(template)] + [title for _, title in template.printed]
    )
    assert not re.search(r"\b(?:patient|denies|chief|assessment|he|she)\b", words, re.IGNORECASE)
    assert re.search(r"\byou\b", words, re.IGNORECASE)


def test_what_is_no_finding_of_the_clinicians_stays_out_of_examination_headings():
    for name in LONGER:
        template = load_template(name)
        for heading in template.headings:
            groups = {f.partition(".")[0] for f in heading.fields}
            assert "objective" not in heading.key or groups == {"objective"}, (name, heading.key)


@pytest.mark.parametrize("name", SHIPPED)
def test_loinc_codes_have_their_check_digit(name):
    template = load_template(name)
    for code in filter(None, [template.loinc, *(h.loinc for h in template.headings)]):
        number, _, digit = code.partition("-")
        assert loinc_check_digit(number) == digit


def test_check_digits_of_known_codes():
    assert [loinc_check_digit(n) for n in ("8867", "8480", "34117", "18842", "11488", "28570")] == list("462540")


def test_the_kinds_of_the_lexicon_are_known():
    assert {kind_of(concept) for concept in all_concepts()} <= set(KINDS)
    assert {name for f in fields_of(load_template()) for name in f.names} <= set(all_concepts())


@pytest.mark.parametrize("name", ["", "nothing", "../templates/soap", "soap.toml"])
def test_unknown_template_is_a_declared_error(name):
    with pytest.raises(InputError, match="no note template"):
        load_template(name)


def test_a_template_is_read_from_the_file_that_a_path_names(tmp_path):
    text = (TEMPLATES / "progress-note.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace('type = "progress-note"', 'type = "mine"'), encoding="utf-8")
    mine = load_template(str(tmp_path / "mine.toml"))
    assert mine.type == "mine"
    assert mine.headings == load_template("progress-note").headings


def test_a_changed_file_is_read_again(tmp_path):
    file = tmp_path / "mine.toml"
    text = (TEMPLATES / "problem-oriented-soap.toml").read_text(encoding="utf-8").replace(
        'type = "problem-oriented-soap"', 'type = "mine"'
    )  # fmt: skip
    file.write_text(text, encoding="utf-8")
    assert load_template(str(file)).title == "Problem-oriented SOAP note"
    file.write_text(text.replace('title = "Problem-oriented SOAP note"', 'title = "Mine"'), encoding="utf-8")
    assert load_template(str(file)).title == "Mine"
