"""The recorder with made-up microphones: what is kept, marked and told."""

import threading
import time

import pytest
from recorder_doubles import KeptSound, MadeUpMicrophone

from app.audio.input_devices import InputDevice
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.recorder import Recorder
from app.audio.sound_source import Loss
from app.audio.steady_clock import steady
from app.domain.errors import ConflictError, DiskFullError, MachineError
from app.domain.live import Alarm, AlarmKind, Levels, Marked, Stopped
from app.domain.recording import MarkKind


class Desk:
    """A recorder with its microphones, writer and the events it told."""

    def __init__(self, *microphones, choice=None):
        self.microphones = {each.device: each for each in microphones}
        self.events = []
        self.writer = KeptSound((choice or MicrophoneChoice()).channels)
        self.sealed = []
        self.recorder = Recorder(
            choice or MicrophoneChoice(), self.events.append, source=self._open, devices=self.plugged_in
        )

    def _open(self, choice):
        return self.microphones[choice.device or next(iter(self.microphones))]

    def plugged_in(self):
        return tuple(
            InputDevice(each.device, each.name, each.channels, 16_000, False)
            for each in self.microphones.values()
            if each.works
        )

    def record(self, start=0.0):
        self.recorder.open()
        self.recorder.record(self.writer, lambda pcm, at: self.sealed.append((len(pcm), at)), start)

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def marks(self, kind):
        return [event.mark for event in self.of(Marked) if event.mark.kind is kind]

    def alarms(self, kind):
        return [event.active for event in self.of(Alarm) if event.kind is kind]


@pytest.fixture
def desks():
    made = []

    def make(*microphones, choice=None):
        made.append(Desk(*microphones, choice=choice))
        return made[-1]

    yield make
    for desk in made:
        desk.recorder.close()


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def speak(microphone, seconds, value=1_000):
    """In real time, so that stamps and sound agree."""
    for _ in range(round(seconds / 0.05)):
        time.sleep(0.05)
        microphone.say(0.05, value)


def test_levels_flow_and_nothing_is_kept_before_record(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    desk.recorder.open()
    speak(microphone, 0.4)
    until(lambda: len(desk.of(Levels)) >= 3)
    assert desk.of(Levels)[0].peak[0] == pytest.approx(1_000 / 32_768, abs=1e-3)
    assert desk.recorder.elapsed == 0.0
    desk.recorder.record(desk.writer, lambda _pcm, _at: None)
    assert microphone.begun == 1
    assert desk.recorder.finish() == pytest.approx(0.0, abs=0.06)
    assert desk.writer.closed
    assert microphone.closed


def test_everything_until_finish_is_sealed_in_blocks(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    desk.record(start=3.0)
    began = steady()
    speak(microphone, 1.0)
    stopped = threading.Thread(target=lambda: desk.sealed.append(desk.recorder.finish()))
    ended = steady()
    stopped.start()
    speak(microphone, 0.3)
    stopped.join()
    saved = desk.sealed.pop()
    assert saved == pytest.approx(3.0 + ended - began, abs=0.06)
    assert desk.writer.seconds == pytest.approx(saved - 3.0)
    assert [at for _, at in desk.sealed] == [3.0 + index * 0.25 for index in range(len(desk.sealed))]
    assert desk.recorder.elapsed == pytest.approx(saved)


def test_pause_mute_and_bookmark(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    desk.record()
    began = steady()
    speak(microphone, 0.3)
    paused = steady()
    desk.recorder.pause()
    assert desk.recorder.paused
    speak(microphone, 0.5)
    resumed = steady()
    desk.recorder.resume()
    desk.recorder.mute(True)
    assert desk.recorder.muted
    speak(microphone, 0.3)
    mark = desk.recorder.bookmark()
    bookmarked = steady()
    saved = desk.recorder.finish()
    (pause,), (mute,) = desk.marks(MarkKind.PAUSE), desk.marks(MarkKind.MUTE)
    assert 0.2 < pause.at < paused - began + 0.1  # on a busy machine three tenths last longer
    assert pause.length == pytest.approx(resumed - paused, abs=0.1)
    assert mute.at + mute.length == pytest.approx(saved)
    assert desk.marks(MarkKind.BOOKMARK) == [mark]
    assert 0.2 < mark.at - pause.at < bookmarked - resumed + 0.1
    assert bytes(desk.writer.pcm[-4_000:]) == bytes(4_000)


def test_a_loss_is_marked_and_shown(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    desk.record()
    speak(microphone, 0.5)
    microphone.say(0.05, losses=(Loss(0.1, 4.5, "it slept"),))
    until(lambda: desk.marks(MarkKind.LOSS))
    (loss,) = desk.marks(MarkKind.LOSS)
    assert (loss.length, loss.detail) == (pytest.approx(0.35, abs=0.1), "it slept")  # no more than the recording's age
    until(lambda: desk.alarms(AlarmKind.SOUND_LOST))


def test_the_same_microphone_comes_back(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    desk.record()
    began = steady()
    speak(microphone, 0.3)
    microphone.unplug()
    until(lambda: desk.alarms(AlarmKind.DEVICE_GONE) == [True])
    time.sleep(0.5)
    microphone.works = True
    until(lambda: not microphone.closed)
    speak(microphone, 0.5)
    until(lambda: desk.alarms(AlarmKind.DEVICE_GONE) == [True, False])
    wall = steady() - began
    saved = desk.recorder.finish()
    (loss,) = desk.marks(MarkKind.LOSS)
    assert saved + loss.length == pytest.approx(wall, abs=0.15)
    assert not desk.marks(MarkKind.DEVICE)


def test_another_one_takes_over_and_the_chosen_one_is_taken_when_asked(desks):
    one, two = MadeUpMicrophone(), MadeUpMicrophone("made-up:two", "Two")
    desk = desks(one, two)
    desk.record()
    speak(one, 0.3)
    one.unplug()
    until(lambda: desk.alarms(AlarmKind.DEVICE_GONE) == [True])
    until(lambda: two.say(0.05) or time.sleep(0.05) or desk.marks(MarkKind.DEVICE))
    assert desk.marks(MarkKind.DEVICE)[0].detail == "Two"
    assert desk.alarms(AlarmKind.DEVICE_GONE) == [True, False]
    one.works = True
    until(lambda: desk.alarms(AlarmKind.DEVICE_BACK) == [True])
    assert desk.recorder.device_name == "Two"
    one.closed = True
    desk.recorder.use(MicrophoneChoice("made-up:one"))
    until(lambda: one.say(0.05) or time.sleep(0.05) or desk.recorder.device_name == "One")
    until(lambda: desk.alarms(AlarmKind.DEVICE_BACK) == [True, False])
    assert [mark.detail for mark in desk.marks(MarkKind.DEVICE)] == ["Two", "One"]


def test_monitors_are_no_successors(desks, monkeypatch):
    one, speaker = MadeUpMicrophone(), MadeUpMicrophone("made-up:monitor", "Monitor")
    desk = desks(one, speaker)
    monkeypatch.setattr(
        desk.recorder, "_devices", lambda: (InputDevice("made-up:monitor", "Monitor", 1, 16_000, True, monitor=True),)
    )
    monkeypatch.setattr("app.audio.succession.PATIENCE", 0.1)
    desk.record()
    one.unplug()
    until(lambda: desk.alarms(AlarmKind.DEVICE_GONE) == [True])
    time.sleep(1.0)
    assert desk.recorder.device_name == ""
    began = steady()
    desk.recorder.finish()
    assert steady() - began < 3
    assert desk.marks(MarkKind.LOSS)  # until the end


def test_a_new_microphone_that_fails_leaves_the_old_one(desks):
    one, two = MadeUpMicrophone(), MadeUpMicrophone("made-up:two", "Two", works=False)
    desk = desks(one, two)
    desk.record()
    with pytest.raises(MachineError):
        desk.recorder.use(MicrophoneChoice("made-up:two"))
    speak(one, 0.3)
    assert desk.recorder.device_name == "One"


def test_two_channels_stay_two_when_one_takes_over(desks):
    one = MadeUpMicrophone(channels=2)
    desk = desks(one, MadeUpMicrophone("made-up:two", "Two"), choice=MicrophoneChoice(separate=True))
    desk.record()
    speak(one, 0.3)
    one.unplug()
    two = desk.microphones["made-up:two"]
    until(lambda: two.say(0.05) or time.sleep(0.05) or desk.marks(MarkKind.DEVICE))
    speak(two, 0.5)
    saved = desk.recorder.finish()
    assert len(desk.writer.pcm) == pytest.approx(saved * 16_000 * 4)


def test_full_disk_stops_with_everything_saved_that_could_be(desks, monkeypatch):
    monkeypatch.setattr("app.audio.sealing._RETRY", 0.02)
    monkeypatch.setattr("app.audio.sealing._LAST_TRIES", 0.1)
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    desk.record()
    speak(microphone, 0.6)
    until(lambda: len(desk.sealed) == 2)
    desk.writer.refuse(DiskFullError("The disk is full.", "Free some space."))
    speak(microphone, 0.3)
    assert desk.recorder.finish() == 0.5
    assert len(desk.of(Stopped)) == 1
    assert desk.alarms(AlarmKind.DISK_LOW) == [True]


def test_a_slow_or_failing_watcher_costs_no_sound(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)

    def watch(_event):
        time.sleep(0.05)
        raise ValueError

    desk.recorder._events._observe = watch
    desk.record()
    speak(microphone, 0.6)
    until(lambda: len(desk.sealed) >= 2)


def test_levels_wait_for_nobody_but_marks_are_never_left_out(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    gate = threading.Event()
    seen = []
    desk.recorder._events._observe = lambda event: (gate.wait(10), seen.append(event))
    desk.record()
    microphone.say(20.0)
    time.sleep(0.3)
    marks = [desk.recorder.bookmark() for _ in range(5)]
    gate.set()
    desk.recorder.finish()
    assert [event.mark for event in seen if isinstance(event, Marked) and event.mark.kind is MarkKind.BOOKMARK] == marks
    assert sum(isinstance(event, Levels) for event in seen) < 100


def test_recording_twice_is_refused(desks):
    desk = desks(MadeUpMicrophone())
    desk.record()
    with pytest.raises(ConflictError):
        desk.recorder.record(KeptSound(), lambda _pcm, _at: None)


def test_abandon_and_close_leave_the_writer_open(desks):
    for end in ("abandon", "close"):
        microphone = MadeUpMicrophone()
        desk = desks(microphone)
        desk.record()
        getattr(desk.recorder, end)()
        desk.recorder.close()
        assert not desk.writer.closed
        assert microphone.closed


def test_finish_from_the_watcher_itself(desks):
    microphone = MadeUpMicrophone()
    desk = desks(microphone)
    done = threading.Event()

    def watch(event):
        if isinstance(event, Marked):
            desk.recorder.finish()
            done.set()

    desk.recorder._events._observe = watch
    desk.record()
    desk.recorder.bookmark()
    assert done.wait(10)
    assert desk.writer.closed
