"""Two microphones: the voice is that of the channel on which it is louder."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_APART = float(np.log(4.0))  # log of the energy ratio (6 dB) by which the two voices must differ
_SHARE = 0.05  # of the phrases that each voice must hold
_FLOOR = 1e-9  # mean square of silence


def voices_by_channel(energies: Sequence[Sequence[float]]) -> npt.NDArray[np.int64] | None:
    """Return the voice (0 or 1) of every phrase, or None if the channels do not tell the voices apart.

    Args:
        energies: mean square of both channels during each phrase.

    The ratio of the two is split in two by k-means in one dimension, so that microphones of unlike gain do no harm.
    """
    if len(energies) < 2:
        return None
    levels = np.log(np.asarray(energies, np.float64) + _FLOOR)
    ratio = levels[:, 0] - levels[:, 1]
    low, high = float(ratio.min()), float(ratio.max())
    owners = np.zeros(len(ratio), np.int64)
    for _ in range(30):
        owners = (ratio < (low + high) / 2).astype(np.int64)
        if owners.min() == owners.max():
            return None
        low, high = float(ratio[owners == 1].mean()), float(ratio[owners == 0].mean())
    apart = high - low >= _APART
    return owners if apart and min(owners.mean(), 1 - owners.mean()) >= _SHARE else None
