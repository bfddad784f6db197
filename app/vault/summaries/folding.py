"""Words as they are compared: without capitals, accents and punctuation."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that Unicode does not take apart."""


def fold(text: str) -> str:
    """The text as it is compared (Unicode case folding; NFKD without combining marks)."""
    low = text.casefold()
    if low.isascii():
        return low
    apart = unicodedata.normalize("NFKD", low.translate(_PLAIN))
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def words_of(text: str) -> list[str]:
    """The folded words of a text in order; '2.5' is two of them."""
    return _WORD.findall(fold(text))


def joined(words: list[str]) -> str:
    """Words in one line for `holds`, each with a space before it."""
    return " " + " ".join(words)


def holds(line: str, terms: list[str]) -> bool:
    """Whether every term begins a word of the line."""
    return all(" " + term in line for term in terms)
