"""Silero's model on sounds without a voice, and the arithmetic around it."""

from pathlib import Path

import numpy as np
import pytest

from app.speech.voice_activity import RATE, Span, VoiceActivity, find_speech

T = np.arange(RATE * 20) / RATE
NOISE = np.random.default_rng(7)
SOUNDS = {
    "silence": np.zeros(RATE * 20),
    "white noise": NOISE.normal(0, 0.1, RATE * 20),
    "faint noise": NOISE.normal(0, 0.001, RATE * 20),
    "mains hum": 0.3 * np.sin(2 * np.pi * 50 * T) + 0.1 * np.sin(2 * np.pi * 150 * T),
    "tone": 0.3 * np.sin(2 * np.pi * 1000 * T),
    "clicks": (NOISE.random(RATE * 20) < 3 / RATE) * 0.9,
}


@pytest.mark.parametrize("name", SOUNDS)
def test_no_voice_is_found_where_there_is_none(name: str) -> None:
    activity = find_speech(SOUNDS[name].astype(np.float32))
    assert activity.spans == ()
    assert activity.speech_seconds(0, 20) < 0.2


def test_no_samples() -> None:
    activity = find_speech(np.zeros(0, np.float32))
    assert activity.spans == ()
    assert activity.speech_seconds(0, 1) == 0.0


def test_every_sample_belongs_to_a_frame() -> None:
    assert len(find_speech(np.zeros(512, np.float32)).probability) == 1
    assert len(find_speech(np.zeros(513, np.float32)).probability) == 2


def test_the_sample_visit_is_mostly_speech() -> None:
    sample = Path(__file__).parents[3] / "resources" / "sample" / "visit.ogg"
    if not sample.is_file():
        pytest.skip("the sample visit is not there")
    from app.audio.decode import decode

    samples = decode(sample).samples[: RATE * 30]
    quiet = np.concatenate([np.zeros(RATE * 5, np.float32), samples, np.zeros(RATE * 5, np.float32)])
    activity = find_speech(quiet)
    assert activity.spans[0].start > 4.5
    assert activity.spans[-1].end < 35.5
    assert sum(s.length for s in activity.spans) > 18
    assert all(a.end <= b.start for a, b in zip(activity.spans, activity.spans[1:], strict=False))


def test_speech_seconds_and_quietest() -> None:
    probability = np.full(100, 0.9, np.float32)
    probability[60:66] = 0.01
    activity = VoiceActivity(probability, (Span(0, 3.2),))
    assert activity.speech_seconds(0, 3.2) == pytest.approx(94 * 0.032)
    assert activity.speech_seconds(1.92, 2.1) == pytest.approx(0.0)
    assert activity.quietest(1.0, 3.2) == pytest.approx(63 * 0.032, abs=0.064)
