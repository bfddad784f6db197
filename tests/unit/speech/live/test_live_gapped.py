"""Live text of a recording with gaps: every word once, nothing across a gap, whenever the gap is told."""

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from itertools import pairwise

import numpy as np
import pytest
from gapped_sound_double import Recording, WatchfulReader, find_voice, recordings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoken_numbers_double import judge, speak

from app.domain.errors import EngineError
from app.domain.live import Hypothesis
from app.domain.work import CancelToken, no_progress
from app.speech import transcriber as offline
from app.speech.gaps import GapMap
from app.speech.live.final import EarlierWindow, WindowFinal
from app.speech.live.gapped import GappedTranscriber
from app.speech.live.transcriber import LiveTranscriber
from app.speech.transcriber import Transcriber
from app.speech.voice_activity import RATE

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Late(Executor):
    """Does what is asked of it after having been looked at `looks` times, or waited for."""

    def __init__(self, looks: int) -> None:
        self._looks = looks

    def submit(self, task: Callable[[], object]) -> Future[object]:  # type: ignore[override] # no more is asked of it
        return _LateFuture(task, self._looks)


class _LateFuture(Future[object]):
    def __init__(self, task: Callable[[], object], looks: int) -> None:
        super().__init__()
        self._task = task
        self._looks = looks

    def done(self) -> bool:
        self._looks -= 1
        return self._looks < 0

    def result(self, timeout: float | None = None) -> object:
        if not super().done():
            self.set_result(self._task())
        return super().result(timeout)


class Visit:
    """A recording that is listened to, with restarts; gaps are told as late as is allowed."""

    def __init__(self, recording: Recording, early: int = 0, late: int | None = None) -> None:
        self.beside = None if late is None else Late(late)
        self.recording = recording
        self.pcm = recording.pcm
        self.reader = WatchfulReader()
        self.judge = judge
        self.early = early  # frames by which gaps are told before the sound in front of them is fed
        self.at = 0
        self.finals: list[WindowFinal] = []
        self.hypotheses: list[Hypothesis] = []

    def start(self, *, warm: float = 3.0, keep_state: bool = True) -> GappedTranscriber:
        earlier = [
            EarlierWindow(f.window, json.loads(json.dumps(f.state, allow_nan=False)) if keep_state else None)
            for f in self.finals
        ]
        since = max(0.0, self.finals[-1].window.end - warm) if earlier and keep_state else 0.0
        known = GapMap(g for g in self.recording.gaps if round(g * RATE) <= self.at)
        self.told = len(known.frames)
        self.at = int(since * RATE)
        self.gaps = list(GapMap(self.recording.gaps).frames)

        def listen(windows: list[EarlierWindow], begin: float) -> LiveTranscriber:
            return LiveTranscriber(
                self.reader,  # type: ignore[arg-type] # a stand-in
                None,
                earlier=windows,
                sound_from=begin,
                judge=self.judge,
                executor=self.beside,
                gaps=known,
            )

        return GappedTranscriber(listen, known, earlier=earlier, sound_from=self.at / RATE)  # type: ignore[arg-type] # as above

    def take(self, live: GappedTranscriber, seconds: float) -> None:
        until = min(len(self.pcm), self.at + int(seconds * RATE))
        while self.told < len(self.gaps) and self.gaps[self.told] < until + self.early:
            live.gap(self.gaps[self.told] / RATE)
            self.told += 1
        live.feed(self.pcm[self.at : until].astype("<i2").tobytes())
        self.at = until

    def work(self, live: GappedTranscriber, most: int = 1000) -> None:
        for _ in range(most):
            made = live.step()
            if made is None:
                return
            if isinstance(made, WindowFinal):
                self.finals.append(made)
            else:
                self.hypotheses.append(made)

    def check(self, live: GappedTranscriber) -> None:
        self.recording.check(live.finish(no_progress, CancelToken()))
        windows = [f.window for f in self.finals]
        assert all(before.end <= after.start for before, after in pairwise(windows))
        self.recording.check_spans([(w.start, w.end) for w in windows])
        self.recording.check_spans([(u.start, u.end) for f in self.finals for u in f.text.utterances])
        assert all(w.start < w.end for w in windows)
        assert all(f.text.until == f.window.end and f.text.since <= f.window.start for f in self.finals)
        assert all(w.start <= word.start <= word.end <= w.end for w in windows for word in w.words)
        assert all(0 <= h.start <= len(self.pcm) / RATE for h in self.hypotheses)


@SLOW
@given(
    recording=recordings(),
    blocks=st.lists(st.floats(0.05, 20.0), min_size=1, max_size=4),
    steps=st.integers(0, 5),
    early=st.sampled_from([0, 1, 8_000, 10**9]),
    late=st.one_of(st.none(), st.integers(0, 60)),
)
def test_every_word_once_and_none_across_a_gap(recording, blocks, steps, early, late):
    visit = Visit(recording, early, late)
    live = visit.start()
    turn = 0
    while visit.at < len(visit.pcm):
        visit.take(live, blocks[turn % len(blocks)])
        visit.work(live, steps)
        turn += 1
    visit.check(live)


@SLOW
@given(
    recording=recordings(),
    cuts=st.lists(st.floats(0.0, 1.0), max_size=4),
    warm=st.sampled_from([0.0, 3.0, 8.0]),
    keep_state=st.booleans(),
    block=st.floats(0.1, 2.0),
    late=st.one_of(st.none(), st.integers(0, 60)),
)
def test_a_restart_with_the_gaps_changes_nothing(recording, cuts, warm, keep_state, block, late):
    visit = Visit(recording, late=late)
    live = visit.start()
    for cut in sorted(cuts):
        while visit.at < cut * len(visit.pcm):
            visit.take(live, block)
            visit.work(live)
        live = visit.start(warm=warm, keep_state=keep_state)
    while visit.at < len(visit.pcm):
        visit.take(live, block)
        visit.work(live)
    visit.check(live)


@SLOW
@given(recording=recordings())
def test_the_final_words_are_those_of_the_file(recording):
    visit = Visit(recording, early=10**9)
    live = visit.start()
    while visit.at < len(visit.pcm):
        visit.take(live, 1.0)
        visit.work(live)
    transcript = live.finish(no_progress, CancelToken())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(offline, "find_speech", find_voice)
        whole = Transcriber(WatchfulReader(), None).transcribe(  # type: ignore[arg-type] # a stand-in
            recording.samples, gaps=recording.gaps, speakers=False, progress=no_progress, cancel=CancelToken()
        )
    assert [w.text for u in transcript.utterances for w in u.words] == [
        w.text for u in whole.utterances for w in u.words
    ]


def test_a_gap_makes_what_was_said_before_it_final_at_once():
    recording = Recording((speak([(12, 8)] * 10), speak([(12, 8)] * 10) + np.int16(1000)))
    visit = Visit(recording)
    live = visit.start()
    visit.take(live, recording.gaps[0])
    visit.work(live)
    assert visit.finals == []
    live.gap(recording.gaps[0])
    visit.work(live)
    assert [f.window.end for f in visit.finals] == recording.gaps


def test_text_after_a_gap_is_heard_without_its_silence():
    fading: list[float] = []

    def fade(frames: np.ndarray) -> np.ndarray:
        for voice in judge(frames):
            fading.append(1.0 if voice else max(0.0, (fading or [0.0])[-1] - 0.13))  # the model doubts for a while
        return np.array(fading[-len(frames) :], np.float32)

    recording = Recording((speak([(12, 8)] * 5), speak([(12, 0)] * 5) + np.int16(1000)))
    visit = Visit(recording, late=1000)
    visit.judge = fade
    live = visit.start()
    visit.take(live, recording.gaps[0])
    visit.work(live)
    visit.take(live, 60.0)
    visit.work(live)
    behind = [h.window.length for h in visit.reader.quick if h.words and int(h.words[0].text) > 1000]
    assert behind
    assert max(behind) < len(recording.parts[1]) / RATE + 0.1


def test_a_late_gap_ends_the_listening_and_one_that_is_known_does_not():
    visit = Visit(Recording((speak([(12, 8)] * 40),)))
    live = visit.start()
    live.gap(2.0)
    visit.take(live, 5.0)
    visit.work(live)
    live.gap(2.0)
    live.gap(0.0)
    live.gap(5.0)
    with pytest.raises(EngineError, match="too late"):
        live.gap(4.0)


def test_notices_of_what_was_left_out_tell_the_time_of_the_recording():
    recording = Recording(tuple(speak([(12, 8)]) for _ in range(31)))
    visit = Visit(recording)
    loop = speak([(12, 8)] * 20)
    visit.pcm = np.concatenate([visit.pcm, np.where(loop > 0, np.int16(7), 0).astype(np.int16)])
    live = visit.start()
    while visit.at < len(visit.pcm):
        visit.take(live, 1.0)
        visit.work(live)
    notice, _no_speakers = live.finish(no_progress, CancelToken()).notices
    assert "from 0:21 to 0:32" in notice
