"""The parts of live transcription by themselves: activity, corrections, loops, channels, voices."""

import numpy as np
import pytest

from app.domain.live import Correction
from app.domain.words import Word
from app.insight.quiet_sounds import quiet_sounds
from app.speech.channels import voices_by_channel
from app.speech.live.activity import ActivityStream
from app.speech.live.corrections import corrections
from app.speech.live.planner import next_window
from app.speech.live.sound import SoundBuffer
from app.speech.live.voices import VoiceBook
from app.speech.quick import without_loop
from app.speech.utterances import Phrase
from app.speech.voice_activity import RATE, Span, VoiceActivity, find_speech


def words(text: str, start: float = 0.0) -> list[Word]:
    return [Word(start + i * 0.4, start + i * 0.4 + 0.3, f" {w}", 0.9) for i, w in enumerate(text.split())]


def voice_like(seconds: int) -> np.ndarray:
    """Buzzes with formants and pauses, which Silero partly takes for a voice."""
    t = np.arange(seconds * RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * h * t) / h * np.exp(-(((120 * h - 600) / 500) ** 2)) for h in range(1, 30))
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * t), 0, 1) * (np.sin(2 * np.pi * 0.21 * t) > -0.3)
    return np.asarray(0.4 * buzz * syllables, np.float32)


@pytest.mark.parametrize("block", [1, 160, 4_000, 70_000])
def test_activity_of_a_stream_equals_that_of_a_file(block: int) -> None:
    samples = voice_like(3 if block == 1 else 20)
    whole = find_speech(samples.copy())
    stream = ActivityStream(0.0)
    for at in range(0, len(samples), block):
        stream.feed(samples[at : at + block])
    stream.end()
    view = stream.view()
    assert view.probability[:-1] == pytest.approx(whole.probability[:-1], abs=1e-4)
    assert [(s.start, s.end) for s in view.spans] == [pytest.approx((s.start, s.end)) for s in whole.spans]
    assert stream.now == len(samples) / RATE


@pytest.mark.parametrize("name", sorted(quiet_sounds(seconds=1)))
def test_nobody_speaks_in_quiet_sounds(name: str) -> None:
    sound = quiet_sounds(seconds=20)[name]
    assert sound.dtype == np.float32
    assert len(sound) == 20 * RATE
    assert find_speech(sound).spans == ()


def test_corrections_name_what_changed_where() -> None:
    shown, final = words("I have three days pain"), words("I have had three weeks of pain now")
    assert corrections(shown, final) == (
        Correction(final[2].start, "", "had"),
        Correction(final[4].start, "days", "weeks of"),
    )
    assert corrections(shown, shown) == ()
    assert corrections([], final) == ()


def test_case_and_punctuation_are_no_corrections() -> None:
    assert corrections(words("okay and does it hurt"), words("Okay. And does it hurt?")) == ()


def test_a_loop_is_cut_after_its_first_round() -> None:
    text = "Well no, no, no, no, no, no, no"
    assert [w.text.strip() for w in without_loop(tuple(words(text)), 60.0)] == ["Well", "no,"]
    twice = tuple(words("does it improve? does it improve?"))
    assert len(without_loop(twice, 0.8)) == 3
    assert without_loop(twice, 10.0) == twice


def test_louder_channel_is_the_voice() -> None:
    energies = [(0.01, 0.001), (0.0005, 0.02), (0.02, 0.0012), (0.0004, 0.01)]
    owners = voices_by_channel(energies)
    assert owners is not None
    assert owners.tolist() == [0, 1, 0, 1]
    assert voices_by_channel([(a * 100, b) for a, b in energies]).tolist() == [0, 1, 0, 1]
    assert voices_by_channel([(0.01, 0.009), (0.02, 0.021), (0.01, 0.011)]) is None
    assert voices_by_channel([(0.01, 0.001)]) is None


def test_a_window_waits_until_it_cannot_grow() -> None:
    activity = VoiceActivity(np.zeros(2_000, np.float32), (Span(1.0, 5.0), Span(6.0, 10.0)))
    assert next_window(activity, None, 10.5, 29.0) is None
    assert next_window(activity, 11.0, 20.0, 29.0) is None
    assert next_window(activity, None, 12.4, 29.0) == Span(1.0, 10.0)
    assert next_window(activity, 12.5, 12.6, 29.0) == Span(1.0, 10.0)
    assert next_window(activity, None, 10.5, 29.0, over=True) == Span(1.0, 10.0)
    assert next_window(activity, 11.0, 30.5, 29.0) == Span(1.0, 10.0)


def test_voices_survive_json_and_refuse_what_does_not_fit() -> None:
    sound = SoundBuffer(2, 0.0)
    sound.feed(np.full((RATE * 4, 2), (1_000, 300), np.int16).tobytes())
    book = VoiceBook(None)
    phrases = [Phrase(tuple(words("how are you?"))), Phrase(tuple(words("I am fine.", 1.5)))]
    book.listen(sound.cut(0, 4))
    book.add(phrases, sound)
    state = book.state(2)
    other = VoiceBook(None)
    other.restore([w for p in phrases for w in p.words], state)
    assert other.phrases == phrases
    assert other.state(2) == state
    with pytest.raises(ValueError, match="fit"):
        VoiceBook(None).restore(list(phrases[0].words), state)
    with pytest.raises(TypeError):
        VoiceBook(None).restore([], {})
