"""Recordings with gaps in spoken numbers: each piece between two gaps has its own thousand, so that mixing shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from spoken_numbers_double import MIN_GAP, NumberReader, judge, speak

from app.domain.transcript import Transcript
from app.speech.live.activity import ActivityStream
from app.speech.recogniser import Heard
from app.speech.voice_activity import FRAME, RATE, Span, VoiceActivity

MOST = 12
_ROUNDING = 0.05  # seconds by which words are moved to keep them in order
_SCRAP = 160  # samples
_MILLISECOND = 0.001  # to which words are rounded
WORDS = st.tuples(
    st.integers(9, 20), st.one_of(st.integers(MIN_GAP, 7), st.integers(8, 30), st.sampled_from([45, 100, 300]))
)


class WatchfulReader(NumberReader):
    """Fails if it is given sound from both sides of a gap; `quick` is what it heard for text that is not final."""

    def __init__(self) -> None:
        super().__init__()
        self.quick: list[Heard] = []

    def hear_quickly(self, samples: np.ndarray, language: str, vocabulary: object, **more: object) -> Heard:
        self.quick.append(super().hear_quickly(samples, language, vocabulary, **more))
        return self.quick[-1]

    def detect_language(self, _samples: np.ndarray, _windows: object) -> str:
        return "en"

    def _read(self, samples: np.ndarray, window: Span, *, sure: bool = False) -> Heard:
        heard = super()._read(samples, window, sure=sure)
        assert len({int(w.text) // 1000 for w in heard.words}) <= 1, "recognised across a gap"
        return heard


@dataclass(frozen=True)
class Recording:
    """Pieces of int16 sound that were recorded one after the other, with sound missing between them."""

    parts: tuple[np.ndarray, ...]

    @property
    def pcm(self) -> np.ndarray:
        return np.concatenate(self.parts)

    @property
    def samples(self) -> np.ndarray:
        return self.pcm.astype(np.float32) / 32_768.0

    @property
    def gaps(self) -> list[float]:
        return [float(end) / RATE for end in np.cumsum([len(p) for p in self.parts])[:-1]]

    @property
    def said(self) -> list[tuple[int, float]]:
        """Every word and its start (seconds)."""
        words = []
        for part, begin in zip(self.parts, [0.0, *self.gaps], strict=True):
            edges = np.flatnonzero(np.diff(part, prepend=0, append=0))
            words += [(int(part[a]), begin + a / RATE) for a, _ in pairwise(edges) if part[a]]
        return words

    def check(self, transcript: Transcript) -> None:
        """Every word once, in its place, and no utterance from both sides of a gap."""
        words = [w for u in transcript.utterances for w in u.words]
        said = self.said
        assert [int(w.text) for w in words] == [number for number, _ in said]
        assert all(abs(w.start - at) < _ROUNDING for w, (_, at) in zip(words, said, strict=True))
        assert all(before.end <= after.start for before, after in pairwise(words))
        assert abs(transcript.duration - len(self.pcm) / RATE) < 1e-6
        self.check_spans([(u.start, u.end) for u in transcript.utterances])
        for utterance in transcript.utterances:
            assert len({int(w.text) // 1000 for w in utterance.words}) == 1

    def check_spans(self, spans: Sequence[tuple[float, float]]) -> None:
        """None of the spans (seconds) reaches over a gap or runs backwards."""
        for start, end in spans:
            assert 0 <= start <= end
            assert not any(start < gap - _MILLISECOND and end > gap + _MILLISECOND for gap in self.gaps)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Recordings of up to a dozen pieces that begin and end anywhere, within words too; some are empty or silent."""
    parts = []
    for number in range(1, draw(st.integers(1, MOST)) + 1):
        part = speak(draw(st.lists(WORDS, max_size=25)))
        part = np.where(part > 0, part + 1000 * number, 0).astype(np.int16)
        cut = draw(st.integers(0, 20 * FRAME)), draw(st.one_of(st.just(0), st.integers(0, 20 * FRAME)))
        parts.append(_without_scraps(part[cut[0] : max(cut[0], len(part) - cut[1])]))
    return Recording(tuple(parts))


def _without_scraps(part: np.ndarray) -> np.ndarray:
    """Silence what is left of a word if that is less than 10 ms: times are not that exact."""
    for begin, end in pairwise(np.flatnonzero(np.diff(part, prepend=0, append=0))):
        if end - begin < _SCRAP:
            part[begin:end] = 0
    return part


def find_voice(samples: np.ndarray) -> VoiceActivity:
    """Voice activity of a whole recording by `judge`."""
    stream = ActivityStream(0.0, judge=judge)
    stream.feed(samples)
    stream.end()
    return stream.view()
