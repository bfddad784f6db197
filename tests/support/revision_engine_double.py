"""A stand-in for the engine's worker process that answers `Revise` as the model's name says."""

import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from app.domain.codec import section_from_json
from app.domain.revision import RevisedLine, Revision
from app.domain.revision_codec import revision_to_json
from app.engine.messages import Cancel, Failed, Finished, Preload, ProgressMade, Revise, decode, encode


def main(connection: Connection, models: str, _threads: int) -> None:
    """Serve until the pipe closes."""
    while True:
        message = decode(connection.recv_bytes())
        if isinstance(message, Preload):
            connection.send_bytes(encode(Finished(message.job, {"ready": True})))
        if isinstance(message, Revise):
            connection.send_bytes(encode(ProgressMade(message.job, 0.1, "wording the lines anew")))
            _serve(connection, message, Path(models))


def _serve(connection: Connection, request: Revise, folder: Path) -> None:
    once = folder / "crashed"
    match request.model:
        case "crash":
            os._exit(7)
        case "crash-once" if not once.exists():
            once.touch()
            os._exit(7)
        case "hang":
            time.sleep(600)
        case "obedient":
            while not isinstance(decode(connection.recv_bytes()), Cancel):
                pass
            connection.send_bytes(encode(Failed(request.job, "cancelled", "Cancelled.")))
        case "babble":
            connection.send_bytes(b"\x00\x00\x00\x05hello")
        case "no-revision":
            connection.send_bytes(encode(Finished(request.job, {"lines": [{"text": ""}]})))
        case "refuse":
            connection.send_bytes(encode(Failed(request.job, "model-damaged", "The model is damaged.", "Fetch it.")))
        case "bug":
            connection.send_bytes(encode(Failed(request.job, "bug", "ValueError at x.py:1")))
        case "stranger":
            section = section_from_json(request.note["sections"][0])
            value = revision_to_json(Revision("x", section, (RevisedLine("Cough.", ("nobody",)),)))
            connection.send_bytes(encode(Finished(request.job, value)))
        case _:
            section = section_from_json(request.note["sections"][0])
            value = revision_to_json(
                Revision("shorter", section, (RevisedLine("Cough, two weeks.", ("s1",)),), (), "m")
            )
            connection.send_bytes(encode(Finished(request.job, value)))
