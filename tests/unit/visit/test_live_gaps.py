"""Gaps of a running recording reach the engine, however late they are found. Checksums stand in for speech models."""

import os
import threading
import time

import live_double
import pytest
from live_double import RATE, words_of

from app.domain.live import FinalText
from app.domain.recording import HeardWindow
from app.domain.words import Word
from app.domain.work import CancelToken, no_progress
from app.engine import supervisor, worker
from app.engine.supervisor import Engine
from app.visit import live_transcription
from app.visit.choice import Choice
from app.visit.live_transcription import LiveTranscription

SECOND = RATE * 2


@pytest.fixture
def ears(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", live_double.main)
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0,))
    monkeypatch.setattr(live_transcription, "PAUSES", (0.0,))
    engine = Engine(tmp_path, name="ears")
    yield engine
    engine.close()


class Visit:
    """A recording whose windows last two seconds, or end at a gap."""

    def __init__(self, ears, seconds, *, model="steady", recorded=0, earlier=(), gaps=()):
        self.pcm = os.urandom(seconds * SECOND)
        self.windows = []
        self.told = []
        self.processes = set()
        self.live = LiveTranscription(
            ears,
            Choice(speech_model=model),
            channels=1,
            read_sound=lambda start, end: self.pcm[
                round(start * RATE) * 2 : self.spoken if end is None else self._at(end)
            ],
            observe=self._observe,
            keep=self.windows.append,
            earlier=earlier,
            recorded=recorded,
            gaps=gaps,
        )
        self.spoken = recorded * SECOND

    def _at(self, seconds):
        return min(round(seconds * RATE) * 2, self.spoken)

    def _observe(self, event):
        if isinstance(event, FinalText):
            self.told.append((event.since, event.until))

    def speak_until(self, second):
        begin, self.spoken = self.spoken, int(second * SECOND)
        self.live.take(self.pcm[begin : self.spoken], begin / SECOND)

    def wait_for(self, windows):
        deadline = time.monotonic() + 60
        while len(self.windows) < windows:
            assert time.monotonic() < deadline, self.spans
            time.sleep(0.01)

    @property
    def spans(self):
        return [(w.start, w.end) for w in self.windows]

    def finish(self):
        transcript = self.live.finish(no_progress, CancelToken())
        assert [u.text for u in transcript.utterances] == words_of(self.pcm[: self.spoken])
        return transcript


def test_gap_told_before_the_sound_behind_it_ends_a_window(ears):
    visit = Visit(ears, 12)
    visit.live.start()
    visit.speak_until(5)
    visit.live.gap(5.0)
    visit.speak_until(9)
    visit.live.gap(9.0)
    visit.live.gap(9.0)
    visit.speak_until(12)
    visit.wait_for(6)
    assert visit.finish().notices == ()
    assert visit.spans == [(0, 2), (2, 4), (4, 5), (5, 7), (7, 9), (9, 11)]


def test_gap_before_the_start_and_at_the_end(ears):
    visit = Visit(ears, 5)
    visit.live.gap(3.0)
    visit.live.start()
    visit.speak_until(5)
    visit.live.gap(5.0)
    visit.wait_for(3)
    assert visit.finish().duration == 5.0
    assert visit.spans[:3] == [(0, 2), (2, 3), (3, 5)]


def test_gap_found_late_makes_text_that_is_not_final_again(ears):
    visit = Visit(ears, 8)
    visit.live.start()
    visit.speak_until(4)
    visit.wait_for(2)
    process = ears.process_id
    visit.speak_until(5.5)
    while visit.live._attempt.heard < 5.5:
        time.sleep(0.01)
    visit.live.gap(5.0)
    visit.speak_until(8)
    visit.wait_for(4)
    assert visit.finish().notices == ()
    assert visit.spans == [(0, 2), (2, 4), (4, 5), (5, 7)]
    assert ears.process_id == process, "its models need not be loaded again"


def test_window_over_a_gap_that_its_process_did_not_know_is_not_kept(ears):
    visit = Visit(ears, 10, model="slow")
    visit.live.start()
    visit.speak_until(8)
    visit.wait_for(1)
    late = next(at for at in (1.0, 3.0, 5.0, 7.0) if at > visit.windows[-1].end)
    visit.live.gap(late)
    visit.speak_until(10)
    assert visit.finish().notices == ()
    assert all(not start < late < end for start, end in visit.spans)
    assert visit.spans == sorted(visit.spans)
    assert visit.told == visit.spans


def test_gap_found_in_text_that_is_final_is_told(ears):
    visit = Visit(ears, 6)
    visit.live.start()
    visit.speak_until(5)
    visit.wait_for(2)
    visit.live.gap(1.0)
    visit.live.gap(2.0)
    visit.live.gap(3.0)
    visit.speak_until(6)
    assert visit.finish().notices == (
        "Words around 0:01, 0:03 may join what was said before and after a gap in the sound.",
    )
    assert visit.spans[:2] == [(0, 2), (2, 4)]


def test_gap_found_as_the_recording_ends_is_not_forgotten(ears):
    visit = Visit(ears, 4, model="slow")
    visit.live.start()
    visit.speak_until(4)
    while visit.live._attempt is None or visit.live._attempt._position < 4 * RATE:
        time.sleep(0.005)
    visit.live.gap(3.0)
    visit.finish()
    assert all(not start < 3.0 < end for start, end in visit.spans)


def test_many_late_gaps_are_no_reason_to_give_up(ears):
    visit = Visit(ears, 80)
    visit.live.start()
    for second in range(2, 80, 3):
        visit.speak_until(second)
        visit.live.gap(second - 1.0)
        time.sleep(0.02)
    visit.speak_until(80)
    visit.finish()
    assert visit.live._failure is None


def test_resumed_recording_knows_its_gaps_after_a_crash_too(ears):
    pcm = os.urandom(12 * SECOND)
    words = [Word(n, n + 1.0, text, 1.0) for n, text in enumerate(words_of(pcm[: 3 * SECOND]))]
    earlier = [HeardWindow(0.0, 2.0, tuple(words[:2])), HeardWindow(2.0, 3.0, tuple(words[2:]))]
    visit = Visit(ears, 12, recorded=5, earlier=earlier, gaps=[3.0])
    visit.pcm = pcm
    visit.live.gap(5.0)
    visit.live.start()
    visit.speak_until(8)
    visit.wait_for(2)
    os.kill(ears.process_id, 9)
    visit.speak_until(12)
    visit.wait_for(4)
    visit.finish()
    assert visit.spans == [(3, 5), (5, 7), (7, 9), (9, 11)]


def test_gaps_come_from_any_thread(ears):
    visit = Visit(ears, 40)
    visit.live.start()

    def record():
        for second in range(3, 41):
            if second % 5 == 0:
                visit.live.gap(second - 1.0)
            visit.speak_until(second)

    recorder = threading.Thread(target=record)
    visit.speak_until(2)
    recorder.start()
    recorder.join()
    assert visit.finish().notices == ()
    assert all(not start < at < end for start, end in visit.spans for at in range(4, 40, 5))
