"""The N-th call to the machine fails during withdrawal and re-keying: declared errors only, state old or new."""

from contextlib import suppress

import pytest
from failing_calls import FAULTS, Fault
from team_samples import content, earlier_keys, full_encounter, key_ids, person
from vault_samples import Template, signed_in

from app.domain.errors import MachineError

STEP = 3
"""Every third call: the calls in between are of the same kind, and each try signs and verifies a whole encounter."""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = Template(tmp_path_factory.mktemp("vault"))
    with signed_in(made.folder) as session:
        made.visit = full_encounter(session)
        session.team.share(made.visit, person(session, "ines"))
        made.before = content(session, made.visit)
        made.keys = key_ids(session, made.visit)
    return made


def names(session, visit):
    return [m.user.name for m in session.team.members(visit)]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("lasting", [True, False])
def test_withdrawal_is_done_or_not_done(template, tmp_path, kind, lasting):
    failing, error = FAULTS[kind]
    visit, folder = template.visit, template.copy(tmp_path)
    with signed_in(folder) as session:
        ines = person(session, "ines")
        for number in range(1, 400):
            fault = Fault(number, error, lasting=lasting)
            failed = None
            with failing(fault):
                try:
                    session.team.withdraw(visit, ines, "left the ward")
                except MachineError as caught:
                    failed = caught
            assert content(session, visit) == template.before
            there = names(session, visit)
            assert earlier_keys(session, visit) == (0 if "ines" in there else 3)
            if failed is None or "ines" not in there:
                break
        assert names(session, visit) == ["anna"]
        assert session.audit.verify().first_bad is None
        assert session.team.rotation.run().done


@pytest.mark.parametrize("kind", FAULTS)
def test_sealing_anew_goes_on_where_it_failed(template, tmp_path, kind):
    failing, error = FAULTS[kind]
    visit, folder = template.visit, template.copy(tmp_path)
    with signed_in(folder) as session:
        session.team.withdraw(visit, person(session, "ines"), "left the ward")
        for number in range(1, 1000, STEP):
            fault = Fault(number, error, lasting=False)
            with failing(fault), suppress(MachineError):
                session.team.rotation.run()
            assert content(session, visit) == template.before, number
            if session.team.rotation.state().done:
                break
        else:
            pytest.fail("it never succeeded")
        assert not key_ids(session, visit) & template.keys
        assert not list((folder / "audio").glob("*.resealed"))
        assert session.audit.verify().first_bad is None
    with signed_in(folder) as session:
        assert content(session, visit) == template.before


@pytest.mark.parametrize("kind", FAULTS)
def test_revocation_is_done_or_not_done(template, tmp_path, kind):
    failing, error = FAULTS[kind]
    folder = template.copy(tmp_path)
    with signed_in(folder, "adam") as session:
        ines = person(session, "ines")
        for number in range(1, 400):
            fault = Fault(number, error, lasting=False)
            failed = None
            with failing(fault):
                try:
                    session.leaving.revoke(ines, "device lost")
                except MachineError as caught:
                    failed = caught
            gone = "ines" not in [u.name for u in session.users.list()]
            assert gone == ([u.name for u in session.leaving.revoked()] == ["ines"])
            if failed is None or gone:
                break
        assert gone
    with signed_in(folder) as session:
        assert session.audit.verify().first_bad is None
        assert names(session, template.visit) == ["anna"]
        assert session.team.rotation.run().done
        assert content(session, template.visit) == template.before
