"""Complaints that the patient has only sometimes, a little, or under a condition, with the words of that limit."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript import Transcript, Utterance
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.exchanges import content_stems, names_in, pairs
from app.drafting.templates.template import Field
from app.drafting.writing.history.qualifiers import with_qualifiers
from app.drafting.writing.own_words import quoted_words
from app.drafting.writing.phrases import Phrase

LONGEST = 25
"""Words of a quoted limit."""

_LIMIT = re.compile(
    r"\b(?:only|just (?:when|if|on|with|after|at|a|some)|whenever i|if i|once in a while|every (?:now|once)"
    r"|now and (?:then|again)|sometimes|occasional(?:ly)?|at times|from time to time|on and off|comes? and goes?"
    r"|(?:goes|went|gone) away|a (?:little|bit|tad)|little bit|slight(?:ly)?|mild(?:ly)?|not (?:too|so|that) bad)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:how|when|where|what|which|why|who|describe|before|ever|past|previous(?:ly)?|or)\b", re.IGNORECASE
)
_THEN = re.compile(r"\b(?:ago|last|used to|started|had)\b", re.IGNORECASE)


def with_limits(symptoms: Field, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the phrases, complaints with the limit of the answer to the question for them, if they do not tell it.

    "Are you short of breath?" "Only on the stairs." is no plain shortness of breath.
    """
    limits = _limits(transcript)
    told: set[str] = set()
    found: list[Phrase] = []
    for phrase in phrases:
        names = [n for n in names_in(phrase.text) if n in limits and n not in told] if phrase.field is symptoms else []
        limited = _limited(phrase, *limits[names[0]]) if names else phrase
        told.update(names if limited is not phrase else ())
        found.append(limited)
    return with_qualifiers(symptoms, found, transcript)


def _limited(phrase: Phrase, sentence: str, utterance: Utterance) -> Phrase:
    """The phrase with the sentence behind it, unless it quotes, limits itself or says all of it."""
    stems = content_stems(sentence)
    if '"' in phrase.text or _LIMIT.search(phrase.text) or (stems and stems <= content_stems(phrase.text)):
        return phrase
    text = f"{phrase.text} ({quoted_words(sentence, longest=LONGEST)})"
    return replace(phrase, text=text, evidence=tuple(dict.fromkeys([*phrase.evidence, utterance.id])))


def _limits(transcript: Transcript) -> dict[str, tuple[str, Utterance]]:
    """By what one yes-or-no question about now asks for alone: the first sentence of its answer that limits it."""
    found: dict[str, tuple[str, Utterance]] = {}
    for question, answer in pairs(transcript):
        names = names_in(question.text)
        limiting = [s for s in sentences_of(compact(answer)) if _LIMIT.search(s) and not _THEN.search(s)]
        if len(names) == 1 and limiting and not _OPEN.search(question.text):
            found.setdefault(names[0], (limiting[0], answer))
    return found
