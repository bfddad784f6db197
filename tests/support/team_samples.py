"""Encounters with everything in them, and what is left under a key, for tests of care teams and re-keying."""

from sqlalchemy import select
from vault_samples import PASSPHRASE, make_consent, make_note, make_transcript, make_window

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, VersionKind
from app.vault.field_blob import key_id_of
from app.vault.models import EarlierKeyRow
from app.vault.rotation.sealed_columns import SEALED_COLUMNS

SOUND = bytes(range(1, 201))
RATE = 80


def full_encounter(session, title="Visit", *, windows=3):
    """Sound in two segments, journal, consent, choice, transcript, three versions of which one is signed."""
    store = session.encounters
    visit = store.create(title)
    store.choose_draft(visit, DraftChoice("soap"))
    store.record_consent(visit, make_consent())
    writer = store.audio_writer(visit, RATE)
    writer.write(SOUND)
    writer.abandon()
    with store.resume_audio(visit) as writer:
        writer.write(SOUND)
    for number in range(windows):
        store.append_journal(visit, make_window(float(number)))
    store.save_transcript(visit, make_transcript())
    store.add_version(visit, make_note("drafted"), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.add_version(visit, make_note("edited"), VersionKind.EDIT, EncounterState.DRAFT, 1)
    store.sign_version(visit, VersionKind.SIGNATURE, make_note("signed"), "authorship", PASSPHRASE, 2)
    return visit


def content(session, visit):
    """Everything that a member reads; every signature must be valid."""
    store = session.encounters
    versions = store.versions(visit)
    for version in versions:
        assert version.signature is None or store.verify(visit, version.number).valid
    info = store.audio_info(visit)
    return {
        "title": store.get(visit).title,
        "choice": store.draft_choice(visit),
        "consent": store.consent(visit),
        "journal": list(store.journal(visit)),
        "transcript": store.transcript(visit),
        "versions": versions,
        "sound": store.read_audio(visit) if info else None,
        "info": info,
    }


def key_ids(session, visit):
    """Ids of all keys that seal a value of the encounter, in rows and in files."""
    found = set()
    with session._vault.database.transaction() as connection:
        for sealed in SEALED_COLUMNS:
            query = select(sealed.column).where(sealed.table.c[sealed.encounter] == visit)
            found |= {key_id_of(blob) for blob in connection.execute(query).scalars() if blob is not None}
    for path in (session._vault.folder / "audio").glob(f"{visit}.*"):
        found.add(key_id_of(path.read_bytes()))
    return found


def earlier_keys(session, visit):
    """How many earlier keys the encounter has."""
    with session._vault.database.transaction() as connection:
        query = select(EarlierKeyRow.key_id).where(EarlierKeyRow.encounter_id == visit)
        return len(connection.execute(query).all())


def person(session, name):
    """The id of a person."""
    return next(u.id for u in session.users.list() if u.name == name)
