"""Labels of a note's lines: 'Past medical history: diabetes' claims diabetes, not a history."""

import re
from functools import lru_cache

from app.drafting.lexicon.tables import forms, rows

_LABEL = re.compile(r"^\s*(?P<label>[A-Za-z][A-Za-z ,/&-]{0,48}?)\s*:\s+(?=\S)")


def split_label(text: str) -> tuple[str, str]:
    """Return the meaning of a statement's label ('family', 'allergy', …; '' without a known one) and the rest."""
    match = _LABEL.match(text)
    meaning = label_meaning(match["label"]) if match else ""
    return (meaning, text[match.end() :]) if match and meaning else ("", text)


def label_meaning(label: str) -> str:
    """Return what a label means by the table `labels`, or ''."""
    return _meanings().get(_plain(label), "")


def _plain(label: str) -> str:
    return " ".join(re.findall(r"[a-z]+", label.lower()))


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    return {_plain(form): row[0] for row in rows("labels") for form in forms(row[1])}
