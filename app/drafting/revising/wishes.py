"""What an instruction asks for, as far as a plain rule can tell."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.domain.errors import InputError
from app.drafting.lexicon.tables import forms, rows
from app.drafting.reading.prompt_lines import without_control_tokens

LONGEST_INSTRUCTION = 400
"""Characters; more is a pasted text, not an instruction."""

_IDLE = frozenset(
    re.findall(
        r"\w+",
        "please can could you would i want it this that these those them the a an any all every my its line lines"
        " statement statements section note part of to into in as make makes made write written rewrite put turn change"
        " bit little much just now for me with be should",
    )
)
_ABOUT = re.compile(
    r"^(?:(?:the|any|all|every|this|that)\b)?\s*(?:(?:part|parts|line|lines|sentence|statement|statements|bit|words|mention"
    r"|mentions|reference|references|everything|anything|all)\s+(?:about|on|of|that mentions|that mention|mentioning"
    r"|regarding|to|with)\s+)?(?:(?:the|his|her|their|any|patient's)\b)?\s*",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:and|then|,)\s+(?:make|write|shorten|add|remove|delete|put|rewrite|change|split|join)\b", re.I)


class WishKind(StrEnum):
    """What is asked for; `FREE` is all that no rule knows."""

    SHORTER = "shorter"
    BULLETS = "bullets"
    SENTENCE = "sentence"
    EXPAND = "expand"
    ABBREVIATE = "abbreviate"
    REMOVE = "remove"
    ADD = "add"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Wish:
    """An instruction read: its kind, what it is `about` (to be removed or added), and its words on one line."""

    kind: WishKind
    text: str
    about: str = ""


def read_wish(instruction: str) -> Wish:
    """Read an instruction.

    Raises:
        InputError: it is empty, or longer than `LONGEST_INSTRUCTION`.
    """
    text = without_control_tokens(instruction)
    if not any(c.isalnum() for c in text):
        raise InputError("The instruction is empty.", "Say what to do, for example: shorter.")
    if len(text) > LONGEST_INSTRUCTION:
        raise InputError(f"The instruction is longer than {LONGEST_INSTRUCTION} characters.", "Say it shorter.")
    kind = _exact().get(_bare(text))
    if kind is not None:
        return Wish(kind, text)
    for phrase, first in _first():
        match = re.match(rf"(?:please\s+|(?:can|could)\s+you\s+)?{re.escape(phrase)}\b\s*", text, re.IGNORECASE)
        if match and not _MORE.search(text):
            about = _ABOUT.sub("", text[match.end() :], count=1).strip(" .!?\"'“”")
            if about:
                return Wish(first, text, about)
    return Wish(WishKind.FREE, text)


def _bare(text: str) -> str:
    """The words that say what to do; all of them if nothing else is there."""
    words = re.findall(r"[a-z']+|\d+", text.lower())
    return " ".join(w for w in words if w not in _IDLE)


@lru_cache(maxsize=1)
def _exact() -> dict[str, WishKind]:
    return {_bare(form): WishKind(row[1]) for row in rows("wishes") if row[0] == "exact" for form in forms(row[2])}


@lru_cache(maxsize=1)
def _first() -> tuple[tuple[str, WishKind], ...]:
    return tuple((form, WishKind(row[1])) for row in rows("wishes") if row[0] == "first" for form in forms(row[2]))
