"""The organisation's policy in the trail: once when it is new, again when it changed."""

import pytest

from app.policy import Policy, fingerprint
from app.server_policy import LanguageServer


def entries(session):
    return [e.detail for e in session.audit.entries() if e.action == "policy.in-force"]


def test_entry_only_when_it_changed(session):
    first, second = fingerprint(Policy()), fingerprint(Policy(lock_minutes=5))
    for policy in (first, first, second, second, first):
        session.audit.policy_in_force(policy)
    assert entries(session) == [first, second, first]


def test_fingerprint_names_what_is_set_and_not_to_what():
    server = LanguageServer(url="https://internal.example/v1", model="m")
    text = fingerprint(Policy(lock_minutes=5, language_server=server))
    assert text.endswith("set: lock_minutes, language_server")
    assert "internal" not in text
    assert len(text) < 500
    assert fingerprint(Policy()).endswith("set: nothing")


@pytest.mark.parametrize("changed", [{"consent_required": False}, {"keep_audio_days": 30}, {"learn_style": False}])
def test_any_value_changes_the_digest(changed):
    assert fingerprint(Policy(**changed)).split()[1] != fingerprint(Policy()).split()[1]
