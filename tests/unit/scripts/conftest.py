"""The scripts are not a package: they are found beside each other."""

import importlib
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


@pytest.fixture
def script(monkeypatch):
    """Import a module of scripts/ by name."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if name.startswith("_") and (SCRIPTS / f"{name}.py").exists():
            del sys.modules[name]


@pytest.fixture
def setup(script, tmp_path, monkeypatch):
    """The set-up module, at home in an empty project."""
    module = script("_setup")
    for lock in (module.RUN_LOCK, module.DEV_LOCK):
        (tmp_path / lock).write_text(f"{lock}\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    (tmp_path / ".venv").mkdir()
    return module
