"""The command line's last resort: what it says of errors, and what it never says."""

import argparse
import errno

import pytest

from app import cli
from app.domain.errors import InputError


@pytest.fixture
def failing(monkeypatch):
    """Make the chosen command raise."""

    def fail_with(error):
        def parser(_words):
            class Parser:
                def parse_args(self, _words):
                    def run(_arguments):
                        raise error

                    return argparse.Namespace(run=run)

            return Parser()

        monkeypatch.setattr(cli, "_parser", parser)

    return fail_with


def test_bug_is_told_by_its_place_and_never_by_its_text(failing, capsys):
    failing(ValueError("patient Bennett said chest tightness"))
    assert cli.main([]) == 1
    err = capsys.readouterr().err
    assert err.startswith("anamnesis: This is a fault of the program")
    assert "ValueError at test_cli.py" in err
    assert "Bennett" not in err
    assert len(err.splitlines()) == 1


def test_declared_error_is_one_line_with_its_remedy(failing, capsys):
    failing(InputError("The file\nis empty.", "Record again."))
    assert cli.main([]) == 1
    assert capsys.readouterr().err == "anamnesis: The file is empty. Record again.\n"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyboardInterrupt(), "Cancelled."),
        (OSError(errno.ENOSPC, "No space left on device", "secret"), "No space left"),
    ],
)
def test_interrupts_and_refusals_of_the_system_are_one_line(failing, capsys, error, says):
    failing(error)
    assert cli.main([]) == 1
    err = capsys.readouterr().err
    assert says in err
    assert "secret" not in err
