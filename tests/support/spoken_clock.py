"""Sound that tells the time: a rising tone from whose pitch any tenth of a second can be read."""

import wave
from pathlib import Path

import numpy as np

RATE = 16_000
LOW = 300.0
RISE = 100.0
"""Hz a second: 60 s end at 6300 Hz, below half of 16 kHz."""

WINDOW = RATE // 10


def write_clock(path: Path, seconds: float = 60.0) -> Path:
    """Write the tone as a WAV file."""
    t = np.arange(int(seconds * RATE)) / RATE
    tone = 0.5 * np.sin(2 * np.pi * (LOW * t + RISE * t * t / 2))
    return write_wav(path, (tone * 32_767).astype("<i2").tobytes())


def write_wav(path: Path, pcm: bytes) -> Path:
    """Write 16-bit mono PCM at 16 kHz as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return path


def time_told(pcm: bytes, at: float | None = None) -> float | None:
    """Seconds of the clock that are heard `at` seconds of a recording (its end if None); None for silence."""
    samples = np.frombuffer(pcm, "<i2").astype(float)
    end = len(samples) if at is None else int(at * RATE) + WINDOW // 2
    window = samples[end - WINDOW : end]
    if len(window) < WINDOW or np.sqrt(np.mean(window.reshape(4, -1) ** 2, axis=1)).min() < 1_000:
        return None
    spectrum = np.abs(np.fft.rfft(window * np.hanning(WINDOW), 16 * WINDOW))
    pitch = np.argmax(spectrum) * RATE / (16 * WINDOW)
    return float((pitch - LOW) / RISE + (WINDOW / 2 / RATE if at is None else 0.0))


def last_time_told(pcm: bytes) -> float | None:
    """The last time that can be heard, silence at the end left aside."""
    for end in range(len(pcm) // 2, WINDOW, -WINDOW // 2):
        told = time_told(pcm[: 2 * end])
        if told is not None:
            return told
    return None
