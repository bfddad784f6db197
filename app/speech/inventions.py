"""Words that Whisper made up: loops, and text where nobody speaks.

Only what is doubtful in two independent ways is left out, and never silently. Real speech comes first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.words import Word
from app.speech.recogniser import Heard
from app.speech.voice_activity import VoiceActivity

_LOOP_RATIO = 2.4  # zlib ratio above which Whisper's authors call a text a loop (Radford et al. 2022, section 4.5)
_DOUBTFUL = -1.0  # mean log probability per token, same source
_SPEECH_PER_WORD = 0.06  # seconds of voice per word below which nobody can have said it
_TIME_ERROR = 1.0  # seconds by which Whisper may misplace a word, more so around pauses
_SCRAP = 0.25  # a window with less voice than this (seconds) may be a noise
_UNHEARD = 2.0  # seconds of voice without any word that call for a second attempt

_SIGNS = frozenset("%°+±<>=/$€£")  # signs that carry meaning, which the recogniser gives as words of their own
_CLOSINGS = re.compile(
    r"\W*(thank(s| you)( so much| very much)? for (watching|listening|viewing)|please (like and )?subscribe|"
    r"(like|subscribe)( and| to| the| my| channel)*|see you (in the )?next (time|video)|(sub)?titles? by.*|"
    r"(transcribed|translated|captions?) by.*|thank you|thanks|bye( bye)?|you|www\..*|amara\.org.*)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch (seconds) whose text was left out, and why."""

    start: float
    end: float
    reason: str


def needs_second_attempt(heard: Heard, activity: VoiceActivity, prompt: str = "") -> bool:
    """Whether a window's text loops, is improbable, says the prompt again, or passes over speech."""
    if heard.repetition > _LOOP_RATIO or heard.log_probability < _DOUBTFUL or _echoes(heard.text, prompt):
        return True
    return unheard_speech(heard, activity) >= _UNHEARD


def unheard_speech(heard: Heard, activity: VoiceActivity) -> float:
    """The longest amount of voice (seconds) within the window that lies between two words, or in an endless word."""
    edges = [heard.window.start, *(_said_until(w) for w in heard.words)]
    starts = [*(w.start for w in heard.words), heard.window.end]
    return max(activity.speech_seconds(a, b) for a, b in zip(edges, starts, strict=True))


def _echoes(text: str, prompt: str) -> bool:
    """Whether six words in a row are the prompt's."""
    said, given = (re.sub(r"[^\w' ]+", " ", t).lower().split() for t in (text, prompt))
    runs = {tuple(given[i : i + 6]) for i in range(len(given) - 5)}
    return any(tuple(said[i : i + 6]) in runs for i in range(len(said) - 5))


def _said_until(word: Word) -> float:
    return min(word.end, word.start + 0.25 + 0.12 * len(word.text.strip()))


def better(first: Heard, second: Heard, activity: VoiceActivity) -> Heard:
    """Choose between two attempts at a window: no loop, then less unheard speech, then more probable words."""

    def doubt(heard: Heard) -> tuple[bool, float, float]:
        silent_loss = unheard_speech(heard, activity)
        return heard.repetition > _LOOP_RATIO, silent_loss if silent_loss >= _UNHEARD else 0.0, -heard.log_probability

    return min((first, second), key=doubt)


def without_inventions(heard: Heard, activity: VoiceActivity) -> tuple[list[Word], list[Dropped]]:
    """Return the words to keep, and what was left out as a likely invention."""
    words, dropped = _without_loops([w for w in heard.words if any(c.isalnum() or c in _SIGNS for c in w.text)])
    kept: list[Word] = []
    for phrase in _phrases(words):
        if _nobody_said(phrase, heard, activity):
            dropped.append(Dropped(phrase[0].start, phrase[-1].end, "nobody seems to speak"))
        else:
            kept.extend(phrase)
    return kept, dropped


def _nobody_said(phrase: Sequence[Word], heard: Heard, activity: VoiceActivity) -> bool:
    voice = activity.speech_seconds(phrase[0].start - _TIME_ERROR, phrase[-1].end + _TIME_ERROR)
    no_voice = voice < _SPEECH_PER_WORD * len(phrase)
    uncertain = sum(w.p for w in phrase) / len(phrase) < 0.5
    hardly_any_speech = activity.speech_seconds(heard.window.start, heard.window.end) < _SCRAP
    no_speech = heard.no_speech > 0.6 and heard.log_probability < _DOUBTFUL
    if no_voice:
        return uncertain or no_speech
    closing = _CLOSINGS.fullmatch("".join(w.text for w in phrase)) is not None
    return closing and uncertain and (hardly_any_speech or no_speech)


def _without_loops(words: Sequence[Word]) -> tuple[list[Word], list[Dropped]]:
    """Keep the first two rounds of a phrase that repeats at least five times (of one word: ten times)."""
    plain = [re.sub(r"\W+", "", w.text).lower() for w in words]
    kept: list[Word] = []
    dropped: list[Dropped] = []
    at = 0
    while at < len(words):
        size, rounds = _loop_at(plain, at)
        if not rounds:
            kept.append(words[at])
            at += 1
            continue
        end = at + size * rounds
        kept.extend(words[at : at + 2 * size])
        dropped.append(Dropped(words[at + 2 * size].start, words[end - 1].end, "the same words over and over"))
        at = end
    return kept, dropped


def _loop_at(plain: Sequence[str], at: int) -> tuple[int, int]:
    for size in range(1, 13):
        unit = plain[at : at + size]
        rounds = 1
        while plain[at + rounds * size : at + (rounds + 1) * size] == unit:
            rounds += 1
        if rounds >= (10 if size == 1 else 5):
            return size, rounds
    return 0, 0


def _phrases(words: Sequence[Word]) -> list[list[Word]]:
    phrases: list[list[Word]] = []
    for word in words:
        if not phrases or phrases[-1][-1].text.rstrip()[-1:] in {".", "?", "!"}:
            phrases.append([])
        phrases[-1].append(word)
    return phrases
