"""Live transcription on the real supervisor and worker, with checksums in the place of speech models."""

import os
import signal
import threading
import time

import live_double
import pytest
from live_double import RATE, words_of

from app.domain.errors import DiskFullError, EngineError, SealBrokenError, WorkCancelledError
from app.domain.live import Alarm, FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.work import CancelToken, no_progress
from app.engine import supervisor, worker
from app.engine.supervisor import Engine
from app.visit import live_attempt, live_transcription
from app.visit.choice import Choice
from app.visit.live_transcription import LiveTranscription

QUARTER = RATE // 4


@pytest.fixture
def ears(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "main", live_double.main)
    monkeypatch.setattr(supervisor, "_BACK_OFF", (0.0,))
    monkeypatch.setattr(live_transcription, "PAUSES", (0.0,))
    engine = Engine(tmp_path, name="ears")
    yield engine
    engine.close()


def _noise(seconds, channels=1):
    return os.urandom(round(seconds * RATE) * 2 * channels)


class Visit:
    """A recording with its spool, its journal and its watcher."""

    def __init__(self, ears, model="steady", channels=1, earlier=(), recorded=b""):
        self.frame = 2 * channels
        self.spool = bytearray(recorded)
        self.journal = list(earlier)
        self.events = []
        self.read = []
        self.lock = threading.Lock()
        self.live = LiveTranscription(
            ears,
            Choice(speech_model=model),
            channels=channels,
            read_sound=self.read_sound,
            observe=self.observe,
            keep=self.keep,
            earlier=list(earlier),
            recorded=len(recorded) / self.frame / RATE,
        )

    def read_sound(self, start, end):
        self.read.append((start, end))
        last = len(self.spool) if end is None else round(end * RATE) * self.frame
        return bytes(self.spool[round(start * RATE) * self.frame : last])

    def keep(self, window):
        self.journal.append(window)

    def observe(self, event):
        if isinstance(event, FinalText):
            assert self.journal[-1].end == event.until, "shown before it was stored"
        self.events.append(event)

    def speak(self, pcm, pause=0.0):
        for at in range(0, len(pcm), QUARTER * self.frame):
            piece = pcm[at : at + QUARTER * self.frame]
            begin = len(self.spool) // self.frame
            self.spool += piece
            self.live.take(piece, begin / RATE)
            time.sleep(pause)

    def wait_for_windows(self, count):
        deadline = time.monotonic() + 60
        while len(self.journal) < count:
            assert time.monotonic() < deadline, f"{len(self.journal)} windows of {count}"
            time.sleep(0.01)

    def wait_for_alarm(self, active):
        deadline = time.monotonic() + 60
        while [e.active for e in self.alarms()][-1:] != [active]:
            assert time.monotonic() < deadline, self.alarms()
            time.sleep(0.01)

    def alarms(self):
        return [e for e in self.events if isinstance(e, Alarm)]

    def finish(self):
        return self.live.finish(no_progress, CancelToken())


def _texts(transcript):
    return [u.text for u in transcript.utterances]


def _journal_texts(visit):
    return [w.text for window in visit.journal for w in window.words]


@pytest.mark.parametrize("channels", [1, 2])
def test_every_sample_is_heard_once_and_in_order(ears, channels):
    pcm = _noise(9.3, channels)
    visit = Visit(ears, channels=channels)
    visit.live.start()
    visit.speak(pcm)
    transcript = visit.finish()
    assert _texts(transcript) == words_of(pcm, channels=channels)
    assert transcript.duration == pytest.approx(9.3)
    assert visit.alarms() == []


def test_windows_are_stored_once_and_in_order(ears):
    pcm = _noise(20)
    visit = Visit(ears)
    visit.live.start()
    visit.speak(pcm)
    visit.wait_for_windows(10)
    visit.finish()
    assert _journal_texts(visit) == words_of(pcm)
    assert [e.until for e in visit.events if isinstance(e, FinalText)] == [w.end for w in visit.journal]


def test_ten_kills_lose_and_repeat_nothing(ears):
    pcm = _noise(44.5)
    visit = Visit(ears)
    visit.live.start()
    for kill in range(10):
        visit.speak(pcm[len(visit.spool) :][: 4 * RATE * 2])
        visit.wait_for_windows(2 * kill + 1)
        os.kill(ears.process_id, signal.SIGKILL)
    visit.speak(pcm[len(visit.spool) :])
    assert _texts(visit.finish()) == words_of(pcm)
    assert _journal_texts(visit) == words_of(pcm)[: len(_journal_texts(visit))]
    alarms = visit.alarms()
    assert sum(a.active for a in alarms) >= 10
    assert not alarms[-1].active


def test_ten_kills_in_a_row_before_any_word_are_survived(ears):
    pcm = _noise(6)
    visit = Visit(ears)
    visit.live.start()
    killed = set()
    while len(killed) < 10:
        process = ears.process_id
        if process is not None and process not in killed:
            os.kill(process, signal.SIGKILL)
            killed.add(process)
        time.sleep(0.005)
    visit.speak(pcm)
    assert _texts(visit.finish()) == words_of(pcm)


def test_hypotheses_vanish_after_a_kill(ears):
    visit = Visit(ears)
    visit.live.start()
    visit.speak(_noise(5))
    visit.wait_for_windows(2)
    os.kill(ears.process_id, signal.SIGKILL)
    visit.wait_for_alarm(True)
    visit.wait_for_alarm(False)
    after = visit.events[visit.events.index(visit.alarms()[0]) + 1]
    assert after == Hypothesis(visit.journal[1].end, "", "")
    visit.finish()


def test_stopped_process_blocks_nobody_and_loses_nothing(ears):
    visit = Visit(ears)
    visit.live.start()
    visit.speak(_noise(3))
    visit.wait_for_windows(1)
    os.kill(ears.process_id, signal.SIGSTOP)
    more = _noise(300)
    visit.speak(more)  # more than pipe, sender and memory hold together
    visit.wait_for_alarm(True)
    os.kill(ears.process_id, signal.SIGCONT)
    assert _texts(visit.finish()) == words_of(bytes(visit.spool))
    assert all(end - start <= 30 for start, end in visit.read)


def test_process_that_never_answers_is_replaced(ears, monkeypatch):
    monkeypatch.setattr(live_attempt, "STUCK", 1.0)
    visit = Visit(ears)
    visit.live.start()
    visit.speak(_noise(3))
    visit.wait_for_windows(1)
    os.kill(ears.process_id, signal.SIGSTOP)
    visit.speak(_noise(3))
    visit.wait_for_windows(3)
    assert _texts(visit.finish()) == words_of(bytes(visit.spool))


def test_resumed_recording_hears_the_old_sound_again_but_keeps_its_words(ears):
    old, new = _noise(90), _noise(7)
    first = Visit(ears)
    first.live.start()
    first.speak(old)
    first.wait_for_windows(45)
    first.live.stop()
    visit = Visit(ears, earlier=first.journal, recorded=old)
    visit.live.start()
    visit.speak(new)
    transcript = visit.finish()
    assert _texts(transcript) == words_of(old + new)
    assert [w.start for w in visit.journal] == sorted({w.start for w in visit.journal})
    assert visit.read[0] == (0.0, 30.0)


def test_resumed_recording_survives_a_kill(ears):
    old, new = _noise(6), _noise(7)
    earlier = [HeardWindow(0.0, 2.0, live_double_words(old, 0)), HeardWindow(2.0, 4.0, live_double_words(old, 2))]
    visit = Visit(ears, earlier=earlier, recorded=old)
    visit.live.start()
    visit.speak(new)
    visit.wait_for_windows(5)
    os.kill(ears.process_id, signal.SIGKILL)
    assert _texts(visit.finish()) == words_of(old + new)


def live_double_words(pcm, start):
    from app.domain.words import Word

    texts = words_of(pcm)[start : start + 2]
    return tuple(Word(start + n + 0.0, start + n + 1.0, text, 1.0) for n, text in enumerate(texts))


@pytest.mark.parametrize("model", ["crash-on-sound", "crash-at-load", "bug"])
def test_engine_that_always_fails_is_given_up(ears, model):
    visit = Visit(ears, model)
    visit.live.start()
    visit.speak(_noise(1))
    with pytest.raises(EngineError, match="again and again"):
        visit.finish()
    visit.speak(_noise(1))
    assert visit.alarms()[-1].active
    assert visit.journal == []


def test_engine_is_tried_a_dozen_times_while_recording(ears):
    visit = Visit(ears, "crash-on-sound")
    visit.live.start()
    visit.speak(_noise(1))
    assert visit.live._over.wait(60)
    assert len(visit.alarms()) == live_transcription.TRIES
    with pytest.raises(EngineError, match="again and again"):
        visit.finish()


def test_damaged_model_is_not_tried_again(ears):
    visit = Visit(ears, "damaged")
    visit.live.start()
    with pytest.raises(EngineError, match=r"model\.bin"):
        visit.finish()
    assert len(visit.alarms()) == 1


def test_crash_at_the_very_end_is_survived_once(ears):
    pcm = _noise(5)
    visit = Visit(ears, "crash-once-at-the-end")
    visit.live.start()
    visit.speak(pcm)
    assert _texts(visit.finish()) == words_of(pcm)


def test_crash_at_the_end_again_leaves_the_transcript_for_later(ears):
    visit = Visit(ears, "crash-at-the-end")
    visit.live.start()
    visit.speak(_noise(5))
    visit.wait_for_windows(2)
    with pytest.raises(EngineError):
        visit.finish()


def test_late_text_is_told_until_it_has_caught_up(ears, tmp_path):
    visit = Visit(ears, "slow")
    visit.live.start()
    visit.speak(_noise(40))
    visit.wait_for_alarm(True)
    assert "behind" in visit.alarms()[-1].message
    (tmp_path / "hurry").touch()
    visit.wait_for_alarm(False)
    visit.finish()


def test_window_that_cannot_be_stored_is_not_shown(ears):
    visit = Visit(ears)

    def full(_window):
        raise DiskFullError("The disk is full.", "Free some space.")

    visit.live._keep = full
    visit.live.start()
    visit.speak(_noise(5))
    assert visit.live._over.wait(60)
    with pytest.raises(EngineError, match="disk is full"):
        visit.finish()
    assert not any(isinstance(e, FinalText) for e in visit.events)


def test_spool_that_cannot_be_read_back_ends_the_text_only(ears):
    visit = Visit(ears, recorded=_noise(3))

    def broken(_start, _end):
        raise SealBrokenError("A block was altered.")

    visit.live._sound._read_sound = broken
    visit.live.start()
    with pytest.raises(EngineError, match="altered"):
        visit.finish()


def test_watcher_with_a_bug_is_a_bug_at_the_end(ears):
    visit = Visit(ears)

    def watch(_event):
        raise KeyError

    visit.live._observer = watch
    visit.live.start()
    visit.speak(_noise(5))
    assert visit.live._over.wait(60)
    with pytest.raises(KeyError):
        visit.finish()


def test_cancel_of_the_end_stops(ears):
    visit = Visit(ears, "deaf")
    visit.live.start()
    visit.speak(_noise(3))
    token = CancelToken()
    threading.Timer(0.3, token.cancel).start()
    with pytest.raises(WorkCancelledError):
        visit.live.finish(no_progress, token)


def test_after_stop_nothing_is_stored_or_told(ears):
    visit = Visit(ears, "slow")
    visit.live.start()
    visit.speak(_noise(30))
    visit.wait_for_windows(1)
    visit.live.stop()
    told, stored = len(visit.events), len(visit.journal)
    visit.speak(_noise(5))
    time.sleep(0.5)
    assert (len(visit.events), len(visit.journal)) == (told, stored)
    assert not visit.live._thread.is_alive()
    with pytest.raises(WorkCancelledError):
        visit.finish()


def test_closed_engine_is_not_started_again(ears):
    visit = Visit(ears)
    visit.live.start()
    visit.speak(_noise(3))
    visit.wait_for_windows(1)
    ears.close()
    with pytest.raises(EngineError, match="ended"):
        visit.finish()
    assert ears.process_id is None


def test_progress_of_the_end_never_goes_back(ears):
    visit = Visit(ears, "slow")
    visit.live.start()
    visit.speak(_noise(6))
    seen = []
    visit.live.finish(lambda fraction, _phrase: seen.append(fraction), CancelToken())
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1


def test_visit_without_a_sound_gives_an_empty_transcript(ears):
    visit = Visit(ears)
    visit.live.start()
    transcript = visit.finish()
    assert (transcript.duration, transcript.utterances) == (0.0, ())


def test_end_of_what_was_never_started_is_a_declared_error(ears):
    with pytest.raises(EngineError, match="never started"):
        Visit(ears).finish()
