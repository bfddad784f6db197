"""Two real microphones, or a headset with a channel for each: kept apart, one survives the other."""

import time
import wave
from pathlib import Path

import numpy as np
import pytest
from babble import alarms, babble, place, samples, wait_for, whole_quarters
from recorder_doubles import RATE, KeptSound
from sound_server import SoundServer

from app.audio.microphone_choice import MicrophoneChoice
from app.audio.recorder import Recorder
from app.domain.live import AlarmKind, LiveEvent

pytestmark = pytest.mark.pulse


def test_two_microphones_lie_side_by_side(sound: SoundServer, tmp_path: Path) -> None:
    sound.load("module-null-sink", "sink_name=patient", "rate=44100")
    sound.microphone("mic")
    sound.microphone("other", "patient")
    mine, theirs = babble(tmp_path / "mine.wav", 6.0, 1), babble(tmp_path / "theirs.wav", 6.0, 2)
    disk = KeptSound()
    recorder = Recorder(MicrophoneChoice("pulse:mic", second="pulse:other"), lambda _event: None)
    recorder.open()
    recorder.record(disk, lambda _pcm, _at: None)
    sound.speak(tmp_path / "mine.wav")
    sound.speak(tmp_path / "theirs.wav", "patient").wait(30)
    time.sleep(0.5)
    recorder.finish()
    heard = samples(disk, 2)
    assert whole_quarters(mine[RATE : 5 * RATE], heard[:, 0], RATE) > 0.8
    assert whole_quarters(theirs[RATE : 5 * RATE], heard[:, 1], RATE) > 0.8
    first, second = place(mine[RATE : 2 * RATE], heard[:, 0])[0], place(theirs[RATE : 2 * RATE], heard[:, 1])[0]
    assert abs(first - second) < 0.5 * RATE  # paplay twice is not started at the same sample
    assert abs(place(mine[RATE : 5 * RATE], heard[:, 1])[1]) < 0.2


def test_one_of_two_unloaded_leaves_the_other_whole(sound: SoundServer, tmp_path: Path) -> None:
    sound.load("module-null-sink", "sink_name=patient", "rate=48000")
    sound.microphone("mic")
    module = sound.microphone("other", "patient")
    spoken = babble(tmp_path / "visit.wav", 14.0)
    events: list[LiveEvent] = []
    disk = KeptSound()
    recorder = Recorder(MicrophoneChoice("pulse:mic", second="pulse:other"), events.append)
    recorder.open()
    recorder.record(disk, lambda _pcm, _at: None)
    speaking = sound.speak(tmp_path / "visit.wav")
    time.sleep(2.0)
    sound.pactl("unload-module", module)
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_GONE) == [True], 8)
    sound.microphone("other", "patient")
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_GONE)[-1] is False, 12)
    speaking.wait(30)
    time.sleep(0.5)
    recorder.finish()
    heard = samples(disk, 2)[:, 0]
    later, broken = 0, 0
    for start in range(RATE, 13 * RATE, RATE // 4):
        there, alike = place(spoken[start : start + RATE // 4], heard)
        if alike > 0.95:
            assert there - start >= later - 8  # silence may be filled in, nothing is cut out
            later = there - start
        else:
            broken += 1  # a busy sound server: silence was filled in amid this quarter of a second
    assert broken <= 4


def test_headset_keeps_its_channels_apart(sound: SoundServer, tmp_path: Path) -> None:
    sound.load("module-null-sink", "sink_name=headset", "channels=2", "rate=44100")
    sound.microphone("mic", "headset")
    left, right = babble(tmp_path / "left.wav", 4.0, 1), babble(tmp_path / "right.wav", 4.0, 2)
    with wave.open(str(tmp_path / "left.wav")) as one, wave.open(str(tmp_path / "right.wav")) as two:
        both = np.stack([np.frombuffer(each.readframes(each.getnframes()), "<i2") for each in (one, two)], axis=1)
    with wave.open(str(tmp_path / "both.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(both.tobytes())
    disk = KeptSound()
    recorder = Recorder(MicrophoneChoice("pulse:mic", separate=True), lambda _event: None)
    recorder.open()
    recorder.record(disk, lambda _pcm, _at: None)
    sound.speak(tmp_path / "both.wav", "headset").wait(30)
    time.sleep(0.4)
    recorder.finish()
    heard = samples(disk, 2)
    assert place(left[RATE : 3 * RATE], heard[:, 0])[1] > 0.95
    assert place(right[RATE : 3 * RATE], heard[:, 1])[1] > 0.95
    assert abs(place(left[RATE : 3 * RATE], heard[:, 1])[1]) < 0.2
