"""A process that records into a vault until it is killed: the real recorder, the real vault, no models."""

import contextlib
import json
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from app.audio.microphone_choice import MicrophoneChoice
from app.audio.recorder import Recorder
from app.audio.steady_clock import steady
from app.domain.encounter import Stage, StageState
from app.domain.errors import AnamnesisError, MachineError
from app.domain.live import ignore_events
from app.insight.child_process import child_process
from app.insight.file_microphone import FileMicrophone
from app.vault import sign_in

USER = "bench"


def serve(connection: Connection) -> None:
    """Record what the first message asks for; tell the encounter, the moment of the start, and what was sealed.

    Messages are JSON objects: `{"encounter": id, "started": s}`, `{"sealed": s}`, `{"failed": text, "remedy": text}`;
    moments are seconds of the steady clock, which all processes share.
    """
    order: dict[str, Any] = json.loads(connection.recv_bytes())
    try:
        _record(connection, order)
    except AnamnesisError as error:
        _tell(connection, {"failed": error.message, "remedy": error.remedy})


def _record(connection: Connection, order: dict[str, Any]) -> None:
    session = sign_in(Path(order["vault"]), USER, order["passphrase"])
    microphone = None if order["audio"] is None else FileMicrophone(Path(order["audio"]))
    recorder = _open_recorder(microphone, order["device"])
    encounter = session.encounters.create("recording")
    session.encounters.set_stage(encounter, Stage.RECORD, StageState.RUNNING)
    writer = session.encounters.audio_writer(encounter, channels=1)
    lock = threading.Lock()

    def on_sealed(pcm: bytes, at: float) -> None:
        with lock:
            _tell(connection, {"sealed": at + len(pcm) / 32_000})

    with lock:
        started = steady()
        recorder.record(writer, on_sealed)
        started = started if microphone is None else microphone.began
        _tell(connection, {"encounter": encounter, "started": started})
    with contextlib.suppress(EOFError, OSError):
        connection.recv_bytes()  # nobody ever says anything more: the pipe closes or this process is killed
    recorder.abandon()
    recorder.close()
    session.close()


def _open_recorder(microphone: FileMicrophone | None, device: str | None) -> Recorder:
    choice = MicrophoneChoice(device)
    if microphone is None:
        recorder = Recorder(choice, ignore_events)
    else:
        recorder = Recorder(choice, ignore_events, source=lambda _choice: microphone)
    recorder.open()
    return recorder


def _tell(connection: Connection, message: dict[str, object]) -> None:
    connection.send_bytes(json.dumps(message).encode())


@contextlib.contextmanager
def recording(vault: Path, passphrase: str, audio: Path | None, device: str | None) -> Iterator["RecordingChild"]:
    """Run a recording process; it is killed with the block. Raises the declared error that it met."""
    with child_process(serve) as (process, connection):
        order = {"vault": str(vault), "passphrase": passphrase, "device": device}
        order["audio"] = None if audio is None else str(audio)
        connection.send_bytes(json.dumps(order).encode())
        yield RecordingChild(process, connection)


class RecordingChild:
    """What the recording process said so far."""

    def __init__(self, process: Any, connection: Connection) -> None:  # noqa: ANN401 a process of any start method
        self._process = process
        self._connection = connection
        self.encounter = ""
        self.started = 0.0
        self.sealed = 0.0

    def wait_until_recording(self, seconds: float = 60.0) -> None:
        """Wait until sound is being recorded. Raises `MachineError`."""
        limit = steady() + seconds
        while not self.encounter:
            self._read_until(min(limit, steady() + 1.0))
            if steady() >= limit or not self._process.is_alive():
                raise MachineError("The recording process did not begin to record.", "Try again.")

    def watch(self, until: float) -> None:
        """Read what it says until a moment of the steady clock."""
        self._read_until(until)

    def kill(self) -> float:
        """End it as a power cut would; return the moment and read what it had still said."""
        at = steady()
        self._process.kill()
        self._process.join()
        with contextlib.suppress(EOFError, OSError):
            while self._connection.poll(0):
                self._take(json.loads(self._connection.recv_bytes()))
        return at

    def _read_until(self, moment: float) -> None:
        with contextlib.suppress(EOFError, OSError):
            while (rest := moment - steady()) > 0:
                if self._connection.poll(rest):
                    self._take(json.loads(self._connection.recv_bytes()))

    def _take(self, message: dict[str, Any]) -> None:
        if "failed" in message:
            raise MachineError(message["failed"], message["remedy"])
        self.sealed = max(self.sealed, message.get("sealed", 0.0))
        self.encounter = message.get("encounter", self.encounter)
        self.started = message.get("started", self.started)
