"""Clinical words by their sound: 'injina' is not a word, 'angina' sounds like it."""

import re
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache

from app.drafting.lexicon.concepts import all_concepts, forms_of, kind_of
from app.drafting.lexicon.english import is_english

_KINDS = frozenset({"symptom", "condition"})
_SOFT = ((r"ph", "f"), (r"[cg](?=h)", "k"), (r"g(?=[eiy])", "j"), (r"c(?=[eiy])", "s"), (r"[ckq]+", "k"), (r"x", "ks"))
_LEAST = 3
_VOWELS = frozenset("aeiou")
_NEARLY_AS_LONG = 2
_SHARED = 0.7
"""Share of sounds that two words of the same sound must have in common."""


def sound_key(word: str) -> str:
    """The consonants of a word as spoken, doubled ones once, with its last letter (own, coarser than Metaphone)."""
    key = word.lower()
    for pattern, put in _SOFT:
        key = re.sub(pattern, put, key)
    key = re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyhw]", "", key))
    return f"{key}.{word[-1:].lower()}" if len(key) >= _LEAST else ""


def sounds_like(word: str) -> str:
    """The only symptom or condition of one word that sounds like what is no word, of about the same length, or ''."""
    names = _names()
    key = sound_key(word)
    if not key or len(word) < 6 or word.lower() in _all_words():
        return ""
    found = {n for n in names.get(key, ()) if abs(len(n) - len(word)) <= 1 and _alike(n, word)}
    if len(found) != 1 or is_english(word) or _is_nearer_to_another_kind(word, *found):
        return ""
    return found.pop()


def _alike(name: str, word: str) -> bool:
    """Whether two words begin with the same sound and share nearly all of their sounds, vowels included."""
    one, other = _sounds(name), _sounds(word)
    first = one[0] == other[0] or (one[0] in _VOWELS and other[0] in _VOWELS)
    return first and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SHARED


def _is_nearer_to_another_kind(word: str, name: str) -> bool:
    """Whether a word is spelt more like a sign, test or medicine than like the illness that it sounds like.

    'Erythemia' is a redness, and no disorder of the rhythm.
    """
    near = _spelt_alike(word, name)
    return any(
        _spelt_alike(word, other) > near
        for other in _names_of_other_kinds()
        if other[:1] == word[:1].lower() and abs(len(other) - len(word)) <= _NEARLY_AS_LONG
    )


def _spelt_alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()


def _sounds(word: str) -> str:
    spelt = re.sub(r"ch", "C", word.lower())
    for pattern, put in _SOFT:
        spelt = re.sub(pattern, put, spelt)
    return re.sub(r"(.)\1+", r"\1", spelt.replace("y", "i"))


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for concept in all_concepts():
        for form in forms_of(concept):
            if kind_of(concept) in _KINDS and form.isalpha() and form.islower() and (key := sound_key(form)):
                found[key].add(form)
    return {key: frozenset(names) for key, names in found.items()}


@lru_cache(maxsize=1)
def _all_words() -> frozenset[str]:
    return frozenset(w.lower() for c in all_concepts() for form in forms_of(c) for w in re.findall(r"[A-Za-z]+", form))


@lru_cache(maxsize=1)
def _names_of_other_kinds() -> frozenset[str]:
    """Names of one word that are no illness and no complaint."""
    named = (form for c in all_concepts() if kind_of(c) not in _KINDS for form in forms_of(c))
    return frozenset(form.lower() for form in named if form.isalpha())
