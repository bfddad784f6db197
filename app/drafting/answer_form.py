"""What a model answers about a passage: lines "label: phrase; phrase", their grammar, and how they are read back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_PHRASE = 200
"""Characters."""

_LINE = re.compile(r'^[\s\-*•"]*([^:\n]{1,60}?)["\s*]*:\s*(.*)$')
_NOTHING = re.compile(r"\W*(?:(?:none|n/?a|no(?:thing)?)\W*)?", re.IGNORECASE)


class AnswerError(ValueError):
    """The answer does not have the agreed form."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A phrase that the model put into a field."""

    field: str
    text: str


def grammar(labels: Sequence[str], most: int) -> str:
    """Return GBNF for lines `label: phrase; phrase`: each label at most once, in this order, `most` phrases each."""
    rows = [f'line{n} ::= "{label}: " phrases "\\n"' for n, label in enumerate(labels)]
    return "\n".join(
        [
            f"root ::= {' '.join(f'line{n}?' for n in range(len(labels)))}",
            *rows,
            f'phrases ::= phrase ("; " phrase){{0,{most - 1}}}',
            f"phrase ::= start char{{0,{LONGEST_PHRASE - 1}}}",
            r"start ::= [^;<>{}\[\]:\-\x00-\x20\x7f]",
            r"char ::= [^;<>{}\x00-\x1f\x7f]",
        ]
    )


def read_answer(text: str, labels: Sequence[str], most: int) -> tuple[Claim, ...]:
    """Read the lines, also from a model that no grammar holds: other text around them does no harm.

    An answer that says nothing is no claim.

    Raises:
        AnswerError: there is text, but none of the labels.
    """
    known = {_key(label): label for label in labels}
    claims: list[Claim] = []
    seen = 0
    for line in text.splitlines():
        match = _LINE.match(line)
        label = known.get(_key(match[1])) if match else None
        if match is None or label is None:
            continue
        seen += 1
        phrases = [" ".join(piece.split()) for piece in match[2].split(";")]
        kept = [p for p in phrases if p.strip("[]\"' ") and len(p) <= LONGEST_PHRASE]
        claims.extend(Claim(label, phrase) for phrase in kept[:most])
    if seen == 0 and not _NOTHING.fullmatch(text):
        raise AnswerError("no label of the form is in the answer")
    return tuple(claims)


def _key(label: str) -> str:
    return " ".join(re.findall(r"\w+", label.lower()))
