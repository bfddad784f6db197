"""The recorder hears a real sound server: paplay -> PulseAudio -> PortAudio in the capture process -> writer."""

import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from app.audio.capture import Capture, open_capture
from app.audio.input_devices import input_devices
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.pulse_sources import hear_only
from app.audio.recorder import Recorder
from app.audio.sound_source import SoundSource
from app.audio.steady_clock import steady
from app.domain.live import Alarm, AlarmKind, LiveEvent, Marked
from app.domain.recording import Mark, MarkKind

RATE = 16_000

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not all(shutil.which(tool) for tool in ("pulseaudio", "pactl", "paplay")),
    reason="no pulseaudio on this machine (Debian: pulseaudio pulseaudio-utils libportaudio2 libasound2-plugins)",
)


@dataclass
class SoundServer:
    """A PulseAudio of our own; `visit` is what a mouth is, `mic` what hears it."""

    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    spoken: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def pactl(self, *arguments: str) -> str:
        return subprocess.run(
            ["pactl", *arguments], env=self.environment, capture_output=True, check=True, text=True
        ).stdout.strip()

    def load(self, *arguments: str) -> str:
        return self.pactl("load-module", *arguments)

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["pulseaudio", "-n", "--exit-idle-time=-1", "--daemonize=no", "-L", "module-native-protocol-unix",
             "-L", "module-null-sink sink_name=visit rate=48000"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(100):
            try:
                if "visit" in self.pactl("list", "short", "sinks"):
                    return
            except subprocess.CalledProcessError:
                pass
            time.sleep(0.1)
        pytest.skip("pulseaudio does not start here")

    def stop(self) -> None:
        for process in self.spoken:
            process.kill()
            process.wait(10)
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)

    def restart(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)
        self.start()

    def microphone(self, name: str, sink: str = "visit", *more: str) -> str:
        return self.load("module-remap-source", f"master={sink}.monitor", f"source_name={name}", *more)

    def speak(self, path: Path, sink: str = "visit") -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            ["paplay", f"--device={sink}", "--latency-msec=800", str(path)], env=self.environment
        )
        self.spoken.append(process)
        return process


@dataclass
class Disk:
    """A writer that keeps what it was given."""

    pcm: bytearray = field(default_factory=bytearray)
    closed: bool = False

    def write(self, pcm: bytes) -> None:
        self.pcm += pcm

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> "Disk":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("PULSE_SERVER", None)
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".asoundrc").write_text("pcm.pulse { type pulse }\nctl.pulse { type pulse }\n")
    sound = SoundServer(environment)
    try:
        sound.start()
        yield sound
    finally:
        sound.stop()


def babble(path: Path, seconds: float, seed: int = 1) -> np.ndarray:
    """Noise that changes its loudness like syllables: no two stretches are alike. Written as 48 kHz mono wav."""
    draw = np.random.default_rng(seed)
    frames = round(48_000 * seconds)
    carrier = np.convolve(draw.standard_normal(frames), np.ones(60) / 30, "same")
    loudness = np.interp(np.arange(frames), np.arange(0, frames + 4_800, 4_800), draw.random(frames // 4_800 + 1) + 0.1)
    samples = (carrier * loudness * 6_000).clip(-30_000, 30_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())
    return samples.reshape(-1, 3).mean(axis=1)  # a plain 16 kHz version, for comparison


def place(part: np.ndarray, whole: np.ndarray) -> tuple[int, float]:
    """Where in `whole` the `part` lies best, and the correlation there."""
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    spectrum = np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size))
    at = int(np.argmax(np.fft.irfft(spectrum, size)[: len(whole) - len(part) + 1]))
    heard = whole[at : at + len(part)]
    return at, float(np.dot(heard, part) / (np.linalg.norm(heard) * np.linalg.norm(part) + 1e-9))


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def marks(events: list[LiveEvent], kind: MarkKind) -> list[Mark]:
    return [event.mark for event in events if isinstance(event, Marked) and event.mark.kind is kind]


def alarms(events: list[LiveEvent], kind: AlarmKind) -> list[bool]:
    return [event.active for event in events if isinstance(event, Alarm) and event.kind is kind]


def samples(disk: Disk, channels: int = 1) -> np.ndarray:
    return np.frombuffer(bytes(disk.pcm), "<i2").reshape(-1, channels).astype(np.float64)


def test_every_word_is_recorded(sound: SoundServer, tmp_path: Path) -> None:
    sound.microphone("mic")
    spoken = babble(tmp_path / "visit.wav", 6.0)
    events: list[LiveEvent] = []
    disk = Disk()
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


def test_unloaded_microphone_is_waited_for(sound: SoundServer, tmp_path: Path) -> None:
    module = sound.microphone("mic")
    babble(tmp_path / "visit.wav", 30.0)
    events: list[LiveEvent] = []
    disk = Disk()
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
    disk = Disk()
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


def test_two_microphones_lie_side_by_side(sound: SoundServer, tmp_path: Path) -> None:
    sound.load("module-null-sink", "sink_name=patient", "rate=44100")
    sound.microphone("mic")
    sound.microphone("other", "patient")
    mine, theirs = babble(tmp_path / "mine.wav", 6.0, 1), babble(tmp_path / "theirs.wav", 6.0, 2)
    disk = Disk()
    recorder = Recorder(MicrophoneChoice("pulse:mic", second="pulse:other"), lambda _event: None)
    recorder.open()
    recorder.record(disk, lambda _pcm, _at: None)
    sound.speak(tmp_path / "mine.wav")
    sound.speak(tmp_path / "theirs.wav", "patient").wait(30)
    time.sleep(0.5)
    recorder.finish()
    heard = samples(disk, 2)
    first, alike = place(mine[RATE : 5 * RATE], heard[:, 0])
    second, other = place(theirs[RATE : 5 * RATE], heard[:, 1])
    assert min(alike, other) > 0.9
    assert abs(first - second) < 0.5 * RATE  # paplay twice is not started at the same sample
    assert abs(place(mine[RATE : 5 * RATE], heard[:, 1])[1]) < 0.2


def test_one_of_two_unloaded_leaves_the_other_whole(sound: SoundServer, tmp_path: Path) -> None:
    sound.load("module-null-sink", "sink_name=patient", "rate=48000")
    sound.microphone("mic")
    module = sound.microphone("other", "patient")
    spoken = babble(tmp_path / "visit.wav", 14.0)
    events: list[LiveEvent] = []
    disk = Disk()
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
    at, alike = place(spoken[RATE : 2 * RATE], heard)
    assert alike > 0.95
    for second in range(2, 13):
        there, alike = place(spoken[second * RATE : (second + 1) * RATE], heard)
        assert alike > 0.95
        assert there - at >= (second - 1) * RATE - 8  # silence may be filled in, nothing is cut out


def test_sound_server_killed_in_the_middle(sound: SoundServer) -> None:
    sound.microphone("mic")
    events: list[LiveEvent] = []
    disk = Disk()
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
    disk = Disk()
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


def test_killed_listener_is_replaced(sound: SoundServer) -> None:
    sound.microphone("mic")
    events: list[LiveEvent] = []
    made: list[Capture] = []

    def opener(choice: MicrophoneChoice) -> SoundSource:
        source = open_capture(choice)
        assert isinstance(source, Capture)
        made.append(source)
        return source

    disk = Disk()
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
