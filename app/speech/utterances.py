"""Words become phrases, and phrases of one speaker become utterances that evidence can point at."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.transcript import Speaker, Utterance
from app.domain.words import Word
from app.speech.voice_activity import VoiceActivity

LONGEST = 15.0
"""An utterance is cut before it lasts longer (seconds)."""

_PAUSE = 0.35  # seconds of silence that end a phrase
_COMMA_PAUSE = 0.15  # and after a comma
_JOIN = 0.7  # phrases of one speaker this near may share an utterance
_SHORT = 1.0  # an utterance shorter than this joins its neighbour
_MIN_WORD = 0.02


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words said in one breath; the smallest piece that gets a speaker."""

    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Seconds."""
        return self.words[0].start

    @property
    def end(self) -> float:
        """Seconds."""
        return self.words[-1].end

    @property
    def text(self) -> str:
        """Running text."""
        return "".join(w.text for w in self.words).strip()

    @property
    def closed(self) -> bool:
        """Whether a sentence ends here."""
        return self.text[-1:] in {".", "?", "!", "…"}


def in_order(words: Sequence[Word], duration: float, begin: float = 0.0) -> list[Word]:
    """Return the words with times that never run backwards, never overlap and lie between `begin` and `duration`."""
    result: list[Word] = []
    now = begin
    for word in words:
        start = min(max(word.start, now), duration)
        end = min(max(word.end, start + _MIN_WORD), duration)
        start = min(start, end)
        result.append(Word(round(start, 3), round(end, 3), word.text, min(max(word.p, 0.0), 1.0)))
        now = end
    return result


def to_phrases(words: Sequence[Word], activity: VoiceActivity) -> list[Phrase]:
    """Split words at sentence ends, at pauses, and at commas with a short pause."""
    phrases: list[list[Word]] = []
    for index, word in enumerate(words):
        if index == 0 or _breaks(words[index - 1], word, activity):
            phrases.append([])
        phrases[-1].append(word)
    return [Phrase(tuple(p)) for p in phrases]


def _breaks(before: Word, after: Word, activity: VoiceActivity) -> bool:
    last = before.text.rstrip()[-1:]
    if last in {".", "?", "!", "…"} and not _is_abbreviation(before.text):
        return True
    pause = max(after.start - before.end, _silence_inside(before, after, activity))
    return pause >= (_COMMA_PAUSE if last in {",", ";", ":"} else _PAUSE)


def _is_abbreviation(text: str) -> bool:
    return text.strip().lower() in {"dr.", "mr.", "mrs.", "ms.", "st.", "vs.", "e.g.", "i.e.", "approx."}


def _silence_inside(before: Word, after: Word, activity: VoiceActivity) -> float:
    """Whisper stretches words over pauses: silence from the middle of one word to the middle of the next."""
    start, end = (before.start + before.end) / 2, (after.start + after.end) / 2
    span = end - start
    return span - activity.speech_seconds(start, end) if span > _PAUSE else 0.0


def to_utterances(phrases: Sequence[Phrase], speakers: Sequence[Speaker]) -> list[Utterance]:
    """Join phrases of one speaker into sentences of about 1 to 15 seconds; ids are u1, u2, …"""
    groups: list[tuple[Speaker, list[Phrase]]] = []
    for phrase, speaker in zip(phrases, speakers, strict=True):
        if groups and _may_join(groups[-1], phrase, speaker):
            groups[-1][1].append(phrase)
        else:
            groups.append((speaker, [phrase]))
    pieces = [(speaker, words) for speaker, group in groups for words in _cut_long([w for p in group for w in p.words])]
    return [_utterance(f"u{number}", speaker, words) for number, (speaker, words) in enumerate(pieces, 1)]


def _may_join(group: tuple[Speaker, list[Phrase]], phrase: Phrase, speaker: Speaker) -> bool:
    last_speaker, phrases = group
    start, last = phrases[0].start, phrases[-1]
    if speaker is not last_speaker or phrase.end - start > LONGEST or phrase.start - last.end > 3 * _JOIN:
        return False
    if not last.closed:
        return True
    brief = last.end - start < _SHORT or phrase.end - phrase.start < _SHORT / 2
    return brief and phrase.start - last.end <= _JOIN


def _cut_long(words: list[Word]) -> list[list[Word]]:
    """Cut after the word before the widest pause, or after a comma near the middle, until no piece is too long."""
    if len(words) < 2 or words[-1].end - words[0].start <= LONGEST:
        return [words]
    middle, half = (words[0].start + words[-1].end) / 2, (words[-1].end - words[0].start) / 2

    def merit(index: int) -> float:
        pause = words[index].start - words[index - 1].end
        comma = 0.3 if words[index - 1].text.rstrip()[-1:] in {",", ";", ":"} else 0.0
        return pause + comma + 0.3 * (1 - abs(words[index].start - middle) / half)

    best = max(range(1, len(words)), key=merit)
    return [*_cut_long(words[:best]), *_cut_long(words[best:])]


def _utterance(number: str, speaker: Speaker, words: Sequence[Word]) -> Utterance:
    return Utterance(
        id=number,
        start=words[0].start,
        end=words[-1].end,
        speaker=speaker,
        text="".join(w.text for w in words).strip(),
        words=tuple(Word(w.start, w.end, w.text.strip(), w.p) for w in words),
    )
