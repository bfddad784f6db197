"""Sound in which every stretch can be found again, and what a recorder made of it."""

import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from recorder_doubles import KeptSound

from app.domain.live import Alarm, AlarmKind, LiveEvent, Marked
from app.domain.recording import Mark, MarkKind


def babble(path: Path, seconds: float, seed: int = 1) -> np.ndarray:
    """Noise that changes its loudness like syllables: no two stretches are alike. Written as 48 kHz mono wav."""
    draw = np.random.default_rng(seed)
    frames = round(48_000 * seconds)
    carrier = np.convolve(draw.standard_normal(frames), np.ones(60) / 30, "same")
    loudness = np.interp(np.arange(frames), np.arange(0, frames + 4_800, 4_800), draw.random(frames // 4_800 + 1) + 0.1)
    samples = (carrier * loudness * 6_000).clip(-30_000, 30_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())
    return samples.reshape(-1, 3).mean(axis=1)  # a plain 16 kHz version, for comparison


def place(part: np.ndarray, whole: np.ndarray) -> tuple[int, float]:
    """Where in `whole` the `part` lies best, and the correlation there."""
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    spectrum = np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size))
    at = int(np.argmax(np.fft.irfft(spectrum, size)[: len(whole) - len(part) + 1]))
    heard = whole[at : at + len(part)]
    return at, float(np.dot(heard, part) / (np.linalg.norm(heard) * np.linalg.norm(part) + 1e-9))


def whole_quarters(part: np.ndarray, whole: np.ndarray, rate: int) -> float:
    """Share of the quarter seconds of `part` that stand in `whole` unbroken: a busy sound server fills in silence."""
    pieces = [part[at : at + rate // 4] for at in range(0, len(part) - rate // 4 + 1, rate // 4)]
    return sum(place(piece, whole)[1] > 0.9 for piece in pieces) / len(pieces)


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def marks(events: list[LiveEvent], kind: MarkKind) -> list[Mark]:
    return [event.mark for event in events if isinstance(event, Marked) and event.mark.kind is kind]


def alarms(events: list[LiveEvent], kind: AlarmKind) -> list[bool]:
    return [event.active for event in events if isinstance(event, Alarm) and event.kind is kind]


def samples(disk: KeptSound, channels: int = 1) -> np.ndarray:
    return np.frombuffer(bytes(disk.pcm), "<i2").reshape(-1, channels).astype(np.float64)
