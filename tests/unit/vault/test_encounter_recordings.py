"""Recording, journal and consent through the store: what is stored comes back, what must not happen is refused."""

import threading
from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from vault_samples import PASSPHRASE, make_consent, make_note, make_window, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, InputError, SealBrokenError, VersionError
from app.domain.recording import Consent, ConsentDecision, ConsentMethod, HeardWindow, Mark, MarkKind
from app.domain.words import Word

RATE = 80
SOUND = bytes(range(1, 101))
BOOKMARK = Mark(MarkKind.BOOKMARK, 3.0)
DECLINED, WITHDRAWN, GIVEN = ConsentDecision.DECLINED, ConsentDecision.WITHDRAWN, ConsentDecision.GIVEN


def run_sql(session, statement, **values):
    with session._vault.database.transaction() as connection:
        return connection.execute(text(statement), values)


def actions(session, of):
    return [(e.action, e.detail) for e in session.audit.entries() if e.subject == of]


def cut_off(folder, sound=SOUND):
    """An encounter whose recording was cut off."""
    with signed_in(folder) as session:
        encounter = session.encounters.create("t")
        writer = session.encounters.audio_writer(encounter, RATE)
        writer.write(sound)
        writer.abandon()
    return encounter


def sign(store, encounter):
    store.add_version(encounter, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.sign_version(encounter, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)


def test_resumed_recording_has_the_length_of_all_of_it(folder):
    encounter = cut_off(folder)
    with signed_in(folder) as session:
        store = session.encounters
        assert not store.audio_info(encounter).complete
        writer = store.resume_audio(encounter)
        writer.write(SOUND)
        assert store.read_audio(encounter) == SOUND[:80] + SOUND[:80]
        assert store.read_audio(encounter, 0.4, 0.6) == (SOUND[:80] + SOUND[:80])[64:96]
        writer.close()
        assert store.get(encounter).duration == (80 + 100) / 2 / RATE
        assert ("audio.resumed", "segment 2") in actions(session, encounter)
        with pytest.raises(ConflictError):
            store.resume_audio(encounter)
        with pytest.raises(ConflictError):
            store.audio_writer(encounter)
    with signed_in(folder) as session:
        assert session.encounters.read_audio(encounter) == SOUND[:80] + SOUND
        assert session.encounters.audio_info(encounter).complete
        session.encounters.destroy(encounter, "asked for")
    assert list((folder / "audio").iterdir()) == []


def test_resuming_needs_a_recording_that_was_cut_off(session):
    encounter = session.encounters.create("t")
    with pytest.raises(ConflictError):
        session.encounters.resume_audio(encounter)
    writer = session.encounters.audio_writer(encounter, RATE)
    with pytest.raises(ConflictError):
        session.encounters.resume_audio(encounter)
    writer.close()
    with pytest.raises(ConflictError):
        session.encounters.resume_audio(encounter)
    assert "audio.resumed" not in [action for action, _ in actions(session, encounter)]


def test_crash_between_end_mark_and_stored_length_is_made_up_for(folder):
    encounter = cut_off(folder)
    with signed_in(folder) as session:
        session.encounters.resume_audio(encounter).close()
        run_sql(session, "UPDATE encounters SET duration = NULL")
        assert session.encounters.get(encounter).duration is None
        with pytest.raises(ConflictError):
            session.encounters.resume_audio(encounter)
        assert session.encounters.get(encounter).duration == 0.5


def test_missing_end_of_a_finished_recording_is_not_taken_for_a_crash(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("t")
        with session.encounters.audio_writer(encounter, RATE) as writer:
            writer.write(SOUND)
    path = folder / "audio" / f"{encounter}.audio"
    path.write_bytes(path.read_bytes()[:-10])
    with signed_in(folder) as session:
        assert not session.encounters.audio_info(encounter).complete
        with pytest.raises(SealBrokenError):
            session.encounters.resume_audio(encounter)


def test_missing_last_segment_is_noticed(folder):
    encounter = cut_off(folder)
    with signed_in(folder) as session:
        session.encounters.resume_audio(encounter).abandon()
    (folder / "audio" / f"{encounter}.1.audio").unlink()
    with signed_in(folder) as session:
        for act in (
            session.encounters.audio_info,
            session.encounters.read_audio,
            session.encounters.resume_audio,
        ):
            with pytest.raises(SealBrokenError):
                act(encounter)


def test_segments_left_behind_by_a_crash_while_destroying_are_removed(folder):
    encounter = cut_off(folder)
    with signed_in(folder) as session:
        session.encounters.resume_audio(encounter).close()
        kept = {p: p.read_bytes() for p in (folder / "audio").iterdir()}
        session.encounters.destroy(encounter, "asked for")
    for path, data in kept.items():
        path.write_bytes(data)
    with signed_in(folder):
        assert list((folder / "audio").iterdir()) == []


texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20).filter(str.strip)
times = st.floats(0, 20_000)
marks = st.builds(Mark, st.sampled_from(MarkKind), times, times, st.text(st.characters(exclude_categories=("Cs",))))
words = st.builds(lambda a, b, t, p: Word(min(a, b), max(a, b), t, p), times, times, texts, st.floats(0, 1))
windows = st.builds(
    lambda a, b, w, left: HeardWindow(min(a, b), max(a, b), tuple(w), tuple(left)),
    times, times, st.lists(words, max_size=5), st.lists(texts, max_size=2),
)  # fmt: skip


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(marks | windows, max_size=5))
def test_journal_comes_back_in_order(session, entries):
    encounter, other = session.encounters.create("t"), session.encounters.create("other")
    session.encounters.append_journal(other, BOOKMARK)
    for entry in entries:
        session.encounters.append_journal(encounter, entry)
    assert list(session.encounters.journal(encounter)) == entries
    assert list(session.encounters.journal(other)) == [BOOKMARK]


def test_journal_is_there_after_signing_in_again_and_not_in_the_trail(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("t")
        before = len(session.audit.entries())
        entries = [make_window(0.0), BOOKMARK, make_window(2.0)]
        for entry in entries:
            session.encounters.append_journal(encounter, entry)
        assert len(session.audit.entries()) == before + 1  # the look before, nothing else
    with signed_in(folder) as session:
        assert list(session.encounters.journal(encounter)) == entries
        session.encounters.append_journal(encounter, BOOKMARK)
        assert list(session.encounters.journal(encounter)) == [*entries, BOOKMARK]


def test_journal_ends_with_the_signature(session):
    store = session.encounters
    encounter = store.create("t")
    store.append_journal(encounter, BOOKMARK)
    sign(store, encounter)
    with pytest.raises(ConflictError):
        store.append_journal(encounter, BOOKMARK)
    assert list(store.journal(encounter)) == [BOOKMARK]


@pytest.mark.parametrize(
    "entry",
    [
        Mark(MarkKind.LOSS, -1.0),
        Mark(MarkKind.LOSS, float("nan")),
        Mark(MarkKind.LOSS, 1.0, float("inf")),
        Mark(MarkKind.DEVICE, 1.0, 0.0, "half \ud800"),
        HeardWindow(2.0, 1.0, ()),
        HeardWindow(0.0, 1.0, (Word(0.0, 1.0, "", 0.5),)),
        HeardWindow(0.0, 1.0, (Word(0.0, 1.0, "a", 1.5),)),
        HeardWindow(0.0, 1.0, (), (" ",)),
    ],
)
def test_entry_that_would_not_read_back_is_refused(session, entry):
    encounter = session.encounters.create("t")
    with pytest.raises(InputError):
        session.encounters.append_journal(encounter, entry)
    assert list(session.encounters.journal(encounter)) == []


@pytest.mark.parametrize("table", ["recording_journal", "consents"])
def test_rows_are_only_added(session, table):
    encounter = session.encounters.create("t")
    session.encounters.append_journal(encounter, BOOKMARK)
    session.encounters.record_consent(encounter, make_consent())
    for statement in ("UPDATE {} SET number = 2", "DELETE FROM {}", "INSERT OR REPLACE INTO {} SELECT * FROM {}"):
        with pytest.raises(ConflictError):
            run_sql(session, statement.replace("{}", table))
    session.encounters.destroy(encounter, "asked for")
    with pytest.raises(ConflictError):
        run_sql(session, f"DELETE FROM {table}")  # noqa: S608 - the test's own text
    for look in (session.encounters.journal, session.encounters.consent):
        with pytest.raises(InputError, match="destroyed"):
            look(encounter)


TAMPERING = {
    "entry of another": "UPDATE recording_journal SET content = (SELECT content FROM recording_journal"
    " WHERE encounter_id = :b AND number = 1) WHERE encounter_id = :a AND number = 1",
    "exchanged": "UPDATE recording_journal SET content = (SELECT content FROM recording_journal"
    " WHERE encounter_id = :a AND number = 2) WHERE encounter_id = :a AND number = 1",
    "first one gone": "DELETE FROM recording_journal WHERE encounter_id = :a AND number = 1",
    "one between gone": "DELETE FROM recording_journal WHERE encounter_id = :a AND number = 2",
    "later": "UPDATE recording_journal SET created_at = '2036-01-01T00:00:00.000000Z' WHERE encounter_id = :a",
    "moved up": "UPDATE recording_journal SET number = number + 1 WHERE encounter_id = :a AND number = 3",
}


@pytest.mark.parametrize("change", TAMPERING)
def test_changed_journal_does_not_open(folder, change):
    with signed_in(folder) as session:
        a, b = session.encounters.create("A"), session.encounters.create("B")
        for encounter in (a, b):
            for start in range(3):
                session.encounters.append_journal(encounter, make_window(float(start)))
        for act in ("update", "delete"):
            run_sql(session, f"DROP TRIGGER recording_journal_no_{act}")
        values = {k: v for k, v in {"a": a, "b": b}.items() if ":" + k in TAMPERING[change]}
        assert run_sql(session, TAMPERING[change], **values).rowcount
        with pytest.raises(SealBrokenError):
            session.encounters.journal(a)
        assert len(session.encounters.journal(b)) == 3


@pytest.mark.parametrize("table", ["recording_journal", "consents"])
def test_flipped_row_does_not_open(session, table):
    encounter = session.encounters.create("t")
    session.encounters.append_journal(encounter, BOOKMARK)
    session.encounters.record_consent(encounter, make_consent())
    run_sql(session, f"DROP TRIGGER {table}_no_update")
    blob = run_sql(session, f"SELECT content FROM {table}").scalar()  # noqa: S608 - the test's own text
    look = session.encounters.journal if table == "recording_journal" else session.encounters.consent
    for place in range(0, len(blob), 7):
        damaged = blob[:place] + bytes((blob[place] ^ 4,)) + blob[place + 1 :]
        run_sql(session, f"UPDATE {table} SET content = :c", c=damaged)  # noqa: S608 - the test's own text
        with pytest.raises((SealBrokenError, VersionError)):
            look(encounter)


def test_latest_decision_counts(folder):
    decisions = [make_consent(), make_consent(WITHDRAWN, "the patient's mother"), make_consent(GIVEN, wording="en-2")]
    with signed_in(folder) as session:
        encounter = session.encounters.create("t")
        assert session.encounters.consent(encounter) is None
        for decision in decisions:
            session.encounters.record_consent(encounter, decision)
            assert session.encounters.consent(encounter) == decision
    with signed_in(folder) as session:
        assert session.encounters.consent(encounter) == decisions[-1]


def test_audit_entry_names_decision_method_and_wording_but_no_person(session):
    encounter = session.encounters.create("t")
    guardian = Consent(GIVEN, ConsentMethod.GUARDIAN, "Maria Distinctive", "de-3", datetime.now(UTC))
    session.encounters.record_consent(encounter, guardian)
    session.encounters.record_consent(encounter, make_consent(DECLINED, "Maria Distinctive"))
    session.encounters.record_consent(encounter, make_consent(WITHDRAWN, "Maria Distinctive"))
    assert actions(session, encounter)[-3:] == [
        ("consent.given", "guardian, wording de-3"),
        ("consent.declined", "wording en-1"),
        ("consent.withdrawn", "wording en-1"),
    ]
    assert "Distinctive" not in repr(session.audit.entries())
    assert session.audit.verify().first_bad is None


@pytest.mark.parametrize("decision", [DECLINED, WITHDRAWN])
def test_no_sound_is_recorded_against_the_patients_will(folder, decision):
    encounter = cut_off(folder)
    with signed_in(folder) as session:
        store = session.encounters
        fresh = store.create("fresh")
        for visit, act in ((fresh, store.audio_writer), (encounter, store.resume_audio)):
            store.record_consent(visit, make_consent())
            store.record_consent(visit, make_consent(decision))
            with pytest.raises(ConflictError):
                act(visit)
        assert store.audio_info(fresh) is None
        assert "audio.started" not in [action for action, _ in actions(session, fresh)]
        store.record_consent(fresh, make_consent())
        store.audio_writer(fresh).close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": None},
        {"who": " "},
        {"who": "x" * 201},
        {"wording": ""},
        {"wording": "Maria agreed"},
        {"wording": "x" * 65},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001 - a time without its zone is what is refused
        {"who": "half \ud800"},
    ],
)
def test_decision_that_cannot_be_shown_later_is_refused(session, wrong):
    encounter = session.encounters.create("t")
    with pytest.raises(InputError) as caught:
        session.encounters.record_consent(encounter, replace(make_consent(), **wrong))
    assert "Maria" not in str(caught.value)
    assert session.encounters.consent(encounter) is None
    assert "consent.given" not in [action for action, _ in actions(session, encounter)]


def test_time_of_a_decision_keeps_its_moment_in_any_zone(session):
    encounter = session.encounters.create("t")
    at = datetime(2026, 3, 1, 9, 0, 1, 5, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    session.encounters.record_consent(encounter, replace(make_consent(), at=at))
    assert session.encounters.consent(encounter).at == at


def test_destroyed_encounter_takes_no_journal_and_no_consent(session):
    encounter = session.encounters.create("t")
    session.encounters.record_consent(encounter, make_consent(WITHDRAWN))
    session.encounters.destroy(encounter, "consent withdrawn")
    with pytest.raises(InputError):
        session.encounters.record_consent(encounter, make_consent())
    with pytest.raises(InputError):
        session.encounters.append_journal(encounter, BOOKMARK)
    assert ("consent.withdrawn", "wording en-1") in actions(session, encounter)


def test_sound_is_read_by_other_threads_while_it_is_recorded(folder):
    """What is read is what was handed in, never shorter than what was sealed before the look."""
    encounter = cut_off(folder)
    before = SOUND[:80]
    handed = array("H", range(6000)).tobytes()
    failures, sealed, done = [], [0], threading.Event()
    with signed_in(folder) as session:
        store = session.encounters

        def look():
            try:
                while not done.is_set():
                    least = len(before) + sealed[0]
                    found = store.read_audio(encounter)
                    assert (before + handed).startswith(found)
                    assert len(found) >= least
                    assert not store.audio_info(encounter).complete
            except Exception as error:  # noqa: BLE001 - whatever happens in a thread is the finding
                failures.append(error)

        threads = [threading.Thread(target=look) for _ in range(2)]
        writer = store.resume_audio(encounter)
        for thread in threads:
            thread.start()
        for start in range(0, len(handed), 120):
            writer.write(handed[start : start + 120])
            sealed[0] = (start + 120) // 40 * 40
        done.set()
        for thread in threads:
            thread.join()
        writer.close()
        assert failures == []
        assert store.read_audio(encounter) == before + handed


def test_destroying_ends_a_running_recording(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("t")
        writer = session.encounters.audio_writer(encounter, RATE)
        writer.write(SOUND)
        session.encounters.destroy(encounter, "consent withdrawn")
        with pytest.raises(ConflictError):
            writer.write(SOUND)
        writer.close()
        assert "audio.finished" not in [action for action, _ in actions(session, encounter)]
    assert list((folder / "audio").iterdir()) == []


def test_resumed_recording_that_was_never_closed_ends_with_the_session(folder):
    encounter = cut_off(folder)
    with signed_in(folder) as session:
        session.encounters.resume_audio(encounter).write(SOUND)
    with signed_in(folder) as session:
        assert session.encounters.audio_info(encounter).complete
        assert session.encounters.get(encounter).duration == (80 + 100) / 2 / RATE
