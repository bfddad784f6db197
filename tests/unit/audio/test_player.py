"""The player's behaviour at the edge of PortAudio, and without it."""

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from app.audio.player import Player
from app.domain.errors import MachineError


class FakeStop(Exception):  # noqa: N818 PortAudio's name
    """Stands for sounddevice.CallbackStop."""


class FakePortAudioError(Exception):
    """Stands for sounddevice.PortAudioError."""


class FakeStream:
    """Asks for 4 frames at a time, as often as the test pumps."""

    def __init__(self, *, callback: Callable[..., None], finished_callback: Callable[[], None], **options: Any) -> None:
        self.callback, self.finished_callback, self.options = callback, finished_callback, options
        self.heard = bytearray()
        self.closed = self.aborted = False

    def start(self) -> None:
        """Nothing to do."""

    def pump(self) -> bool:
        """Play four frames; False when the end was reached."""
        buffer = bytearray(8)
        try:
            self.callback(memoryview(buffer), 4, None, None)
        except FakeStop:
            self.heard += buffer
            self.finished_callback()
            return False
        self.heard += buffer
        return True

    def abort(self) -> None:
        """PortAudio calls the finished callback after an abort too."""
        self.aborted = True
        self.finished_callback()

    def close(self) -> None:
        """Release."""
        self.closed = True


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> list[FakeStream]:
    made: list[FakeStream] = []

    def make(**options: Any) -> FakeStream:
        made.append(FakeStream(**options))
        return made[-1]

    fake = types.SimpleNamespace(RawOutputStream=make, CallbackStop=FakeStop, PortAudioError=FakePortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return made


def test_plays_every_sample_then_reports_the_end_once(streams: list[FakeStream]) -> None:
    ends: list[int] = []
    player = Player()
    pcm = bytes(range(1, 21))
    player.play(pcm, 10, lambda: ends.append(1))
    assert player.playing
    assert player.position == 0.0
    assert streams[0].pump()
    assert player.position == pytest.approx(0.4)
    assert streams[0].pump()
    assert not streams[0].pump()
    assert bytes(streams[0].heard) == pcm + bytes(4)
    assert player.position == pytest.approx(1.0)
    assert ends == [1]
    assert not player.playing
    player.stop()
    assert ends == [1]


def test_stop_releases_the_device_without_reporting_an_end(streams: list[FakeStream]) -> None:
    ends: list[int] = []
    player = Player()
    player.play(bytes(100), 10, lambda: ends.append(1))
    player.stop()
    player.stop()
    assert streams[0].aborted
    assert streams[0].closed
    assert ends == []
    assert not player.playing


def test_a_new_stretch_replaces_the_old_one(streams: list[FakeStream]) -> None:
    player = Player()
    player.play(bytes(100), 10)
    player.play(b"\x01\x02", 10)
    assert streams[0].closed
    assert not streams[1].pump()
    assert bytes(streams[1].heard[:2]) == b"\x01\x02"


def test_half_a_sample_is_left_out(streams: list[FakeStream]) -> None:
    Player().play(b"\x01\x02\x03", 10)
    streams[0].pump()
    assert bytes(streams[0].heard) == b"\x01\x02" + bytes(6)


def test_no_output_device_is_a_declared_error(streams: list[FakeStream], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise FakePortAudioError("Error querying device -1")

    monkeypatch.setattr(sys.modules["sounddevice"], "RawOutputStream", refuse)
    with pytest.raises(MachineError, match="no working output device"):
        Player().play(bytes(10), 16_000)


def test_missing_portaudio_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    with pytest.raises(MachineError, match="libportaudio2"):
        Player().play(bytes(10), 16_000)
