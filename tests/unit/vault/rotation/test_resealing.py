"""What re-keying seals anew: every column that must be, in small steps, and nothing but the seal changes."""

import threading

import pytest
from golden_vaults import golden_copy, golden_names, golden_session
from sqlalchemy import LargeBinary, select, text, update
from team_samples import RATE, SOUND, content, earlier_keys, full_encounter, key_ids
from vault_samples import make_window, signed_in

from app.domain.errors import ConflictError, SealBrokenError, WorkCancelledError
from app.domain.work import CancelToken
from app.vault.models import Base, NoteVersionRow, TranscriptRow
from app.vault.rotation.resealing import AT_ONCE
from app.vault.rotation.sealed_columns import SEALED_COLUMNS

KINDS = ("embedded", "postgres")
NOT_UNDER_A_DATA_KEY = {
    "sealed_keys.blob": "the data key itself, sealed to a person",
    "sealed_keys.quick": "the data key itself, under the person's own key",
    "part_keys.blob": "replaced together with the data key",
    "earlier_keys.blob": "earlier keys, sealed anew by each re-keying",
    "entrusted_keys.blob": "a private half of the organisation's",
    "own_settings.content": "under the person's own key",
    "summaries.content": "under the person's own key",
    "server_link.row_key": "the key of this vault's rows on a server, in the sealed database file",
    "holds.reason": "under a key that follows from the vault key",
    "holds.release_reason": "under a key that follows from the vault key",
}


def test_every_sealed_column_is_known():
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    known = {f"{sealed.table.name}.{sealed.name}" for sealed in SEALED_COLUMNS}
    assert columns == known | NOT_UNDER_A_DATA_KEY.keys()


def test_steps_are_small_and_nothing_but_the_seal_changes(session):
    visit = full_encounter(session, windows=2 * AT_ONCE)
    before, old = content(session, visit), key_ids(session, visit)
    plain = open_columns(session)
    session.team.rotation.request(visit)
    session.team.rotation._rekey(visit)
    steps = 1
    while session.team.rotation._reseal_some(visit, None):
        steps += 1
        assert content(session, visit) == before
    assert steps >= 3
    assert earlier_keys(session, visit) == 3
    assert session.team.rotation.run().done
    assert content(session, visit) == before
    assert open_columns(session) == plain
    assert not key_ids(session, visit) & old


def open_columns(session):
    columns = [c for c in NoteVersionRow.__table__.columns if c.name not in {"note", "signature"}]
    with session._vault.database.transaction() as connection:
        return connection.execute(select(*columns).order_by(NoteVersionRow.number)).all()


def test_cancelled_leaves_a_good_state_and_goes_on(session):
    visits = [full_encounter(session, f"visit {number}") for number in range(3)]
    before = [content(session, visit) for visit in visits]
    assert session.team.rotation.request() == 3
    cancel = CancelToken()
    seen = []

    def progress(fraction, _phrase):
        seen.append(fraction)
        if fraction > 0:
            cancel.cancel()

    with pytest.raises(WorkCancelledError):
        session.team.rotation.run(progress, cancel)
    assert not session.team.rotation.state().done
    assert [content(session, visit) for visit in visits] == before
    assert session.team.rotation.run(lambda fraction, _: seen.append(fraction)).done
    assert [content(session, visit) for visit in visits] == before
    assert seen[-1] == 1.0


def test_sound_that_is_being_recorded_waits_for_its_end(session):
    visit = session.encounters.create("Visit")
    writer = session.encounters.audio_writer(visit, RATE)
    writer.write(SOUND)
    session.team.rotation.request(visit)
    left = session.team.rotation.run()
    assert (left.waiting, left.resealing) == (0, 1)
    writer.write(SOUND)
    writer.close()
    assert session.encounters.read_audio(visit) == SOUND + SOUND
    assert session.team.rotation.run().done
    assert session.encounters.read_audio(visit) == SOUND + SOUND
    assert earlier_keys(session, visit) == 0


def test_withdrawal_in_the_middle_of_it_loses_no_sound(session, monkeypatch):
    """The sound was just sealed anew when the encounter gets another key: the key before it must stay."""
    visit = full_encounter(session)
    before = content(session, visit)
    rotation, recordings = session.team.rotation, session._recordings
    real = recordings.reseal

    def reseal_and_be_overtaken(*args):
        done = real(*args)
        monkeypatch.undo()
        rotation.request(visit)
        rotation._rekey(visit)
        return done

    monkeypatch.setattr(recordings, "reseal", reseal_and_be_overtaken)
    rotation.request(visit)
    assert rotation.run().resealing == 1
    assert content(session, visit) == before
    assert rotation.run().done
    assert content(session, visit) == before


def test_background_goes_on_when_the_recording_ends(session):
    visit = session.encounters.create("Visit")
    writer = session.encounters.audio_writer(visit, RATE)
    rotation = session.team.rotation
    rotation.start()
    rotation.request(visit)
    for _ in range(600):
        if not rotation.state().waiting and not rotation.state().running:
            break
        threading.Event().wait(0.01)
    assert rotation.state().resealing == 1
    writer.write(SOUND)
    writer.close()
    for _ in range(600):
        if rotation.state().done:
            break
        threading.Event().wait(0.01)
    assert rotation.state().done
    assert session.encounters.read_audio(visit) == SOUND


def test_recording_that_was_cut_off_is_resumed_after_it(session):
    visit = session.encounters.create("Visit")
    writer = session.encounters.audio_writer(visit, RATE)
    writer.write(SOUND)
    writer.abandon()
    session.team.rotation.request(visit)
    assert session.team.rotation.run().done
    with session.encounters.resume_audio(visit) as writer:
        writer.write(SOUND)
    kept = SOUND[: len(SOUND) // (RATE // 2) * (RATE // 2)]
    assert session.encounters.read_audio(visit) == kept + SOUND
    assert session.encounters.audio_info(visit).complete


def test_damaged_value_stays_with_its_key_and_hinders_no_other(session):
    bad, good = full_encounter(session, "bad"), full_encounter(session, "good")
    with session._vault.database.transaction() as connection:
        row = TranscriptRow
        blob = connection.execute(select(row.content).where(row.encounter_id == bad)).scalar_one()
        connection.execute(update(row).where(row.encounter_id == bad).values(content=blob[:-1] + b"\0"))
    session.team.rotation.request()
    with pytest.raises(SealBrokenError):
        session.team.rotation.run()
    assert earlier_keys(session, good) == 0
    assert earlier_keys(session, bad) == 3
    assert session.encounters.verify(bad, 3).valid is False
    assert session.encounters.get(bad).title == "bad"


def test_background_does_the_same(folder):
    with signed_in(folder) as session:
        visit = full_encounter(session)
        before = content(session, visit)
        session.team.rotation.request(visit)
    with signed_in(folder) as session:
        rotation = session.team.rotation
        rotation.start()
        rotation.start()
        for _ in range(600):
            assert content(session, visit) == before
            if rotation.state().done:
                break
            threading.Event().wait(0.01)
        assert rotation.state().done
        rotation.request(visit)
        for _ in range(600):
            if rotation.state().done:
                break
            threading.Event().wait(0.01)
        assert rotation.state().done
        assert rotation.state().trouble == ""
        assert content(session, visit) == before


@pytest.mark.embedded
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE note_versions SET kind = 'edit'",
        "UPDATE note_versions SET note = note || x'00'",
        "UPDATE note_versions SET signature = NULL",
        "UPDATE note_versions SET author_name = 'Other', note = note",
        "DELETE FROM note_versions",
        "UPDATE consents SET created_at = '2020'",
        "UPDATE recording_journal SET number = 99 WHERE number = 1",
        "UPDATE withdrawals SET user_id = actor_id",
    ],
)
def test_database_lets_only_the_seal_change_while_re_keying(session, statement):
    from team_samples import person

    visit = full_encounter(session)
    session.team.share(visit, person(session, "ines"))
    session.team.withdraw(visit, person(session, "ines"), "left")
    for _ in ("while re-keying", "after it"):
        with pytest.raises(ConflictError), session._vault.database.transaction() as connection:
            connection.execute(text(statement))
        session.team.rotation.run()


@pytest.mark.embedded
def test_database_lets_nothing_change_without_re_keying(session):
    visit = full_encounter(session)
    for statement in ("UPDATE note_versions SET note = note", "UPDATE consents SET content = content"):
        with pytest.raises(ConflictError), session._vault.database.transaction() as connection:
            connection.execute(text(statement))
    assert session.encounters.verify(visit, 3).valid


@pytest.mark.embedded
@pytest.mark.parametrize("name", golden_names())
def test_vaults_of_every_schema_are_re_keyed(name, tmp_path):
    with golden_session(golden_copy(name, tmp_path), "anna") as session:
        visits = [e.id for e in session.encounters.list()]
        before = {visit: everything(session, visit) for visit in visits}
        session.team.rotation.request()
        assert session.team.rotation.run().done
        assert {visit: everything(session, visit) for visit in visits} == before
        assert session.audit.verify().first_bad is None
        session.encounters.append_journal(session.encounters.create("new"), make_window())


def everything(session, visit):
    found = content(session, visit)
    return {**found, "verified": [session.encounters.verify(visit, v.number) for v in found["versions"] if v.signature]}
