"""When the set-up runs, when it does not, and what it does about a half-done one."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.settings import find_paths


def stamp(setup, lock):
    (setup.VENV / "set-up.json").write_text(json.dumps(setup._stamp(lock)))


@pytest.fixture
def built(setup, monkeypatch):
    """Record the commands of the set-up instead of running them."""
    commands = []
    monkeypatch.setattr(setup, "_run", lambda command, *_rest: commands.append(command))
    monkeypatch.setattr(setup, "_link_project", lambda: None)
    monkeypatch.setattr(setup, "ensure_system", lambda _needs: None)
    return commands


def test_nothing_is_complete_without_a_stamp(setup):
    assert not setup.is_complete(testing=False)


@pytest.mark.parametrize(
    ("lock", "testing", "complete"),
    [
        ("requirements.lock", False, True),
        ("requirements.lock", True, False),
        ("requirements-dev.lock", False, True),
        ("requirements-dev.lock", True, True),
    ],
)
def test_the_larger_set_serves_for_the_smaller(setup, lock, testing, complete):
    stamp(setup, lock)
    assert setup.is_complete(testing=testing) is complete


def test_a_changed_lock_file_ends_the_stamp(setup):
    stamp(setup, setup.RUN_LOCK)
    (setup.ROOT / setup.RUN_LOCK).write_text("something newer\n")
    assert not setup.is_complete(testing=False)


def test_another_python_ends_the_stamp(setup, monkeypatch):
    stamp(setup, setup.RUN_LOCK)
    monkeypatch.setattr(setup.platform, "python_version", lambda: "3.99.0")
    assert not setup.is_complete(testing=False)


def test_a_moved_folder_ends_the_stamp(setup, monkeypatch, tmp_path):
    stamp(setup, setup.RUN_LOCK)
    text = (setup.VENV / "set-up.json").read_text()
    (setup.VENV / "set-up.json").write_text(text.replace(str(tmp_path), "elsewhere"))
    assert not setup.is_complete(testing=False)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"'])
def test_a_broken_stamp_is_no_stamp(setup, text):
    (setup.VENV / "set-up.json").write_text(text)
    assert not setup.is_complete(testing=False)


def test_a_set_up_installs_with_hashes_and_stamps_last(setup, built):
    setup.ensure_environment(testing=False)
    assert setup.is_complete(testing=False)
    assert not setup.is_complete(testing=True)
    assert "--require-hashes" in built[-1]
    assert built[-1][-1].endswith("requirements.lock")
    built.clear()
    setup.ensure_environment(testing=False)
    assert built == []


def test_a_runtime_environment_is_upgraded_for_tests_not_made_again(setup, built, monkeypatch):
    setup.ensure_environment(testing=False)
    built.clear()
    monkeypatch.setattr(setup, "_works", lambda: True)
    setup.ensure_environment(testing=True)
    assert len(built) == 1
    assert built[0][-1].endswith("requirements-dev.lock")


def test_a_set_up_killed_while_installing_is_made_again_from_nothing(setup, built, monkeypatch):
    monkeypatch.setattr(setup, "_works", lambda: True)

    def killed(command, *_rest):
        (setup.VENV / "half-a-package").mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(setup, "_run", killed)
        with pytest.raises(KeyboardInterrupt):
            setup.ensure_environment(testing=False)
    assert not setup.is_complete(testing=False)
    setup.ensure_environment(testing=False)
    assert not (setup.VENV / "half-a-package").exists()
    assert [command[2] for command in built] == ["venv", "pip"]
    assert setup.is_complete(testing=False)


def test_checks_alone_do_not_count_as_having_seen_the_system(setup, built, monkeypatch):
    asked = []
    monkeypatch.setattr(setup, "ensure_system", asked.append)
    setup.ensure_environment(testing=True, system=False)
    assert asked == []
    setup.ensure_environment(testing=False)
    assert asked == [setup.RUNTIME]
    setup.ensure_environment(testing=True)
    assert asked == [setup.RUNTIME, setup.TESTING]
    setup.ensure_environment(testing=True)
    setup.ensure_environment(testing=False)
    assert len(asked) == 2


def test_a_system_that_lacks_something_stops_the_set_up(setup, built, monkeypatch):
    def lacks(_needs):
        raise setup.SetupError("install this")

    monkeypatch.setattr(setup, "ensure_system", lacks)
    with pytest.raises(setup.SetupError):
        setup.ensure_environment(testing=False)
    assert built == []


def test_a_second_set_up_waits_and_finds_the_work_done(setup, built):
    waiting = threading.Thread(target=setup.ensure_environment, kwargs={"testing": False})
    with setup._mutex():
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert built == []
        stamp(setup, setup.RUN_LOCK)
    waiting.join(30)
    assert not waiting.is_alive()
    assert built == []


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are handed on under POSIX only")
def test_a_step_that_outlives_a_killed_set_up_keeps_the_next_one_waiting(setup, tmp_path):
    started = tmp_path / "started"
    orphan = f"import time; open({str(started)!r}, 'w').close(); time.sleep(2)"
    code = (
        "import sys; from pathlib import Path; import _setup; _setup.VENV = Path(sys.argv[1])\n"
        "with _setup._mutex() as held: _setup._run([sys.executable, '-c', sys.argv[2]], 'trouble', held)"
    )
    scripts = Path(setup.__file__).parent
    killed = subprocess.Popen([sys.executable, "-c", code, str(setup.VENV), orphan], cwd=scripts)
    while not started.exists():
        assert killed.poll() is None
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    got = threading.Event()

    def following():
        with setup._mutex():
            got.set()

    waiting = threading.Thread(target=following)
    waiting.start()
    assert not got.wait(0.2)
    waiting.join(30)
    assert got.is_set()


def test_a_full_or_forbidden_disk_is_one_line(setup, built, monkeypatch):
    def full(*_rest):
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(setup, "_run", full)
    with pytest.raises(setup.SetupError, match="somewhere: No space left"):
        setup.ensure_environment(testing=False)


def test_an_environment_of_another_folder_is_not_used(setup):
    assert not setup._works()
    setup.venv_python().parent.mkdir(parents=True)
    setup.venv_python().symlink_to(sys.executable)
    assert not setup._works()


@pytest.mark.parametrize("variables", [{}, {"XDG_CACHE_HOME": "/somewhere"}, {"ANAMNESIS_MODELS_DIR": "/my models"}])
def test_the_scripts_look_for_models_where_the_program_does(setup, monkeypatch, variables):
    for name in ("XDG_CACHE_HOME", "ANAMNESIS_MODELS_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert setup.models_folder() == find_paths().models


def test_models_are_missing_until_every_file_has_its_size(setup, monkeypatch, tmp_path):
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources/models.toml").write_text(
        '[[model]]\nid = "m"\ntask = "speech"\ndefault = true\n[[model.file]]\nname = "f"\nsize = 3\n'
    )
    monkeypatch.setenv("ANAMNESIS_MODELS_DIR", str(tmp_path / "models"))
    assert setup.default_models(["speech"]) == ["m"]
    assert setup.default_models(["language"]) == []
    assert setup.missing_models(["m"]) == ["m"]
    (tmp_path / "models/m").mkdir(parents=True)
    (tmp_path / "models/m/f").write_bytes(b"12")
    assert setup.missing_models(["m"]) == ["m"]
    (tmp_path / "models/m/f").write_bytes(b"123")
    assert setup.missing_models(["m"]) == []


def test_the_link_needs_no_build_tool_and_survives_spaces(setup, monkeypatch, tmp_path):
    project = tmp_path / "a project"
    (project / "app").mkdir(parents=True)
    (project / "app/__init__.py").touch()
    (project / "app/cli.py").write_text("def main():\n    print('the program')\n    return 5\n")
    monkeypatch.setattr(setup, "ROOT", project)
    monkeypatch.setattr(setup, "VENV", project / ".venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(project / ".venv")], check=True)
    setup._link_project()
    result = subprocess.run(
        [str(setup.venv_python()), str(setup.entry_script())], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (5, "the program\n"), result.stderr
