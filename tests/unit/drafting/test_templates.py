"""Templates are files that a clinic may write: wrong ones are refused with a declared error."""

import pytest

from app.domain.errors import InputError
from app.domain.transcript import Speaker
from app.drafting.templates import TEMPLATES, load_template, template_ids


def test_soap_has_its_four_sections():
    soap = load_template()
    assert [s.key for s in soap.sections] == ["subjective", "objective", "assessment", "plan"]
    assert [s.said_by for s in soap.sections] == [None, *[Speaker.CLINICIAN] * 3]


def test_every_shipped_template_is_well_formed():
    assert "soap" in template_ids()
    for name in template_ids():
        assert load_template(name).sections


@pytest.mark.parametrize("name", ["", "nothing", "../templates/soap", "soap.toml"])
def test_unknown_template_is_a_declared_error(name):
    with pytest.raises(InputError, match="no note template"):
        load_template(name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('type = "soap"', ""),
        ("most_per_field = 8", "most_per_field = 0"),
        ('"Chief complaint: {}."', '"Chief complaint."'),
        ('key = "plan"', 'key = "subjective"'),
        ('said_by = "clinician"', 'said_by = "nurse"'),
        ('role = "denied"', 'role = "other"'),
        ("[[section]]", "[[section"),
    ],
)
def test_malformed_template_is_a_declared_error(tmp_path, old, new):
    text = (TEMPLATES / "soap.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "own.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match="not well formed"):
        load_template("own", tmp_path)
