"""Whisper in a hurry: a short piece of sound, not padded to 30 seconds, decoded greedily.

An encoder that sees only the sound that is there costs a tenth. Whisper then tends to loop at the end, so half a second
of silence follows the sound, the number of tokens is limited by its length, and what repeats itself is cut.
"""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from app.domain.transcript import Word
from app.speech.recogniser import Heard
from app.speech.voice_activity import RATE, Span

_SILENCE_AFTER = 0.75  # seconds
_TOKENS_PER_SECOND = 8
_TOKENS_MORE = 5
_EARLIER_TOKENS = 150
_SHORTEST = 0.1  # seconds


def quick_words(
    model: Any,  # noqa: ANN401 faster_whisper.WhisperModel, which ships no types
    samples: npt.NDArray[np.float32],
    language: str,
    earlier: str,
    given: str,
) -> Heard:
    """Return the words of samples [n] at 16 kHz, `given` first; times in seconds from the first sample."""
    from faster_whisper.tokenizer import Tokenizer
    from faster_whisper.transcribe import get_suppressed_tokens

    length = len(samples) / RATE
    window = Span(0.0, length)
    if length < _SHORTEST:
        return Heard(window, (), 0.0, 0.0, 0.0)
    multilingual = bool(model.model.is_multilingual)
    tokenizer = Tokenizer(
        model.hf_tokenizer, multilingual, task="transcribe", language=language if multilingual else "en"
    )
    features = np.ascontiguousarray(model.feature_extractor(samples, padding=int(_SILENCE_AFTER * RATE))[..., :3000])
    encoded = model.encode(features)
    settled = tokenizer.encode(f" {given.strip()}") if given.strip() else []
    prompt = [
        tokenizer.sot_prev,
        *tokenizer.encode(f" {earlier.strip()}")[-_EARLIER_TOKENS:],
        *tokenizer.sot_sequence,
        tokenizer.no_timestamps,
        *settled,
    ]
    more = max(4, int(length * _TOKENS_PER_SECOND) + _TOKENS_MORE - len(settled))
    result = model.model.generate(
        encoded,
        [prompt],
        beam_size=1,
        max_length=min(model.max_length, len(prompt) + more),
        suppress_blank=True,
        suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        return_scores=True,
        return_no_speech_prob=True,
    )[0]
    fresh = [t for t in result.sequences_ids[0] if t < tokenizer.eot]
    tokens = [*settled, *fresh]
    text = tokenizer.decode(fresh).strip().encode()
    return Heard(
        window=window,
        words=_timed(model, tokenizer, encoded, tokens, features.shape[-1], length),
        log_probability=float(result.scores[0]),
        no_speech=float(result.no_speech_prob),
        repetition=len(text) / len(zlib.compress(text)) if text else 0.0,
    )


def _timed(
    model: Any,  # noqa: ANN401 as above
    tokenizer: Any,  # noqa: ANN401 as above
    encoded: Any,  # noqa: ANN401 ctranslate2.StorageView
    tokens: list[int],
    frames: int,
    length: float,
) -> tuple[Word, ...]:
    from faster_whisper.transcribe import merge_punctuations

    if not tokens:
        return ()
    aligned = model.find_alignment(tokenizer, [tokens], encoded, frames)[0]
    merge_punctuations(aligned, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
    return tuple(
        Word(min(float(w["start"]), length), min(float(w["end"]), length), w["word"], float(w["probability"]))
        for w in aligned
        if w["word"].strip()
    )
