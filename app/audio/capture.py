"""The parent's handle on the process that listens to one device."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from app.audio import capture_process
from app.audio.capture_messages import CaptureRequest, Kind, unpack_fields, unpack_sound
from app.audio.input_devices import InputDevice, input_devices, pick
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.portaudio_devices import portaudio_missing
from app.audio.pulse_sources import hear_only
from app.audio.sound_source import DeviceGoneError, Piece, SoundSource
from app.domain.errors import MachineError
from app.spawning import ctrl_c_blocked

_OPENING = 10.0  # seconds
_SILENT_READS = 30  # reads of 0.1 s without a message, counted because a sleeping computer must not look like a hang
_READ = 0.1


class Capture:
    """One device, heard by a process of its own (a `SoundSource`)."""

    def __init__(self, device: str | None = None, *, separate: bool = False, buffer: float = 60.0) -> None:
        """`device` is an id of `InputDevice` (None: the default); `buffer` in seconds survives a stopped parent."""
        self._wanted = device
        self._separate = separate
        self._buffer = buffer
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._device: InputDevice | None = None
        self._silent_reads = 0
        self.channels = 1
        self.missing = ""

    @property
    def device(self) -> str:
        """Id of the device that is heard; empty before `open`."""
        return self._device.id if self._device else ""

    @property
    def name(self) -> str:
        """Its name for people."""
        return self._device.name if self._device else ""

    @property
    def process_id(self) -> int | None:
        """Process id while it listens."""
        return self._process.pid if self._process is not None else None

    def open(self) -> None:
        """Start the process; return when the first sound has arrived. Raises `MachineError` with its way out."""
        device = pick(input_devices(), self._wanted)
        if self._separate and device.channels < 2:
            raise MachineError(
                f"{device.name} has one channel only.", "Choose another device, or one channel for everybody."
            )
        self._device = device
        self.channels = 2 if self._separate else 1
        self._spawn(_request(device, self.channels, self._buffer))
        try:
            self._await_sound(device)
            self._make_sure(device)
        except BaseException:
            self.close()
            raise

    def begin(self) -> None:
        """Nothing to do: it listens already."""

    def absent(self, present: frozenset[str]) -> bool:
        """Whether its device is gone from the list; a sound server may then let us hear another one in silence."""
        return self.device not in present

    def read(self, timeout: float) -> Piece | None:
        """The next piece, or None after `timeout` seconds. Raises `DeviceGoneError` after the last piece."""
        connection = self._connection
        if connection is None:
            raise self._gone()
        try:
            if not connection.poll(timeout):
                self._silent_reads += 1
                if self._silent_reads * max(timeout, 0.001) >= _SILENT_READS * _READ:
                    raise self._gone()
                return None
            message = connection.recv_bytes()
        except (EOFError, OSError):
            raise self._gone() from None
        self._silent_reads = 0
        if message[0] != Kind.SOUND:
            raise self._gone()
        return unpack_sound(message)

    def close(self) -> None:
        """End the process; a driver that hangs is not waited for."""
        with self._lock:
            process, self._process = self._process, None
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if process is not None:
            process.join(0.3)
            if process.is_alive():
                process.kill()
            process.join(5)

    def _gone(self) -> DeviceGoneError:
        return DeviceGoneError(f"The microphone {self.name} is gone.", "Plug it in again or choose another one.")

    def _spawn(self, request: CaptureRequest) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=capture_process.main, args=(theirs, request), name="anamnesis-capture", daemon=True
        )
        try:
            with ctrl_c_blocked():
                process.start()
        except OSError as error:
            ours.close()
            raise MachineError("The recording process could not be started.", "Close other programs.") from error
        finally:
            theirs.close()
        self._process, self._connection = process, ours

    def _await_sound(self, device: InputDevice) -> None:
        connection = self._connection
        try:
            if connection is None or not connection.poll(_OPENING):
                raise MachineError(f"{device.name} does not answer.", "Plug it in again or choose another microphone.")
            message = connection.recv_bytes()
        except (EOFError, OSError):
            raise MachineError(
                "The sound system ended unexpectedly.", "Plug the microphone in again or choose another one."
            ) from None
        if message[0] == Kind.FAILED:
            raise _failure(device, unpack_fields(message))
        if self._separate and int(unpack_fields(message)["device_channels"]) < 2:
            raise MachineError(
                f"{device.name} gives one channel only.", "Choose another device, or one channel for everybody."
            )

    def _make_sure(self, device: InputDevice) -> None:
        """The sound must be the chosen microphone's, not the system's default."""
        kind, _, source = device.id.partition(":")
        if kind == "pulse" and self.process_id is not None and not hear_only(self.process_id, source):
            raise MachineError(
                f"{device.name} cannot be heard; the system gives another one.",
                "Make it the default input in the system's sound settings.",
            )


def open_capture(choice: MicrophoneChoice) -> SoundSource:
    """A source, not open yet, for what the person chose."""
    if choice.second is not None:
        from app.audio.pair import PairSource

        return PairSource(Capture(choice.device), Capture(choice.second))
    return Capture(choice.device, separate=choice.separate)


def _request(device: InputDevice, channels: int, buffer: float) -> CaptureRequest:
    kind, _, rest = device.id.partition(":")
    if kind == "pulse":
        return CaptureRequest(rest, "", "", device.rate, device.channels, channels, buffer)
    api, _, name = rest.partition(":")
    return CaptureRequest("", api, name, device.rate, device.channels, channels, buffer)


def _failure(device: InputDevice, fields: dict[str, str]) -> MachineError:
    name, detail = device.name, fields.get("detail", "")
    match fields.get("code"):
        case "portaudio-missing":
            return portaudio_missing()
        case "not-found":
            return MachineError(
                f"The sound system offers no way to {name}.",
                "Plug it in again; on Debian with PulseAudio or PipeWire: apt-get install libasound2-plugins.",
            )
        case "busy":
            return MachineError(
                f"{name} is used by another program.", "Close that program or choose another microphone."
            )
        case "rate":
            return MachineError(
                f"{name} refuses {device.rate}, 48000, 44100 and 16000 Hz.",
                "Set it to 48000 Hz in the system's sound settings, or choose another microphone.",
            )
        case "silent":
            return MachineError(
                f"{name} opens but gives no sound.",
                "Switch it on, allow its use in the system's privacy settings, or choose another one.",
            )
        case _:
            return MachineError(
                f"{name} cannot be opened ({detail or 'no reason given'}).", "Choose another microphone."
            )
