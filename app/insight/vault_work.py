"""A process that writes into a vault in every way until it is killed: record, edit, sign, rotate keys, back up."""

import contextlib
import json
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.vault import sign_in
from app.vault.session import VaultSession

USER = "bench"
RATE = 1000
SECONDS = 3
Tell = Callable[..., None]


def serve(connection: Connection) -> None:
    """Work as the first message says; tell each thing after it was stored, as `[what, visit, …]`."""
    order: dict[str, Any] = json.loads(connection.recv_bytes())
    session = sign_in(Path(order["vault"]), USER, order["passphrase"])

    def tell(*words: object) -> None:
        connection.send_bytes(json.dumps(words).encode())

    with contextlib.suppress(BrokenPipeError):
        for number in count(order["first"]):
            visit = _one_visit(session, number, order["passphrase"], tell)
            session.team.rotation.request(visit)
            session.team.rotation.run()
            tell("rotated", visit)
            if number % 2 == 0:
                tell("backup", str(session.records.back_up(Path(order["backups"])).path))


def _one_visit(session: VaultSession, number: int, passphrase: str, tell: Tell) -> str:
    store = session.encounters
    visit = store.create(f"visit {number}")
    tell("created", visit)
    with store.audio_writer(visit, RATE) as writer:
        for second in range(1, SECONDS + 1):
            writer.write(sound(second))
            tell("second", visit, second)
    tell("closed", visit)
    store.save_transcript(visit, said(visit))
    tell("transcript", visit)
    store.add_version(visit, written(visit, 1), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    tell("draft", visit)
    store.add_version(visit, written(visit, 2), VersionKind.EDIT, EncounterState.REVIEWED, 1)
    tell("edit", visit)
    store.sign_version(visit, VersionKind.SIGNATURE, written(visit, 3), "authorship", passphrase, 2)
    tell("signed", visit)
    return visit


def sound(second: int) -> bytes:
    """The PCM of a second of every visit."""
    return bytes((second, 0)) * RATE


def said(visit: str) -> Transcript:
    """The transcript of a visit."""
    return Transcript(3.0, "en", "bench", (Utterance("u1", 0.0, 3.0, Speaker.PATIENT, f"Words of {visit}."),))


def written(visit: str, number: int) -> Note:
    """The note of a visit in its version of this number."""
    statement = Statement("s1", f"Version {number} of {visit}.", ("u1",), Support.SUPPORTED)
    return Note("soap", (Section("subjective", "Subjective", (statement,)),))
