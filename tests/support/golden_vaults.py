"""Golden vaults: one small vault of each schema, made by the program of its time and kept in the repository.

A new one is made once, when a schema is released: `python tests/support/golden_vaults.py FOLDER` with the code of that
commit on the path. What lies there is never made again: that later programs open it is what the test shows.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role
from app.domain.transcript import Speaker, Transcript, Utterance
from app.vault import opening
from app.vault.key_slot import Argon2Cost

GOLDEN = Path(__file__).resolve().parent.parent / "unit" / "vault" / "golden"
PASSPHRASE = "golden horse battery"
SOUND = bytes(range(1, 251)) * 8
RATE = 1000
SIGNED, SHARED, DESTROYED = "Golden, signed", "Golden, shared", "Golden, destroyed"
SAID = "I take metoprolol, 50 milligrams."
CODE = "recovery-code.txt"


def golden_note(text: str) -> Note:
    """One statement that cites the one utterance."""
    statement = Statement("s1", text, ("u1",), Support.SUPPORTED)
    return Note("soap", (Section("subjective", "Subjective", (statement,)),))


def golden_transcript() -> Transcript:
    """One utterance."""
    return Transcript(2.0, "en", "golden", (Utterance("u1", 0.0, 2.0, Speaker.PATIENT, SAID),))


def golden_names() -> list[str]:
    """The kept vaults, oldest schema first."""
    return sorted(path.name for path in GOLDEN.glob("schema-*"))


def golden_copy(name: str, to: Path) -> Path:
    """A copy that may be opened, which changes it."""
    return Path(shutil.copytree(GOLDEN / name, to / name, ignore=shutil.ignore_patterns(CODE)))


@contextmanager
def golden_session(folder: Path, name: str) -> Iterator[opening.VaultSession]:
    """A session that is closed at the end."""
    session = opening.sign_in(folder, name, PASSPHRASE)
    try:
        yield session
    finally:
        session.close()


def make(folder: Path) -> None:
    """Anna (physician, administrator) and Ines (nurse); a signed visit with an addendum, a shared, a destroyed one."""
    cheap = Argon2Cost(memory=19_456, iterations=2, lanes=1)
    session, code = opening.create_vault(
        folder, name="anna", display_name="Anna Ek, MD", passphrase=PASSPHRASE, cost=cheap
    )
    ines, _ = session.users.add("ines", "Ines Roth, RN", frozenset({Role.NURSE}), PASSPHRASE)
    store = session.encounters
    signed, shared, destroyed = store.create(SIGNED), store.create(SHARED), store.create(DESTROYED)
    for visit in (signed, shared, destroyed):
        with store.audio_writer(visit, RATE) as writer:
            writer.write(SOUND)
        store.save_transcript(visit, golden_transcript())
        store.add_version(visit, golden_note("Draft."), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    store.sign_version(signed, VersionKind.SIGNATURE, golden_note("Signed."), "authorship", PASSPHRASE, 1)
    store.sign_version(signed, VersionKind.ADDENDUM, golden_note("Added."), "amendment", PASSPHRASE, 2)
    store.share(shared, ines.id)
    store.destroy(destroyed, "golden")
    session.close()
    (folder / CODE).write_text(code + "\n", encoding="utf-8")
    for left in ("vault.lock", "vault.tries"):
        (folder / left).unlink(missing_ok=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
