"""Who speaks when: phrases are grouped by voice, and wording decides what is too short to hear.

Windows of 1.6 s become GE2E vectors; two voices are separated by spectral bisection and spherical k-means; a Viterbi
pass over the phrases weighs voice, wording (`roles`) and the habit that people go on speaking within a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.domain.transcript import Speaker
from app.domain.work import CancelToken
from app.speech.roles import clinician_log_odds
from app.speech.speaker_embedding import SpeakerEncoder
from app.speech.utterances import Phrase

Floats = npt.NDArray[np.float32]

_WINDOW = 1.6  # seconds, as the encoder was trained
_HOP = 0.8
ENOUGH = 600
"""Clear phrases that tell the voices apart; the spectral step grows with their cube."""

_CLEAR = 1.0  # a phrase this long has a voice that can be trusted (seconds)
_ONE_VOICE = 0.86  # centroids more alike than this are one person
_ONE_VOICE_FEW = 0.72  # the same for a handful of phrases, whose centroids differ by chance
_FEW = 12  # phrases
_THIRD_VOICE = 0.72  # a third centroid must be less alike than this to both others
_THIRD_SHARE = 0.06  # and hold at least this share of the speech
_VOICE_WEIGHT = 18.0  # log odds per unit of cosine
_WORDING_WEIGHT = 0.6
_CHANGE = 0.7  # log odds against a new speaker at a sentence end
_CHANGE_INSIDE = 2.5  # and within a sentence
_SURE = 0.5  # mean log odds of wording that must separate the roles


@dataclass(frozen=True, slots=True)
class Voices:
    """`vectors` float32 [phrases, 256], unit length; `lengths` seconds of each phrase."""

    vectors: Floats
    lengths: npt.NDArray[np.float64]


def label_speakers(
    encoder: SpeakerEncoder, samples: Floats, phrases: Sequence[Phrase], cancel: CancelToken
) -> list[Speaker]:
    """Return a speaker for every phrase.

    Args:
        encoder: the GE2E network.
        samples: 16 kHz mono in -1..1, the recording that the phrases' times belong to.
        phrases: in order of time.
        cancel: asked between batches.
    """
    roles, path = _voices_and_roles(encoder, samples, phrases, cancel)
    return [roles[k] for k in path]


def group_voices(encoder: SpeakerEncoder, samples: Floats, phrases: Sequence[Phrase], cancel: CancelToken) -> list[int]:
    """Return the number of the voice of every phrase, without naming its role. Arguments as `label_speakers`."""
    return _voices_and_roles(encoder, samples, phrases, cancel)[1]


def _voices_and_roles(
    encoder: SpeakerEncoder, samples: Floats, phrases: Sequence[Phrase], cancel: CancelToken
) -> tuple[list[Speaker], list[int]]:
    return roles_and_path(hear_voices(encoder, samples, phrases, cancel), phrases)


def roles_and_path(
    voices: Voices, phrases: Sequence[Phrase], wording: npt.NDArray[np.float64] | None = None, enough: int = ENOUGH
) -> tuple[list[Speaker], list[int]]:
    """Return the role of every voice and the voice of every phrase, from vectors that are already there.

    Args:
        voices: one vector per phrase; zeros where the sound is gone.
        phrases: in order of time.
        wording: log odds for the clinician of each phrase, if they are known already.
        enough: phrases that the voices are found by.
    """
    if not phrases:
        return [], []
    centroids = find_centroids(voices, enough)
    if wording is None:
        wording = np.array([clinician_log_odds(p.text) for p in phrases])
    owners = np.argmax(voices.vectors @ centroids.T, axis=1)
    roles = assign_roles(owners, wording, voices.lengths, len(centroids))
    return roles, _most_likely_path(voices, centroids, roles, wording, phrases)


def hear_voices(
    encoder: SpeakerEncoder,
    samples: Floats,
    phrases: Sequence[Phrase],
    cancel: CancelToken,
    *,
    offset: float = 0.0,
    loudness: float | None = None,
) -> Voices:
    """Embed every phrase: the mean of its windows.

    Args:
        encoder: the GE2E network.
        samples: 16 kHz mono in -1..1.
        phrases: their times count from `offset` seconds before the first sample.
        cancel: asked between batches.
        offset: the time of the first sample (seconds), when the samples are a piece of a recording.
        loudness: root mean square of the recording they belong to; None to take that of the samples.
    """
    spans: list[tuple[float, float]] = []
    owner: list[int] = []
    for index, phrase in enumerate(phrases):
        for start, end in _windows(phrase.start - offset, phrase.end - offset):
            spans.append((start, end))
            owner.append(index)
    vectors = encoder.embed(samples, spans, cancel, loudness=loudness)
    sums = np.zeros((len(phrases), vectors.shape[1]), np.float32)
    np.add.at(sums, owner, vectors)
    unit = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return Voices(unit, np.array([p.end - p.start for p in phrases]))


def _windows(start: float, end: float) -> list[tuple[float, float]]:
    length = end - start
    if length < 0.5:
        middle = (start + end) / 2
        return [(max(0.0, middle - 0.25), middle + 0.25)]
    if length <= _WINDOW + _HOP / 2:
        return [(start, end)] if length <= _WINDOW else [(start, start + _WINDOW), (end - _WINDOW, end)]
    count = int(np.ceil((length - _WINDOW) / _HOP)) + 1
    return [(float(s), float(s) + _WINDOW) for s in np.linspace(start, end - _WINDOW, count)]


def find_centroids(voices: Voices, enough: int = ENOUGH) -> Floats:
    """Return one, two or three unit vectors, one per voice. Long recordings are judged by phrases spread evenly."""
    heard = np.linalg.norm(voices.vectors, axis=1) > 0
    clear = heard & (voices.lengths >= _CLEAR)
    if clear.sum() < 4:
        clear = heard & (voices.lengths > 0)
    chosen = np.flatnonzero(clear)
    if len(chosen) > enough:
        chosen = chosen[np.linspace(0, len(chosen) - 1, enough).round().astype(np.int64)]
    vectors, weights = voices.vectors[chosen], np.minimum(voices.lengths[chosen], 5.0)
    alone = _unit((vectors * weights[:, None]).sum(axis=0, keepdims=True))
    if len(vectors) < 2:
        return alone
    pair, owners = _split_in_two(vectors, weights)
    if pair is None or float(pair[0] @ pair[1]) > (_ONE_VOICE if len(vectors) >= _FEW else _ONE_VOICE_FEW):
        return alone
    return _with_third(vectors, weights, pair, owners)


def _split_in_two(vectors: Floats, weights: npt.NDArray[np.float64]) -> tuple[Floats | None, npt.NDArray[np.int64]]:
    affinity = np.clip(vectors @ vectors.T, 0.0, 1.0).astype(np.float64) ** 4
    degree = 1.0 / np.sqrt(affinity.sum(axis=1))
    _, basis = np.linalg.eigh(affinity * degree[:, None] * degree[None, :])
    owners = (basis[:, -2] * degree > 0).astype(np.int64)
    return _k_means(vectors, weights, owners, 2)


def _k_means(
    vectors: Floats, weights: npt.NDArray[np.float64], owners: npt.NDArray[np.int64], count: int
) -> tuple[Floats | None, npt.NDArray[np.int64]]:
    centroids = None
    for _ in range(30):
        if len(np.unique(owners)) < count:
            return None, owners
        centroids = np.concatenate(
            [_unit((vectors * (weights * (owners == k))[:, None]).sum(axis=0, keepdims=True)) for k in range(count)]
        )
        following = np.argmax(vectors @ centroids.T, axis=1)
        if np.array_equal(following, owners):
            break
        owners = following
    return centroids, owners


def _with_third(
    vectors: Floats, weights: npt.NDArray[np.float64], pair: Floats, owners: npt.NDArray[np.int64]
) -> Floats:
    """Look for a third voice among the phrases that resemble neither of the two."""
    best = pair
    for k in range(2):
        inside = np.flatnonzero(owners == k)
        if len(inside) < 6:
            continue
        _, halves = _split_in_two(vectors[inside], weights[inside])
        seeded = owners.copy()
        seeded[inside[halves == 1]] = 2
        three, three_owners = _k_means(vectors, weights, seeded, 3)
        if three is None:
            continue
        alike = max(float(three[i] @ three[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
        share = min(float(weights[three_owners == j].sum() / weights.sum()) for j in range(3))
        if alike < _THIRD_VOICE and share >= _THIRD_SHARE:
            best = three
    return best


def assign_roles(
    owners: npt.NDArray[np.int64], wording: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64], count: int
) -> list[Speaker]:
    """Name the voices by their wording; `unknown` where the wording does not tell them apart.

    Args:
        owners: voice of each phrase.
        wording: log odds for the clinician of each phrase.
        lengths: seconds of each phrase.
        count: number of voices.
    """
    told = wording != 0
    means = [float(wording[told & (owners == k)].mean()) if (told & (owners == k)).any() else 0.0 for k in range(count)]
    talk = [float(lengths[owners == k].sum()) for k in range(count)]
    if count == 1:
        clear = abs(means[0]) > 3 * _SURE and int(told.sum()) >= 5
        return [(Speaker.CLINICIAN if means[0] > 0 else Speaker.PATIENT) if clear else Speaker.UNKNOWN]
    clinician = int(np.argmax(means))
    others = [k for k in range(count) if k != clinician]
    patient = max(others, key=lambda k: talk[k] if means[k] < means[clinician] - _SURE else 0.0)
    heard_twice = min(int((told & (owners == k)).sum()) for k in (clinician, patient)) >= 2
    if means[clinician] - means[patient] < _SURE or not heard_twice:
        return [Speaker.UNKNOWN] * count
    roles = [Speaker.OTHER] * count
    roles[clinician], roles[patient] = Speaker.CLINICIAN, Speaker.PATIENT
    return roles


def _most_likely_path(
    voices: Voices,
    centroids: Floats,
    roles: Sequence[Speaker],
    wording: npt.NDArray[np.float64],
    phrases: Sequence[Phrase],
) -> list[int]:
    if len(centroids) == 1:
        return [0] * len(phrases)
    trust = np.minimum(1.0, voices.lengths / _WINDOW)[:, None]
    score = _VOICE_WEIGHT * trust * (voices.vectors @ centroids.T)
    for k, role in enumerate(roles):
        sign = {Speaker.CLINICIAN: 0.5, Speaker.PATIENT: -0.5}.get(role, 0.0)
        score[:, k] += sign * _WORDING_WEIGHT * wording
    total = score[0].copy()
    came_from = np.zeros((len(phrases), len(centroids)), np.int64)
    stay = np.eye(len(centroids), dtype=bool)
    for t in range(1, len(phrases)):
        cost = _CHANGE if phrases[t - 1].closed else _CHANGE_INSIDE
        options = total[:, None] - np.where(stay, 0.0, cost)
        came_from[t] = np.argmax(options, axis=0)
        total = options.max(axis=0) + score[t]
    path = [int(np.argmax(total))]
    for t in range(len(phrases) - 1, 0, -1):
        path.append(int(came_from[t, path[-1]]))
    return path[::-1]


def _unit(vectors: npt.NDArray[np.floating]) -> Floats:
    unit: Floats = (vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)).astype(np.float32)
    return unit
