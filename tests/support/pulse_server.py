"""A PulseAudio of a test's own: what is played into the sink `visit` is heard by the microphone `mic`."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class PulseServer:
    """The running server; `environment` lets other processes find it."""

    def __init__(self, folder: Path) -> None:
        self.environment = {"XDG_RUNTIME_DIR": str(folder), "PULSE_SERVER": f"unix:{folder}/socket"}
        self._all = {**os.environ, **self.environment}
        self._server = subprocess.Popen(
            [
                "pulseaudio", "-n", "--exit-idle-time=-1", "--daemonize=no",
                "-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder}/socket",
                "-L", "module-null-sink sink_name=visit rate=48000",
                "-L", "module-remap-source master=visit.monitor source_name=mic",
            ],
            env={**self._all, "PULSE_SERVER": "", "HOME": str(folder)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def wait(self) -> None:
        """Until the microphone is there; it becomes the default."""
        for _ in range(150):
            if "mic" in self.pactl("list", "short", "sources", check=False).split():
                self.pactl("set-default-source", "mic")
                return
            time.sleep(0.1)
        pytest.skip("pulseaudio does not start here")

    def pactl(self, *words: str, check: bool = True) -> str:
        """Run `pactl` and return what it prints."""
        done = subprocess.run(["pactl", *words], env=self._all, capture_output=True, text=True, check=check)
        return done.stdout

    def play(self, path: Path) -> subprocess.Popen[bytes]:
        """Speak a WAV file into the microphone, in the background."""
        return subprocess.Popen(
            ["paplay", "--device=visit", "--latency-msec=30", str(path)],
            env=self._all, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def listen(self, path: Path) -> subprocess.Popen[bytes]:
        """Write what the microphone hears to a file (16-bit mono, 16 kHz), in the background."""
        with path.open("wb") as out:
            return subprocess.Popen(
                ["parec", "--device=mic", "--rate=16000", "--channels=1", "--format=s16le", "--latency-msec=20"],
                env=self._all, stdout=out, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def stop(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait(10)


@contextmanager
def pulse_server() -> Iterator[PulseServer]:
    """A server in a folder of its own; a short path, because sockets' names are short."""
    with tempfile.TemporaryDirectory(prefix="pulse-") as folder:
        server = PulseServer(Path(folder))
        try:
            server.wait()
            yield server
        finally:
            server.stop()
