"""System libraries: found by themselves, installed by root, named for everyone else."""

import sys

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system packages are a Linux matter")


@pytest.fixture
def system(script, monkeypatch):
    module = script("_system")
    monkeypatch.setattr(module, "is_there", lambda need: need.package != "libportaudio2")
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    return module


def test_without_root_one_command_is_printed_and_nothing_is_run(system, monkeypatch):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.subprocess, "run", lambda *_a, **_k: pytest.fail("nothing may be run"))
    with pytest.raises(system.SetupError, match=r"sudo apt-get install -y --no-install-recommends libportaudio2$"):
        system.ensure_system(system.RUNTIME)


@pytest.mark.parametrize(("first", "expected"), [(0, ["install"]), (100, ["install", "update", "install"])])
def test_root_installs_and_reads_the_lists_again_if_that_fails(system, monkeypatch, first, expected):
    outcomes, calls = [first, 0, 0], []

    def run(command, **_options):
        calls.append(next(word for word in command if word in {"install", "update"}))
        return system.subprocess.CompletedProcess(command, outcomes[len(calls) - 1], b"", b"")

    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system.Path, "glob", lambda _self, _pattern: iter(["a list"]))
    monkeypatch.setattr(system.subprocess, "run", run)
    system.ensure_system(system.RUNTIME)
    assert calls == expected


def test_nothing_is_asked_of_a_complete_machine(system, monkeypatch):
    monkeypatch.setattr(system, "is_there", lambda _need: True)
    monkeypatch.setattr(system.subprocess, "run", lambda *_a, **_k: pytest.fail("nothing may be run"))
    system.ensure_system(system.TESTING)


def test_missing_pip_installer_is_a_package_too(system, monkeypatch):
    monkeypatch.setattr(system, "is_there", lambda _need: True)
    monkeypatch.setattr(system, "has_ensurepip", lambda: False)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    with pytest.raises(system.SetupError, match="python3-venv"):
        system.ensure_system(())


def test_a_system_without_apt_is_told_the_names(system, monkeypatch):
    monkeypatch.setattr(system.shutil, "which", lambda _name: None)
    with pytest.raises(system.SetupError, match="libportaudio2"):
        system.ensure_system(system.RUNTIME)


def test_what_is_there_is_seen(script):
    system = script("_system")
    assert system.is_there(system.Need("libc6", "library", "libc.so.6"))
    assert not system.is_there(system.Need("none", "library", "libno-such-thing.so.9"))
    assert system.is_there(system.Need("sh", "program", "sh"))
    assert not system.is_there(system.Need("none", "program", "no-such-program"))
    assert not system.is_there(system.Need("none", "plugin", "no-such-plugin.so"))
