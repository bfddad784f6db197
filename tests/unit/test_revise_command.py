"""`anamnesis revise`: the note with the difference, by rules alone here; nothing is left on disk."""

import json

import pytest

from app import cli
from app.domain.codec import note_from_json
from app.settings import RESOURCES

NOTE, TALK = RESOURCES / "sample" / "visit.note.json", RESOURCES / "sample" / "visit.transcript.json"


@pytest.fixture
def revise(capsys, tmp_path):
    def run(*words: str) -> tuple[int, str, str]:
        status = cli.main(["revise", str(NOTE), str(TALK), *words, "--data-dir", str(tmp_path / "data")])
        told = capsys.readouterr()
        assert not (tmp_path / "data").exists()
        return status, told.out, told.err

    return run


def section(note: object, key: str) -> list[str]:
    return [s.text for s in next(x for x in note_from_json(note).sections if x.key == key).statements]


def test_a_section_as_json(revise):
    status, out, err = revise("--section", "plan", "--instruction", "as one sentence", "--json")
    assert (status, err) == (0, "")
    data = json.loads(out)
    assert len(section(data, "plan")) == 1
    assert section(data, "objective") == section(json.loads(NOTE.read_text(encoding="utf-8")), "objective")
    revision = data["revision"]
    assert (revision["instruction"], revision["model"]) == ("as one sentence", "")
    assert len(revision["lines"][0]["origins"]) == len(revision["section"]["statements"])


def test_a_statement_as_markdown_with_what_goes_struck(revise):
    before = json.loads(NOTE.read_text(encoding="utf-8"))
    chosen = next(s for x in before["sections"] for s in x["statements"] if s["text"] == "Denies cough and fever.")
    status, out, _ = revise("--statement", chosen["id"], "--instruction", "remove the fever")
    assert status == 0
    note, _, difference = out.partition("## Difference")
    assert "- Denies cough. " in note
    assert "fever" not in note.split("## Evidence")[0]
    assert "- changed: Denies ~~cough and fever.~~ **cough.**" in difference


def test_what_was_taken_out_can_be_added_from_the_visit(revise, tmp_path, capsys):
    status, out, _ = revise("--section", "subjective", "--instruction", "remove the smoking history", "--json")
    assert status == 0
    without = tmp_path / "without.json"
    without.write_text(out, encoding="utf-8")
    words = ["revise", str(without), str(TALK), "--section", "subjective", "--instruction", "add the smoking history"]
    assert cli.main([*words, "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)["revision"]["lines"]
    added = [line for line in lines if not line["origins"]]
    assert added
    assert all(line["evidence"] for line in added)
    assert any("eight years" in line["text"] for line in added)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--statement", "s999", "--instruction", "shorter"), "does not have this statement"),
        (("--section", "nowhere", "--instruction", "shorter"), "does not have this section"),
        (("--section", "plan", "--instruction", " "), "instruction is empty"),
        (("--section", "plan", "--instruction", "remove the unicorns"), "Nothing here is about that"),
        (("--section", "plan", "--instruction", "add the unicorns"), "Nobody spoke of that"),
    ],
)
def test_errors_are_one_line(revise, words, message):
    status, out, err = revise(*words)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    "words", [(), ("--section", "plan"), ("--section", "p", "--statement", "s", "--instruction", "x")]
)
def test_wrong_usage_is_two(revise, words):
    with pytest.raises(SystemExit) as ended:
        revise(*words)
    assert ended.value.code == 2
