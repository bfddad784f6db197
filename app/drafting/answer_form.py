"""A section's answer: a JSON form with a list of phrases per field, its grammar, and how it is read back."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_PHRASE = 240

_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*\[((?:\s*"(?:[^"\\]|\\.)*"\s*,?)*)')
_PHRASE = re.compile(r'"(?:[^"\\]|\\.)*"')


class AnswerError(ValueError):
    """The answer does not have the agreed form."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A phrase that the model put into a field."""

    field: str
    text: str


def grammar(fields: Sequence[str], most: int) -> str:
    """Return GBNF for `{"field": ["phrase", …], …}`: every field in this order, at most `most` phrases in each."""
    rows = ' ",\\n " '.join(f'"\\"{name}\\": " list' for name in fields)
    return "\n".join(
        [
            f'root ::= "{{" {rows} "}}"',
            f'list ::= "[]" | "[" phrase (", " phrase){{0,{most - 1}}} "]"',
            f'phrase ::= "\\"" char{{1,{LONGEST_PHRASE}}} "\\""',
            r'char ::= [^"\\\x00-\x1f\x7f]',
        ]
    )


def read_answer(text: str, fields: Sequence[str], most: int) -> tuple[Claim, ...]:
    """Read a form, also from a model that no grammar holds: other text around it, or a missing end, does no harm.

    Raises:
        AnswerError: none of the fields is there.
    """
    known = {_key(name): name for name in fields}
    claims: list[Claim] = []
    seen = 0
    for key, body in _PAIR.findall(text):
        field = known.get(_key(key)) or _nearest(key, fields)
        if field is None:
            continue
        seen += 1
        phrases = [_phrase(raw) for raw in _PHRASE.findall(body)][:most]
        claims.extend(Claim(field, phrase) for phrase in phrases if 0 < len(phrase) <= LONGEST_PHRASE)
    if seen == 0:
        raise AnswerError("no field of the form is in the answer")
    return tuple(claims)


def _nearest(key: str, fields: Sequence[str]) -> str | None:
    """The field that has all words of a key: without a grammar models split or shorten long names."""
    words = set(_key(key).split())
    return next((name for name in fields if words and words <= set(_key(name).split())), None)


def _key(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.lower()))


def _phrase(raw: str) -> str:
    try:
        return " ".join(str(json.loads(raw)).split())
    except ValueError:
        return ""
