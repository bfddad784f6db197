"""The recorder hears a real sound server: paplay -> PulseAudio -> PortAudio in the capture process -> writer."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from babble import alarms, babble, marks, place, samples, wait_for
from recorder_doubles import RATE, KeptSound
from sound_server import SoundServer

from app.audio.capture import Capture, open_capture
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.recorder import Recorder
from app.audio.sound_source import SoundSource
from app.audio.steady_clock import steady
from app.domain.live import AlarmKind, LiveEvent
from app.domain.recording import MarkKind

pytestmark = pytest.mark.pulse

RECORDING = """
import sys, time
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.recorder import Recorder
from app.audio.steady_clock import steady
from app.domain.live import Marked

class Disk:
    def __init__(self, path):
        self.file = open(path, "wb")
    def write(self, pcm):
        self.file.write(pcm)
    def close(self):
        self.file.close()

def tell(event):
    if isinstance(event, Marked):
        print(event.mark.kind.value, event.mark.at, event.mark.length, event.mark.detail, flush=True)

if __name__ == "__main__":
    recorder = Recorder(MicrophoneChoice("pulse:mic"), tell)
    recorder.open()
    recorder.record(Disk(sys.argv[1]), lambda pcm, at: None)
    began = steady()
    print("recording", flush=True)
    while steady() - began < float(sys.argv[2]):
        time.sleep(0.05)
    wall = steady() - began
    print("saved", recorder.finish(), wall, flush=True)
"""


def test_every_word_is_recorded(sound: SoundServer, tmp_path: Path) -> None:
    sound.microphone("mic")
    spoken = babble(tmp_path / "visit.wav", 6.0)
    events: list[LiveEvent] = []
    disk = KeptSound()
    sealed: list[tuple[int, float]] = []
    recorder = Recorder(MicrophoneChoice("pulse:mic"), events.append)
    recorder.open()
    assert not disk.pcm
    recorder.record(disk, lambda pcm, at: sealed.append((len(pcm), at)))
    began = steady()
    assert sound.speak(tmp_path / "visit.wav").wait(30) == 0
    time.sleep(0.5)
    wall = steady() - began
    saved = recorder.finish()
    heard = samples(disk)[:, 0]
    assert disk.closed
    assert saved == len(heard) / RATE == pytest.approx(wall, abs=0.15)
    at, likeness = place(spoken[RATE // 2 : -RATE // 2], heard)
    assert likeness > 0.95
    for second in range(1, 5):  # nothing is missing in between either: every second lies where the first says
        part = spoken[second * RATE : (second + 1) * RATE]
        there, alike = place(part, heard)
        assert abs(there - at - (second * RATE - RATE // 2)) < 8
        assert alike > 0.95
    assert [length for length, _ in sealed[:-1]] == [RATE // 4 * 2] * (len(sealed) - 1)
    assert [at for _, at in sealed] == [index * 0.25 for index in range(len(sealed))]
    assert not marks(events, MarkKind.LOSS)


def test_stopped_program_loses_nothing(sound: SoundServer, tmp_path: Path) -> None:
    sound.microphone("mic")
    spoken = babble(tmp_path / "visit.wav", 24.0)
    program = subprocess.Popen(
        [sys.executable, "-c", RECORDING, str(tmp_path / "heard.raw"), "24.5"],
        env=sound.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stdout.readline() == "recording\n"
    sound.speak(tmp_path / "visit.wav")
    time.sleep(1.5)
    program.send_signal(signal.SIGSTOP)  # the window's process sleeps, the one that listens does not
    time.sleep(20.0)
    program.send_signal(signal.SIGCONT)
    told = program.communicate(timeout=60)[0]
    heard = np.frombuffer((tmp_path / "heard.raw").read_bytes(), "<i2").astype(np.float64)
    assert "loss" not in told
    assert place(spoken[RATE : 23 * RATE], heard)[1] > 0.95


def test_sleeping_computer_is_told_with_its_length(sound: SoundServer, tmp_path: Path) -> None:
    sound.load("module-null-sink", "sink_name=wide", "channels=8", "rate=96000")  # the server keeps 4 MB: 2.7 s of this
    sound.microphone("mic", "wide")
    babble(tmp_path / "visit.wav", 40.0)
    program = subprocess.Popen(
        [sys.executable, "-c", RECORDING, str(tmp_path / "heard.raw"), "20"],
        env=sound.environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stdout.readline() == "recording\n"
    sound.speak(tmp_path / "visit.wav", "wide")
    time.sleep(3.5)
    os.killpg(program.pid, signal.SIGSTOP)
    time.sleep(10.0)
    os.killpg(program.pid, signal.SIGCONT)
    told = program.communicate(timeout=60)[0].splitlines()
    lost = sum(float(line.split()[2]) for line in told if line.startswith("loss"))
    (total,) = [line.split() for line in told if line.startswith("saved")]
    saved, wall = float(total[1]), float(total[2])
    assert 5.0 < lost < 10.2
    assert saved + lost == pytest.approx(wall, abs=0.4)


def test_killed_listener_is_replaced(sound: SoundServer) -> None:
    sound.microphone("mic")
    events: list[LiveEvent] = []
    made: list[Capture] = []

    def opener(choice: MicrophoneChoice) -> SoundSource:
        source = open_capture(choice)
        assert isinstance(source, Capture)
        made.append(source)
        return source

    disk = KeptSound()
    recorder = Recorder(MicrophoneChoice("pulse:mic"), events.append, source=opener)
    recorder.open()
    recorder.record(disk, lambda _pcm, _at: None)
    began = steady()
    time.sleep(1.0)
    process = made[0].process_id
    assert process is not None
    os.kill(process, signal.SIGKILL)
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_GONE) == [True, False], 10)
    time.sleep(0.5)
    wall = steady() - began
    saved = recorder.finish()
    (loss,) = marks(events, MarkKind.LOSS)
    assert saved + loss.length == pytest.approx(wall, abs=0.2)
    assert not marks(events, MarkKind.DEVICE)  # the same microphone


def test_sound_server_killed_in_the_middle(sound: SoundServer) -> None:
    sound.microphone("mic")
    events: list[LiveEvent] = []
    disk = KeptSound()
    recorder = Recorder(MicrophoneChoice("pulse:mic"), events.append)
    recorder.open()
    recorder.record(disk, lambda _pcm, _at: None)
    began = steady()
    time.sleep(1.0)
    sound.restart()
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_GONE)[:1] == [True], 8)
    sound.microphone("mic")
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_GONE)[-1] is False, 20)
    time.sleep(1.0)
    wall = steady() - began
    saved = recorder.finish()
    assert saved + sum(loss.length for loss in marks(events, MarkKind.LOSS)) == pytest.approx(wall, abs=0.3)
