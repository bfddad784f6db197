"""The clock jumps at its N-th reading, for every N: acts are done or refused in words; everything verifies after."""

import shutil
from datetime import datetime, timedelta

import pytest
from vault_samples import PASSPHRASE, Template, make_consent, make_note, make_transcript, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import MachineError
from app.domain.people import Role
from app.vault import moments

MOST = 60
JUMPS = {"ten years back": timedelta(days=-3650), "ten years on": timedelta(days=3650), "stands still": None}


class Clock(datetime):
    """Stands in for `datetime`; from its N-th reading on it is wrong."""

    number, jump, read, stopped = 0, None, 0, None

    @classmethod
    def now(cls, tz=None):
        cls.read += 1
        if cls.read < cls.number:
            return datetime.now(tz)
        if cls.jump is None:
            cls.stopped = cls.stopped or datetime.now(tz)
            return cls.stopped
        return datetime.now(tz) + cls.jump


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = Template(tmp_path_factory.mktemp("vault"))
    with signed_in(made.folder) as session:
        made.encounter = session.encounters.create("t")
        session.encounters.save_transcript(made.encounter, make_transcript())
        session.encounters.add_version(made.encounter, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return made


def sign(session, encounter):
    session.encounters.sign_version(encounter, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)


ACTS = {
    "create": lambda s, _e: s.encounters.create("new"),
    "edit": lambda s, e: s.encounters.add_version(e, make_note("new"), VersionKind.EDIT, EncounterState.DRAFT, 1),
    "sign": sign,
    "consent": lambda s, e: s.encounters.record_consent(e, make_consent()),
    "add user": lambda s, _e: s.users.add("new", "New", frozenset({Role.NURSE}), PASSPHRASE),
    "search": lambda s, _e: s.search.find("metoprolol"),
    "rotate": lambda s, e: (s.team.rotation.request(e), s.team.rotation.run()),
    "destroy": lambda s, e: s.encounters.destroy(e, "test"),
}


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("act", ACTS)
def test_act_under_a_jumping_clock(template, tmp_path, monkeypatch, act, jump):
    for number in range(1, MOST):
        folder = template.copy(tmp_path / str(number))
        with signed_in(folder) as session:
            monkeypatch.setattr(Clock, "number", number)
            monkeypatch.setattr(Clock, "jump", JUMPS[jump])
            monkeypatch.setattr(Clock, "read", 0)
            monkeypatch.setattr(Clock, "stopped", None)
            with monkeypatch.context() as patch:
                patch.setattr(moments, "datetime", Clock)
                refusals = []
                try:
                    ACTS[act](session, template.encounter)
                except MachineError as refused:
                    refusals.append(str(refused))
                reached = Clock.read >= number
        assert all("clock" in refusal for refusal in refusals)
        with signed_in(folder) as session:
            assert session.audit.verify().first_bad is None
            for visit in session.encounters.list():
                for version in session.encounters.versions(visit.id):
                    signed = version.signature is not None
                    assert not signed or session.encounters.verify(visit.id, version.number).valid, number
        shutil.rmtree(tmp_path / str(number))
        if not reached:
            return
    pytest.fail("the act read the clock without end")
