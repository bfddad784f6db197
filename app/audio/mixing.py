"""Channels of interleaved 16-bit sound."""

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.int16]


def frames_of(pcm: bytes, channels: int) -> Frames:
    """View `pcm` as int16 [frames, channels]."""
    return np.frombuffer(pcm, "<i2").reshape(-1, channels)


def to_mono(pcm: bytes, channels: int) -> bytes:
    """The mean of all channels, so that nobody's voice is left out; little-endian int16."""
    return pcm if channels == 1 else mean(frames_of(pcm, channels)).tobytes()


def mean(frames: Frames) -> Frames:
    """The mean over channels: int16 [frames, n] -> [frames, 1]."""
    if frames.shape[1] == 1:
        return frames
    mixed: Frames = np.rint(frames.mean(axis=1, dtype=np.float32)).astype("<i2").reshape(-1, 1)
    return mixed


def fit(frames: Frames, channels: int) -> Frames:
    """Give [frames, n] the wanted number of channels: mixed for 1, the first two for 2.

    One channel becomes the first of two; the second stays silent, because the same words in both would be heard twice.
    """
    have = frames.shape[1]
    if have == channels:
        return frames
    if channels == 1:
        return mean(frames)
    if have > channels:
        return np.ascontiguousarray(frames[:, :channels])
    widened = np.zeros((len(frames), channels), "<i2")
    widened[:, :have] = frames
    return widened


def fit_pcm(pcm: bytes, have: int, channels: int) -> bytes:
    """`fit` for interleaved bytes."""
    return pcm if have == channels else fit(frames_of(pcm, have), channels).tobytes()


def silenced(pcm: bytes, channels: int) -> bytes:
    """The same length with the first channel (the clinician's, or the only one) silent."""
    if channels == 1:
        return bytes(len(pcm))
    frames = frames_of(pcm, channels).copy()
    frames[:, 0] = 0
    return frames.tobytes()
