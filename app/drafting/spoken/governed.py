"""Stretches of a sentence in which one word governs another: a 'probably' does not reach over 'and for your …'."""

import re

from app.drafting.lexicon.sentences import sentences_of
from app.drafting.spoken.plan_clauses import plainly_spelt
from app.drafting.spoken.run_on import is_run_on, parted

_JOINT = re.compile(
    r",?\s+(?=(?:(?:and |so |but )*(?:for|as for|in terms of|regarding) (?:your|the|this) (?:\w+ ){0,2}?"
    r"(?:problem|issue|diagnosis)"
    r"|(?:okay|alright|all right) (?:so|and|now|for|i|we|you)|and then\b|so (?:what|i'm|we're|i'll|we'll|let|for)\b"
    r"|and (?:so )?(?:for|i'm|we're|i'll|we'll|i want|we can|you can)\b|but\b|because\b|which is\b|let's\b|let me\b"
    r"|i want\b|i'd like\b|we can\b|for (?:the|your) (?:\w+ ){1,3}(?:i|we|let's)\b|problem number\b))",
    re.IGNORECASE,
)

_GOES_ON = re.compile(r"^is that (?:you|it|this|the|we|i|they)\b", re.IGNORECASE)
"""What somebody's concern or point is; no question."""


def stretches_of(text: str) -> list[str]:
    """Return the statements of a text, each cut where a new thought begins; no word is lost."""
    spelt = [plainly_spelt(s) for s in sentences_of(text)]
    statements = [part for s in spelt for part in (parted(s) if is_run_on(s) else [s])]
    found: list[str] = []
    for piece in (piece for s in statements for piece in _JOINT.split(s) if piece):
        if found and _GOES_ON.match(piece):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return found
