"""The style of a note on the command line."""

import pytest

from app import cli
from app.commands import draft
from app.commands.choices import choice_from
from app.domain.style import NO_WISH, Form, Length, StyleWish, Wording


@pytest.fixture
def parsed(monkeypatch):
    """Returns what a command gets of its arguments."""

    def parse(*words):
        found = []
        monkeypatch.setattr(draft, "run", lambda arguments: found.append(arguments) or 0)
        assert cli.main(["draft", "visit.txt", *words]) == 0
        return choice_from(found[0])

    return parse


def test_nothing_named_leaves_everything_open(parsed):
    assert parsed().style == NO_WISH


def test_each_choice_is_taken(parsed):
    style = parsed("--length", "brief", "--form", "prose", "--wording", "abbreviated").style
    assert style == StyleWish(Length.BRIEF, Form.PROSE, Wording.ABBREVIATED)
    assert parsed("--wording", "spelled").style == StyleWish(wording=Wording.SPELLED)


@pytest.mark.parametrize("command", ["draft", "demo", "record"])
def test_the_commands_that_draft_have_the_options(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for option in (
        "--length {brief,standard,full}",
        "--form {bullets,prose}",
        "--wording {as-said,spelled,abbreviated}",
    ):
        assert option in said


def test_another_value_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["draft", "visit.txt", "--length", "endless"])
    assert ended.value.code == 2
    assert "--length" in capsys.readouterr().err
