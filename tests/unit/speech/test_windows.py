"""Windows cover all speech, once, and are never too long."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.speech.voice_activity import Span, VoiceActivity
from app.speech.windows import MAX_GAP, plan_windows

GAPS_AND_LENGTHS = st.lists(st.tuples(st.floats(0.05, 5.0), st.floats(0.1, 80.0)), max_size=12)


def activity(pieces: list[tuple[float, float]]) -> VoiceActivity:
    spans, now = [], 0.0
    for gap, length in pieces:
        spans.append(Span(now + gap, now + gap + length))
        now = spans[-1].end
    frames = int(now / 0.032) + 2
    probability = np.random.default_rng(1).random(frames).astype(np.float32)
    return VoiceActivity(probability, tuple(spans))


@given(GAPS_AND_LENGTHS, st.floats(5.0, 29.0))
def test_windows_cover_all_speech_once(pieces: list[tuple[float, float]], longest: float) -> None:
    heard = activity(pieces)
    windows = plan_windows(heard, longest)
    assert all(0 < w.length <= longest + 0.2 for w in windows)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(windows))
    for span in heard.spans:
        covered = sum(max(0.0, min(span.end, w.end) - max(span.start, w.start)) for w in windows)
        assert abs(covered - span.length) < 1e-6


@given(GAPS_AND_LENGTHS)
def test_no_window_holds_a_long_silence(pieces: list[tuple[float, float]]) -> None:
    heard = activity(pieces)
    for window in plan_windows(heard, 29.0):
        inside = [s for s in heard.spans if s.end > window.start and s.start < window.end]
        assert all(b.start - a.end <= MAX_GAP for a, b in pairwise(inside))


def test_cut_falls_into_the_longest_pause_of_the_second_half() -> None:
    spans = (Span(0, 9), Span(9.2, 18), Span(19.5, 26), Span(26.3, 33))
    windows = plan_windows(VoiceActivity(np.ones(1100, np.float32), spans), 29.0)
    assert windows == [Span(0, 18), Span(19.5, 33)]
