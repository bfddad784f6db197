"""The devices that PortAudio sees now. Its list is frozen at its start, so a short-lived process asks."""

import ctypes
import ctypes.util
import json
import multiprocessing
import sys
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection

from app.domain.errors import MachineError

_PATIENCE = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One device: channels it offers in each direction and its native rate in Hz."""

    api: str
    name: str
    inputs: int
    outputs: int
    rate: int
    default_input: bool


def portaudio_missing() -> MachineError:
    """The error for a machine without PortAudio."""
    return MachineError(
        "The sound library PortAudio is missing.", "Install it (on Debian: apt-get install libportaudio2)."
    )


def require_portaudio() -> None:
    """Raise `MachineError` if the library is missing. It is not started; other systems get it with `sounddevice`."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libportaudio.so.2")
        except OSError:
            if ctypes.util.find_library("portaudio") is None:
                raise portaudio_missing() from None


def sound_devices() -> tuple[SoundDevice, ...]:
    """All devices, possibly none. Takes about half a second. Raises `MachineError` if PortAudio is missing or hangs."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(theirs,), name="anamnesis-devices", daemon=True)
    process.start()
    theirs.close()
    try:
        answer = ours.recv_bytes() if ours.poll(_PATIENCE) else b""
    except EOFError:
        answer = b""
    finally:
        ours.close()
        process.kill()
        process.join()
    if not answer:
        raise MachineError(
            "The sound system does not answer.", "Unplug the sound device that was added last, or restart."
        )
    found = json.loads(answer)
    if found is None:
        raise portaudio_missing()
    return tuple(SoundDevice(**device) for device in found)


def _tell(connection: Connection) -> None:
    try:
        import sounddevice
    except OSError:
        connection.send_bytes(b"null")
        return
    apis = sounddevice.query_hostapis()
    devices = [
        asdict(
            SoundDevice(
                api=str(apis[device["hostapi"]]["name"]),
                name=str(device["name"]),
                inputs=int(device["max_input_channels"]),
                outputs=int(device["max_output_channels"]),
                rate=int(device["default_samplerate"]),
                default_input=apis[device["hostapi"]]["default_input_device"] == device["index"],
            )
        )
        for device in sounddevice.query_devices()
    ]
    connection.send_bytes(json.dumps(devices).encode())
