"""Whether a word is an English one: about 160,000 words, clinical ones among them, of the package pyspellchecker."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker


def is_english(word: str) -> bool:
    """Return whether a dictionary knows the word, in any case of letters."""
    return word.lower() in _dictionary()


@lru_cache(maxsize=1)
def _dictionary() -> "SpellChecker":
    from spellchecker import SpellChecker

    return SpellChecker(language="en", distance=1)
