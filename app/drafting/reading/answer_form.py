"""What a model answers about a passage: a JSON form with lists of phrases, its grammar, and how it is read back."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_PHRASE = 160
"""Characters."""

_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*\[((?:\s*"(?:[^"\\]|\\.)*"\s*,?)*)')
_PHRASE = re.compile(r'"(?:[^"\\]|\\.)*"')
_NOTHING = re.compile(r"\W*(?:none|n/?a|no(?:thing)?)?\W*", re.IGNORECASE)


class AnswerError(ValueError):
    """The answer does not have the agreed form."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A phrase that the model put into a field."""

    field: str
    text: str


def grammar(labels: Sequence[str], most: int) -> str:
    """Return GBNF for `{"label": ["phrase", …], …}`: labels in this order, any left out, 1 to `most` phrases each."""
    rules = ['root ::= "{" start0 "}"']
    for n, label in enumerate(labels):
        pair = f'"\\"{label}\\": " list rest{n + 1}'
        later = f"start{n + 1}" if n + 1 < len(labels) else '""'
        rules.append(f"start{n} ::= {pair} | {later}")
        if n:
            rules.append(f'rest{n} ::= ", " {pair} | rest{n + 1}')
    rules.append(f'rest{len(labels)} ::= ""')
    rules.append(f'list ::= "[" phrase (", " phrase){{0,{most - 1}}} "]"')
    rules.append(f'phrase ::= "\\"" char{{1,{LONGEST_PHRASE}}} "\\""')
    rules.append(r'char ::= [^"\\\x00-\x1f\x7f]')
    return "\n".join(rules)


def read_answer(text: str, labels: Sequence[str], most: int) -> tuple[Claim, ...]:
    """Read a form, also from a model that no grammar holds: other text around it, or a missing end, does no harm.

    An empty form is no claim.

    Raises:
        AnswerError: there is text, but none of the labels.
    """
    known = {_key(label): label for label in labels}
    claims: list[Claim] = []
    seen = 0
    for key, body in _PAIR.findall(text):
        label = known.get(_key(key))
        if label is None:
            continue
        seen += 1
        phrases = [_phrase(raw) for raw in _PHRASE.findall(body)][:most]
        kept = dict.fromkeys(phrase for phrase in phrases if 0 < len(phrase) <= LONGEST_PHRASE)
        claims.extend(Claim(label, phrase) for phrase in kept)
    if seen == 0 and not _NOTHING.fullmatch(text):
        raise AnswerError("no label of the form is in the answer")
    return tuple(claims)


def _key(label: str) -> str:
    return " ".join(re.findall(r"\w+", label.lower()))


def _phrase(raw: str) -> str:
    """The phrase; of one that was cut off at its longest only what stands before the last comma."""
    try:
        text = str(json.loads(raw))
    except ValueError:
        return ""
    if len(text) >= LONGEST_PHRASE:
        text = text.rpartition(",")[0]
    return " ".join(text.split())
