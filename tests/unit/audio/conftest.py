"""Recordings made on the spot."""

import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

WriteTone = Callable[..., Path]


def tone(seconds: float, rate: int, hertz: float = 440.0) -> np.ndarray:
    """A sine at half of full scale, float64 [n]."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def encode(path: Path, samples: np.ndarray, rate: int, codec: str, layout: str, form: str) -> Path:
    """Encode float samples [channels, n] with PyAV."""
    sample_format = av.AudioFormat(form)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout=layout, format=form)
        resampler = av.AudioResampler(format=sample_format, layout=layout, rate=rate)
        frame = av.AudioFrame.from_ndarray(samples.astype(np.float32), format="fltp", layout=layout)
        frame.sample_rate = rate
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            for packet in stream.encode(piece):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return path


@pytest.fixture
def write_tone(tmp_path: Path) -> WriteTone:
    """Write a tone: `write_tone(name, seconds, rate, codec, layout, sample_format)`."""

    def write(
        name: str = "tone.wav",
        seconds: float = 3.0,
        rate: int = 48_000,
        codec: str = "pcm_s16le",
        layout: str = "stereo",
        form: str = "s16",
    ) -> Path:
        channels = av.AudioLayout(layout).nb_channels
        return encode(tmp_path / name, np.tile(tone(seconds, rate), (channels, 1)), rate, codec, layout, form)

    return write


def write_wav(path: Path, samples: np.ndarray, rate: int = 16_000, channels: int = 1) -> Path:
    """Write int16 samples as a plain wav."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture
def wav_file(tmp_path: Path) -> Callable[..., Path]:
    """Write int16 samples: `wav_file(samples, rate=…, channels=…)`."""

    def write(samples: np.ndarray, rate: int = 16_000, channels: int = 1, name: str = "sound.wav") -> Path:
        return write_wav(tmp_path / name, samples, rate, channels)

    return write
