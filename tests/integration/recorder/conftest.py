"""A sound server for each test; the recorder finds no other."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sound_server import SoundServer


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
