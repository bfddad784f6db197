"""Sound files of any kind become 16 kHz mono.

FFmpeg (through PyAV) opens files only: a fixed list of containers and the protocol `file`, so that a playlist inside a
file can neither reach the network nor read another file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from app.audio.file_end import lacks_end, mp3_states_length
from app.domain.errors import InputError
from app.domain.work import CancelToken

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

RATE = 16_000
"""Samples per second of everything that is decoded (Hz)."""

MIN_SECONDS = 0.1
"""Shorter recordings are refused: no word fits in them."""

MAX_SECONDS = 8 * 3600
"""Longer recordings are refused: no visit takes that long, and the samples must fit into memory."""

_CONTAINERS = (
    "wav,w64,aiff,au,caf,mp3,flac,ogg,opus,oga,aac,ac3,eac3,amr,amrnb,amrwb,asf,wv,ape,tta,"
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpeg,mpegts,dss,voc,gsm"
)
_SAFE = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file", "probesize": "2000000"}
_KINDS = "Use a wav, mp3, flac, m4a, ogg, webm or mp4 recording."
_INCOMPLETE = "The recording is cut off or damaged; what could be decoded was kept."
_PADDING = 0.75  # seconds: encoders pad up to two frames, and some headers round


@dataclass(frozen=True, slots=True)
class Decoded:
    """A whole recording: `samples` float32 [n] in -1..1, `rate` in Hz, `duration` in seconds.

    `notices` say in one sentence each what the file lacks; `complete` is false if something is missing.
    """

    samples: npt.NDArray[np.float32]
    rate: int
    duration: float
    complete: bool
    notices: tuple[str, ...]


class BlockDecoder(Iterator[npt.NDArray[np.int16]]):
    """Iterates over one-second blocks of 16-bit mono samples at 16 kHz (int16 [16000], the last one shorter).

    After the last block `complete`, `notices` and `duration` (seconds) are final. Memory stays flat. Use as a context
    manager, or iterate to the end, to release the file.
    """

    def __init__(self, path: Path, cancel: CancelToken | None = None) -> None:
        self.complete = True
        self.notices: tuple[str, ...] = ()
        self.samples_read = 0
        self._path = path
        self._name = path.name
        self._packer: av.AudioResampler | None = None
        self._cancel = cancel or CancelToken()
        _require_readable(path)
        self._container, self._stream = _open(path)
        self._blocks = self._one_second_blocks()

    @property
    def duration(self) -> float:
        """Seconds decoded so far."""
        return self.samples_read / RATE

    def __next__(self) -> npt.NDArray[np.int16]:
        try:
            block = next(self._blocks)
        except BaseException:
            self.close()
            raise
        self.samples_read += len(block)
        return block

    def __iter__(self) -> Self:
        return self

    def close(self) -> None:
        """Release the file. Closing twice is harmless."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _one_second_blocks(self) -> Iterator[npt.NDArray[np.int16]]:
        kept: list[npt.NDArray[np.int16]] = []
        length = total = 0
        for piece in self._resampled():
            self._cancel.check()
            kept.append(piece)
            length += len(piece)
            total += len(piece)
            if total > MAX_SECONDS * RATE:
                raise InputError(
                    f"{self._name} is longer than {MAX_SECONDS // 3600} hours.", "Cut it into single visits first."
                )
            if length >= RATE and total >= MIN_SECONDS * RATE:
                joined = np.concatenate(kept)
                whole = length - length % RATE
                yield from joined[:whole].reshape(-1, RATE)
                kept, length = [joined[whole:]], length - whole
        if total < MIN_SECONDS * RATE:
            raise self._nothing_usable(total)
        if length:
            yield np.concatenate(kept)

    def _nothing_usable(self, total: int) -> InputError:
        if total:
            return InputError(f"{self._name} holds less than {MIN_SECONDS:g} seconds of sound.", "Record again.")
        return InputError(f"{self._name} holds no sound that can be decoded.", _KINDS)

    def _resampled(self) -> Iterator[npt.NDArray[np.int16]]:
        import soxr

        resampler: Any = None
        rate = 0
        seconds = 0.0
        for mono, frame_rate in self._mono_frames():
            if resampler is None or frame_rate != rate:
                if resampler is not None:
                    yield _to_int16(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
                resampler, rate = soxr.ResampleStream(frame_rate, RATE, 1, dtype="float32", quality="HQ"), frame_rate
            seconds += len(mono) / frame_rate
            yield _to_int16(resampler.resample_chunk(mono))
        if resampler is not None:
            yield _to_int16(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
        self._note_missing_end(seconds)

    def _mono_frames(self) -> Iterator[tuple[npt.NDArray[np.float32], int]]:
        import av

        damaged = gaps = 0
        clock = _FrameClock()
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                break
            except (av.FFmpegError, ValueError):
                self._note(_INCOMPLETE)
                break
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                damaged += 1
                continue
            for frame in frames:
                if frame.samples and frame.sample_rate > 0:
                    gaps += clock.missing_before(frame)
                    yield self._mono(frame), frame.sample_rate
        if gaps or damaged:
            self._note(_INCOMPLETE)

    def _mono(self, frame: av.AudioFrame) -> npt.NDArray[np.float32]:
        many_planes = frame.format.is_planar and frame.layout.nb_channels >= 8
        if not many_planes and frame.format.name not in {"s64", "s64p"}:
            return _mean_of_channels(frame)
        import av

        if self._packer is None:  # PyAV reads past a table of eight planes, and knows no 64-bit integers
            self._packer = av.AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate)
        packed = [_mean_of_channels(f) for f in self._packer.resample(frame)]
        return np.concatenate(packed) if packed else np.zeros(0, np.float32)

    def _note_missing_end(self, seconds: float) -> None:
        expected = _declared_seconds(self._container, self._stream, self._path)
        exact = self._container.format.name in {"wav", "flac"}
        tolerance = 0.1 if exact else max(_PADDING, 0.005 * (expected or 0.0))
        if seconds and ((expected is not None and expected - seconds > tolerance) or lacks_end(self._path)):
            self._note(_INCOMPLETE)

    def _note(self, notice: str) -> None:
        self.complete = False
        if notice not in self.notices:
            self.notices = (*self.notices, notice)


class _FrameClock:
    """Compares the time stamps of frames with their lengths."""

    def __init__(self) -> None:
        self._due: float | None = None

    def missing_before(self, frame: av.AudioFrame) -> bool:
        """Whether more than 60 ms are missing between the previous frame and this one."""
        if frame.pts is None or frame.time_base is None:
            self._due = None
            return False
        start = float(frame.pts * frame.time_base)
        missing = self._due is not None and start - self._due > 0.06
        self._due = start + frame.samples / frame.sample_rate
        return missing


def decode_blocks(path: Path, cancel: CancelToken | None = None) -> BlockDecoder:
    """Open a recording and return an iterator over its one-second int16 blocks (16 kHz, mono).

    Args:
        path: a file that FFmpeg decodes; any rate, any number of channels (they are averaged).
        cancel: asked between pieces.

    Raises:
        InputError: missing, unreadable, no sound, unknown codec, too short or too long; at once or while iterating.
        WorkCancelledError: `cancel` was set, while iterating.
    """
    return BlockDecoder(path, cancel)


def decode(path: Path, cancel: CancelToken | None = None) -> Decoded:
    """Decode a whole recording to float32 samples at 16 kHz mono. Raises as `decode_blocks`."""
    with decode_blocks(path, cancel) as blocks:
        pcm = np.concatenate(list(blocks))
    return Decoded(
        samples=pcm.astype(np.float32) / 32_768.0,
        rate=RATE,
        duration=len(pcm) / RATE,
        complete=blocks.complete,
        notices=blocks.notices,
    )


def _require_readable(path: Path) -> None:
    name = path.name or str(path)
    if path.is_dir():
        raise InputError(f"{name} is a folder.", "Name a recording in it.")
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the name and the folder.") from None
    except PermissionError:
        raise InputError(f"{name} may not be read.", "Ask its owner for the right to read it.") from None
    except (OSError, ValueError):
        raise InputError(f"{name} cannot be read from its disk.", "Copy it to a local folder and try again.") from None
    if not first:
        raise InputError(f"{name} is empty.", "Record again or choose another file.")


def _open(path: Path) -> tuple[InputContainer, av.AudioStream]:
    import av

    av.logging.set_level(None)
    try:
        container = av.open(str(path.absolute()), mode="r", options=_SAFE, metadata_errors="replace")
    except av.PermissionError:
        raise InputError(f"{path.name} may not be read.", "Ask its owner for the right to read it.") from None
    except (av.FFmpegError, ValueError):
        raise InputError(f"{path.name} is not a recording, or it is damaged from its start.", _KINDS) from None
    stream = container.streams.best("audio")
    if not isinstance(stream, av.AudioStream):
        container.close()
        raise InputError(f"{path.name} has no sound track.", "Choose a recording with sound.")
    if getattr(stream, "codec_context", None) is None:  # PyAV's types say never, but unknown codecs have none
        container.close()
        raise InputError(f"{path.name} uses a sound format that is not known here.", _KINDS)
    return container, stream


def _declared_seconds(container: InputContainer, stream: av.AudioStream, path: Path) -> float | None:
    if container.format.name == "aac" or (container.format.name == "mp3" and not mp3_states_length(path)):
        return None  # FFmpeg only guesses from the bit rate
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _mean_of_channels(frame: av.AudioFrame) -> npt.NDArray[np.float32]:
    data = frame.to_ndarray()
    channels = max(1, frame.layout.nb_channels)
    planes = data if frame.format.is_planar else data.reshape(-1, channels).T
    mono = planes.mean(axis=0, dtype=np.float64)
    if data.dtype == np.uint8:
        mono = (mono - 128.0) / 128.0
    elif data.dtype == np.int16:
        mono = mono / 32_768.0
    elif data.dtype == np.int32:
        mono = mono / 2_147_483_648.0
    finite: npt.NDArray[np.float32] = np.nan_to_num(mono, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    return finite


def _to_int16(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    clipped: npt.NDArray[np.int16] = np.clip(np.rint(samples * 32_768.0), -32_768, 32_767).astype(np.int16)
    return clipped
