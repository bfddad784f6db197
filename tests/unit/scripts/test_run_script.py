"""`scripts/run` is `anamnesis`: arguments, output and exit status go through untouched."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"

PROGRAM = """import json, sys
print(json.dumps(sys.argv[1:]))
sys.stderr.write(sys.stdin.read())
sys.exit(int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1].isdigit() else 0)
"""


@pytest.fixture
def project(tmp_path):
    """A finished set-up in a folder with a space, with a stand-in for the program."""
    root = tmp_path / "my project"
    shutil.copytree(SCRIPTS, root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (root / lock).write_text("nothing\n")
    (root / "resources").mkdir()
    (root / "resources/models.toml").write_text("model = []\n")
    bin_folder = root / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    bin_folder.mkdir(parents=True)
    (bin_folder / ("python.exe" if os.name == "nt" else "python")).symlink_to(sys.executable)
    (bin_folder / "anamnesis").write_text(PROGRAM)
    code = "import json, _setup; print(json.dumps(_setup._stamp(_setup.RUN_LOCK)))"
    stamp = subprocess.run(
        [sys.executable, "-c", code], cwd=root / "scripts", capture_output=True, text=True, check=True
    ).stdout
    (root / ".venv/set-up.json").write_text(stamp)
    code = "import _setup; print(_setup._names(_setup.TESTING))"
    seen = subprocess.run(
        [sys.executable, "-c", code], cwd=root / "scripts", capture_output=True, text=True, check=True
    ).stdout
    (root / ".venv/set-up.system").write_text(seen)
    return root


def run(script, *arguments, **options):
    return subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, check=False, timeout=60, **options
    )


@pytest.mark.parametrize("status", [0, 1, 2, 7])
def test_the_exit_status_goes_through(project, status):
    assert run(project / "scripts/run", str(status)).returncode == status


def test_arguments_with_spaces_quotes_and_dashes_go_through(project, tmp_path):
    words = ["0", "a b", "", "it's", '"x"', "--json", "--", "$HOME", "*", "ä"]
    result = run(project / "scripts/run", *words, cwd=tmp_path)
    assert json.loads(result.stdout) == words
    assert result.stderr == ""


def test_standard_input_goes_through(project):
    assert run(project / "scripts/run", "0", input="spoken\n").stderr == "spoken\n"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_it_works_through_a_link_from_another_folder(project, tmp_path):
    link = tmp_path / "scribe"
    link.symlink_to(project / "scripts/run")
    assert run(link, "3", cwd=tmp_path).returncode == 3


def test_modules_lying_in_the_folder_one_stands_in_are_not_picked_up(project, tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('wrong module')\n")
    assert run(project / "scripts/run", "0", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "command", "tasks"),
    [
        ([], "", ("speech", "language", "speaker")),
        (["--data-dir", "demo"], "", ("speech", "language", "speaker")),
        (["--data-dir", "x", "demo", "transcribe"], "demo", ("speech", "language", "speaker")),
        (["--data-dir=x", "transcribe", "a.wav"], "transcribe", ("speech", "speaker")),
        (["draft", "a.json"], "draft", ("language",)),
        (["demo", "--help"], "demo", ()),
        (["--version"], "", ()),
        (["models", "fetch", "whisper-base"], "models", ()),
        (["check", "a", "b"], "check", ()),
        (["doctor"], "doctor", ()),
    ],
)
def test_models_are_fetched_for_commands_that_need_them(script, arguments, command, tasks):
    module = script("_run")
    assert module.command_of(arguments) == command
    assert module.needed_tasks(arguments) == tasks


def test_a_failed_set_up_is_status_one_and_says_why_on_stderr(script, monkeypatch, capsys):
    module = script("_run")

    def fails(**_options):
        raise module.SetupError("run this command first")

    monkeypatch.setattr(module, "ensure_environment", fails)
    assert module.main(["demo"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "run this command first" in captured.err


def test_the_window_opens_even_if_models_cannot_be_fetched(script, monkeypatch):
    module = script("_run")

    def fails(_ids):
        raise module.SetupError("no network")

    monkeypatch.setattr(module, "ensure_environment", lambda **_options: None)
    monkeypatch.setattr(module, "ensure_models", fails)
    monkeypatch.setattr(module, "become", lambda _arguments: 42)
    assert module.main([]) == 42
    assert module.main(["demo"]) == 1


@pytest.mark.parametrize(("checks", "tests", "status"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 5, 5)])
def test_scripts_test_fails_if_checks_or_tests_fail(script, monkeypatch, checks, tests, status):
    module = script("_test")
    commands = []

    def outcome(command):
        commands.append(command)
        return tests if "pytest" in command else checks

    monkeypatch.setattr(module, "ensure_environment", lambda **_options: None)
    monkeypatch.setattr(module, "ensure_models", lambda _ids: None)
    monkeypatch.setattr(module, "_status", outcome)
    assert module.main(["-k", "a b"]) == status
    assert commands[-1][-4:] == ["-m", "pytest", "-k", "a b"]
