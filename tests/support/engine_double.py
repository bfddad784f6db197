"""A stand-in for the engine's worker process, for faults that real models do not commit on demand."""

import os
import time
from multiprocessing.connection import Connection

from app.engine.messages import Audio, Cancel, Failed, Finished, Preload, ProgressMade, Transcribe, decode, encode


def main(connection: Connection, models: str, threads: int) -> None:
    """Obey the model name of each request: echo, crash, hang, obedient, grow, babble, bug."""
    sizes: dict[int, int] = {}
    while True:
        message = decode(connection.recv_bytes())
        match message:
            case Audio():
                sizes[message.job] = sizes.get(message.job, 0) + len(message.payload)
            case Transcribe():
                _serve(connection, message, sizes.get(message.job, 0))
            case Preload():
                connection.send_bytes(encode(Finished(message.job, {"pid": os.getpid()})))
            case _:
                pass


def _serve(connection: Connection, request: Transcribe, size: int) -> None:
    match request.model:
        case "echo":
            connection.send_bytes(encode(ProgressMade(request.job, 0.5, "half")))
            connection.send_bytes(encode(Finished(request.job, {"bytes": size, "pid": os.getpid()})))
        case "crash":
            os._exit(7)
        case "hang":
            time.sleep(600)
        case "obedient":
            while not isinstance(decode(connection.recv_bytes()), Cancel):
                pass
            connection.send_bytes(encode(Failed(request.job, "cancelled", "Cancelled.")))
        case "grow":
            hoard = [bytearray(os.urandom(1 << 20)) * 50 for _ in range(8)]
            time.sleep(600)
            del hoard
        case "babble":
            connection.send_bytes(b"\x00\x00\x00\x05hello")
        case "bug":
            connection.send_bytes(encode(Failed(request.job, "bug", "ValueError at x.py:1")))
        case "refuse":
            connection.send_bytes(encode(Failed(request.job, "model-damaged", "model.bin is damaged.", "Fetch it.")))
