"""`anamnesis style` on a real vault: what is learned, off, on, forgotten, forbidden."""

import pytest

from app import cli
from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Note, Section, Statement
from app.domain.style import Form, Length, Style
from app.settings import find_paths
from app.vault import create_vault

OWNER = "four small bridges"


@pytest.fixture
def style(tmp_path, monkeypatch, capsys):
    """Returns what the command says, with one signed note in the vault."""
    (tmp_path / "pass.txt").write_text(OWNER, encoding="utf-8")
    monkeypatch.setenv("ANAMNESIS_PASSPHRASE_FILE", str(tmp_path / "pass.txt"))
    monkeypatch.delenv("ANAMNESIS_POLICY", raising=False)
    session, _code = create_vault(find_paths(tmp_path).vault, name="ada", display_name="Dr. Ada", passphrase=OWNER)
    note = Note(
        "soap", (Section("plan", "Plan", (Statement("s1", "Rest."),)),), style=Style(Length.BRIEF, Form.PROSE)
    )  # fmt: skip
    visit = session.encounters.create("Visit")
    session.encounters.add_version(visit, note, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    session.encounters.sign_version(visit, VersionKind.SIGNATURE, note, "authorship", OWNER, 1)
    session.close()

    def run(*options):
        assert cli.main(["style", "--data-dir", str(tmp_path), *options]) == 0
        return capsys.readouterr().out.strip()

    return run


def test_it_says_switches_and_forgets(style):
    assert style() == "Brief, prose, words as said, from your signed note."
    assert style("--template", "nursing-note") == "Nothing is learned yet."
    assert style("--no-learn") == "Learning from your signed notes is off."
    assert style() == "Learning from your signed notes is off."
    assert style("--learn") == "Brief, prose, words as said, from your signed note."
    assert style("--forget") == "Nothing is learned yet."
    assert style() == "Nothing is learned yet."


def test_the_policy_goes_before_it(style, tmp_path, monkeypatch, capsys):
    (tmp_path / "policy.toml").write_text("learn_style = false\n", encoding="utf-8")
    monkeypatch.setenv("ANAMNESIS_POLICY", str(tmp_path / "policy.toml"))
    assert style() == "Your organisation does not let style be learned."
    assert cli.main(["style", "--data-dir", str(tmp_path), "--learn"]) == 1
    assert "does not allow style to be learned" in capsys.readouterr().err
