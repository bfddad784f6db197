"""The organisation's policy: strict, and one line that names file and key."""

import sys

import pytest

from app.domain.errors import InputError
from app.policy import Policy, load_policy, parse_policy, policy_file


@pytest.fixture
def policy(tmp_path, monkeypatch):
    path = tmp_path / "policy.toml"
    monkeypatch.setenv("ANAMNESIS_POLICY", str(path))
    return path


def test_without_a_file_consent_is_required(monkeypatch, tmp_path):
    monkeypatch.delenv("ANAMNESIS_POLICY", raising=False)
    monkeypatch.setattr("app.policy.machine_policy_file", lambda: tmp_path / "none" / "policy.toml")
    assert load_policy() == Policy()
    assert Policy().consent_required


def test_a_users_environment_never_takes_the_place_of_the_organisations_file(policy, monkeypatch, tmp_path):
    policy.write_text("consent_required = false\n")
    of_it = tmp_path / "etc.toml"
    of_it.write_text("lock_minutes = 3\n")
    monkeypatch.setattr("app.policy.machine_policy_file", lambda: of_it)
    assert load_policy() == Policy(lock_minutes=3)


def test_values_are_read(policy):
    policy.write_text("consent_required = false\nlock_minutes = 0\ndisk_reserve_mb = 250\nconsent_wording = 'en-2'\n")
    assert load_policy() == Policy(consent_required=False, consent_wording="en-2", lock_minutes=0, disk_reserve_mb=250)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("consent_requierd = true", "consent_requierd"),
        ("consent_required = 1", "consent_required"),
        ("consent_required = 'false'", "consent_required"),
        ("lock_minutes = true", "lock_minutes"),
        ("lock_minutes = -1", "lock_minutes"),
        ("lock_minutes = 1.5", "lock_minutes"),
        ("lock_minutes = 99999999999", "lock_minutes"),
        ("disk_reserve_mb = 0", "disk_reserve_mb"),
        ("consent_wording = ' '", "consent_wording"),
        ("[consent]\nrequired = false", "consent"),
        ("consent_required = maybe", "line 1"),
        ("models_catalogue = 'models.toml'", "models_catalogue"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(policy, text, names):
    policy.write_text(text)
    with pytest.raises(InputError) as caught:
        load_policy()
    assert names in str(caught.value)
    assert str(policy) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_named_file_that_is_missing_is_an_error_not_the_defaults(policy):
    with pytest.raises(InputError, match="cannot be read"):
        load_policy()


def test_bytes_that_are_no_text_are_refused(policy):
    policy.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        load_policy()


def test_a_folder_in_its_place_is_refused(policy):
    policy.mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        load_policy()


def test_an_empty_file_means_the_defaults(policy):
    policy.write_text("")
    assert parse_policy("", policy) == load_policy() == Policy()


@pytest.mark.parametrize(("system", "part"), [("linux", "/etc/"), ("darwin", "/Library/"), ("win32", "ProgramData")])
def test_each_system_has_a_place_that_only_it_writes_to(monkeypatch, system, part):
    monkeypatch.delenv("ANAMNESIS_POLICY", raising=False)
    monkeypatch.delenv("PROGRAMDATA", raising=False)
    monkeypatch.setattr(sys, "platform", system)
    assert part in str(policy_file())
