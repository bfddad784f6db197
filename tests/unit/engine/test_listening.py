"""The listening loop on the thread of the test, with a listener that tells what it was asked."""

import pytest

from app.domain.errors import WorkCancelledError
from app.domain.live import FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, no_progress
from app.engine.listening import Listening
from app.engine.sound_inbox import SoundInbox
from app.speech.live.final import WindowFinal

SECOND = bytes(32_000)


def _final(start, end):
    return WindowFinal(HeardWindow(start, end, ()), FinalText(start, end, ()), {})


class Script:
    """Answers each step with the next of `answers`; an answer that can be called is called first."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.fed = 0
        self.calls = []

    def feed(self, pcm):
        self.fed += len(pcm)
        self.calls.append("feed")

    def gap(self, at):
        self.calls.append(("gap", at, self.fed))

    def step(self):
        self.calls.append("step")
        answer = self.answers.pop(0) if self.answers else None
        return answer() if callable(answer) else answer

    def finish(self, _progress, _cancel):
        self.calls.append("finish")
        return Transcript(self.fed / 32_000, "en", "m", ())


def _run(script, inbox, start=0.0, cancel=None):
    parts = []
    listening = Listening(script, inbox, channels=1, start=start, part=parts.append)
    return listening.run(no_progress, cancel or CancelToken()), parts


def test_what_the_steps_give_is_told_with_how_far_it_was_heard():
    inbox = SoundInbox()
    inbox.put(SECOND)
    script = Script(Hypothesis(0.0, "a", "b"), _final(0.0, 0.5), inbox.end)
    transcript, parts = _run(script, inbox)
    assert [p["kind"] for p in parts] == ["hypothesis", "heard", "window"]
    assert parts[1]["until"] == 1.0
    assert transcript.duration == 1.0


def test_times_count_from_where_the_sound_begins():
    inbox = SoundInbox()
    inbox.put(SECOND)
    _, parts = _run(Script(None, inbox.end), inbox, start=100.0)
    assert parts == [{"kind": "heard", "until": 101.0}]


def test_hypothesis_over_much_sound_that_waits_does_not_say_that_it_was_heard():
    inbox = SoundInbox()
    inbox.put(SECOND * 90)
    script = Script(Hypothesis(0.0, "a", ""), _final(0.0, 25.0), None, inbox.end)
    _, parts = _run(script, inbox)
    assert [p.get("until") for p in parts] == [None, None, 25.0, 90.0]


def test_short_rest_goes_straight_to_the_end():
    inbox = SoundInbox()
    inbox.put(SECOND * 20)
    inbox.end()
    script = Script(_final(0.0, 10.0))
    _run(script, inbox)
    assert script.calls == ["feed", "finish"]


def test_long_rest_is_stored_window_by_window_before_the_end():
    inbox = SoundInbox()
    inbox.put(SECOND * 70)
    inbox.end()
    script = Script(_final(0.0, 25.0), _final(25.0, 50.0))
    _, parts = _run(script, inbox)
    assert script.calls == ["feed", "step", "step", "finish"]
    assert [p["until"] for p in parts if p["kind"] == "heard"] == [25.0, 50.0]


def test_long_silence_at_the_end_is_no_endless_loop():
    inbox = SoundInbox()
    inbox.put(SECOND * 70)
    inbox.end()
    script = Script()
    _run(script, inbox)
    assert script.calls == ["feed", "step", "finish"]


def test_cancel_is_seen_between_steps():
    inbox = SoundInbox()
    token = CancelToken()
    with pytest.raises(WorkCancelledError):
        _run(Script(token.cancel), inbox, cancel=token)


def test_closed_inbox_drops_what_still_comes():
    inbox = SoundInbox()
    inbox.put(SECOND)
    inbox.close()
    inbox.put(SECOND)
    inbox.put(1.0)
    assert inbox.take() == []


def test_gaps_stay_in_their_place_between_the_sound():
    inbox = SoundInbox()
    for piece in (SECOND, SECOND, 2.0, SECOND, 2.5, 3.0):
        inbox.put(piece)
    inbox.end()
    script = Script()
    _run(script, inbox)
    assert script.calls == ["feed", ("gap", 2.0, 64_000), "feed", ("gap", 2.5, 96_000), ("gap", 3.0, 96_000), "finish"]


def test_inbox_ends_only_when_all_was_taken():
    inbox = SoundInbox()
    inbox.put(SECOND)
    inbox.end()
    assert not inbox.ended
    assert inbox.take() == [SECOND]
    assert inbox.ended
    inbox.wait(30)
