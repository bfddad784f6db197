"""Times with and without room for gaps; nothing of a recording is heard across one."""

import numpy as np
import pytest
from gapped_sound_double import WatchfulReader, find_voice, recordings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.transcript import Speaker, Utterance
from app.domain.words import Word
from app.domain.work import CancelToken, no_progress
from app.speech import transcriber as module
from app.speech.gaps import SILENCE, GapMap
from app.speech.transcriber import Transcriber
from app.speech.voice_activity import FRAME, PAD, RATE, Span
from app.speech.windows import MAX_GAP

FRAMES = st.integers(0, 3 * 3600 * RATE)
GAPS = st.lists(FRAMES, max_size=12).map(lambda frames: [f / RATE for f in frames])
TIMES = st.floats(0.0, 4 * 3600.0)


def test_the_silence_of_a_gap_ends_windows_and_keeps_the_frames_of_the_voice_activity():
    assert SILENCE > MAX_GAP + 2 * PAD
    assert SILENCE * RATE % FRAME == 0


@given(GAPS, TIMES)
def test_a_time_survives_both_ways(gaps, time):
    gap_map = GapMap(gaps)
    assert gap_map.recorded(gap_map.begins(time)) == pytest.approx(time, abs=1e-7)
    assert gap_map.recorded(gap_map.ends(time)) == pytest.approx(time, abs=1e-7)


@given(GAPS, TIMES, TIMES)
def test_order_is_kept(gaps, one, other):
    gap_map = GapMap(gaps)
    first, second = sorted((one, other))
    assert gap_map.recorded(first) <= gap_map.recorded(second)
    assert gap_map.begins(first) <= gap_map.begins(second)
    assert gap_map.ends(first) <= gap_map.ends(second) <= gap_map.begins(second)
    assert gap_map.recorded(second) - gap_map.recorded(first) <= second - first + 1e-7


@given(GAPS)
def test_all_of_the_silence_is_the_gap(gaps):
    gap_map = GapMap(gaps)
    for at in sorted({g for g in gaps if g > 0}):
        begin, end = gap_map.ends(at), gap_map.begins(at)
        assert end - begin == pytest.approx(SILENCE)
        for part in (0.001, 0.5, 0.999):
            assert gap_map.recorded(begin + part * SILENCE) == at
        assert not gap_map.holds_sound(Span(begin, end))
        assert gap_map.holds_sound(Span(begin - 0.001, end))
        assert gap_map.holds_sound(Span(begin, end + 0.001))


@given(GAPS, st.integers(0, 1000))
def test_sound_is_where_its_time_is(gaps, seed):
    gaps = [g / 3600 for g in gaps]
    samples = np.random.default_rng(seed).uniform(0.1, 1.0, 2 * RATE).astype(np.float32)
    gap_map = GapMap(gaps)
    wide = gap_map.widened(samples)
    inside = [f for f in gap_map.frames if f < len(samples)]
    assert len(wide) == len(samples) + len(inside) * SILENCE * RATE
    assert np.array_equal(wide[wide > 0], samples)
    for sample in (0, len(samples) - 1, *(f for f in inside), *(f - 1 for f in inside)):
        assert wide[round(gap_map.begins(sample / RATE) * RATE)] == samples[sample]


def test_without_gaps_nothing_changes():
    samples = np.ones(1000, np.float32)
    for gap_map in (GapMap(), GapMap([0.0, -1.0])):
        assert np.array_equal(gap_map.widened(samples), samples)
        assert [f(0.1 + 0.2) for f in (gap_map.recorded, gap_map.begins, gap_map.ends)] == [0.1 + 0.2] * 3


def test_a_gap_is_taken_once():
    gap_map = GapMap([2.0])
    assert [gap_map.add(at) for at in (2.0, 2.00001, 0.0, 1.0, 1.0)] == [False, False, False, True, False]
    assert gap_map.inside(1.0, 2.0) == []
    assert gap_map.inside(0.5, 2.5) == [1.0, 2.0]


def test_words_in_the_silence_are_put_at_the_gap():
    gap_map = GapMap([10.0, 20.0])
    words = (Word(9.5, 11.0, " before", 0.9), Word(11.0, 13.9, " within", 0.9), Word(13.9, 14.5, " behind", 0.9))
    mapped = gap_map.recorded_utterance(Utterance("u1", 9.5, 14.5, Speaker.UNKNOWN, "before within behind", words))
    assert [(w.start, w.end) for w in mapped.words] == [(9.5, 10.0), (10.0, 10.0), (10.0, 10.5)]
    assert (mapped.start, mapped.end) == (9.5, 10.5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(recording=recordings())
def test_offline_every_word_once_and_none_across_a_gap(recording):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "find_speech", find_voice)
        seen = []
        reader = WatchfulReader()
        transcript = Transcriber(reader, None).transcribe(
            recording.samples,
            gaps=recording.gaps,
            speakers=False,
            progress=no_progress,
            cancel=CancelToken(),
            on_utterance=seen.append,
        )
    recording.check(transcript)
    assert [w.text for u in seen for w in u.words] == [w.text for u in transcript.utterances for w in u.words]
    assert [u.start for u in seen] == sorted(u.start for u in seen)
    assert reader.longest <= 29.01
