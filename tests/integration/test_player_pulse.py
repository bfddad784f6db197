"""The player is heard through a real sound server: PortAudio -> PulseAudio -> recorded monitor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

RATE = 16_000
PLAY = """
import sys, threading, time
from app.audio.player import Player
done = threading.Event()
player = Player("pulse")
player.play(sys.stdin.buffer.read(), 16000, done.set)
if not done.wait(20):
    sys.exit("the end was not reported")
print(round(player.position, 2))
"""

pytestmark = pytest.mark.pulse


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A PulseAudio of our own with one null sink; yields the environment that finds it."""
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("PULSE_SERVER", None)
    (tmp_path / ".asoundrc").write_text("pcm.pulse { type pulse }\nctl.pulse { type pulse }\n")
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--exit-idle-time=-1", "--daemonize=no", "-L", "module-native-protocol-unix",
         "-L", "module-null-sink sink_name=visit rate=48000"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            listing = subprocess.run(
                ["pactl", "list", "short", "sinks"], env=environment, capture_output=True, check=False
            )
            if b"visit" in listing.stdout:
                break
            time.sleep(0.1)
        else:
            pytest.skip("pulseaudio does not start here")
        yield environment
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def test_tone_is_heard(sound_server: dict[str, str], tmp_path: Path) -> None:
    tone = (0.5 * np.sin(2 * np.pi * 660 * np.arange(RATE * 2) / RATE) * 32_767).astype("<i2").tobytes()
    recorded = tmp_path / "monitor.raw"
    with recorded.open("wb") as out:
        recorder = subprocess.Popen(
            ["parec", "--device=visit.monitor", "--rate=16000", "--channels=1", "--format=s16le", "--latency-msec=50"],
            env=sound_server, stdout=out,
        )  # fmt: skip
        try:
            played = subprocess.run(
                [sys.executable, "-c", PLAY], env=sound_server, input=tone, capture_output=True, timeout=60, check=False
            )
            time.sleep(0.5)
        finally:
            recorder.terminate()
            recorder.wait(10)
    assert played.returncode == 0, played.stderr.decode()
    assert float(played.stdout) == pytest.approx(2.0, abs=0.01)
    heard = np.frombuffer(recorded.read_bytes(), "<i2").astype(np.float64)
    loud = heard[np.abs(heard) > 1_000]
    assert len(loud) > RATE  # most samples of a two-second sine at half scale are above 1000
    first = int(np.argmax(np.abs(heard) > 1_000))
    middle = heard[first + 4_000 : first + 4_000 + RATE]
    assert np.argmax(np.abs(np.fft.rfft(middle * np.hanning(RATE)))) == pytest.approx(660, abs=2)
