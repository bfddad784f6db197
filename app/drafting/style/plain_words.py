"""Plain words for notes that the patient reads: clinical words by the table `plain`, 'the patient' becomes 'you'.

Quotations stay as they were spoken: the clinician said them to the patient.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from app.domain.note import Statement
from app.drafting.lexicon.tables import forms, rows

_QUOTED = re.compile(r'("[^"]*")')
_YOU: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"\b(?:the )?patient(?:'s|’s)(?=\s)", "your"),
        (r"\b(?:the )?patient (?:is|was)\b", "you are"),
        (r"\b(?:the )?patient has\b", "you have"),
        (r"\b(?:the )?patient (?=should|must|can|may|will|needs? to)", "you "),
        (r"\bpt\.?(?=\s)", "you"),
        (r"^Reports (?=$)", "You said "),
    )
)
_FIRST = re.compile(r"^(\W*)(\w)")


def for_patient(statement: Statement) -> Statement:
    """Return the statement in plain words."""
    return replace(statement, text=plain(statement.text))


def plain(text: str) -> str:
    """Return the text in plain words outside of its quotations; a capital at its start stays one."""
    pieces = _QUOTED.split(text)
    said = "".join(piece if piece.startswith('"') else _plain(piece) for piece in pieces)
    return _FIRST.sub(lambda m: m[1] + m[2].upper(), said, count=1) if text[:1].isupper() else said


def _plain(text: str) -> str:
    for pattern, instead in _YOU:
        text = pattern.sub(instead, text)
    pattern, words = _table()
    return pattern.sub(_word(words), text)


def _word(words: dict[str, str]) -> Callable[[re.Match[str]], str]:
    """Puts a plain word in place; 'an MRI' becomes 'a scan (MRI)'."""

    def instead(match: re.Match[str]) -> str:
        said = words[" ".join(match[2].lower().split())]
        article = match[1] or ""
        if article.strip().lower() in {"a", "an"}:
            article = article[0] + ("n " if said[0] in "aeiou" else " ")
        return article + said

    return instead


@lru_cache(maxsize=1)
def _table() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern of all clinical words, the longest first, and the plain words of each."""
    words = {form.lower(): row[0] for row in rows("plain") for form in forms(row[1])}
    ordered = sorted(words, key=len, reverse=True)
    alternatives = "|".join(r"\s+".join(re.escape(part) for part in form.split()) for form in ordered)
    return re.compile(rf"(?<![\w-])(an?\s+)?({alternatives})(?![\w-])", re.IGNORECASE), words
