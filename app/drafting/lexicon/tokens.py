"""Words of speech and of notes in one comparable form."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.lexicon.remembered import remembered
from app.drafting.lexicon.sentences import SPOKEN_POINT
from app.drafting.lexicon.tables import words

_CONTRACTIONS = (
    (re.compile(r"(\w)\s+n['’]t\b"), r"\1n't"),
    (re.compile(r"\bca\s?n['’]?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon['’]t\b"), "will not"),
    (re.compile(r"\bain['’]t\b"), "is not"),
    (re.compile(r"(\w)n['’]t\b"), r"\1 not"),
    (re.compile(r"\bgon\s?na\b"), "going to"),
    (re.compile(r"\bwan\s?na\b"), "want to"),
    (re.compile(r"['’](?:s|re|ve|ll|d|m)\b"), ""),
    (re.compile(r"\s['’](?=\w)"), " "),
)
_TOKEN = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[%/?.,;:!+#]|[-–—]")
_LETTER_DOTS = re.compile(r"\b(?:[a-z]\.){2,}")
_BREAKS = frozenset(".?!,;:")

STOP = words("stop")
"""Words that say nothing about the content of a statement."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or number: lower-case `text`, its `stem`, and the punctuation that follows it (or '')."""

    text: str
    stem: str
    after: str = ""

    @property
    def is_stop(self) -> bool:
        """Whether the word carries no content of its own."""
        return self.text in STOP


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a light stem: inflection and British spelling removed. Own rules, weaker than Porter 1980 on purpose."""
    word = word.replace("oedem", "edem").replace("rrhoe", "rrhe").replace("haem", "hem").replace("oesoph", "esoph")
    word = word.replace("anaes", "anes").replace("paed", "ped").replace("aemia", "emia").replace("dyspnoe", "dyspne")
    word = word.replace("tumour", "tumor").replace("colour", "color").replace("apnoea", "apnea")
    if len(word) <= 3 or not word.isalpha():
        return word
    return _strip(word)


_SUFFIXES = (
    ("iness", "y", 3),
    ("fulness", "ful", 3),
    ("ness", "", 4),
    ("ations", "at", 3),
    ("ation", "at", 3),
    ("ating", "at", 3),
    ("ated", "at", 3),
    ("ates", "at", 3),
    ("ate", "at", 4),
    ("ions", "", 4),
    ("ion", "", 4),
    ("ies", "y", 2),
    ("ied", "y", 2),
    ("ings", "", 3),
    ("ing", "", 3),
    ("sses", "ss", 2),
    ("ches", "ch", 2),
    ("shes", "sh", 2),
    ("xes", "x", 2),
    ("edly", "", 4),
    ("ed", "", 3),
    ("ly", "", 4),
    ("es", "e", 3),
)


def _strip(word: str) -> str:
    for suffix, put, least in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= least:
            return _tidy(word[: -len(suffix)] + put)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _tidy(word)


def _tidy(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] in "bdgmnprt":
        word = word[:-1]
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("y"):
        word = word[:-1] + "i"
    return word


@remembered
def tokenise(text: str) -> tuple[Token, ...]:
    """Split text into tokens; contractions become two words, punctuation hangs on the word before."""
    text = SPOKEN_POINT.sub(" point ", text.lower())
    text = _LETTER_DOTS.sub(lambda m: m.group().replace(".", "") + " ", text)
    for pattern, put in _CONTRACTIONS:
        text = pattern.sub(put, text)
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece in _BREAKS:
            if found:
                last = found[-1]
                found[-1] = Token(last.text, last.stem, piece if last.after in ("", ",", "-") else last.after)
        elif piece in "-–—":
            _hyphen(found, text, match.start())
        elif piece not in "#+":
            word = piece.replace(",", "").replace("’", "'").strip("'")
            found.append(Token(word, stem(word)))
    return tuple(found)


def _hyphen(found: list[Token], text: str, at: int) -> None:
    spaced = text[at - 1 : at].isspace() or text[at + 1 : at + 2].isspace()
    if found and not found[-1].after:
        found[-1] = Token(found[-1].text, found[-1].stem, "," if spaced else "-")
