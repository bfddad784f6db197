"""The process that listens: PortAudio's callback fills a ring, and this loop resamples it and sends it to the parent.

A driver that hangs or crashes, or a busy interpreter, then never costs sound; and a fresh process sees devices that
were plugged in since, which PortAudio looks for only at its start.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from app.audio.capture_messages import OVERFLOW, STALL, CaptureRequest, Kind, pack_fields, pack_sound
from app.audio.capture_ring import Arrival, CaptureRing
from app.audio.loss import ArrivalClock, LossDetector
from app.audio.mixing import Frames, fit, frames_of
from app.audio.sound_source import RATE
from app.audio.steady_clock import steady
from app.process_guard import guard_process

_TICK = 0.1  # seconds between two looks at the ring
_STALL_TICKS = 10  # counted, not measured: after a sleep the first look finds nothing either
_FIRST_SOUND = 4.0  # seconds; a Bluetooth headset takes up to three to change to its voice profile
_BLOCK = 0.1  # seconds of sound per callback
_LATENCY = 0.1  # seconds of buffer in the sound system


def main(connection: Connection, request: CaptureRequest) -> None:
    """Open the input and send sound until the parent closes its end; every way out ends the whole process."""
    guard_process()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(connection,), daemon=True).start()
    try:
        _listen(connection, request)
    except (OSError, EOFError):
        os._exit(0)  # the parent is gone
    except Exception as error:  # noqa: BLE001 # the parent must hear of a bug here, too, instead of silence
        _send_last(connection, Kind.FAILED, code="bug", detail=type(error).__name__)
    os._exit(0)  # a hanging driver must not keep us at exit


def _end_with_parent(connection: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        connection.recv_bytes()
    os._exit(0)


def _send_last(connection: Connection, kind: Kind, **fields: str) -> None:
    try:
        connection.send_bytes(pack_fields(kind, **fields))
        connection.close()
    except OSError:
        os._exit(0)


def _listen(connection: Connection, request: CaptureRequest) -> None:
    opened = _open(connection, request)
    if opened is None:
        return
    stream, ring, rate, channels = opened
    if not _first_sound(ring):
        _send_last(connection, Kind.FAILED, code="silent")
        return
    forwarder = _Forwarder(connection, ring, rate, channels, request.channels)
    forwarder.skip()
    connection.send_bytes(pack_fields(Kind.OPENED, rate=rate, device_channels=channels))
    idle = 0
    while idle < _STALL_TICKS:
        time.sleep(_TICK)
        idle = 0 if forwarder.forward() else idle + 1
    forwarder.finish()
    _send_last(connection, Kind.GONE)
    del stream


def _open(connection: Connection, request: CaptureRequest) -> tuple[Any, CaptureRing, int, int] | None:
    if request.source:  # read by the PulseAudio and PipeWire client libraries
        os.environ["PULSE_SOURCE"] = os.environ["PIPEWIRE_NODE"] = request.source
    try:
        import sounddevice
    except OSError:
        _send_last(connection, Kind.FAILED, code="portaudio-missing")
        return None
    device = _find(sounddevice, request)
    if device is None:
        _send_last(connection, Kind.FAILED, code="not-found")
        return None
    return _start(connection, sounddevice, device, request)


def _find(sounddevice: ModuleType, request: CaptureRequest) -> int | None:
    """PortAudio's number of the requested input."""
    apis = [str(api["name"]) for api in sounddevice.query_hostapis()]
    inputs = [
        (int(device["index"]), str(device["name"]), apis[int(device["hostapi"])])
        for device in sounddevice.query_devices()
        if device["max_input_channels"] > 0
    ]
    wanted = ("pulse", "default") if request.source else (request.name,)
    for name in wanted:
        for index, device_name, api in inputs:
            if device_name == name and api == (request.api or api):
                return index
    return None


def _start(
    connection: Connection, sounddevice: ModuleType, device: int, request: CaptureRequest
) -> tuple[Any, CaptureRing, int, int] | None:
    """Try the device's own rate and channels first, then common ones."""
    code = "refused"
    detail = ""
    for rate in dict.fromkeys((request.rate, 48_000, 44_100, 16_000)):
        for channels in dict.fromkeys((max(1, min(request.device_channels, 8)), 2, 1)):
            ring = CaptureRing(rate, channels, request.buffer)
            try:
                stream = sounddevice.RawInputStream(
                    samplerate=rate,
                    channels=channels,
                    dtype="int16",
                    device=device,
                    latency=_LATENCY,
                    blocksize=int(rate * _BLOCK),
                    callback=_callback(ring),
                )
                stream.start()
            except sounddevice.PortAudioError as error:
                code, detail = _reason(error)
                if code == "busy":
                    _send_last(connection, Kind.FAILED, code=code, detail=detail)
                    return None
                if code == "rate":
                    break
                continue
            return stream, ring, rate, channels
    _send_last(connection, Kind.FAILED, code=code, detail=detail)
    return None


def _callback(ring: CaptureRing) -> Callable[[memoryview, int, object, _Flags], None]:
    def take(sound: memoryview, _frames: int, _time: object, status: _Flags) -> None:
        ring.put(sound, steady(), status.input_overflow)

    return take


def _reason(error: Exception) -> tuple[str, str]:
    """A code for PortAudio's error number (portaudio.h, PaErrorCode)."""
    text = str(error.args[0]) if error.args else ""
    number = error.args[1] if len(error.args) > 1 else 0
    if number == -9985 or "busy" in text.lower():
        return "busy", ""
    return {-9997: "rate", -9998: "channels"}.get(number, "refused"), text[:200]


def _first_sound(ring: CaptureRing) -> bool:
    for _ in range(round(_FIRST_SOUND / 0.01)):
        if ring.waiting:
            return True
        time.sleep(0.01)
    return False


class _Flags(Protocol):
    input_overflow: bool


class _Forwarder:
    """Takes sound from the ring, finds losses, changes rate and channels, and sends pieces."""

    def __init__(self, connection: Connection, ring: CaptureRing, rate: int, channels: int, wanted: int) -> None:
        self._connection, self._ring, self._rate, self._channels = connection, ring, rate, channels
        self._wanted = min(wanted, channels)
        self._clock = ArrivalClock(rate)
        self._detector = LossDetector(rate)
        self._first = self._sent = 0
        self._dropped = 0
        self._end = 0.0
        self._resampler: Any = None
        if rate != RATE:
            import soxr

            self._resampler = soxr.ResampleStream(rate, RATE, self._wanted, dtype="int16", quality="HQ")

    def skip(self) -> None:
        """Forget what came before anybody listened, but learn from its times."""
        self._first = self._take(self._newest())

    def forward(self) -> bool:
        """Send what has arrived; whether anything had."""
        losses: list[tuple[float, float, int]] = []
        newest = self._newest(losses)
        if newest is None:
            return False
        frames = frames_of(self._ring.take(newest.frames), self._channels)
        peak = max(int(frames.max(initial=0)), -int(frames.min(initial=0))) / 32_768
        self._send(self._converted(frames, last=False), peak, losses, newest.dropped)
        return True

    def finish(self) -> None:
        """Send what the resampler still holds, and a loss that had not lasted long enough yet."""
        losses: list[tuple[float, float, int]] = []
        gap = self._detector.finish()
        if gap is not None:
            losses.append((self._back(gap.frame), gap.length, STALL))
        rest = self._converted(np.zeros((0, self._channels), np.int16), last=True)
        if len(rest) or losses:
            self._send(rest, 0.0, losses, self._dropped)

    def _take(self, newest: Arrival | None) -> int:
        if newest is None:
            return 0
        self._ring.take(newest.frames)
        return newest.frames

    def _newest(self, losses: list[tuple[float, float, int]] | None = None) -> Arrival | None:
        newest = None
        for arrival in self._ring.arrivals():
            newest = arrival
            arrived = arrival.frames + arrival.dropped
            self._clock.arrived(arrived, arrival.at)
            if arrival.dropped > self._dropped:
                lost = (arrival.dropped - self._dropped) / self._rate
                self._dropped = arrival.dropped
                if losses is not None:
                    losses.append((self._back(arrived), lost, OVERFLOW))
            gap = self._detector.arrived(arrived, arrival.at)
            if gap is not None and losses is not None:
                losses.append((self._back(gap.frame), gap.length, STALL))
        return newest

    def _back(self, arrived: int) -> float:
        """Seconds from a frame to the first one that is not sent yet."""
        kept = arrived - self._dropped - self._first
        return max(0.0, self._sent / RATE - kept / self._rate)

    def _converted(self, frames: Frames, last: bool) -> Frames:
        mixed = fit(frames, self._wanted)
        if self._resampler is None:
            return mixed
        changed: Frames = self._resampler.resample_chunk(np.ascontiguousarray(mixed), last=last)
        return changed.reshape(-1, self._wanted)

    def _send(self, frames: Frames, peak: float, losses: list[tuple[float, float, int]], dropped: int) -> None:
        self._sent += len(frames)
        heard = self._first + dropped + self._sent * self._rate / RATE
        end = max(self._end, self._clock.time_of(heard))
        start = max(self._end, end - len(frames) / RATE)
        self._end = end
        self._connection.send_bytes(pack_sound(frames.astype("<i2").tobytes(), start, end, peak, losses))
