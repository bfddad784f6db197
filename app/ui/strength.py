"""A hint about how hard a passphrase is to guess. It advises; the vault decides what it accepts."""

from dataclasses import dataclass
from itertools import pairwise
from math import log2

MINIMUM = 12

_COMMON = ("password", "passphrase", "qwerty", "letmein", "welcome", "anamnesis", "123456", "abcdef", "admin", "doctor")


@dataclass(frozen=True, slots=True)
class Strength:
    """`level` 0 (too short) to 3 (strong), a word for it, and what would help."""

    level: int
    word: str
    hint: str


def estimate(passphrase: str, names: tuple[str, ...] = ()) -> Strength:
    """Estimate by length and variety; names, common words and runs do not count.

    Each letter counts about 2.6 bits (Shannon 1951: 0.6 to 1.3 for long English text, more for short phrases),
    more with mixed classes.
    """
    if len(passphrase) < MINIMUM:
        missing = MINIMUM - len(passphrase)
        return Strength(0, "Too short", f"{missing} more character{'' if missing == 1 else 's'}. Four words work well.")
    bits = _bits(passphrase.casefold(), passphrase, names)
    if bits < 35:
        return Strength(1, "Weak", "Easy to guess. Avoid names, common words and runs; add a word or two.")
    if bits < 50:
        return Strength(2, "Fair", "Good enough. One more word makes it strong.")
    return Strength(3, "Strong", "Good.")


def _bits(folded: str, passphrase: str, names: tuple[str, ...]) -> float:
    for word in (*_COMMON, *(n.casefold() for n in names if len(n) > 2)):
        folded = folded.replace(word, "x")
    runs = sum(1 for a, b in pairwise(folded) if ord(b) - ord(a) in {0, 1, -1})
    classes = sum(
        any(test(c) for c in passphrase)
        for test in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum() and c != " ")
    )
    effective = min(max(0, len(folded) - runs), 3 * len(set(folded)))
    per_letter = 2.2 + 0.4 * classes
    return effective * per_letter + log2(max(1, len(set(folded))))
