"""`anamnesis templates` and `--template`: every part, with one clear line for what is wrong."""

import json

import pytest

from app.cli import main
from app.drafting.templates.template import load_template, template_ids

EXAMPLE = "CC: Zebedee Oakwhistle, tightness\nPMH: gout\nPlan: rest\nWOUND CARE NOTES:\nclean\n"


@pytest.fixture
def anamnesis(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ANAMNESIS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ANAMNESIS_POLICY", str(tmp_path / "policy.toml"))
    (tmp_path / "policy.toml").write_text(f"templates_folder = '{tmp_path / 'site'}'\n", encoding="utf-8")

    def run(*words: str) -> tuple[int, str, str]:
        status = main(list(words))
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_list_names_every_type_and_where_own_ones_lie(anamnesis, tmp_path):
    status, out, _ = anamnesis("templates", "list")
    assert status == 0
    assert all(name in out for name in template_ids())
    assert str(tmp_path / "data" / "templates") in out


def test_list_json_holds_origin_sections_and_faults(anamnesis, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "house.toml").write_text("type = 3", encoding="utf-8")
    status, out, _ = anamnesis("templates", "list", "--json")
    listed = {t["id"]: t for t in json.loads(out)["templates"]}
    assert status == 0
    assert listed["soap"]["sections"] == ["Subjective", "Objective", "Assessment", "Plan"]
    assert listed["house"]["origin"] == "organisation"
    assert "type: must be a name" in listed["house"]["fault"]


def test_show_prints_the_file_as_it_is(anamnesis):
    _, out, _ = anamnesis("templates", "show", "progress-note")
    assert out.startswith("# Progress note")
    assert 'type = "progress-note"' in out


def test_new_is_a_copy_that_can_be_used_and_is_never_overwritten(anamnesis, tmp_path):
    for source in template_ids():
        status, out, _ = anamnesis("templates", "new", f"my-{source}", "--from", source)
        assert status == 0, out
        path = tmp_path / "data" / "templates" / f"my-{source}.toml"
        made = load_template(str(path))
        assert made.printed == load_template(source).printed
        assert oct(path.stat().st_mode & 0o777) == "0o600"
    status, _, err = anamnesis("templates", "new", "my-soap")
    assert status == 1
    assert "already" in err


@pytest.mark.parametrize("name", ["soap", "Bad Name", "../evil", "", "a" * 61])
def test_impossible_names_are_refused(anamnesis, name, tmp_path):
    status, _, err = anamnesis("templates", "new", name)
    assert (status, err.count("\n")) == (1, 1)
    assert not (tmp_path / "data").exists()


def test_check_says_what_a_good_file_shows(anamnesis):
    anamnesis("templates", "new", "mine", "--from", "patient-summary")
    from app.settings import find_paths

    status, out, _ = anamnesis("templates", "check", str(find_paths().templates / "mine.toml"))
    assert status == 0
    assert "Why you came; What we found" in out
    assert "Not shown: " in out


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "type: is missing"), (b'type = "x', "no valid TOML"), (b"\xff\xfe", "not UTF-8"), (None, "cannot be read")],
)
def test_check_tells_a_fault_in_one_line(anamnesis, tmp_path, content, told):
    if content is not None:
        (tmp_path / "x.toml").write_bytes(content)
    status, out, err = anamnesis("templates", "check", str(tmp_path / "x.toml"))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "x.toml" in err
    assert told in err


def test_check_refuses_a_file_of_another_kind(anamnesis, tmp_path):
    status, _, err = anamnesis("templates", "check", str(tmp_path / "x.txt"))
    assert status == 1
    assert "must end in .toml" in err


def test_learn_makes_a_type_without_a_word_of_the_patient(anamnesis, tmp_path):
    (tmp_path / "example.txt").write_text(EXAMPLE, encoding="utf-8")
    status, out, _ = anamnesis("templates", "learn", str(tmp_path / "example.txt"), "--as", "mine")
    assert status == 0
    assert "CC; PMH; Plan" in out
    assert "line 4" in out
    text = (tmp_path / "data" / "templates" / "mine.toml").read_text(encoding="utf-8")
    assert not any(word in (text + out).lower() for word in ("zebedee", "oakwhistle", "tightness", "gout", "wound"))
    assert "mine" in anamnesis("templates", "list")[1]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"Dear colleague", None])
def test_learn_refuses_what_teaches_nothing(anamnesis, tmp_path, content):
    if content is not None:
        (tmp_path / "example.txt").write_bytes(content)
    status, _, err = anamnesis("templates", "learn", str(tmp_path / "example.txt"), "--as", "mine")
    assert (status, err.count("\n")) == (1, 1)


@pytest.mark.parametrize("command", [("draft",), ("record",), ("demo",), ("encounters", "redraft")])
def test_help_names_the_known_note_types(anamnesis, capsys, command):
    anamnesis("templates", "new", "house-style")
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    out = "".join(capsys.readouterr().out.split())
    assert all(name in out for name in (*template_ids(), "house-style"))


def test_an_unknown_note_type_is_told_before_any_model_is_loaded(anamnesis, tmp_path):
    (tmp_path / "t.txt").write_text("Doctor: Hello.\nPatient: My knee hurts.\n", encoding="utf-8")
    status, _, err = anamnesis("draft", str(tmp_path / "t.txt"), "--template", "nothing")
    assert status == 1
    assert "There is no note type called nothing. Known are: consultation-letter" in err


def test_a_broken_own_type_is_told_by_its_fault(anamnesis, tmp_path):
    (tmp_path / "data" / "templates").mkdir(parents=True)
    (tmp_path / "data" / "templates" / "mine.toml").write_text("type = 1", encoding="utf-8")
    (tmp_path / "t.txt").write_text("Doctor: Hello.\nPatient: My knee hurts.\n", encoding="utf-8")
    status, _, err = anamnesis("draft", str(tmp_path / "t.txt"), "--template", "mine")
    assert status == 1
    assert "mine.toml is not well formed: type: must be" in err
