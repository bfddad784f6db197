"""The transcript as short lines that a language model reads: cleaned, merged, without mere nods."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.transcript import Speaker, Utterance
from app.drafting.lexicon.sentences import SPOKEN_POINT

LABELS = {
    Speaker.CLINICIAN: "Doctor",
    Speaker.PATIENT: "Patient",
    Speaker.OTHER: "Other person",
    Speaker.UNKNOWN: "Speaker",
}

LONGEST_LINE_WORDS = 90
"""Lines of one speaker are merged up to this many words, so that a long visit can be parted anywhere."""

# Chat templates of the common model families mark their turns with these; in speech they cannot occur.
_CONTROL = re.compile(
    r"<\|.*?\|>|</?\w+(?:[_\s]\w+)*>|\[/?(?:INST|SYS|AVAILABLE_TOOLS|TOOL_CALLS)\]|<<|>>|<\||\|>", re.I
)
_FILLER = re.compile(r"\b(?:um+|uh+|er+m?|ah+m?|mm)\b(?!-)[,.…]*\s*", re.IGNORECASE)
_OPENER = re.compile(
    r"^(?:(?:ok(?:ay)?|alright|all right|so|and|oh)\b\s*[,.]?\s+"
    r"|(?:right|well)\b(?:\s*[,.]\s+|\s+(?=(?:so|and|ok|okay|oh|alright|right|well|now|then|um|uh|yeah|no|yes"
    r"|i|i'm|i'll|i'd|you|we|we'll|it|it's|that|that's|this|there|let|let's|the|your|my|he|she|they|if|because"
    r"|what|how|when|where|why|do|does|did|is|are|have|has|can|any)\b)))+(?=\w)",
    re.IGNORECASE,
)
"""'Right knee' and 'well healed' are no such words."""
_TAG_QUESTION = re.compile(r"\b(?:ok(?:ay)?|alright|all right|right|you know)\s*\?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_NODS = frozenset(
    {"ok", "okay", "alright", "all", "right", "oh", "hmm", "hm", "mm", "ah", "um", "uh", "er", "i", "see"}
    | {"thank", "you", "thanks", "good", "great", "perfect"}
)
_ANSWERS = frozenset({"mm-hmm", "mhm", "uh-huh", "mm-mm", "right", "sure", "good", "great", "perfect", "fine"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the prompt with the utterances it holds."""

    speaker: Speaker
    text: str
    utterances: tuple[str, ...]

    def __str__(self) -> str:
        return f"{LABELS[self.speaker]}: {self.text}"


def prompt_lines(utterances: Sequence[Utterance]) -> tuple[Line, ...]:
    """Return the lines that a model reads. Only nods and hesitations are left out; yes and no always stay."""
    lines: list[Line] = []
    punctuated = any("?" in utterance.text for utterance in utterances)
    asked = True
    for utterance in utterances:
        text = compact(utterance, asked=asked)
        asked = not punctuated or "?" in _TAG_QUESTION.sub("", utterance.text)
        if not text:
            continue
        last = lines[-1] if lines else None
        if last and last.speaker is utterance.speaker and _words(last.text) + _words(text) <= LONGEST_LINE_WORDS:
            joined = f"{last.text} {text}"
            lines[-1] = Line(last.speaker, joined, (*last.utterances, utterance.id))
        else:
            lines.append(Line(utterance.speaker, text, (utterance.id,)))
    return tuple(lines)


def without_control_tokens(text: str) -> str:
    """Return text in which nothing can end or open a turn of a chat template, on one line."""
    previous = None
    while previous != text:
        previous, text = text, _CONTROL.sub(" ", text)
    return " ".join(text.split())


def compact(utterance: Utterance, *, asked: bool = True) -> str:
    """Return the utterance's text for the prompt, or an empty string if it is a mere nod.

    Args:
        asked: whether the utterance before may have been a question, so that "mm-hmm" or "good" may be an answer.
    """
    text = SPOKEN_POINT.sub(" point ", without_control_tokens(utterance.text))
    words = [w.lower() for w in _WORD.findall(text)]
    if not words or _is_nod(words, utterance.speaker, asked=asked):
        return ""
    text = _FILLER.sub("", text)
    if utterance.speaker is Speaker.CLINICIAN:
        text = _OPENER.sub("", text)
    return text.strip(" ,") or without_control_tokens(utterance.text)


def _is_nod(words: list[str], speaker: Speaker, *, asked: bool) -> bool:
    if any(w not in _NODS and w not in _ANSWERS for w in words):
        return False
    return speaker is Speaker.CLINICIAN or not asked or not any(w in _ANSWERS for w in words)


def _words(text: str) -> int:
    return text.count(" ") + 1
