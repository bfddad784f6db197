"""Phrases that are final, their voices, and who speaks them: what is kept when the sound is let go."""

import base64
import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from app.domain.transcript import Speaker
from app.domain.words import Word
from app.domain.work import CancelToken
from app.speech.channels import voices_by_channel
from app.speech.live.sound import SoundBuffer
from app.speech.roles import clinician_log_odds
from app.speech.speaker_embedding import SpeakerEncoder
from app.speech.speakers import ENOUGH, Voices, assign_roles, hear_voices, roles_and_path
from app.speech.utterances import Phrase

_SIZE = 256
_SUGGESTION = 200  # clear phrases that suggestions during the visit are made from
_NEVER = CancelToken()

Halves = npt.NDArray[np.float16]


class VoiceBook:
    """All phrases so far with one voice vector each (half precision) and the energy of each channel."""

    def __init__(self, encoder: SpeakerEncoder | None) -> None:
        self._encoder = encoder
        self.phrases: list[Phrase] = []
        self._vectors: list[Halves] = []
        self._energies: list[tuple[float, ...]] = []
        self._wording: list[float] = []
        self._squares = 0.0
        self._samples = 0

    def listen(self, samples: npt.NDArray[np.float32]) -> None:
        """Take note of how loud the recording is; the encoder needs to know."""
        self._squares += float(np.sum(np.square(samples), dtype=np.float64))
        self._samples += len(samples)

    def add(self, phrases: Sequence[Phrase], sound: SoundBuffer) -> None:
        """Take phrases whose sound is still there."""
        if not phrases:
            return
        vectors = np.zeros((len(phrases), _SIZE), np.float16)
        if self._encoder is not None:
            start = max(sound.start, phrases[0].start - 2.0)
            loudness = math.sqrt(self._squares / self._samples) if self._samples else 0.0
            samples = sound.cut(start, min(sound.end, phrases[-1].end + 2.0))
            voices = hear_voices(self._encoder, samples, phrases, _NEVER, offset=start, loudness=loudness)
            vectors = voices.vectors.astype(np.float16)
        self._append(phrases, vectors, [sound.energies(p.start, p.end) for p in phrases])

    def add_silently(self, phrases: Sequence[Phrase]) -> None:
        """Take phrases whose sound is gone."""
        self._append(phrases, np.zeros((len(phrases), _SIZE), np.float16), [()] * len(phrases))

    def state(self, count: int) -> dict[str, object]:
        """Return the last `count` phrases without their words, as JSON."""
        last = self.phrases[len(self.phrases) - count :]
        vectors = np.array(self._vectors[len(self._vectors) - count :], np.float16).reshape(count, _SIZE)
        return {
            "phrases": [len(p.words) for p in last],
            "vectors": base64.b64encode(vectors.astype("<f2").tobytes()).decode("ascii"),
            "energies": [list(e) for e in self._energies[len(self._energies) - count :]],
            "loudness": [self._squares, self._samples],
        }

    def restore(self, words: Sequence[Word], state: Mapping[str, object]) -> None:
        """Take back the phrases of a window. Raises `ValueError`, `TypeError` if the state does not fit."""
        sizes, energies, loudness = state.get("phrases"), state.get("energies"), state.get("loudness")
        if not isinstance(sizes, list) or not isinstance(energies, list) or not isinstance(loudness, list):
            raise TypeError("The state of a window has another shape.")
        if sum(sizes) != len(words) or len(energies) != len(sizes) or min(sizes, default=1) < 1 or len(loudness) != 2:
            raise ValueError("The state of a window does not fit its words.")
        vectors = np.frombuffer(base64.b64decode(str(state.get("vectors")), validate=True), "<f2").reshape(-1, _SIZE)
        if len(vectors) != len(sizes):
            raise ValueError("The state of a window does not fit its phrases.")
        ends = np.cumsum(sizes)
        phrases = [Phrase(tuple(words[end - size : end])) for size, end in zip(sizes, ends, strict=True)]
        self._append(phrases, vectors.astype(np.float16), [tuple(float(v) for v in e) for e in energies])
        self._squares, self._samples = float(loudness[0]), int(loudness[1])

    def suggest(self) -> list[Speaker]:
        """Return a speaker for every phrase, by a few hundred of them."""
        return self.label(_SUGGESTION)

    def label(self, enough: int = ENOUGH) -> list[Speaker]:
        """Return a speaker for every phrase."""
        if not self.phrases:
            return []
        wording = np.array(self._wording)
        lengths = np.array([p.end - p.start for p in self.phrases])
        if (owners := self._by_channel()) is not None:
            roles = assign_roles(owners, wording, lengths, 2)
            return [roles[k] for k in owners]
        if self._encoder is None:
            return [Speaker.UNKNOWN] * len(self.phrases)
        voices = Voices(np.array(self._vectors, np.float32), lengths)
        roles, path = roles_and_path(voices, self.phrases, wording, enough)
        return [roles[k] for k in path]

    @property
    def told_apart(self) -> bool:
        """Whether there was anything to tell the speakers apart by."""
        return self._encoder is not None or self._by_channel() is not None

    def _by_channel(self) -> npt.NDArray[np.int64] | None:
        two = bool(self._energies) and all(len(e) == 2 for e in self._energies)
        return voices_by_channel(self._energies) if two else None

    def _append(self, phrases: Sequence[Phrase], vectors: Halves, energies: Sequence[tuple[float, ...]]) -> None:
        self.phrases.extend(phrases)
        self._vectors.extend(vectors)
        self._energies.extend(energies)
        self._wording.extend(clinician_log_odds(p.text) for p in phrases)
