"""The GE2E network in NumPy: against the definition of an LSTM, and unit vectors whatever the batch."""

import numpy as np
import pytest

from app.domain.errors import WorkCancelledError
from app.domain.work import CancelToken
from app.speech import speaker_embedding
from app.speech.speaker_embedding import RATE, SpeakerEncoder
from app.speech.speaker_weights import Weights, _expected_shapes


@pytest.fixture(scope="module")
def weights() -> Weights:
    rng = np.random.default_rng(5)
    return {name: rng.normal(0, 0.08, shape).astype(np.float32) for name, shape in _expected_shapes().items()}


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return np.random.default_rng(6).normal(0, 0.1, RATE * 12).astype(np.float32)


def reference_lstm(weights: Weights, frames: np.ndarray) -> np.ndarray:
    """One window, step by step, in float64; gates in PyTorch's order: input, forget, cell, output."""
    sequence = frames.astype(np.float64)
    for layer in range(3):
        w, r = weights[f"lstm.weight_ih_l{layer}"], weights[f"lstm.weight_hh_l{layer}"]
        b = weights[f"lstm.bias_ih_l{layer}"].astype(np.float64) + weights[f"lstm.bias_hh_l{layer}"]
        h, c, out = np.zeros(256), np.zeros(256), []
        for x in sequence:
            i, f, g, o = np.split(w @ x + r @ h + b, 4)
            c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
            h = np.tanh(c) / (1 + np.exp(-o))
            out.append(h)
        sequence = np.array(out)
    raw = np.maximum(weights["linear.weight"] @ sequence[-1] + weights["linear.bias"], 0)
    return raw / np.linalg.norm(raw)


def test_agrees_with_the_definition(weights: Weights) -> None:
    mels = np.random.default_rng(1).random((2, 30, 40)).astype(np.float32)
    vectors = SpeakerEncoder(weights)._encode(mels, np.array([30, 21]))
    np.testing.assert_allclose(vectors[0], reference_lstm(weights, mels[0]), atol=1e-4)
    np.testing.assert_allclose(vectors[1], reference_lstm(weights, mels[1, :21]), atol=1e-4)


def test_vectors_do_not_depend_on_the_batch(
    weights: Weights, sound: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = SpeakerEncoder(weights)
    spans = [(0.0, 1.6), (3.0, 3.4), (5.0, 6.1), (11.5, 13.1), (2.0, 9.0)]
    together = encoder.embed(sound, spans, CancelToken())
    monkeypatch.setattr(speaker_embedding, "_BATCH", 1)
    np.testing.assert_allclose(encoder.embed(sound, spans, CancelToken()), together, atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert together.shape == (5, 256)


def test_quiet_recordings_are_raised_to_the_training_level(weights: Weights, sound: np.ndarray) -> None:
    encoder = SpeakerEncoder(weights)
    quiet, quieter = (encoder.embed(sound * np.float32(s), [(0.0, 1.6)], CancelToken()) for s in (0.1, 0.01))
    np.testing.assert_allclose(quiet, quieter, atol=1e-3)


def test_silence_and_nothing(weights: Weights) -> None:
    encoder = SpeakerEncoder(weights)
    assert np.isfinite(encoder.embed(np.zeros(RATE, np.float32), [(0.0, 1.0)], CancelToken())).all()
    assert encoder.embed(np.zeros(RATE, np.float32), [], CancelToken()).shape == (0, 256)


def test_cancel(weights: Weights, sound: np.ndarray) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(WorkCancelledError):
        SpeakerEncoder(weights).embed(sound, [(0.0, 1.6)], cancel)


def test_mel_filters_are_slaney_triangles() -> None:
    filters = speaker_embedding._mel_filters()
    assert filters.shape == (201, 40)
    bins = np.arange(201) * 40.0
    centres = (filters * bins[:, None]).sum(axis=0) / filters.sum(axis=0)
    assert (np.diff(centres) > 0).all()
    assert np.diff(centres[2:10]) == pytest.approx(np.diff(centres[2:10]).mean(), rel=0.35)
    wide = filters[:, 25:].sum(axis=0) * 40.0
    np.testing.assert_allclose(wide, 1.0, rtol=0.05)
