"""The sound devices that PortAudio sees."""

from dataclasses import dataclass

from app.domain.errors import MachineError


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One device: channels it offers in each direction and its native rate in Hz."""

    name: str
    inputs: int
    outputs: int
    rate: int


def sound_devices() -> tuple[SoundDevice, ...]:
    """Return all devices, possibly none. Raises `MachineError` if PortAudio is missing."""
    try:
        import sounddevice
    except OSError as error:
        raise MachineError(
            "The sound library PortAudio is missing.", "On Debian: apt-get install libportaudio2"
        ) from error
    return tuple(
        SoundDevice(
            name=str(device["name"]),
            inputs=int(device["max_input_channels"]),
            outputs=int(device["max_output_channels"]),
            rate=int(device["default_samplerate"]),
        )
        for device in sounddevice.query_devices()
    )
