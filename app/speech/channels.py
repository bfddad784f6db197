"""Two microphones: the voice is that of the channel on which it is louder."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.domain.transcript import Speaker
from app.speech.roles import clinician_log_odds
from app.speech.speakers import assign_roles
from app.speech.utterances import Phrase
from app.speech.voice_activity import RATE

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


def label_by_channel(samples: npt.NDArray[np.float32], phrases: Sequence[Phrase]) -> list[Speaker] | None:
    """Return a speaker for every phrase of a recording with two channels, or None if they do not tell them apart.

    Args:
        samples: float32 [n, 2] at 16 kHz.
        phrases: in order of time.
    """
    pieces = [samples[int(p.start * RATE) : max(int(p.start * RATE) + 1, int(p.end * RATE))] for p in phrases]
    owners = voices_by_channel([np.mean(np.square(p), axis=0).tolist() if len(p) else [0.0, 0.0] for p in pieces])
    if owners is None:
        return None
    wording = np.array([clinician_log_odds(p.text) for p in phrases])
    roles = assign_roles(owners, wording, np.array([p.end - p.start for p in phrases]), 2)
    return [roles[k] for k in owners]
