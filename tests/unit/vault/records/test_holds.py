"""Under a legal hold nothing of the visit is erased, whoever asks; the refusal stands in the audit trail."""

import pytest
from sqlalchemy import text
from vault_samples import make_consent, make_transcript, signed_in

from app.domain.errors import ConflictError, HeldError, InputError, PermissionDeniedError
from app.domain.recording import ConsentDecision
from app.domain.records import Part
from app.vault.recordings import FOLDER


@pytest.fixture
def visit(folder):
    with signed_in(folder) as session:
        made = session.encounters.create("Visit")
        session.encounters.save_transcript(made, make_transcript())
        with session.encounters.audio_writer(made, 100) as writer:
            writer.write(bytes(200))
    return made


def test_nothing_is_erased_under_hold(folder, visit):
    with signed_in(folder) as session:
        hold = session.records.add_hold(visit, "claim 4711")
        assert (hold.encounter_id, hold.by, hold.reason) == (visit, "anna", "claim 4711")
        with pytest.raises(HeldError, match="legal hold"):
            session.encounters.destroy(visit, "asked for")
        for part in (Part.AUDIO, Part.TRANSCRIPT):
            with pytest.raises(HeldError):
                session.records.retention._erasing.erase_part(visit, part, "policy", by_policy=True)
        session.encounters.record_consent(visit, make_consent(ConsentDecision.WITHDRAWN))
        with pytest.raises(HeldError):
            session.encounters.destroy(visit, "consent withdrawn")
        refused = [e for e in session.audit.entries() if e.action == "erasure.refused"]
        assert [e.subject for e in refused] == [visit] * 4
        assert session.encounters.transcript(visit) == make_transcript()
        assert (folder / FOLDER / f"{visit}.audio").exists()
        assert session.records.erased() == []


def test_released_hold_lets_go(folder, visit):
    with signed_in(folder) as session:
        session.records.add_hold(visit, "claim")
        with pytest.raises(ConflictError):
            session.records.add_hold(visit, "again")
        session.records.release_hold(visit, "settled")
        with pytest.raises(ConflictError):
            session.records.release_hold(visit, "settled")
        assert session.records.hold_on(visit) is None
        session.encounters.destroy(visit, "asked for")
        assert [(r.encounter_id, r.part, r.policy) for r in session.records.erased()] == [
            (visit, Part.ENCOUNTER, False)
        ]
        with pytest.raises(InputError):
            session.records.add_hold(visit, "too late")
        actions = [e.action for e in session.audit.entries()]
    assert actions.index("hold.placed") < actions.index("hold.released") < actions.index("encounter.destroyed")


def test_an_administrator_holds_by_id_and_sees_no_content(folder, visit):
    with signed_in(folder, "adam") as session:
        found = session.records.find(visit[:8])
        session.records.add_hold(found, "letter of 3 March")
        assert [h.encounter_id for h in session.records.holds()] == [visit]
        with pytest.raises(PermissionDeniedError):
            session.encounters.get(visit)
    with signed_in(folder) as session:
        assert session.records.hold_on(visit).by == "adam"
    with signed_in(folder, "paul") as session:  # a physician who is not on the team
        assert session.records.holds() == []
        with pytest.raises(InputError):
            session.records.find(visit[:8])
        with pytest.raises(InputError):
            session.records.add_hold(visit, "x")
    for name in ("ines", "olga"):
        with signed_in(folder, name) as session, pytest.raises(PermissionDeniedError):
            session.records.add_hold(visit, "x")


def test_a_transcript_is_not_overwritten_under_hold(folder, visit):
    with signed_in(folder) as session:
        session.records.add_hold(visit, "claim")
        session.encounters.save_transcript(visit, make_transcript("Other words."))
        assert session.encounters.transcript(visit) == make_transcript("Other words.")
        with session._vault.database.transaction() as connection:
            assert connection.execute(text("SELECT count(*) FROM transcripts")).scalar() == 2


def test_reasons_are_sealed(folder, visit):
    with signed_in(folder) as session:
        session.records.add_hold(visit, "distinctive words")
        session.records.release_hold(visit, "distinctive words")
        with session._vault.database.transaction() as connection:
            row = connection.execute(text("SELECT * FROM holds")).one()
        assert not any(b"distinctive" in value for value in row if isinstance(value, bytes))
        assert "distinctive" not in str([e.detail for e in session.audit.entries()])


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_hold_needs_a_reason(folder, visit, reason):
    with signed_in(folder) as session, pytest.raises(InputError):
        session.records.add_hold(visit, reason)


@pytest.mark.parametrize("start", ["", "a", "zzzz"])
def test_an_id_is_found_by_enough_of_it(folder, visit, start):
    with signed_in(folder) as session, pytest.raises(InputError):
        session.records.find(start)
