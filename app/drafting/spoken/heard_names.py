"""Names that the recogniser misspelt: written properly, with what was heard beside them."""

import re

from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.sounds import sounds_like
from app.drafting.lexicon.tokens import tokenise

_WORD = re.compile(
    r"[A-Za-z]+(?!['’]|[A-Za-z]|\s+(?:fracture|disease|syndrome|sign|test|palsy|contracture|procedure|manoeuvre"
    r"|maneuver)\b)"
)
"""A word that is no eponym: "Colles' fracture" and "Bell palsy" are names as they stand."""


def heard_names(text: str) -> str:
    """Return the text with each misheard drug name as 'lisinopril (heard as “lysinopril”)'; never in silence."""
    if "heard as" in text:
        return text
    tokens = tokenise(text)
    for guess in guess_drugs(tokens):
        said = r"\s+".join(re.escape(t.text) for t in tokens[guess.start : guess.end])
        match = re.search(rf"\b{said}\b", text, re.IGNORECASE)
        if match:
            text = f"{text[: match.start()]}{guess.name} (heard as “{match[0]}”){text[match.end() :]}"
    return text


def heard_diagnosis(text: str) -> str:
    """Return a diagnosis in which a word that is none, but sounds like one, stands as 'angina (heard as “Injina”)'."""
    if "heard as" in text:
        return text
    return _WORD.sub(_with_name, text)


def _with_name(match: re.Match[str]) -> str:
    name = sounds_like(match[0])
    return f"{name} (heard as “{match[0]}”)" if name else match[0]


_HEARD_AS = re.compile(r"(?<!\S)(?P<name>\S+) \(heard as “(?P<heard>[^”]*)”\)")


def taken_for(text: str) -> dict[str, str]:
    """Return what the marked names of a text were taken for, with what was heard."""
    return {m["name"].lower(): m["heard"] for m in _HEARD_AS.finditer(text)}


def as_heard(text: str) -> str:
    """Return the text with what was heard in the place of each marked name."""
    return _HEARD_AS.sub(r"\g<heard>", text)


def as_taken(text: str) -> str:
    """Return the text without what was heard."""
    return _HEARD_AS.sub(r"\g<name>", text)
