"""Every word is heard once, windows lie side by side, and an interruption changes nothing."""

import json
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoken_numbers_double import MIN_GAP, NumberReader, judge, speak

from app.domain.errors import WorkCancelledError
from app.domain.live import Hypothesis
from app.domain.recording import HeardWindow
from app.domain.transcript import Speaker, Transcript
from app.domain.work import CancelToken, no_progress
from app.speech.live.final import EarlierWindow, WindowFinal
from app.speech.live.transcriber import LiveTranscriber
from app.speech.voice_activity import RATE

WORDS = st.tuples(
    st.integers(9, 20), st.one_of(st.integers(MIN_GAP, 7), st.integers(8, 30), st.sampled_from([45, 70, 100, 300]))
)
SCRIPTS = st.lists(WORDS, min_size=0, max_size=160)


@dataclass
class Visit:
    """A visit that is listened to, with restarts."""

    pcm: np.ndarray
    reader: NumberReader = field(default_factory=NumberReader)
    finals: list[WindowFinal] = field(default_factory=list)
    hypotheses: list[Hypothesis] = field(default_factory=list)

    def start(self, *, warm: float = 0.0, keep_state: bool = True) -> LiveTranscriber:
        earlier = [
            EarlierWindow(f.window, json.loads(json.dumps(f.state, allow_nan=False)) if keep_state else None)
            for f in self.finals
        ]
        since = max(0.0, self.finals[-1].window.end - warm) if earlier and keep_state else 0.0
        self.at = int(since * RATE)
        return LiveTranscriber(self.reader, None, earlier=earlier, sound_from=self.at / RATE, judge=judge)  # type: ignore[arg-type] # a stand-in

    def take(self, live: LiveTranscriber, seconds: float) -> None:
        piece = self.pcm[self.at : self.at + int(seconds * RATE)]
        self.at += len(piece)
        live.feed(piece.astype("<i2").tobytes())

    def work(self, live: LiveTranscriber, most: int = 100) -> None:
        for _ in range(most):
            made = live.step()
            if made is None:
                return
            if isinstance(made, WindowFinal):
                self.finals.append(made)
            else:
                self.hypotheses.append(made)

    def words(self, transcript: Transcript) -> list[int]:
        return [int(w.text) for u in transcript.utterances for w in u.words]


def listen(visit: Visit, blocks: list[float], steps: int = 100) -> Transcript:
    live = visit.start()
    turn = 0
    while visit.at < len(visit.pcm):
        visit.take(live, blocks[turn % len(blocks)])
        visit.work(live, steps)
        turn += 1
    return live.finish(no_progress, CancelToken())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(script=SCRIPTS, blocks=st.lists(st.floats(0.05, 3.0), min_size=1, max_size=4), steps=st.integers(0, 4))
def test_every_word_once_and_windows_side_by_side(
    script: list[tuple[int, int]], blocks: list[float], steps: int
) -> None:
    visit = Visit(speak(script))
    transcript = listen(visit, blocks, steps)
    assert visit.words(transcript) == list(range(1, len(script) + 1))
    assert transcript.duration == pytest.approx(len(visit.pcm) / RATE)
    windows = [f.window for f in visit.finals]
    for before, after in pairwise(windows):
        assert before.end <= after.start
    assert all(0 <= w.start < w.end for w in windows)
    assert visit.reader.longest <= 29.01
    final = [int(w.text) for w in (w for f in visit.finals for w in f.window.words)]
    assert final == list(range(1, len(final) + 1))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    script=SCRIPTS,
    cuts=st.lists(st.floats(0.0, 1.0), max_size=4),
    warm=st.sampled_from([0.0, 3.0]),
    block=st.floats(0.1, 1.0),
)
def test_a_restart_changes_nothing(script: list[tuple[int, int]], cuts: list[float], warm: float, block: float) -> None:
    undisturbed = listen(Visit(speak(script)), [block])
    visit = Visit(speak(script))
    live = visit.start()
    for cut in sorted(cuts):
        while visit.at < cut * len(visit.pcm):
            visit.take(live, block)
            visit.work(live)
        live = visit.start(warm=warm)
    while visit.at < len(visit.pcm):
        visit.take(live, block)
        visit.work(live)
    transcript = live.finish(no_progress, CancelToken())
    assert visit.words(transcript) == visit.words(undisturbed)
    assert transcript.duration == undisturbed.duration
    starts = [w.start for u in transcript.utterances for w in u.words]
    assert starts == pytest.approx([w.start for u in undisturbed.utterances for w in u.words], abs=0.002)


def test_without_state_old_sound_is_not_recognised_again() -> None:
    script = [(12, 30 if i % 6 == 0 else 8) for i in range(120)]
    visit = Visit(speak(script))
    live = visit.start()
    while visit.at < 0.7 * len(visit.pcm):
        visit.take(live, 0.25)
        visit.work(live)
    known = len(visit.finals)
    assert known >= 2
    visit.reader = NumberReader()
    live = visit.start(keep_state=False)
    assert visit.at == 0
    until = visit.finals[-1].window.end
    while visit.at < len(visit.pcm):
        visit.take(live, 0.25)
        visit.work(live)
    assert all(f.window.start >= until for f in visit.finals[known:])
    transcript = live.finish(no_progress, CancelToken())
    assert visit.words(transcript) == list(range(1, 121))


def test_damaged_state_costs_voices_not_words() -> None:
    visit = Visit(speak([(12, 30)] * 40))
    live = visit.start()
    while visit.at < len(visit.pcm):
        visit.take(live, 0.25)
        visit.work(live)
    earlier = [EarlierWindow(f.window, {"phrases": [999], "vectors": "?"}) for f in visit.finals]
    end = visit.finals[-1].window.end
    again = LiveTranscriber(visit.reader, None, earlier=earlier, sound_from=end, judge=judge)  # type: ignore[arg-type] # a stand-in
    again.feed(visit.pcm[int(end * RATE) :].tobytes())
    transcript = again.finish(no_progress, CancelToken())
    assert visit.words(transcript) == list(range(1, 41))
    assert any("wording" in notice for notice in transcript.notices)


def test_memory_does_not_grow_with_sound() -> None:
    visit = Visit(speak([(14, 9 if i % 5 else 40) for i in range(1_500)]))
    live = visit.start()
    kept = []
    while visit.at < len(visit.pcm):
        visit.take(live, 0.25)
        visit.work(live)
        kept.append(live._sound.end - live._sound.start)
    assert len(visit.pcm) / RATE > 1_000
    assert max(kept) < 45.0
    assert len(live._activity._probability) * 0.032 < 60.0


def test_memory_does_not_grow_in_silence() -> None:
    live = LiveTranscriber(NumberReader(), None, judge=judge)  # type: ignore[arg-type] # a stand-in
    for _ in range(400):
        live.feed(bytes(32_000))
        assert live.step() is None
    assert live._sound.end - live._sound.start < 3.0
    assert live.finish(no_progress, CancelToken()).utterances == ()


def test_text_is_shown_right_after_a_pause_and_then_settled() -> None:
    visit = Visit(np.concatenate([speak([(12, 8)] * 5), np.zeros(RATE, np.int16)]))
    live = visit.start()
    while visit.at < len(visit.pcm):
        visit.take(live, 0.1)
        visit.work(live)
    assert visit.hypotheses[-1] == Hypothesis(0.0, "1 2 3 4 5", "")
    assert visit.finals == []


def test_speech_that_goes_on_is_shown_while_it_goes_on() -> None:
    visit = Visit(speak([(12, MIN_GAP)] * 20))
    live = visit.start()
    while visit.at < len(visit.pcm):
        visit.take(live, 0.25)
        visit.work(live)
    assert len(visit.hypotheses) >= 8
    settled = [h.settled for h in visit.hypotheses]
    assert all(later.startswith(earlier) for earlier, later in pairwise(settled))
    assert settled[-1]


def test_a_doubtful_window_is_heard_again_in_a_step_of_its_own() -> None:
    reader = NumberReader()
    reader.doubtful = {"3"}
    visit = Visit(np.concatenate([speak([(12, 8)] * 5), np.zeros(4 * RATE, np.int16)]), reader)
    transcript = listen(visit, [0.25])
    assert reader.heard_again == 1
    assert visit.words(transcript) == [1, 2, 3, 4, 5]


def test_odd_pieces_of_sound() -> None:
    live = LiveTranscriber(NumberReader(), None, judge=judge, channels=2)  # type: ignore[arg-type] # a stand-in
    for piece in (b"", b"\x01", b"\xff\x7f\x00", b"\x80" * 7, bytes(range(256)) * 3):
        live.feed(piece)
        live.step()
    assert live.finish(no_progress, CancelToken()).duration == pytest.approx((1 + 3 + 7 + 768) // 4 / RATE)


def test_two_microphones_tell_the_speakers_apart() -> None:
    script = [(20, 40)] * 12
    voice = speak(script)
    turn = (np.cumsum(np.diff(voice, prepend=0) > 0) % 2).astype(bool)
    turn[voice == 0] = False
    left, right = np.where(turn, voice, voice // 8), np.where(turn, voice // 8, voice)
    pcm = np.stack([left * 200, right * 200], axis=1).astype("<i2")
    live = LiveTranscriber(QuestionsAndAnswers(), None, judge=judge, channels=2)  # type: ignore[arg-type] # a stand-in
    live.feed(pcm.tobytes())
    transcript = live.finish(no_progress, CancelToken())
    assert {u.speaker for u in transcript.utterances} == {Speaker.CLINICIAN, Speaker.PATIENT}
    assert all((u.speaker is Speaker.CLINICIAN) == ("?" in u.text) for u in transcript.utterances)
    assert transcript.notices == ()


class QuestionsAndAnswers(NumberReader):
    """A question and an answer in turn."""

    def _read(self, samples, window, *, sure=False):
        heard = super()._read(samples, window, sure=sure)
        said = (" Do you have any pain in finger {}?", " Yes, I feel it in my toe {}.")
        words = tuple(replace(w, text=said[i % 2].format(i)) for i, w in enumerate(heard.words))
        return replace(heard, words=words)


def test_cancel_while_finishing() -> None:
    visit = Visit(speak([(12, 8)] * 50))
    live = visit.start()
    visit.take(live, 60.0)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(WorkCancelledError):
        live.finish(no_progress, cancel)


def test_final_text_keeps_the_words_before_since() -> None:
    visit = Visit(speak([(14, 9 if i % 7 else 45) for i in range(1_500)]))
    listen(visit, [0.25])
    shown: list[tuple[float, str]] = []
    for final in visit.finals:
        kept = [w for w in shown if w[0] < final.text.since]
        gone = [w for w in shown if w[0] >= final.text.since]
        fresh = [(w.start, w.text) for u in final.text.utterances for w in u.words]
        assert [w for w in fresh if w[0] < final.window.start] == gone
        shown = [*kept, *fresh]
    assert [int(t) for _, t in shown] == list(range(1, len(shown) + 1))
    shown_ids = [u.id for f in visit.finals for u in f.text.utterances]
    assert shown_ids[-1] == f"u{len(set(shown_ids))}"
    assert isinstance(visit.finals[0].window, HeardWindow)
