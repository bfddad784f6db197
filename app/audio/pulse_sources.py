"""Sources of a PulseAudio or PipeWire server (Linux). Asking takes a few milliseconds, and sees re-plugging at once."""

import sys
import threading
from dataclasses import dataclass
from typing import Any

_PATIENCE = 2.0  # seconds

_one_at_a_time = threading.Lock()
_asking: threading.Thread | None = None


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
    """All sources, or None if no such server runs here, or it does not answer."""
    global _asking  # noqa: PLW0603 # a server that hangs must not collect threads
    if sys.platform != "linux":
        return None
    with _one_at_a_time:
        if _asking is not None and _asking.is_alive():
            return None
        answer: list[tuple[PulseSource, ...]] = []
        _asking = threading.Thread(target=_ask, args=(answer,), name="pulse-sources", daemon=True)
        _asking.start()
        _asking.join(_PATIENCE)
        return answer[0] if answer else None


def _ask(answer: list[tuple[PulseSource, ...]]) -> None:
    try:
        import pulsectl
    except (ImportError, OSError):  # libpulse is not installed
        return
    try:
        with pulsectl.Pulse("anamnesis") as pulse:  # its own time-out always waits to the end
            default = pulse.server_info().default_source_name
            answer.append(tuple(_source(item, default) for item in pulse.source_list()))
    except pulsectl.PulseError:
        return


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
