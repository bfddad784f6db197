"""Encounters: what is stored comes back, states and versions keep their order, destruction is final."""

import threading

import pytest
from sqlalchemy import Engine, event, text
from sqlcipher3 import dbapi2
from vault_samples import PASSPHRASE, allow_changes, make_note, make_transcript, signed_in

from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import AnamnesisError, ConflictError, DiskFullError, InputError, SealBrokenError, SignInError
from app.domain.note import Note, Section, Statement
from app.vault.encounter_rows import UNREADABLE

KINDS = ("embedded", "postgres")

DRAFT, REVIEWED, SIGNED = EncounterState.DRAFT, EncounterState.REVIEWED, EncounterState.SIGNED
AMENDED = EncounterState.AMENDED


def draft(store, encounter, number=0, note=None):
    return store.add_version(encounter, note or make_note(), VersionKind.DRAFT, DRAFT, number)


def sign(store, encounter, latest, kind=VersionKind.SIGNATURE, passphrase=PASSPHRASE):
    return store.sign_version(encounter, kind, make_note(), "authorship", passphrase, latest)


def run_sql(session, statement, **values):
    with session._vault.database.transaction() as connection:
        return connection.execute(text(statement), values)


def test_everything_comes_back_after_signing_in_again(folder):
    with signed_in(folder) as session:
        store = session.encounters
        first, second = store.create("Erste Visite – Müller"), store.create("")
        store.set_stage(first, Stage.DRAFT, StageState.RUNNING)
        store.set_stage(first, Stage.DRAFT, StageState.FAILED, "disk-full")
        store.set_stage(first, Stage.RECORD, StageState.DONE)
        with store.audio_writer(first, 8_000, 2) as writer:
            writer.write(b"\1\2\3\4" * 12_000)
        store.save_transcript(first, make_transcript())
        version = draft(store, first)
        store.rename(first, "Renamed")
    with signed_in(folder) as session:
        store = session.encounters
        assert [e.id for e in store.list()] == [second, first]
        found = store.get(first)
        assert (found.title, found.state, found.versions, found.duration) == ("Renamed", DRAFT, 1, 1.5)
        assert [(s.stage, s.state, s.code) for s in found.stages] == [
            (Stage.RECORD, StageState.DONE, None),
            (Stage.DRAFT, StageState.FAILED, "disk-full"),
        ]
        assert found == store.list()[1]
        assert store.transcript(first) == make_transcript()
        assert store.transcript(second) is None
        assert list(store.versions(first)) == [version]
        assert store.audio_info(first).channels == 2
        assert store.audio_info(second) is None
        assert store.read_audio(first, 1.0) == b"\1\2\3\4" * 4_000
        with pytest.raises(InputError):
            store.read_audio(second)


def test_recording_that_was_never_closed_ends_with_the_session(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("t")
        writer = session.encounters.audio_writer(encounter, 100)
        writer.write(b"\1\2" * 150)
    with signed_in(folder) as session:
        assert session.encounters.audio_info(encounter).complete
        assert session.encounters.get(encounter).duration == 1.5


def test_second_recording_is_refused(session):
    encounter = session.encounters.create("t")
    session.encounters.audio_writer(encounter).close()
    with pytest.raises(ConflictError):
        session.encounters.audio_writer(encounter)


def test_stale_edit_is_refused(session):
    encounter = session.encounters.create("t")
    draft(session.encounters, encounter)
    with pytest.raises(ConflictError):
        draft(session.encounters, encounter, 0)
    with pytest.raises(ConflictError):
        sign(session.encounters, encounter, 5)
    assert session.encounters.get(encounter).versions == 1


def test_states_follow_their_order(session):
    store = session.encounters
    encounter = store.create("t")
    with pytest.raises(ConflictError):
        sign(store, encounter, 0)
    draft(store, encounter)
    with pytest.raises(ConflictError):
        sign(store, encounter, 1, VersionKind.ADDENDUM)
    for kind, state in ((VersionKind.DRAFT, SIGNED), (VersionKind.EDIT, AMENDED), (VersionKind.REVIEW, DRAFT)):
        with pytest.raises(ConflictError):
            store.add_version(encounter, make_note(), kind, state, 1)
    with pytest.raises(InputError):
        store.add_version(encounter, make_note(), VersionKind.SIGNATURE, SIGNED, 1)
    with pytest.raises(InputError):
        sign(store, encounter, 1, VersionKind.EDIT)
    store.add_version(encounter, make_note(), VersionKind.REVIEW, REVIEWED, 1)
    sign(store, encounter, 2)
    assert store.get(encounter).state is SIGNED
    for act in (
        lambda: draft(store, encounter, 3),
        lambda: sign(store, encounter, 3),
        lambda: store.save_transcript(encounter, make_transcript("Other words.")),
    ):
        with pytest.raises(ConflictError):
            act()
    sign(store, encounter, 3, VersionKind.ADDENDUM)
    sign(store, encounter, 4, VersionKind.ADDENDUM)
    assert store.get(encounter).state is AMENDED
    assert [v.kind.value for v in store.versions(encounter)] == ["draft", "review", "signature", "addendum", "addendum"]


def test_wrong_passphrase_signs_nothing_and_is_recorded(session):
    encounter = session.encounters.create("t")
    draft(session.encounters, encounter)
    with pytest.raises(SignInError):
        sign(session.encounters, encounter, 1, passphrase="wrong passphrase")
    assert session.encounters.get(encounter).state is DRAFT
    assert session.audit.entries()[-1].action != "note.signed"
    assert any(e.action == "sign-in.failed" and e.actor == "anna" for e in session.audit.entries())


def test_transcript_that_a_version_rests_on_is_kept(session):
    store = session.encounters
    encounter = store.create("t")
    for words in ("one", "two", "three"):
        store.save_transcript(encounter, make_transcript(words))
    assert run_sql(session, "SELECT count(*) FROM transcripts").scalar() == 1
    draft(store, encounter)
    sign(store, encounter, 1)
    assert store.verify(encounter, 2).valid


def test_new_transcript_after_a_draft_leaves_the_old_one(session):
    store = session.encounters
    encounter = store.create("t")
    store.save_transcript(encounter, make_transcript("one"))
    draft(store, encounter)
    store.save_transcript(encounter, make_transcript("two"))
    assert store.transcript(encounter) == make_transcript("two")
    assert run_sql(session, "SELECT count(*) FROM transcripts").scalar() == 2


@pytest.mark.parametrize(
    "note",
    [
        Note("soap", (Section("plan", "Plan", (Statement("s1", "half \ud800 a sign"),)),)),
        Note("soap", (Section("plan", "Plan", (Statement("s1", "a"), Statement("s1", "b"))),)),
    ],
)
def test_note_that_would_not_read_back_is_refused(session, note):
    encounter = session.encounters.create("t")
    with pytest.raises(AnamnesisError):
        draft(session.encounters, encounter, note=note)
    assert session.encounters.get(encounter).versions == 0


@pytest.mark.parametrize("title", ["x" * 501, "half \ud800 a sign"])
def test_title_that_cannot_be_stored_is_refused(session, title):
    with pytest.raises(InputError):
        session.encounters.create(title)
    assert session.encounters.list() == []


def test_destroyed_encounter_is_gone(folder):
    with signed_in(folder) as session:
        store = session.encounters
        encounter, kept = store.create("t"), store.create("kept")
        with store.audio_writer(encounter) as writer:
            writer.write(bytes(3200))
        store.destroy(encounter, "consent withdrawn")
        with pytest.raises(InputError, match="destroyed"):
            store.get(encounter)
        with pytest.raises(InputError, match="destroyed"):
            store.destroy(encounter, "again")
        assert [e.id for e in store.list()] == [kept]
        assert run_sql(session, "SELECT count(*) FROM sealed_keys WHERE encounter_id = :e", e=encounter).scalar() == 0
        row = run_sql(session, "SELECT reason FROM deletions WHERE encounter_id = :e", e=encounter).one()
        assert row.reason == "consent withdrawn"
        assert session.audit.verify().first_bad is None
    assert list((folder / "audio").iterdir()) == []


def test_recording_left_behind_by_a_crash_while_destroying_is_removed(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("t")
        with session.encounters.audio_writer(encounter) as writer:
            writer.write(bytes(3200))
        path = folder / "audio" / f"{encounter}.audio"
        data = path.read_bytes()
        session.encounters.destroy(encounter, "asked for")
        path.write_bytes(data)
    with signed_in(folder):
        assert not path.exists()


MOVES = {
    "title of another": (
        "get",
        "UPDATE encounters SET title = (SELECT title FROM encounters WHERE id = :b) WHERE id = :a",
    ),
    "transcript as title": (
        "get",
        "UPDATE encounters SET title = (SELECT content FROM transcripts WHERE encounter_id = :a) WHERE id = :a",
    ),
    "transcript of another": (
        "transcript",
        "UPDATE transcripts SET content = (SELECT content FROM transcripts WHERE encounter_id = :b)"
        " WHERE encounter_id = :a",
    ),
    "title as transcript": (
        "transcript",
        "UPDATE transcripts SET content = (SELECT title FROM encounters WHERE id = :a) WHERE encounter_id = :a",
    ),
    "quick key of another": (
        "get",
        "UPDATE sealed_keys SET quick = (SELECT quick FROM sealed_keys WHERE encounter_id = :b AND quick IS NOT NULL)"
        " WHERE encounter_id = :a AND quick IS NOT NULL",
    ),
    "sealed key of another": (
        "get",
        "UPDATE sealed_keys SET quick = NULL, blob = (SELECT blob FROM sealed_keys WHERE encounter_id = :b"
        " AND recipient_id != 'organisation') WHERE encounter_id = :a",
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_moved_values_do_not_open(folder, move):
    look, statement = MOVES[move]
    with signed_in(folder) as session:
        a, b = session.encounters.create("A"), session.encounters.create("B")
        for encounter in (a, b):
            session.encounters.save_transcript(encounter, make_transcript())
        values = {k: v for k, v in {"a": a, "b": b}.items() if ":" + k in statement}
        assert run_sql(session, statement, **values).rowcount
    with signed_in(folder) as session:
        with pytest.raises(SealBrokenError):
            getattr(session.encounters, look)(a)
        titles = {e.id: e.title for e in session.encounters.list()}
        assert titles[b] == "B"
        assert titles[a] in {"A", UNREADABLE}


@pytest.mark.parametrize(
    "change", ["author_name = 'Eve'", "kind = 'review'", "number = 7", "created_at = '2020-01-01T00:00:00.000000Z'"]
)
def test_open_columns_of_a_version_cannot_be_changed(session, change):
    encounter = session.encounters.create("t")
    draft(session.encounters, encounter)
    with pytest.raises(ConflictError):
        run_sql(session, f"UPDATE note_versions SET {change}")  # noqa: S608 - the test's own text
    with session._vault.database.transaction() as connection:
        allow_changes(connection, "note_versions")
    run_sql(session, f"UPDATE note_versions SET {change}")  # noqa: S608 - the test's own text
    with pytest.raises(SealBrokenError):
        session.encounters.versions(encounter)


def test_session_serves_several_threads(folder):
    with signed_in(folder) as session:
        failures = []

        def work(number):
            try:
                for _ in range(5):
                    encounter = session.encounters.create(f"visit {number}")
                    with session.encounters.audio_writer(encounter, 100) as writer:
                        writer.write(bytes(100))
                    draft(session.encounters, encounter)
                    session.encounters.list()
            except Exception as error:  # noqa: BLE001 - whatever happens in a thread is the finding
                failures.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert len(session.encounters.list()) == 30
        assert session.audit.verify().first_bad is None


@pytest.mark.embedded
def test_look_whose_entry_was_not_stored_is_entered_at_the_next_one(session):
    """The disk is full at the commit: nothing is shown, and nobody counts as having looked."""
    encounter = session.encounters.create("t")
    refused = []

    def full(_connection):
        if not refused:
            refused.append(True)
            raise dbapi2.OperationalError("database or disk is full")

    event.listen(Engine, "commit", full)
    try:
        with pytest.raises(DiskFullError):
            session.encounters.get(encounter)
    finally:
        event.remove(Engine, "commit", full)
    for _ in range(2):
        session.encounters.get(encounter)
    looks = [e for e in session.audit.entries() if (e.action, e.subject) == ("encounter.viewed", encounter)]
    assert len(looks) == 1
