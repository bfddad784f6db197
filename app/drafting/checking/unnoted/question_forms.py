"""Forms of questions and of answers with a no, for the list of what is not in the note."""

import re
from collections.abc import Sequence

from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.hearing.spoken_pieces import Piece
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise

SHORT_QUESTION = 4
"""Words of a question that asks little by itself."""
_GOES_ON = frozenset({"to", "in", "on", "after", "with", "for", "or", "at", "into", "during"})
_SHORT_NO = 10
"""Words of an answer that denies and says little else: 'No, not to my head, no.'"""
_TAG = re.compile(
    r"^(?!\W*(?:and |so |um,? )*(?:have|has|are|is|do|does|did|were|was|how)\b)"
    r".*\b(?:ok(?:ay)?|all ?right|right)\s*\?$",
    re.I,
)
"""A clinician who ends so explains, and asks nothing: 'We do bloods, okay?', but not 'Are you eating okay?'"""


def only_explains(question: str) -> bool:
    """Whether a sentence with a question mark asks for nothing but a nod."""
    return bool(_TAG.search(question))


def refuses(said: str) -> bool:
    """Whether a short answer begins or ends with a no, though it says something else as well."""
    tokens = [t.text for t in tokenise(said) if t.text not in words("filler")]
    no = words("no") | {"not"}
    return 0 < len(tokens) <= _SHORT_NO and (tokens[0] in no or tokens[-1] in no) and "sure" not in tokens


def whole_question(asked: Sequence[Piece]) -> Sequence[Piece]:
    """The last question, with the one before it where it goes on with it: 'When did you eat? What time?'"""
    if len(asked) < 2:
        return asked
    said = asked[-1].text.lower().split()
    points = bool({"it", "that", "them", "those"} & set(said))
    return asked[-2:] if points or len(said) <= SHORT_QUESTION or said[0] in _GOES_ON else asked[-1:]


def uncounted(clause: Clause) -> list[Token]:
    """A clause's words that are no part of a number with its unit."""
    counted = {n for q in clause.quantities for n in range(q.start, q.end)}
    return [t for n, t in enumerate(clause.tokens) if n not in counted]
