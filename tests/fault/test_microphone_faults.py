"""What microphones do wrong, with a stand-in for `sounddevice` in the capture process: no machine has these at hand."""

import os
import signal
import textwrap
import time
from pathlib import Path

import pytest

from app.audio import capture, input_devices, portaudio_devices
from app.audio.capture import Capture
from app.audio.input_devices import InputDevice
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.recorder import Recorder
from app.audio.sound_source import DeviceGoneError
from app.domain.errors import MachineError

pytestmark = pytest.mark.real_time

STAND_IN = '''
"""Stands in for the library: one device, and one fault."""
import os, threading, time
from pathlib import Path

class PortAudioError(Exception):
    pass

class Flags:
    input_overflow = False

DEVICES = [{"index": 0, "name": "Table", "hostapi": 0, "max_input_channels": CHANNELS, "max_output_channels": 0,
            "default_samplerate": 44100.0}]

def query_hostapis(index=None):
    apis = [{"name": "Stand-in", "default_input_device": 0}]
    return apis if index is None else apis[index]

def query_devices():
    return DEVICES

class RawInputStream:
    def __init__(self, samplerate, channels, dtype, device, latency, blocksize, callback):
        assert dtype == "int16" and device == 0
        self.settings = samplerate, channels, blocksize, callback
        fault(samplerate, channels)

    def start(self):
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        rate, channels, block, callback = self.settings
        began, count = time.monotonic(), 0
        while sounding(time.monotonic() - began):
            count += 1
            time.sleep(max(0.0, began + count * block / rate - time.monotonic()))
            callback(memoryview(bytes([1, 2] * (block * channels))), block, None, Flags)

def fault(rate, channels):
    pass

def sounding(seconds):
    return True
'''


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Make the capture process load a library with the given fault; yields a function that takes its code."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(portaudio_devices, "require_portaudio", lambda: None)
    monkeypatch.setattr(input_devices, "require_portaudio", lambda: None)
    monkeypatch.setattr(input_devices, "pulse_sources", lambda: None)

    def make(code: str = "", channels: int = 1) -> None:
        source = STAND_IN.replace("CHANNELS", str(channels)) + textwrap.dedent(code)
        (tmp_path / "sounddevice.py").write_text(source)

    return make


def refused(separate: bool = False) -> MachineError:
    with pytest.raises(MachineError) as caught:
        Capture("portaudio:Stand-in:Table", separate=separate).open()
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    return caught.value


def read_all(source: Capture, heard: list[int]) -> None:
    for _ in range(200):
        piece = source.read(0.1)
        heard.append(len(piece.pcm) if piece else 0)


def test_it_works_without_a_fault(stand_in) -> None:
    stand_in(channels=2)
    (device,) = input_devices.input_devices()
    assert device == InputDevice("portaudio:Stand-in:Table", "Table", 2, 44_100, True)
    source = Capture()
    source.open()
    try:
        pieces = [piece for piece in (source.read(0.5) for _ in range(20)) if piece]
        assert sum(len(piece.pcm) for piece in pieces) > 3_200
        assert not any(piece.losses for piece in pieces)
        assert abs(pieces[-1].end - pieces[0].start - sum(len(piece.pcm) for piece in pieces) / 32_000) < 0.1
    finally:
        source.close()
    with pytest.raises(DeviceGoneError):
        source.read(0.01)


def test_missing_library(stand_in) -> None:
    stand_in("raise OSError('PortAudio library not found')")
    with pytest.raises(MachineError, match="apt-get install libportaudio2"):
        input_devices.input_devices()


def test_library_that_goes_missing_before_opening(stand_in, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("raise OSError('PortAudio library not found')")
    device = InputDevice("portaudio:Stand-in:Table", "Table", 1, 44_100, True)
    monkeypatch.setattr(capture, "input_devices", lambda: (device,))
    assert "PortAudio is missing" in refused().message


def test_no_device_at_all(stand_in) -> None:
    stand_in("DEVICES.clear()")
    assert input_devices.input_devices() == ()
    with pytest.raises(MachineError, match="no microphone"):
        Recorder(MicrophoneChoice(), lambda _event: None).open()


@pytest.mark.parametrize("error", ["'Device unavailable', -9985", "'Error opening: Device or resource busy', -9999"])
def test_busy(stand_in, error: str) -> None:
    stand_in(f"def fault(rate, channels): raise PortAudioError({error})")
    assert "used by another program" in refused().message


def test_refused_rates_are_tried_in_turn(stand_in) -> None:
    stand_in("def fault(rate, channels):\n    if rate != 16000: raise PortAudioError('Invalid sample rate', -9997)")
    source = Capture("portaudio:Stand-in:Table")
    source.open()
    source.close()
    stand_in("def fault(rate, channels): raise PortAudioError('Invalid sample rate', -9997)")
    error = refused()
    assert "44100" in error.message
    assert "48000" in error.remedy


def test_refused_channels(stand_in) -> None:
    stand_in(
        "def fault(rate, channels):\n    if channels != 1: raise PortAudioError('Invalid channels', -9998)", channels=4
    )
    source = Capture("portaudio:Stand-in:Table")
    source.open()
    source.close()
    assert "one channel only" in refused(separate=True).message


def test_other_refusals_name_the_reason(stand_in) -> None:
    stand_in("def fault(rate, channels): raise PortAudioError('Unanticipated host error', -9999)")
    assert "Unanticipated host error" in refused().message


def test_a_crashing_driver(stand_in) -> None:
    stand_in("def fault(rate, channels): os.abort()")
    assert "ended unexpectedly" in refused().message


def test_a_device_without_sound(stand_in) -> None:
    stand_in("def sounding(seconds): return False")
    assert "gives no sound" in refused().message


def test_a_device_that_falls_silent_is_gone(stand_in) -> None:
    stand_in("def sounding(seconds): return seconds < 0.6")
    source = Capture()
    source.open()
    heard: list[int] = []
    try:
        with pytest.raises(DeviceGoneError):
            read_all(source, heard)
    finally:
        source.close()
    assert sum(heard) > 0.2 * 32_000


def test_a_hanging_listener_is_given_up(stand_in) -> None:
    stand_in()
    source = Capture()
    source.open()
    try:
        assert source.process_id
        os.kill(source.process_id, signal.SIGSTOP)
        with pytest.raises(DeviceGoneError):
            read_all(source, [])
    finally:
        began = time.monotonic()
        source.close()
    assert time.monotonic() - began < 5


def test_the_listener_ends_with_its_parent(stand_in, tmp_path: Path) -> None:
    import subprocess
    import sys

    stand_in()
    program = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert program.stdout is not None
    listener = int(program.stdout.readline())
    program.kill()
    program.communicate()
    for _ in range(100):
        if not alive(listener):
            return
        time.sleep(0.05)
    os.kill(listener, signal.SIGKILL)
    pytest.fail("the listening process outlived its parent")


def alive(process: int) -> bool:
    import psutil

    return psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE


PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from app.audio import capture
from app.audio.input_devices import InputDevice

if __name__ == "__main__":
    capture.input_devices = lambda: (InputDevice("portaudio:Stand-in:Table", "Table", 1, 44100, True),)
    source = capture.Capture()
    source.open()
    print(source.process_id, flush=True)
    time.sleep(60)
"""


def test_what_a_full_ring_drops_is_told(stand_in) -> None:
    stand_in()
    source = Capture(buffer=1.0)
    source.open()
    try:
        time.sleep(10.0)  # nobody reads: the pipe holds some six seconds, the ring one
        lost = heard = 0.0
        began = None
        for _ in range(400):
            piece = source.read(0.5)
            assert piece is not None
            began = piece.start if began is None else began
            lost += piece.lost
            heard += len(piece.pcm) / 32_000
            if piece.end - began > 13.0:
                break
        assert lost > 1.0
        assert abs(piece.end - began - lost - heard) < 0.3
    finally:
        source.close()


def test_ctrl_c_does_not_reach_the_listener(stand_in) -> None:
    stand_in()
    source = Capture()
    source.open()
    try:
        assert source.process_id
        os.kill(source.process_id, signal.SIGINT)
        heard: list[int] = []
        for _ in range(15):
            piece = source.read(0.1)
            heard.append(len(piece.pcm) if piece else 0)
        assert sum(heard) > 0.5 * 32_000
    finally:
        source.close()


def test_a_clock_set_back_changes_nothing(stand_in, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in()
    from recorder_doubles import KeptSound

    from app.domain.live import Marked

    real, marks, writer = time.time, [], KeptSound()
    recorder = Recorder(MicrophoneChoice(), lambda event: marks.append(event) if isinstance(event, Marked) else None)
    recorder.open()
    recorder.record(writer, lambda _pcm, _at: None)
    began = time.monotonic()
    time.sleep(0.5)
    monkeypatch.setattr(time, "time", lambda: real() - 3_600)
    time.sleep(3.0)
    wall = time.monotonic() - began
    assert abs(recorder.finish() - wall) < 0.2
    assert not marks
