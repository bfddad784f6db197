"""A PulseAudio of a test's own, with microphones to plug in and pull out while something is heard."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest


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
