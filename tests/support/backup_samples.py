"""A vault with something of everything, its backup, and restoring it."""

from pathlib import Path

from vault_samples import PASSPHRASE, make_note, make_transcript, make_window, no_delay

from app.domain.encounter import EncounterState, VersionKind
from app.domain.work import CancelToken, no_progress
from app.vault import opening
from app.vault.backup.restoring import restore

RATE = 100
SOUND = bytes(range(100)) * 6


def fill(session) -> dict[str, str]:
    """A signed visit, a draft whose recording was cut off and resumed, and one without sound; ids by name."""
    store = session.encounters
    ids = {name: store.create(name) for name in ("signed", "resumed", "silent")}
    with store.audio_writer(ids["signed"], RATE) as writer:
        writer.write(SOUND)
    store.save_transcript(ids["signed"], make_transcript())
    store.add_version(ids["signed"], make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.sign_version(ids["signed"], VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
    writer = store.audio_writer(ids["resumed"], RATE)
    writer.write(SOUND)
    writer.abandon()
    with store.resume_audio(ids["resumed"]) as writer:
        writer.write(SOUND)
    store.append_journal(ids["resumed"], make_window())
    store.add_version(ids["silent"], make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return ids


def restored(
    path: Path, folder: Path, *, partial=False, erased_list=None, name="anna", progress=no_progress, cancel=None
):
    """Restore with the passphrase; what `restore` returns."""

    def sign_in(place):
        return opening.sign_in(place, name, PASSPHRASE, delay=no_delay(place))

    return restore(
        path,
        folder,
        sign_in,
        partial=partial,
        erased_list=erased_list,
        progress=progress,
        cancel=cancel or CancelToken(),
    )


def content(session, ids):
    """What a reader sees of the visits that `fill` made; signatures and trail must verify."""
    store = session.encounters
    assert session.audit.verify().first_bad is None
    assert store.verify(ids["signed"], 2).valid
    return {
        "titles": sorted(e.title for e in store.list()),
        "notes": {name: [v.note for v in store.versions(i)] for name, i in ids.items()},
        "words": {name: store.transcript(i) for name, i in ids.items()},
        "journal": {name: list(store.journal(i)) for name, i in ids.items()},
        "sound": {name: store.read_audio(i) for name, i in ids.items() if store.audio_info(i)},
    }
