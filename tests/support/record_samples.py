"""Visits to hold and to erase."""

from vault_samples import PASSPHRASE, make_note, make_transcript, make_window

from app.domain.encounter import EncounterState, VersionKind

SOUND = bytes(range(200)) * 4
RATE = 100


def make_unsigned(session, title="Draft") -> str:
    """A visit with sound, words, and a draft."""
    store = session.encounters
    visit = store.create(title)
    with store.audio_writer(visit, RATE) as writer:
        writer.write(SOUND)
    store.append_journal(visit, make_window())
    store.save_transcript(visit, make_transcript())
    store.add_version(visit, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return visit


def make_signed(session, title="Visit") -> str:
    """The same, signed."""
    visit = make_unsigned(session, title)
    session.encounters.sign_version(visit, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
    return visit
