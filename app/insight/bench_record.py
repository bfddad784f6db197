"""The recorder alone on a real microphone: processor time, and how soon sound is sealed on disk."""

import contextlib
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from app.audio.microphone_choice import MicrophoneChoice
from app.audio.recorder import Recorder
from app.audio.steady_clock import steady
from app.domain.errors import MachineError
from app.domain.live import Alarm, Levels, LiveEvent
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.hardware import hardware
from app.insight.percentiles import spread
from app.insight.process_memory import CpuShare
from app.vault import create_vault

_SECOND = 32_000  # bytes of 16-bit mono at 16 kHz


def bench_record(device: str | None, *, seconds: float, progress: Progress, cancel: CancelToken) -> dict[str, object]:
    """Record `seconds` into a throw-away vault.

    `cpu_percent` is of one core while recording: this whole program (recorder thread, sealing, syncing, level events;
    nothing else runs in it) and its capture process. `first_sealed_block` runs from opening the microphone, as pressing
    Start does; `record_to_first_block` from an open one. `delay` is the time from a sample's moment, counted from the
    call of `record`, to its block lying sealed on disk.

    Raises `MachineError` if there is no microphone or it cannot be opened.
    """
    heard: list[LiveEvent] = []
    sealed: list[tuple[float, float]] = []

    def on_sealed(pcm: bytes, at: float) -> None:
        sealed.append((steady(), at + len(pcm) / _SECOND))

    with tempfile.TemporaryDirectory(prefix="anamnesis-") as folder:
        session, _code = create_vault(
            Path(folder) / "vault", name="bench", display_name="Bench", passphrase=secrets.token_urlsafe(24)
        )
        with contextlib.closing(session):
            writer = session.encounters.audio_writer(session.encounters.create("bench"), channels=1)
            pressed = steady()
            with _opened(device, heard) as recorder:
                name = recorder.device_name
                started = steady()
                recorder.record(writer, on_sealed)
                own, capture = CpuShare(psutil.Process()), _Together(psutil.Process())
                _wait(started + seconds, started, progress, cancel)
                percent = {"program": own.percent(), "capture": capture.percent()}
                kept = recorder.finish()
    if not sealed:
        raise MachineError("The microphone gave no sound.", "Choose another one with --device.")
    figures: dict[str, object] = {
        "device": name,
        "seconds": round(kept, 2),
        "cpu_percent": {"all": _sum(percent), **percent},
        "first_sealed_block": round(sealed[0][0] - pressed, 3),
        "record_to_first_block": round(sealed[0][0] - started, 3),
        "delay": spread([at - started - until for at, until in sealed], 3),
        "level_events": sum(isinstance(event, Levels) for event in heard),
        "alarms": sorted({event.kind.value for event in heard if isinstance(event, Alarm)}),
        "hardware": hardware(),
    }
    return {**figures, "aims": beside_aims("record", figures)}


@contextlib.contextmanager
def _opened(device: str | None, heard: list[LiveEvent]) -> Iterator[Recorder]:
    recorder = Recorder(MicrophoneChoice(device), heard.append)
    try:
        recorder.open()
        yield recorder
    finally:
        recorder.close()


class _Together:
    """Processor time of all children that live at the start."""

    def __init__(self, parent: psutil.Process) -> None:
        self._shares = [CpuShare(child) for child in parent.children(recursive=True)]

    def percent(self) -> float | None:
        found = [share.percent() for share in self._shares]
        return None if None in found else round(sum(value for value in found if value is not None), 2)


def _sum(percent: dict[str, float | None]) -> float | None:
    values = list(percent.values())
    return None if None in values else round(sum(value for value in values if value is not None), 2)


def _wait(until: float, started: float, progress: Progress, cancel: CancelToken) -> None:
    while (rest := until - steady()) > 0:
        cancel.check()
        progress(1 - rest / (until - started), "recording")
        time.sleep(min(0.5, rest))
