"""The example of a policy file that comes with the packages: every key, each with the value it has without a file."""

import re
import sys
from dataclasses import fields

from app.policy import Policy, machine_policy_file, parse_policy
from app.settings import RESOURCES

EXAMPLE = RESOURCES.parent / "installers" / "common" / "policy.toml.example"
SERVER = "# [language_server]"  # tested in test_server_policy.py
_SETTING = re.compile(r"^# (?=\w+ = )", re.MULTILINE)


def test_it_changes_nothing_as_it_comes():
    assert parse_policy(EXAMPLE.read_text(encoding="utf-8"), EXAMPLE) == Policy()


def test_it_names_every_key_with_its_default():
    switched_on = _SETTING.sub("", EXAMPLE.read_text(encoding="utf-8").partition(SERVER)[0])
    assert parse_policy(switched_on, EXAMPLE) == Policy()
    assert set(re.findall(r"^(\w+) = ", switched_on, re.MULTILINE)) == {field.name for field in fields(Policy)} - {
        "language_server",
        "shared_database",
    }


def test_it_names_the_place_that_is_looked_at(monkeypatch):
    for system in ("linux", "darwin"):
        monkeypatch.setattr(sys, "platform", system)
        assert machine_policy_file().as_posix() in EXAMPLE.read_text(encoding="utf-8")
