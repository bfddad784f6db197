"""Microphones and other inputs: the one list for people, settings and the recorder."""

from dataclasses import dataclass

from app.audio.portaudio_devices import require_portaudio, sound_devices
from app.audio.pulse_sources import pulse_sources
from app.domain.errors import MachineError


@dataclass(frozen=True, slots=True)
class InputDevice:
    """An input. `id` is stable over re-plugging; `rate` is its own (Hz); a `monitor` hears what the computer plays."""

    id: str
    name: str
    channels: int
    rate: int
    default: bool
    monitor: bool = False


def input_devices() -> tuple[InputDevice, ...]:
    """What can be recorded from now, the default first and monitors last; () if there is nothing.

    Ids are "pulse:<source>" on PulseAudio and PipeWire, else "portaudio:<host api>:<name>". Raises `MachineError` if
    PortAudio is missing.
    """
    require_portaudio()
    sources = pulse_sources()
    if sources is not None:
        devices = [
            InputDevice(f"pulse:{each.name}", each.description, each.channels, each.rate, each.default, each.monitor)
            for each in sources
        ]
    else:
        devices = _of_portaudio()
    return tuple(sorted(devices, key=lambda device: (device.monitor, not device.default)))


def pick(devices: tuple[InputDevice, ...], wanted: str | None) -> InputDevice:
    """The device with id `wanted`, or for None the default one. Monitors are never picked unless named.

    Raises `MachineError` with its way out.
    """
    for device in devices:
        if device.id == wanted or (wanted is None and not device.monitor):
            return device
    if wanted is None:
        raise MachineError(
            "There is no microphone.", "Plug one in or switch it on; recordings can still be opened as files."
        )
    raise MachineError("The chosen microphone is not there.", "Plug it in again or choose another one.")


def _of_portaudio() -> list[InputDevice]:
    inputs = [device for device in sound_devices() if device.inputs > 0]
    modern = [device for device in inputs if device.api == "Windows WASAPI"]
    first_api = inputs[0].api if inputs else ""
    return [
        InputDevice(
            f"portaudio:{each.api}:{each.name}",
            each.name,
            each.inputs,
            each.rate,
            each.default_input and each.api == (modern[0].api if modern else first_api),
        )
        for each in modern or inputs  # elsewhere Windows lists each device again, with its name cut
    ]
