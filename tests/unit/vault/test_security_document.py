"""SECURITY.md names tests and formats: all of them exist, and no format is missing."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import app.vault
from app.vault import header
from app.vault.blob import BlobKind

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "app" / "vault" / "SECURITY.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(?:tests/)?((?:unit|integration|fault)/[\w/]+\.py)::(\w+)`")


def functions_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_named_test_exists():
    named = set(NAMED.findall(TEXT))
    assert len(named) > 40
    missing = [f"{file}::{name}" for file, name in named if not _there(ROOT / "tests" / file, name)]
    assert sorted(missing) == []


def _there(path, name):
    return path.exists() and name in functions_of(path)


def test_every_clause_has_a_test():
    rows = [line for line in TEXT.splitlines() if re.match(r"\| (\([a-e]\)|11\.|17 |20 |32)", line)]
    assert len(rows) > 25
    assert [row for row in rows if not NAMED.search(row)] == []


def test_table_of_formats_is_complete():
    kinds = {
        (value.magic.decode(), value.version)
        for module in pkgutil.walk_packages(app.vault.__path__, "app.vault.")
        if ".migrations" not in module.name
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, BlobKind)
    }
    kinds |= {("ANVH", version) for version in header._KNOWN}
    told = re.findall(r"^\| (AN[A-Z]{2}) \| ([\d, ]+) \|", TEXT, re.MULTILINE)
    assert {(magic, int(v)) for magic, versions in told for v in versions.split(",")} == kinds
