"""Sources of a PulseAudio or PipeWire server (Linux). Asking takes a few milliseconds, and sees re-plugging at once."""

import sys
from dataclasses import dataclass
from typing import Any

_PATIENCE = 2.0  # seconds that a server may take to accept us


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A source: `name` is stable over re-plugging; `rate` in Hz."""

    name: str
    description: str
    channels: int
    rate: int
    default: bool
    monitor: bool


def pulse_sources() -> tuple[PulseSource, ...] | None:
    """All sources, or None if no such server runs here."""
    if sys.platform != "linux":
        return None
    try:
        import pulsectl
    except (ImportError, OSError):  # libpulse is not installed
        return None
    try:
        with pulsectl.Pulse("anamnesis", connect=False) as pulse:
            pulse.connect(timeout=_PATIENCE)
            default = pulse.server_info().default_source_name
            return tuple(_source(item, default) for item in pulse.source_list())
    except pulsectl.PulseError:
        return None


def _source(
    item: Any,  # noqa: ANN401 # the library ships no types
    default: str,
) -> PulseSource:
    return PulseSource(
        name=item.name,
        description=item.description or item.name,
        channels=item.channel_count,
        rate=item.sample_spec.rate,
        default=item.name == default,
        monitor=item.proplist.get("device.class") == "monitor",
    )
