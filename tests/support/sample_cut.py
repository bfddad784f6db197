"""The beginning of the sample visit as a file of its own, for tests that need speech but not all of it."""

import wave
from pathlib import Path

from app.audio.decode import RATE, decode
from app.settings import RESOURCES

SAMPLE = RESOURCES / "sample" / "visit.ogg"


def sample_cut(path: Path, seconds: float) -> Path:
    """Write the first `seconds` as 16-bit WAV to `path` and return it."""
    samples = decode(SAMPLE).samples[: round(seconds * RATE)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path
