"""Erasure by policy: nothing without one, notice first, each kind by its own clock, holds respected, records kept."""

from datetime import UTC, datetime, timedelta

import pytest
from record_samples import make_signed, make_unsigned
from vault_samples import make_note, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import InputError, PermissionDeniedError, WorkCancelledError
from app.domain.records import NOTICE_DAYS, Kept, Part, RetentionLimits
from app.domain.work import CancelToken

ALL = RetentionLimits(audio=30, transcript=60, unsigned=90, signed=3650)


def later(session, days):
    """Set the clock of the session's retention so many days ahead."""
    moment = datetime.now(UTC) + timedelta(days=days)
    session.records.retention.clock = lambda: moment


def kinds(due):
    return [(d.kept, d.held) for d in due]


@pytest.fixture
def visits(folder):
    with signed_in(folder) as session:
        return {"signed": make_signed(session), "unsigned": make_unsigned(session)}


def begin(folder, limits=ALL):
    """The policy is seen for the first time today."""
    with signed_in(folder) as session:
        assert session.records.erase_due(limits).erased == ()


def test_without_a_policy_nothing_is_erased_ever(folder, visits):
    with signed_in(folder) as session:
        later(session, 40_000)
        assert session.records.upcoming(RetentionLimits()) == []
        assert session.records.erase_due(RetentionLimits()).erased == ()
        assert len(session.encounters.list()) == 2


def test_each_kind_goes_at_its_time_and_the_signed_note_stays_valid(folder, visits):
    begin(folder)
    with signed_in(folder) as session:
        store, signed = session.encounters, visits["signed"]
        later(session, 29)
        assert session.records.erase_due(ALL).erased == ()
        later(session, 31)
        assert kinds(session.records.erase_due(ALL).erased) == [(Kept.AUDIO, False)]
        assert store.audio_info(signed) is None
        assert store.transcript(signed) is not None
        later(session, 61)
        assert kinds(session.records.erase_due(ALL).erased) == [(Kept.TRANSCRIPT, False)]
        assert store.verify(signed, 2).evidence_erased
        later(session, 91)
        assert kinds(session.records.erase_due(ALL).erased) == [(Kept.UNSIGNED, False)]
        assert [e.id for e in store.list()] == [signed]
        assert store.verify(signed, 2).valid
        later(session, 3651)
        assert kinds(session.records.erase_due(ALL).erased) == [(Kept.SIGNED, False)]
        assert store.list() == []
        records = session.records.erased()
        assert [r.part for r in records] == [Part.ENCOUNTER, Part.ENCOUNTER, Part.TRANSCRIPT, Part.AUDIO]
        assert all(r.policy and r.by == "anna" and "retention policy" in r.reason for r in records)
        assert [r.part for r in session.records.erased(visits["unsigned"])] == [Part.ENCOUNTER]
        with pytest.raises(InputError, match="destroyed"):
            store.get(signed)
        assert session.audit.verify().first_bad is None


def test_a_limit_that_is_new_or_shorter_gives_notice_first(folder, visits):
    with signed_in(folder) as session:
        later(session, 400)
        assert session.records.erase_due(ALL).erased == ()  # long due, and yet announced first
        due = session.records.upcoming(ALL)
        assert {d.kept for d in due} == {Kept.AUDIO, Kept.TRANSCRIPT, Kept.UNSIGNED}
        later(session, 400 + NOTICE_DAYS - 1)
        assert session.records.erase_due(ALL).erased == ()
        shorter = RetentionLimits(audio=1, transcript=60, unsigned=90, signed=3650)
        assert session.records.erase_due(shorter).erased == ()
        later(session, 400 + NOTICE_DAYS + 1)
        erased = {d.kept for d in session.records.erase_due(shorter).erased}
        assert erased == {Kept.TRANSCRIPT, Kept.UNSIGNED}  # the sound has a new limit, and a new notice
        changes = [e.detail for e in session.audit.entries() if e.action == "policy.retention"]
        assert changes == [
            "audio 30, transcript 60, unsigned 90, signed 3650",
            "audio 1, transcript 60, unsigned 90, signed 3650",
        ]


def test_what_goes_soon_is_announced_without_content(folder, visits):
    begin(folder)
    with signed_in(folder) as session:
        later(session, 20)
        due = session.records.upcoming(ALL)
        assert [(d.encounter_id, d.kept) for d in due] == [(visits["signed"], Kept.AUDIO)]
        assert timedelta(days=9) < due[0].due - session.records.retention.clock() < timedelta(days=10)
        assert session.records.upcoming(ALL, within_days=5) == []
        assert session.records.erase_due(ALL, dry_run=True).erased == ()
        later(session, 31)
        assert kinds(session.records.erase_due(ALL, dry_run=True).erased) == [(Kept.AUDIO, False)]
        assert session.encounters.audio_info(visits["signed"]) is not None


def test_who_still_works_on_a_visit_keeps_it(folder, visits, monkeypatch):
    begin(folder)
    moment = datetime.now(UTC) + timedelta(days=80)
    with signed_in(folder) as session:
        monkeypatch.setattr("app.vault.encounters.now_text", lambda: moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        session.encounters.add_version(
            visits["unsigned"], make_note("edited"), VersionKind.EDIT, EncounterState.DRAFT, 1
        )
        later(session, 91)
        assert Kept.UNSIGNED not in {d.kept for d in session.records.erase_due(ALL).erased}
        later(session, 171)
        assert Kept.UNSIGNED in {d.kept for d in session.records.erase_due(ALL).erased}


def test_a_hold_keeps_everything_and_is_told(folder, visits):
    begin(folder)
    with signed_in(folder) as session:
        for visit in visits.values():
            session.records.add_hold(visit, "claim")
        later(session, 4000)
        assert all(d.held for d in session.records.upcoming(ALL))
        run = session.records.erase_due(ALL)
        assert run.erased == ()
        assert {d.kept for d in run.held} == set(Kept)
        assert len(session.encounters.list()) == 2
        session.records.release_hold(visits["signed"], "settled")
        assert [d.encounter_id for d in session.records.erase_due(ALL).erased] == [visits["signed"]]


def test_an_administrator_erases_what_they_cannot_read(folder, visits):
    begin(folder)
    with signed_in(folder, "paul") as session:  # a physician, of no care team
        later(session, 4000)
        assert session.records.erase_due(ALL).erased == ()
        assert session.records.erased() == []
    with signed_in(folder, "adam") as session:
        later(session, 4000)
        assert {d.kept for d in session.records.erase_due(ALL).erased} == {Kept.SIGNED, Kept.UNSIGNED}
        assert len(session.records.erased()) == 2
    for name in ("ines", "olga"):
        with signed_in(folder, name) as session, pytest.raises(PermissionDeniedError):
            session.records.erase_due(ALL)
    with signed_in(folder) as session:
        assert session.encounters.list() == []


def test_a_clock_that_jumped_erases_nothing_at_sign_in(folder, visits):
    begin(folder)
    with signed_in(folder) as session:
        later(session, 4000)
        run = session.records.erase_due(ALL, asked=False)
        assert run.erased == ()
        assert "not used" in run.postponed
        assert len(session.encounters.list()) == 2


def test_used_day_by_day_it_erases_at_sign_in(folder, visits, monkeypatch):
    begin(folder)
    moment = datetime.now(UTC) + timedelta(days=33)
    with monkeypatch.context() as patch:
        patch.setattr(
            "app.vault.audit.now_text", lambda: (moment - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        )
        with signed_in(folder):
            pass
    with signed_in(folder) as session:
        session.records.retention.clock = lambda: moment
        assert kinds(session.records.erase_due(ALL, asked=False).erased) == [(Kept.AUDIO, False)]


def test_what_fails_is_told_and_tried_again(folder, visits, monkeypatch):
    from app.domain.errors import MachineError
    from app.vault.recordings import Recordings

    begin(folder)

    def refuse(_self, _encounter_id):
        raise MachineError("Permission refused: cannot delete the recording.")

    with signed_in(folder) as session:
        later(session, 31)
        with monkeypatch.context() as patch:
            patch.setattr(Recordings, "remove", refuse)
            run = session.records.erase_due(ALL)
        assert run.erased == ()
        assert [(d.kept, "Permission refused" in why) for d, why in run.failed] == [(Kept.AUDIO, True)]
        assert "retention.failed" in [e.action for e in session.audit.entries()]
        assert session.encounters.audio_info(visits["signed"]) is None  # its key is gone in any case
    with signed_in(folder):
        assert not (folder / "audio" / f"{visits['signed']}.audio").exists()


def test_cancelled_between_two_it_stops(folder, visits):
    begin(folder)
    cancel = CancelToken()
    with signed_in(folder) as session:
        later(session, 4000)
        with pytest.raises(WorkCancelledError):
            session.records.erase_due(ALL, progress=lambda _f, _p: cancel.cancel(), cancel=cancel)
        assert len(session.encounters.list()) == 1
