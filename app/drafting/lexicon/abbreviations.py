"""Abbreviations of notes, written out and back, by the table `abbreviations`."""

import re
from functools import lru_cache

from app.drafting.lexicon.tables import rows

_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+)$")


def spelled_out(text: str) -> str:
    """Return the text with the abbreviations of the table written out; whole words, capitals as in the table."""
    pattern, words = _short()
    return pattern.sub(lambda m: _like(text, m, words[m.group()]), text)


def abbreviated(text: str) -> str:
    """Return the text with what has a usual short form written so; only forms that mean one thing."""
    pattern, words = _long()
    return pattern.sub(lambda m: words[" ".join(m.group().lower().split())], text)


def _like(text: str, match: re.Match[str], words: str) -> str:
    begins = bool(_SENTENCE_START.search(text[: match.start()]))
    return words[:1].upper() + words[1:] if begins else words


def _pattern(forms: list[str], flags: int) -> re.Pattern[str]:
    longest_first = sorted(forms, key=len, reverse=True)
    inner = "|".join(re.escape(f).replace(r"\ ", r"\s+") for f in longest_first)
    return re.compile(rf"(?<![\w/.-])(?:{inner})(?![\w/-])", flags)


@lru_cache(maxsize=1)
def _short() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {row[1]: row[2] for row in rows("abbreviations")}
    return _pattern(list(words), 0), words


@lru_cache(maxsize=1)
def _long() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {row[2].lower(): row[1] for row in rows("abbreviations") if row[0] == "both"}
    return _pattern(list(words), re.IGNORECASE), words
