"""Withdrawing a person from a care team: the encounter gets a new key, and what they kept opens nothing new."""

import shutil

import pytest
from sqlalchemy import select
from team_samples import content, earlier_keys, full_encounter, key_ids, person
from vault_samples import make_note, make_transcript, make_window, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, InputError, PermissionDeniedError, SealBrokenError
from app.vault.field_blob import open_field
from app.vault.models import SealedKeyRow, WithdrawalRow
from app.vault.rotation.sealed_columns import SEALED_COLUMNS
from app.vault.sealing_pair import KeyOpener
from app.vault.team.reasons import withdrawal_place

KINDS = ("embedded", "postgres")


def shared(session, *names, visit=None):
    """A full encounter shared with these people."""
    visit = visit or full_encounter(session)
    for name in names:
        session.team.share(visit, person(session, name))
    return visit


def test_members_are_listed_with_the_time_since_when(session):
    visit = shared(session, "ines", "paul")
    members = session.team.members(visit)
    assert [m.user.name for m in members] == ["anna", "ines", "paul"]
    assert members[0].since < members[1].since < members[2].since
    session.team.withdraw(visit, person(session, "ines"), "left the ward")
    assert session.team.members(visit) == [members[0], members[2]]


def test_candidates_are_who_reads_and_is_not_there(session):
    visit = shared(session, "ines")
    assert [u.name for u in session.team.candidates(visit)] == ["paul"]


def test_everything_is_sealed_anew_and_stays_the_same(folder):
    with signed_in(folder) as session:
        visit = shared(session, "ines", "paul")
        before, old = content(session, visit), key_ids(session, visit)
        session.team.withdraw(visit, person(session, "ines"), "left the ward")
        assert content(session, visit) == before
        assert earlier_keys(session, visit) == 3
        assert session.team.rotation.state().resealing == 1
        assert session.team.rotation.run().done
        assert content(session, visit) == before
        assert earlier_keys(session, visit) == 0
        assert not key_ids(session, visit) & old
        assert [e.title for e in session.encounters.list()] == ["Visit"]
        assert session.audit.verify().first_bad is None
    with signed_in(folder, "paul") as session:
        assert content(session, visit) == before
    with signed_in(folder, "ines") as session:
        assert session.encounters.list() == []
        with pytest.raises(InputError):
            session.encounters.get(visit)


def test_kept_copies_of_the_withdrawn_open_nothing_new(folder):
    """Ines kept her sealed key, hence the data key, and so the keys of sound and words that lay under it."""
    with signed_in(folder) as session:
        visit = session.encounters.create("Visit")
        session.team.share(visit, person(session, "ines"))
        session.encounters.save_transcript(visit, make_transcript("before"))
    with signed_in(folder, "ines") as session, session._vault.database.transaction() as connection:
        row = SealedKeyRow
        mine = (row.encounter_id == visit, row.recipient_id == session.user.id)
        kept_blob = connection.execute(select(row.blob).where(*mine)).scalar_one()
        opener = KeyOpener(session._vault.keys.sealing)
        kept = [opener.open(kept_blob, session._vault.vault_id, visit)]
        kept += part_keys(session, connection, kept[0], visit)
    with signed_in(folder) as session:
        session.team.withdraw(visit, person(session, "ines"), "left the ward")
        store = session.encounters
        store.rename(visit, "After")
        store.save_transcript(visit, make_transcript("after"))
        store.append_journal(visit, make_window())
        store.add_version(visit, make_note("after"), VersionKind.DRAFT, EncounterState.DRAFT, 0)
        with store.audio_writer(visit, 80) as writer:
            writer.write(bytes(160))
        assert opened_by(session, kept, visit) == []
        session.team.rotation.run()
        assert opened_by(session, kept, visit) == []
        ids = {key.id for key in kept}
        assert not ids & key_ids(session, visit)


def part_keys(session, connection, key, visit):
    from app.vault.records.part_keys import OWN_KEY, part_key

    return [part_key(connection, key, visit, part) for part in OWN_KEY]


def opened_by(session, keys, visit):
    """Names of the sealed columns of which a value opens with one of these keys."""
    found = []
    with session._vault.database.transaction() as connection:
        for sealed in SEALED_COLUMNS:
            for row in connection.execute(select(sealed.table).where(sealed.table.c[sealed.encounter] == visit)):
                for key in keys:
                    try:
                        open_field(key, sealed.place(row), row._mapping[sealed.name] or b"")
                    except SealBrokenError:
                        continue
                    found.append(sealed.name)
    return found


def test_what_was_there_before_is_sealed_anew_too(session):
    visit = shared(session, "ines")
    with session._vault.database.transaction() as connection:
        key = session._keys.get(connection, visit)
        kept = [key, *part_keys(session, connection, key, visit)]
    assert opened_by(session, kept, visit)
    session.team.withdraw(visit, person(session, "ines"), "left the ward")
    session.team.rotation.run()
    assert opened_by(session, kept, visit) == []


def test_reason_is_sealed_and_the_trail_says_who(session):
    visit = shared(session, "ines")
    session.team.withdraw(visit, person(session, "ines"), "  knows Quigley  ")
    session.team.rotation.run()
    with session._vault.database.transaction() as connection:
        row = connection.execute(select(WithdrawalRow.__table__)).one()
        key = session._keys.get(connection, visit)
    place = withdrawal_place(visit, row.user_id, row.actor_id, row.at)
    assert open_field(key, place, row.reason) == b"knows Quigley"
    entries = session.audit.entries()
    assert ("encounter.withdrawn", visit, "from ines") in [(e.action, e.subject, e.detail) for e in entries]
    assert all("Quigley" not in e.detail for e in entries)


def test_team_keeps_a_physician(session):
    visit = shared(session, "ines")
    with pytest.raises(ConflictError):
        session.team.withdraw(visit, session.user.id, "going on leave")
    session.team.share(visit, person(session, "paul"))
    session.team.withdraw(visit, session.user.id, "going on leave")
    with pytest.raises(InputError):
        session.encounters.get(visit)


def test_who_is_not_there_is_not_withdrawn(session):
    visit = shared(session)
    with pytest.raises(InputError):
        session.team.withdraw(visit, person(session, "ines"), "left the ward")
    for reason in ("", "  ", "x" * 501, "\ud800"):
        with pytest.raises(InputError):
            session.team.withdraw(visit, session.user.id, reason)
    assert earlier_keys(session, visit) == 0


def test_nurse_withdraws_nobody(folder):
    with signed_in(folder) as session:
        visit = shared(session, "ines")
        anna = session.user.id
    with signed_in(folder, "ines") as session, pytest.raises(PermissionDeniedError):
        session.team.withdraw(visit, anna, "mistake")


def test_withdrawn_twice_and_shared_again(folder):
    with signed_in(folder) as session:
        visit = shared(session, "ines", "paul")
        before = content(session, visit)
        for name in ("ines", "paul"):
            session.team.withdraw(visit, person(session, name), "left the ward")
        assert content(session, visit) == before
        session.team.share(visit, person(session, "ines"))
    with signed_in(folder, "ines") as session:
        assert content(session, visit) == before
        assert session.team.rotation.run().done
        assert content(session, visit) == before


@pytest.mark.embedded
def test_old_vault_put_back_beside_new_recordings_opens_no_new_sound(folder, tmp_path):
    with signed_in(folder) as session:
        visit = shared(session, "ines")
    shutil.copy(folder / "vault.db", tmp_path / "kept.db")
    with signed_in(folder) as session:
        session.team.withdraw(visit, person(session, "ines"), "left the ward")
        session.team.rotation.run()
    shutil.copy(tmp_path / "kept.db", folder / "vault.db")
    with signed_in(folder, "ines") as session:
        assert session.encounters.get(visit).title == "Visit"
        with pytest.raises(SealBrokenError):
            session.encounters.read_audio(visit)
