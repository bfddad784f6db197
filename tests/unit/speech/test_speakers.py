"""Voices are found in vectors, and named by wording."""

import numpy as np
import pytest

from app.domain.transcript import Speaker
from app.domain.words import Word
from app.speech.speakers import Voices, _most_likely_path, assign_roles, find_centroids
from app.speech.utterances import Phrase

RNG = np.random.default_rng(11)


def around(centre: np.ndarray, count: int, spread: float = 0.02) -> np.ndarray:
    vectors = np.abs(centre + RNG.normal(0, spread, (count, 256)))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def voice() -> np.ndarray:
    centre = np.maximum(RNG.normal(0, 1, 256), 0)
    return centre / np.linalg.norm(centre)


def voices(*groups: np.ndarray, seconds: float = 2.0) -> Voices:
    vectors = np.concatenate(groups).astype(np.float32)
    return Voices(vectors, np.full(len(vectors), seconds))


def phrase(text: str, start: float) -> Phrase:
    return Phrase((Word(start, start + 2.0, f" {text}", 0.9),))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_number_of_voices_is_found(count: int) -> None:
    centres = [voice() for _ in range(count)]
    found = find_centroids(voices(*(around(c, 20) for c in centres)))
    assert len(found) == count
    for centre in centres:
        assert (found @ centre).max() > 0.95


def test_one_phrase_is_one_voice() -> None:
    assert len(find_centroids(voices(around(voice(), 1)))) == 1


def test_roles_follow_the_wording() -> None:
    owners = np.array([0, 1] * 10)
    wording = np.where(owners == 1, 2.0, -1.0)
    assert assign_roles(owners, wording, np.ones(20), 2) == [Speaker.PATIENT, Speaker.CLINICIAN]


def test_roles_stay_unknown_when_wording_does_not_tell() -> None:
    owners = np.array([0, 1] * 10)
    assert assign_roles(owners, np.full(20, 0.5), np.ones(20), 2) == [Speaker.UNKNOWN] * 2
    assert assign_roles(owners, np.zeros(20), np.ones(20), 2) == [Speaker.UNKNOWN] * 2


def test_the_third_voice_is_somebody_else() -> None:
    owners = np.array([0] * 10 + [1] * 10 + [2] * 3)
    wording = np.array([2.0] * 10 + [-1.5] * 10 + [-1.0] * 3)
    assert assign_roles(owners, wording, np.ones(23), 3) == [Speaker.CLINICIAN, Speaker.PATIENT, Speaker.OTHER]


@pytest.mark.parametrize(
    ("wording", "role"), [(3.0, Speaker.CLINICIAN), (-3.0, Speaker.PATIENT), (0.4, Speaker.UNKNOWN)]
)
def test_a_single_voice_is_named_only_if_clear(wording: float, role: Speaker) -> None:
    assert assign_roles(np.zeros(8, int), np.full(8, wording), np.ones(8), 1) == [role]
    assert assign_roles(np.zeros(2, int), np.full(2, wording), np.ones(2), 1) == [Speaker.UNKNOWN]


def test_wording_decides_what_is_too_short_to_hear() -> None:
    doctor, patient = voice(), voice()
    texts = ["Any pain?", "No.", "Any fever?", "No."]
    between = (doctor + patient) / np.linalg.norm(doctor + patient)
    vectors = np.stack([doctor, between, doctor, between]).astype(np.float32)
    heard = Voices(vectors, np.array([2.0, 0.2, 2.0, 0.2]))
    path = _most_likely_path(
        heard,
        np.stack([doctor, patient]).astype(np.float32),
        [Speaker.CLINICIAN, Speaker.PATIENT],
        np.array([3.0, -3.0, 3.0, -3.0]),
        [phrase(t, 3.0 * i) for i, t in enumerate(texts)],
    )
    assert path == [0, 1, 0, 1]


def test_a_clear_voice_outweighs_wording() -> None:
    doctor, patient = voice(), voice()
    heard = Voices(np.stack([doctor, patient]).astype(np.float32), np.array([2.0, 2.0]))
    path = _most_likely_path(
        heard,
        np.stack([doctor, patient]).astype(np.float32),
        [Speaker.CLINICIAN, Speaker.PATIENT],
        np.array([2.0, 2.0]),
        [phrase("Any pain?", 0.0), phrase("Is it my heart?", 3.0)],
    )
    assert path == [0, 1]
