"""Which relative is being spoken of: 'And your mother?' 'She has diabetes.' says nothing of the patient."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import find_concepts, kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise

_KIN = words("kin")
_HOME = words("kin-home")
_OTHERS = words("acquaintance")
ACQUAINTANCE = "acquaintance"
"""Who has what is told of a friend's mother, say: neither the patient nor a relative."""
_SELF = frozenset({"i", "me", "myself", "mine", "we"})
_THIRD = frozenset({"he", "she", "they", "him", "her", "his", "hers"})
_LONGEST_CARRY = 5
"""Utterances of an exchange about a relative, after the last time that one was named."""
_SHORT = 4
_FRAGMENT = 2
"""Words of a clinician who only repeats what he heard, or misheard."""
_LONG_WORD, _ALIKE = 5, 0.75
"""Letters of a word that can be known again, and how much of it must be the same."""
_LONGEST_KIN = 2
"""Words after 'my' in which the relative comes."""

_TURN = re.compile(r"(?<=[.!?])\s+|,?\s+(?:and|but)\s+(?=(?:my|i)\b)", re.IGNORECASE)
_OWN_VERBS = frozenset({"have", "had", "get", "got", "feel", "felt", "am", "take", "was"})

_THINKS = frozenset({"think", "guess", "believe", "suppose", "mean", "know", "remember", "heard"})
_HOW_ABOUT = re.compile(
    r"^(?:(?:ok(?:ay)?|alright|all right|right|no|and|but|so|um+|uh+)\b\W*)*(?:how|what) about\b", re.I
)
_ILL = frozenset({"condition", "conditions", "disease", "diseases", "problem", "problems", "heart", "lung", "lungs"})

_SAME = {"mom": "mother", "mum": "mother", "mommy": "mother", "mummy": "mother", "mama": "mother"}
_SAME |= {"dad": "father", "daddy": "father", "papa": "father", "grandma": "grandmother", "grandpa": "grandfather"}


def named_relative(tokens: Sequence[Token]) -> str:
    """The relative that a text names last ('mother', 'family', …), or ''."""
    found = ""
    for n, token in enumerate(tokens):
        following = tokens[n + 1].text if n + 1 < len(tokens) else ""
        # 'my family doctor', 'I live at my mother's place'
        if token.text in _KIN and following not in _HOME:
            found = ACQUAINTANCE if is_acquaintance(tokens, n) else _SAME.get(token.text, token.text)
    return found


def is_acquaintance(tokens: Sequence[Token], n: int) -> bool:
    """Whether word `n` is the 'mum' of 'my friend's mum': no relative of the patient."""
    return n > 0 and tokens[n - 1].text in _OTHERS


def of_self(tokens: Sequence[Token]) -> bool:
    """Whether a text speaks in the first person, as in 'I have it too' or 'my knee'; not 'my mother', 'I think he'."""
    third = of_third_person(tokens)
    return any(
        (t.text in _SELF and not (third and _only_thinks(tokens, n))) or owns(tokens, n) for n, t in enumerate(tokens)
    )


def _only_thinks(tokens: Sequence[Token], n: int) -> bool:
    return tokens[n].text == "i" and bool(_THINKS & {t.text for t in tokens[n + 1 : n + 4]})


def owns(tokens: Sequence[Token], n: int) -> bool:
    """Whether word `n` is the 'my' of 'my knee', and not that of 'my mother' or 'my older brother'."""
    return tokens[n].text == "my" and not any(t.text in _KIN for t in tokens[n + 1 : n + 1 + _LONGEST_KIN])


def of_third_person(tokens: Sequence[Token]) -> bool:
    """Whether a text speaks of him, her or them."""
    return any(t.text in _THIRD for t in tokens)


def carried_relatives(transcript: Transcript) -> tuple[str, ...]:
    """For each utterance, the relative whom the exchange is about though the utterance does not name one; else ''.

    A relative is carried from the clinician's question, or from the patient's own words, into the answers that follow,
    until the clinician asks about something else or the patient speaks of himself.
    """
    found: list[str] = []
    current, age = "", 0
    before: Sequence[Token] = ()
    for utterance in transcript.utterances:
        tokens, said = tokenise(utterance.text), before
        before = tokens
        age += 1
        if named_relative(tokens):
            found.append("")
            current, age = spoken_of(utterance.text)[-1][1], 0
            continue
        repeats = utterance.speaker is Speaker.CLINICIAN and _repeats(tokens, said)
        if age > _LONGEST_CARRY or (_turns_away(utterance, tokens) and not repeats) or _turns_to_self(tokens):
            current = ""
        found.append("" if of_self(tokens) or repeats else current)
    return tuple(found)


def spoken_of(text: str, carried: str = "") -> tuple[tuple[str, str], ...]:
    """The pieces of an utterance, each with the relative whom it is about, or ''.

    A relative stays until the next one, or until the speaker comes to himself: 'My mother had a stroke. My knee hurts.'

    Args:
        carried: the relative whom the talk before was about.
    """
    found: list[tuple[str, str]] = []
    for piece in _TURN.split(text):
        tokens = tokenise(piece)
        named = named_relative(tokens)
        if not named and _turns_to_self(tokens):
            carried = ""
        carried = named or carried
        found.append((piece, "" if not named and of_self(tokens) else carried))
    return tuple(found)


def _turns_to_self(tokens: Sequence[Token]) -> bool:
    """Whether the talk comes to the speaker: 'my knee', 'I have'; 'I think she had it' does not."""
    if of_third_person(tokens):
        return False
    texts = [t.text for t in tokens]
    has = any(text == "i" and _OWN_VERBS & set(texts[n + 1 : n + 3]) for n, text in enumerate(texts))
    return has or any(owns(tokens, n) for n in range(len(tokens)))


def relatives_spoken_of(transcript: Transcript) -> dict[str, str]:
    """Ids of the utterances that are about a relative, named in them or carried into them, with the relative."""
    carried = carried_relatives(transcript)
    found = {}
    for utterance, relative in zip(transcript.utterances, carried, strict=True):
        if relative := relative or named_relative(tokenise(utterance.text)):
            found[utterance.id] = relative
    return found


def _turns_away(utterance: Utterance, tokens: Sequence[Token]) -> bool:
    """The clinician says more than a nod and none of it of him or her: the exchange is over."""
    if utterance.speaker is Speaker.PATIENT:
        return False
    if utterance.speaker is Speaker.CLINICIAN and _asks_on(utterance.text, tokens):
        return any(t.text in ("you", "your") for t in tokens)
    if utterance.speaker is Speaker.CLINICIAN:
        return not of_third_person(tokens) and sum(1 for t in tokens if not t.is_stop or t.text == "you") >= 1
    return len(tokens) > _SHORT and any(t.text in ("you", "your") for t in tokens)


def _repeats(tokens: Sequence[Token], said: Sequence[Token]) -> bool:
    """'Hypothyroidism.' 'Hyperthyroid?': a word or two that were just said, or something like them."""
    long = [t.text for t in tokens if len(t.text) >= _LONG_WORD]
    return 0 < len(tokens) <= _FRAGMENT and any(
        SequenceMatcher(None, word, other.text).ratio() >= _ALIKE for word in long for other in said
    )


def _asks_on(text: str, tokens: Sequence[Token]) -> bool:
    """'Any cancers in the family?' 'No.' 'How about lung conditions?' goes on with the family; 'smoking' does not."""
    kinds = {kind_of(hit.name) for hit in find_concepts(tokens)}
    return bool(_HOW_ABOUT.match(text)) and (
        kinds == {"condition"} or (not kinds and bool(_ILL & {t.text for t in tokens}))
    )
