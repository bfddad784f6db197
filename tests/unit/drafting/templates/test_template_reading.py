"""Templates are files that people write: a wrong one is refused with file, place and fault."""

import contextlib
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.drafting.templates.template import TEMPLATES, load_template, template_ids
from app.drafting.templates.template_reading import SIZE_LIMIT, template_from_text

OWN = """
type = "own"
title = "Own nöte"
loinc = "11506-3"
fields_of = "soap"
reader = "patient"
by_problem = ["assessment", "plan"]

[[section]]
key = "story"
title = "The story"
loinc = "10164-2"
use = ["subjective.*"]

[[section]]
key = "allergies"
title = "Allergies"
labels = false
optional = true

[[section.field]]
use = "subjective.allergies"
none = "NKDA."

[[section]]
key = "assessment"
title = "Assessment"
use = ["assessment.*"]

[[section]]
key = "plan"
title = "Plan"
use = ["plan.*"]

[[section.field]]
name = "warnings"
group = "plan"
say = "Warned: {}."
form = false
said = ["call 911"]

[[section]]
key = "wound"
title = "Wound"
ask = "What is seen of the wound"
most_per_field = 3
said_by = "clinician"
quotes = ["finding"]
complete = ["finding"]
cues = ["the wound"]

[[section.field]]
name = "wound"
key = "wound"
hint = "size and look"
say = "Wound: {}."
none = ""
role = "rest"
kinds = ["finding"]
strict = true
asked = ["does it drain"]
names = ["wound"]
number = false
when = ["wound"]
first = false
"""


def read(text: str, file: str = "own.toml", type_: str = "own"):
    return template_from_text(text, file, type_)


def test_a_template_with_every_key_is_read():
    own = read(OWN)
    assert [key for key, _ in own.printed] == ["story", "allergies", "assessment", "plan", "wound"]
    assert [s.key for s in own.sections] == ["subjective", "assessment", "plan", "wound"]
    allergies = next(f for f in own.sections[0].fields if f.name == "allergies")
    assert (allergies.say, allergies.none, allergies.under) == ("{}.", "NKDA.", "allergies")
    warnings = next(f for f in own.sections[2].fields if f.name == "warnings")
    assert (warnings.said, warnings.under, warnings.form) == (("call 911",), "plan", False)
    wound = own.sections[3]
    assert (wound.most_per_field, wound.fields[0].under, wound.fields[0].hint) == (3, "wound", "size and look")
    assert own.headings[0].fields == tuple(
        f"subjective.{f.name}" for f in load_template().sections[0].fields if f.name != "allergies"
    )


def test_cut_at_every_byte_it_is_read_or_refused_in_one_line(tmp_path):
    whole = OWN.encode()
    outcomes = set()
    for end in range(len(whole)):
        file = tmp_path / "own.toml"
        file.write_bytes(whole[:end])
        outcomes.add(_outcome(lambda: load_template(str(tmp_path / "own.toml"))))
        file.unlink()
    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize("name", template_ids())
def test_a_shipped_one_cut_anywhere_is_read_or_refused(name):
    text = (TEMPLATES / f"{name}.toml").read_text(encoding="utf-8")
    for end in range(0, len(text), 97):
        _outcome(lambda end=end: read(text[:end], f"{name}.toml", name))


def _outcome(load) -> str:
    """Anything else than a declared error of one line fails the test."""
    told = ""
    try:
        load()
    except InputError as error:
        told = f"{error.message} {error.remedy}"
    assert not told or re.fullmatch(r"The note template [^\n]+\. [A-Z][^\n]+\.", told)
    return "refused" if told else "read"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('type = "own"', "", ["own.toml", "type: is missing"]),
        ('type = "own"', 'type = "other"', ["type: must be the file's name, own"]),
        ('title = "Own nöte"', 'title = ""', ["title: must be a text"]),
        ('loinc = "11506-3"', 'loinc = "11506-4"', ["loinc: is no LOINC code"]),
        ('fields_of = "soap"', 'fields_of = "soup"', ["fields_of: there is no shipped note type soup"]),
        ('fields_of = "soap"', 'fields_of = "progress-note"', ["fields_of: progress-note has no fields of its own"]),
        ('fields_of = "soap"', "", ["section 1 (story)", "use: needs 'fields_of'"]),
        ('reader = "patient"', 'reader = "nurse"', ["reader: nurse is none of: patient"]),
        ('by_problem = ["assessment", "plan"]', 'by_problem = ["plans"]', ["by_problem: plans is no section"]),
        ('key = "story"', 'key = "plan"', ["section: there are two called plan"]),
        ('key = "story"', 'key = "Story"', ["section 1 (Story), key: must be a name of small letters"]),
        ('key = "story"', 'key = "addendum-1"', ["section 1 (addendum-1), key: must not begin with"]),
        ('use = ["subjective.*"]', 'use = ["subjective.mood"]', ["(story), use: soap has no field subjective.mood"]),
        ('use = ["subjective.*"]', "use = 3", ["section 1 (story), use: must be a list"]),
        ('use = ["subjective.*"]', "", ["section 1 (story): it has no field"]),
        ('use = ["plan.*"]', 'use = ["plan.advice", "plan.advice"]', ["use: plan.advice is used twice"]),
        ('use = "subjective.allergies"', 'use = "subjective.allergies"\nname = "x"', ["keeps its name and group"]),
        ('none = "NKDA."', "none = true", ["section 2 (allergies), field 1, none: must be a text"]),
        ('say = "Warned: {}."', 'say = "Warned."', ["section 4 (plan), field 1 (warnings), say: must hold {} once"]),
        ('say = "Warned: {}."', 'say = "{} {0}."', ["say: must hold {} once, and no other braces"]),
        ('say = "Warned: {}."', 'say = "{} {}."', ["say: must hold {} once"]),
        ('say = "Warned: {}."', 'say = "Line\\nbreak {}."', ["say: must be one line"]),
        ('say = "Warned: {}."', "", ["field 1 (warnings), say: is missing"]),
        ('group = "plan"', 'group = "plans"', ["field 1 (warnings), group: soap has no section plans"]),
        ('name = "warnings"', 'name = "Follow up"', ["name: there are two called Follow up"]),
        ('name = "warnings"', 'name = "war\\"nings"', ['name: must not hold "']),
        ("form = false", 'form = "no"', ["form: must be true or false"]),
        ("most_per_field = 3", "most_per_field = 0", ["section 5 (wound), most_per_field: must be a whole number"]),
        ("most_per_field = 3", "", ["section 5 (wound), most_per_field: is missing"]),
        ('said_by = "clinician"', 'said_by = "nurse"', ["said_by: nurse is none of: clinician"]),
        ('role = "rest"', 'role = "other"', ["field 1 (wound), role: other is none of"]),
        ('kinds = ["finding"]', 'kinds = ["find"]', ["kinds: find is none of: symptom"]),
        ('hint = "size and look"', 'hind = "size"', ["section 5 (wound), field 1 (wound), hind: is unknown; the keys"]),
        ('key = "wound"\ntitle', 'key = "plan-x"\nshape = 1\ntitle', ["section 5 (plan-x), shape: is unknown"]),
        ("[[section]]", "[[section", ["no valid TOML", "line"]),
        ("[[section]]", "[[sections]]", ["sections: is unknown"]),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(old, new, told):
    assert old in OWN
    with pytest.raises(InputError) as refused:
        read(OWN.replace(old, new, 1))
    assert "\n" not in str(refused.value)
    for words in ["The note template own.toml is not well formed", *told]:
        assert words in refused.value.message


def test_a_section_without_question_must_not_hide_one_of_the_library():
    text = OWN.replace('key = "wound"\ntitle', 'key = "objective"\ntitle')
    with pytest.raises(InputError, match="objective is a section of soap; give the fields a 'group'"):
        read(text)


def test_star_stands_for_nothing_where_all_fields_are_named_elsewhere():
    text = (
        'type = "own"\ntitle = "Own"\nfields_of = "soap"\n[[section]]\nkey = "a"\ntitle = "A"\nuse = ["assessment.*"]\n'
    )
    twice = text + '[[section]]\nkey = "b"\ntitle = "B"\nuse = ["assessment.*"]\n'
    assert [key for key, _ in read(twice).printed] == ["a"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b'type = "own"\n# \xe4', "is not UTF-8 text"),
        (b"#" * (SIZE_LIMIT + 1), "is larger than"),
        (b"", "type: is missing"),
        (b"a = " + b"[" * 5000, "no valid TOML"),
    ],
    ids=["utf-16", "latin-1", "large", "empty", "nested"],
)
def test_other_files_are_refused_in_one_line(tmp_path, content, told):
    (tmp_path / "own.toml").write_bytes(content)
    with pytest.raises(InputError, match=told) as refused:
        load_template(str(tmp_path / "own.toml"))
    assert "\n" not in str(refused.value)


def test_missing_file_and_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        (tmp_path / "folder.toml").mkdir(exist_ok=True)
        with pytest.raises(InputError):
            load_template(str(path if path.suffix else tmp_path / "folder.toml"))


def test_windows_line_ends_and_byte_order_mark_do_no_harm(tmp_path):
    (tmp_path / "own.toml").write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    assert load_template(str(tmp_path / "own.toml")) == read(OWN)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("{}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_any_value_at_any_place_is_read_or_refused(data):
    from app.drafting.templates.template_reading import _template
    from app.drafting.templates.template_values import TemplateFaultError

    raw = tomllib.loads(OWN)
    place = raw
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [v for v in place.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        if not inner:
            break
        tables = data.draw(st.sampled_from(inner))
        place = data.draw(st.sampled_from(tables))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(ANY)
    with contextlib.suppress(TemplateFaultError):  # any other exception is a bug
        assert _template(raw, "own").sections
