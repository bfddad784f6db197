"""The organisation's policy on a real vault: what is due goes when somebody signs in who may, through the program."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from record_samples import make_unsigned
from vault_samples import PASSPHRASE, Template

from app.settings import Paths
from app.vault.records import retention
from app.wiring import build


@pytest.fixture
def data(tmp_path):
    return Template(tmp_path / "made").copy(tmp_path).parent


def test_what_is_due_goes_at_sign_in_after_notice(data, tmp_path, monkeypatch):
    policy = tmp_path / "policy.toml"
    policy.write_text("keep_unsigned_days = 20\n")
    monkeypatch.setattr("app.policy.machine_policy_file", lambda: policy)
    start, days = datetime.now(UTC), [0]
    monkeypatch.setattr(retention, "utc_now", lambda: start + timedelta(days=days[0]))

    def sign_in():
        program = build(Paths(data=data, models=tmp_path / "models"))
        return closing(program.sign_in("anna", PASSPHRASE))

    with sign_in() as session:
        make_unsigned(session)
    for day, left in ((19, 1), (21, 0)):
        days[0] = day
        with sign_in() as session:
            assert len(session.encounters.list()) == left
    with sign_in() as session:
        assert [record.policy for record in session.records.erased()] == [True]
        assert session.audit.verify().first_bad is None
