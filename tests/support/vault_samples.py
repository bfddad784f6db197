"""Vaults, notes and faults for tests of the vault. Argon2id runs at the floor that production allows."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.domain.errors import AnamnesisError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Role
from app.domain.recording import Consent, ConsentDecision, ConsentMethod, HeardWindow
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.words import Word
from app.vault import opening
from app.vault.field_blob import DataKey
from app.vault.key_slot import Argon2Cost
from app.vault.session import VaultSession
from app.vault.sign_in_delay import SignInDelay

CHEAP = Argon2Cost(memory=19_456, iterations=2, lanes=1)
PASSPHRASE = "correct horse battery"
KEY = DataKey(b"k" * 16, b"s" * 32)


def make_transcript(text: str = "Fifty milligrams in the morning.") -> Transcript:
    """Two utterances, the second by the clinician."""
    words = (Word(0.0, 0.5, "Fifty", 0.98), Word(0.5, 1.1, "milligrams", 0.91))
    return Transcript(
        12.5,
        "en",
        "test",
        (
            Utterance("u1", 0.0, 2.1, Speaker.PATIENT, text, words),
            Utterance("u2", 2.1, 4.0, Speaker.CLINICIAN, "Good."),
        ),
    )


def make_consent(
    decision: ConsentDecision = ConsentDecision.GIVEN, who: str = "patient", wording: str = "en-1"
) -> Consent:
    """A decision; by word of mouth if consent is given."""
    method = ConsentMethod.VERBAL if decision is ConsentDecision.GIVEN else None
    return Consent(decision, method, who, wording, datetime(2026, 3, 1, 9, 0, tzinfo=UTC))


def make_window(start: float = 0.0, text: str = "fifty") -> HeardWindow:
    """Two seconds of final text with two words."""
    words = (Word(start, start + 0.5, text, 0.98), Word(start + 0.5, start + 1.1, "milligrams", 0.91))
    return HeardWindow(start, start + 2.0, words)


def make_note(text: str = "Takes metoprolol 50 mg.", *evidence: str) -> Note:
    """One statement that cites `u1` unless told otherwise."""
    statement = Statement("s1", text, evidence or ("u1",), Support.SUPPORTED)
    return Note("soap", (Section("subjective", "Subjective", (statement,)),))


class Template:
    """A vault made once per test process and copied for each test: anna (physician, administrator), ines (nurse)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "template"
        session, self.code = opening.create_vault(
            self.folder, name="anna", display_name="Anna Ek, MD", passphrase=PASSPHRASE, cost=CHEAP
        )
        for name, roles in (
            ("ines", {Role.NURSE}),
            ("adam", {Role.ADMINISTRATOR}),
            ("olga", {Role.AUDITOR}),
            ("paul", {Role.PHYSICIAN}),
        ):
            session.users.add(name, name.title(), frozenset(roles), PASSPHRASE)
        session.close()

    def copy(self, to: Path) -> Path:
        """Return a fresh copy of the vault's folder."""
        return Path(shutil.copytree(self.folder, to / "vault"))


@contextmanager
def signed_in(folder: Path, name: str = "anna", passphrase: str = PASSPHRASE) -> Iterator[VaultSession]:
    """A session that is closed at the end, without any waiting after wrong tries."""
    session = opening.sign_in(folder, name, passphrase, delay=no_delay(folder))
    try:
        yield session
    finally:
        session.close()


def no_delay(folder: Path) -> SignInDelay:
    """A delay whose clock runs an hour ahead at every look."""
    now = [1_800_000_000.0]

    def clock() -> float:
        now[0] += 3600
        return now[0]

    return SignInDelay(folder, clock=clock)


def allow_changes(connection: Connection, *tables: str) -> None:
    """Take away what keeps these tables as they are, as someone with the database's key or password can."""
    for table in tables:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for act in ("update", "delete") if connection.dialect.name == "sqlite" else ():
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))


def flips(blob: bytes) -> Iterator[bytes]:
    """The blob with one bit changed, at every byte."""
    for i in range(len(blob)):
        yield blob[:i] + bytes((blob[i] ^ (1 << (i % 8)),)) + blob[i + 1 :]


def cuts(blob: bytes) -> Iterator[bytes]:
    """The blob cut at every byte."""
    return (blob[:i] for i in range(len(blob)))


def assert_declared(act: Callable[[], object]) -> AnamnesisError:
    """The act raises a declared error, and nothing else."""
    with pytest.raises(AnamnesisError) as caught:
        act()
    return caught.value
