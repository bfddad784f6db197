"""Voices as vectors: the GE2E speaker encoder in NumPy.

Wan, Wang, Papir, Lopez Moreno: "Generalized End-to-End Loss for Speaker Verification", ICASSP 2018. A mel spectrogram
(40 bands, 25 ms windows every 10 ms) goes through three LSTM layers of 256 units and a linear layer.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.domain.work import CancelToken
from app.speech.speaker_weights import Weights, read_weights

Floats = npt.NDArray[np.float32]

RATE = 16_000
HOP = 160
WINDOW_FRAMES = 160
"""The encoder was trained on windows of 1.6 seconds."""

_FFT = 400
_MELS = 40
_HIDDEN = 256
_LAYERS = 3
_LOUDNESS = 10 ** (-30 / 20)  # root mean square to which quiet recordings are raised, as in training
_BATCH = 128


class SpeakerEncoder:
    """Turns stretches of sound into unit vectors; vectors of one voice have a high dot product."""

    def __init__(self, weights: Weights) -> None:
        self._input = [np.ascontiguousarray(weights[f"lstm.weight_ih_l{i}"].T) for i in range(_LAYERS)]
        self._recurrent = [np.ascontiguousarray(weights[f"lstm.weight_hh_l{i}"].T) for i in range(_LAYERS)]
        self._bias = [weights[f"lstm.bias_ih_l{i}"] + weights[f"lstm.bias_hh_l{i}"] for i in range(_LAYERS)]
        self._out = np.ascontiguousarray(weights["linear.weight"].T)
        self._out_bias = weights["linear.bias"]
        self._filters = _mel_filters()

    @classmethod
    def load(cls, path: Path) -> "SpeakerEncoder":
        """Read `pretrained.pt`. Raises `ModelMissingError`, `ModelDamagedError`."""
        return cls(read_weights(path))

    def embed(
        self,
        samples: Floats,
        spans: Sequence[tuple[float, float]],
        cancel: CancelToken,
        *,
        loudness: float | None = None,
    ) -> Floats:
        """Return one unit vector per span, float32 [spans, 256].

        Args:
            samples: 16 kHz mono in -1..1.
            spans: start and end in seconds; at least 0.2 s and at most 1.6 s each are used (the start of longer ones).
            cancel: asked between batches.
            loudness: root mean square that the gain is set by; None for that of the samples.
        """
        lengths = [_frames(start, end) for start, end in spans]
        order = np.argsort(lengths, kind="stable")
        result = np.zeros((len(spans), _HIDDEN), np.float32)
        gain = _gain(_root_mean_square(samples) if loudness is None else loudness)
        for at in range(0, len(order), _BATCH):
            cancel.check()
            batch = order[at : at + _BATCH]
            frames = np.array([lengths[i] for i in batch])
            mels = np.zeros((len(batch), int(frames.max()), _MELS), np.float32)
            for row, index in enumerate(batch):
                mels[row, : frames[row]] = self._mel(samples, round(spans[index][0] * RATE), int(frames[row])) * gain**2
            result[batch] = self._encode(mels, frames)
        return result

    def _mel(self, samples: Floats, start: int, frames: int) -> Floats:
        begin, end = start - _FFT // 2, start + (frames - 1) * HOP + _FFT // 2
        piece = samples[max(0, begin) : max(0, end)]
        padded = np.pad(piece, (max(0, -begin), max(0, end - begin - len(piece) - max(0, -begin))))
        windows = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::HOP][:frames]
        spectrum = np.fft.rfft(windows * _HANN, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        mel: Floats = power @ self._filters
        return mel

    def _encode(self, mels: Floats, frames: npt.NDArray[np.int64]) -> Floats:
        hidden = mels
        for layer in range(_LAYERS):
            hidden = self._run_layer(hidden, layer)
        last = hidden[np.arange(len(frames)), frames - 1]
        raw = np.maximum(last @ self._out + self._out_bias, 0.0)
        norm = np.linalg.norm(raw, axis=1, keepdims=True)
        unit: Floats = (raw / np.maximum(norm, 1e-9)).astype(np.float32)
        return unit

    def _run_layer(self, inputs: Floats, layer: int) -> Floats:
        batch, steps, _ = inputs.shape
        projected = (inputs.reshape(batch * steps, -1) @ self._input[layer] + self._bias[layer]).reshape(
            batch, steps, 4 * _HIDDEN
        )
        state = np.zeros((batch, _HIDDEN), np.float32)
        memory = np.zeros((batch, _HIDDEN), np.float32)
        outputs = np.empty((batch, steps, _HIDDEN), np.float32)
        for step in range(steps):
            gates = projected[:, step] + state @ self._recurrent[layer]
            keep = _sigmoid(gates[:, _HIDDEN : 2 * _HIDDEN])
            memory = keep * memory + _sigmoid(gates[:, :_HIDDEN]) * np.tanh(gates[:, 2 * _HIDDEN : 3 * _HIDDEN])
            state = _sigmoid(gates[:, 3 * _HIDDEN :]) * np.tanh(memory)
            outputs[:, step] = state
        return outputs


_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)).astype(np.float32)


def _frames(start: float, end: float) -> int:
    return int(np.clip(round((end - start) * RATE / HOP), 20, WINDOW_FRAMES))


def _root_mean_square(samples: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(samples), dtype=np.float64))) if len(samples) else 0.0


def _gain(loudness: float) -> np.float32:
    return np.float32(max(1.0, _LOUDNESS / loudness) if loudness > 1e-6 else 1.0)


def _sigmoid(x: Floats) -> Floats:
    half: Floats = np.float32(0.5) * np.tanh(np.float32(0.5) * x) + np.float32(0.5)
    return half


def _mel_filters() -> Floats:
    """Triangular filters on Slaney's mel scale with equal area, float32 [201, 40] (Slaney 1998, Auditory Toolbox)."""
    top = _hertz_to_mel(RATE / 2)
    edges = _mel_to_hertz(np.linspace(0.0, top, _MELS + 2))
    bins = np.linspace(0.0, RATE / 2, _FFT // 2 + 1)
    rise = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    area = 2.0 / (edges[2:] - edges[:-2])
    filters: Floats = (np.maximum(0.0, np.minimum(rise, fall)) * area).astype(np.float32)
    return filters


_LINEAR = 200.0 / 3  # hertz per mel below 1 kHz
_LOG_STEP = np.log(6.4) / 27.0  # above 1 kHz


def _hertz_to_mel(hertz: float) -> float:
    return hertz / _LINEAR if hertz < 1_000 else 15.0 + float(np.log(hertz / 1_000)) / float(_LOG_STEP)


def _mel_to_hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(mel < 15.0, mel * _LINEAR, 1_000 * np.exp(_LOG_STEP * (mel - 15.0)))
