"""Sources of a PulseAudio or PipeWire server (Linux). Asking takes a few milliseconds, and sees re-plugging at once."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pulsectl

Answer = TypeVar("Answer")

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
    return _asked(_list)


def hear_only(process_id: int, name: str) -> bool:
    """Make a process that records hear the source `name`; false if it hears another one and cannot be moved.

    PipeWire's own ALSA plug-in, for one, does not look at PULSE_SOURCE. True if the server does not know the process.
    """
    return _asked(lambda pulse: _move(pulse, process_id, name)) is not False


def _asked(question: Callable[["pulsectl.Pulse"], Answer]) -> Answer | None:
    """Ask the server, with a limit of time; None if there is no answer."""
    global _asking  # noqa: PLW0603 # a server that hangs must not collect threads
    if sys.platform != "linux":
        return None
    with _one_at_a_time:
        if _asking is not None and _asking.is_alive():
            return None
        answer: list[Answer] = []
        _asking = threading.Thread(target=_ask, args=(question, answer), name="pulse-sources", daemon=True)
        _asking.start()
        _asking.join(_PATIENCE)
        return answer[0] if answer else None


def _ask(question: Callable[["pulsectl.Pulse"], Answer], answer: list[Answer]) -> None:
    try:
        import pulsectl
    except (ImportError, OSError):  # libpulse is not installed
        return
    try:
        with pulsectl.Pulse("anamnesis") as pulse:  # its own time-out always waits to the end
            answer.append(question(pulse))
    except pulsectl.PulseError:
        return


def _list(pulse: "pulsectl.Pulse") -> tuple[PulseSource, ...]:
    default = pulse.server_info().default_source_name
    return tuple(_source(item, default) for item in pulse.source_list())


def _move(pulse: "pulsectl.Pulse", process_id: int, name: str) -> bool:
    import pulsectl

    wanted = [source.index for source in pulse.source_list() if source.name == name]
    for stream in pulse.source_output_list():
        if stream.proplist.get("application.process.id") != str(process_id):
            continue
        if not wanted:
            return False
        try:
            if stream.source != wanted[0]:
                pulse.source_output_move(stream.index, wanted[0])
        except pulsectl.PulseOperationFailed:
            return False
    return True


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
