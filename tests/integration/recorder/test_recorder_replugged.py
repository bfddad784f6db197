"""Real microphones that are pulled out, missing, plugged in again, or taken over by another one."""

import os
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from babble import alarms, babble, marks, samples, wait_for
from recorder_doubles import RATE, KeptSound
from sound_server import SoundServer

from app.audio.input_devices import input_devices
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.pulse_sources import hear_only
from app.audio.recorder import Recorder
from app.audio.steady_clock import steady
from app.domain.live import AlarmKind, LiveEvent
from app.domain.recording import MarkKind

pytestmark = pytest.mark.pulse


def test_unloaded_microphone_is_waited_for(sound: SoundServer, tmp_path: Path) -> None:
    module = sound.microphone("mic")
    babble(tmp_path / "visit.wav", 30.0)
    events: list[LiveEvent] = []
    disk = KeptSound()
    recorder = Recorder(MicrophoneChoice("pulse:mic"), events.append)
    recorder.open()
    sound.speak(tmp_path / "visit.wav")
    recorder.record(disk, lambda _pcm, _at: None)
    began = steady()
    time.sleep(1.5)
    gone_at = recorder.elapsed
    sound.pactl("unload-module", module)
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_GONE) == [True], 8)
    time.sleep(4.0)  # longer than the patience for the same device: there is no other one
    assert not marks(events, MarkKind.DEVICE)
    sound.microphone("mic")
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_GONE) == [True, False], 10)
    time.sleep(1.0)
    wall = steady() - began
    saved = recorder.finish()
    (loss,) = marks(events, MarkKind.LOSS)
    assert -0.1 < loss.at - gone_at < 2.5  # the server hands us to another source in silence; that is noticed
    assert saved + loss.length == pytest.approx(wall, abs=0.2)
    assert alarms(events, AlarmKind.SOUND_LOST)[0] is True
    assert np.abs(samples(disk)[-RATE // 2 :]).max() > 500


def test_next_microphone_takes_over_and_the_chosen_one_is_offered(sound: SoundServer, tmp_path: Path) -> None:
    module = sound.microphone("mic")
    sound.microphone("spare", "visit", 'source_properties=device.description="Spare"')
    babble(tmp_path / "visit.wav", 40.0)
    events: list[LiveEvent] = []
    disk = KeptSound()
    recorder = Recorder(MicrophoneChoice("pulse:mic"), events.append)
    recorder.open()
    sound.speak(tmp_path / "visit.wav")
    recorder.record(disk, lambda _pcm, _at: None)
    began = steady()
    time.sleep(1.0)
    sound.pactl("unload-module", module)
    assert wait_for(lambda: len(marks(events, MarkKind.DEVICE)) == 1, 15)
    assert marks(events, MarkKind.DEVICE)[0].detail == "Spare"
    assert alarms(events, AlarmKind.DEVICE_GONE) == [True, False]
    sound.microphone("mic")
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_BACK) == [True], 10)
    assert recorder.device_name == "Spare"  # offered, not taken
    recorder.use(MicrophoneChoice("pulse:mic"))
    assert wait_for(lambda: alarms(events, AlarmKind.DEVICE_BACK) == [True, False], 10)
    assert wait_for(lambda: len(marks(events, MarkKind.DEVICE)) == 2, 5)
    time.sleep(1.0)
    wall = steady() - began
    saved = recorder.finish()
    lost = sum(loss.length for loss in marks(events, MarkKind.LOSS))
    assert saved + lost == pytest.approx(wall, abs=0.3)


def test_no_microphone_is_said_clearly(sound: SoundServer) -> None:
    assert [device.monitor for device in input_devices()] == [True]
    from app.domain.errors import MachineError

    with pytest.raises(MachineError, match="no microphone"):
        Recorder(MicrophoneChoice(), lambda _event: None).open()
    with pytest.raises(MachineError, match="not there"):
        Recorder(MicrophoneChoice("pulse:mic"), lambda _event: None).open()


def test_a_process_that_hears_another_source_is_moved(sound: SoundServer) -> None:
    sound.microphone("mic")
    sound.microphone("spare")
    recording = subprocess.Popen(
        ["parec", "--device=mic", "--raw"], env=sound.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    sound.spoken.append(recording)

    def heard_sources() -> list[str]:
        streams = (line.split() for line in sound.pactl("list", "short", "source-outputs").splitlines())
        return [source for _, source, client, *_ in streams if client != "-"]

    assert wait_for(lambda: bool(heard_sources()), 10)
    assert hear_only(recording.pid, "spare")
    spare = next(line.split()[0] for line in sound.pactl("list", "short", "sources").splitlines() if "spare" in line)
    assert heard_sources() == [spare]
    assert not hear_only(recording.pid, "none")
    assert hear_only(os.getpid(), "mic")  # the server knows nothing of us


def test_list_follows_plugging(sound: SoundServer) -> None:
    module = sound.microphone("mic", "visit", "source_properties=device.description='Table\\ microphone'")
    sound.pactl("set-default-source", "mic")
    first, *rest = input_devices()
    assert (first.id, first.name, first.default, first.rate) == ("pulse:mic", "Table microphone", True, 48_000)
    assert [device.id for device in rest] == ["pulse:visit.monitor"]
    sound.pactl("unload-module", module)
    assert [device.id for device in input_devices()] == ["pulse:visit.monitor"]
