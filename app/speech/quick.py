"""Whisper in a hurry: a short piece of sound, decoded in a hurry, for text that is shown while people talk.

Most of the cost of a short piece is the encoder, which pads to 30 seconds. It also takes shorter input, for a tenth of
the cost, but the decoder then misses the silence that tells it where to stop, and loops. So only the sound is encoded,
and the encoder's output for the silence after it is taken from an earlier piece that was padded.
"""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.words import Word
from app.speech.recogniser import Heard
from app.speech.voice_activity import RATE, Span

_FRAMES = 3000  # of features in 30 s
_SILENCE_AFTER = 0.3  # seconds
_TOKENS_PER_SECOND = 7
_TOKENS_MORE = 5
_EARLIER_TOKENS = 150
_SHORTEST = 0.1  # seconds
_FASTEST = 5.0  # words per second above which words that repeat are a loop


class QuickListener:
    """Hears short pieces with a faster_whisper.WhisperModel."""

    def __init__(self, model: Any, *, padded: bool) -> None:  # noqa: ANN401 the library ships no types
        """Set up; `padded`: always encode 30 seconds, which a graphics card does in no time."""
        self._model = model
        self._padded = padded
        self._silence: npt.NDArray[np.float32] | None = None
        self._silence_from = 0

    def words(self, samples: npt.NDArray[np.float32], language: str, earlier: str, *, careful: bool = False) -> Heard:
        """Return the words of samples.

        Args:
            samples: float32 [n] at 16 kHz; times count in seconds from the first.
            language: code such as `en`.
            earlier: the text before, as a prompt.
            careful: encode 30 seconds.
        """
        length = len(samples) / RATE
        if length < _SHORTEST:
            return Heard(Span(0.0, length), (), 0.0, 0.0, 0.0)
        tokenizer = self._tokenizer(language)
        encoded, frames = self._encode(samples, careful=careful)
        result = self._generate(tokenizer, encoded, earlier, int(length * _TOKENS_PER_SECOND) + _TOKENS_MORE)
        tokens = [t for t in result.sequences_ids[0] if t < tokenizer.eot]
        text = tokenizer.decode(tokens).strip().encode()
        words = self._timed(tokenizer, encoded, tokens, frames, length)
        return Heard(
            window=Span(0.0, length),
            words=without_loop(words, length),
            log_probability=float(result.scores[0]),
            no_speech=float(result.no_speech_prob),
            repetition=len(text) / len(zlib.compress(text)) if text else 0.0,
        )

    def _tokenizer(self, language: str) -> Any:  # noqa: ANN401 as above
        from faster_whisper.tokenizer import Tokenizer

        several = bool(self._model.model.is_multilingual)
        return Tokenizer(self._model.hf_tokenizer, several, task="transcribe", language=language if several else "en")

    def _encode(self, samples: npt.NDArray[np.float32], *, careful: bool) -> tuple[Any, int]:
        """Return the encoder's output for 30 seconds, and how many of its feature frames hold sound."""
        features = self._model.feature_extractor(samples, padding=int(_SILENCE_AFTER * RATE))[..., :_FRAMES]
        frames = features.shape[-1]
        steps = (frames + 1) // 2
        if careful or self._padded or self._silence is None or steps < self._silence_from:
            whole = np.pad(features, ((0, 0), (0, _FRAMES - frames)))
            encoded = self._model.encode(whole)
            if not self._padded:
                self._silence, self._silence_from = np.array(encoded), steps
            return encoded, frames
        import ctranslate2

        sound = np.array(self._model.encode(np.ascontiguousarray(features)))
        joined = np.ascontiguousarray(np.concatenate([sound, self._silence[:, sound.shape[1] :]], axis=1))
        return ctranslate2.StorageView.from_array(joined), frames

    def _generate(self, tokenizer: Any, encoded: Any, earlier: str, tokens: int) -> Any:  # noqa: ANN401 as above
        from faster_whisper.transcribe import get_suppressed_tokens

        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        if earlier.strip():
            prompt = [tokenizer.sot_prev, *tokenizer.encode(f" {earlier.strip()}")[-_EARLIER_TOKENS:], *prompt]
        return self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=min(self._model.max_length, len(prompt) + tokens),
            suppress_blank=True,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]

    def _timed(
        self,
        tokenizer: Any,  # noqa: ANN401 as above
        encoded: Any,  # noqa: ANN401 ctranslate2.StorageView
        tokens: list[int],
        frames: int,
        length: float,
    ) -> tuple[Word, ...]:
        from faster_whisper.transcribe import merge_punctuations

        if not tokens:
            return ()
        aligned = self._model.find_alignment(tokenizer, [tokens], encoded, frames)[0]
        merge_punctuations(aligned, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
        return tuple(
            Word(min(float(w["start"]), length), min(float(w["end"]), length), w["word"], float(w["probability"]))
            for w in aligned
            if w["word"].strip()
        )


def without_loop(words: tuple[Word, ...], length: float) -> tuple[Word, ...]:
    """Return the words up to a loop: the same five times, or twice if nobody could say all in `length` seconds."""
    hasty = len(words) > _FASTEST * length + 1
    plain = [w.text.strip(" ,.?!…").lower() for w in words]
    for at in range(len(words)):
        for size in range(1, (len(words) - at) // 2 + 1):
            unit, rounds = plain[at : at + size], 1
            while plain[at + rounds * size : at + (rounds + 1) * size] == unit:
                rounds += 1
            if rounds >= 5 or (hasty and rounds >= (2 if size > 1 else 3)):
                return words[: at + size]
    return words
