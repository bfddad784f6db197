"""Recovery codes: 135 random bits and a check symbol, in seven groups of four that people can copy by hand.

The alphabet is Crockford's base 32 (no I, L, O, U). The check symbol is a weighted sum over GF(32): it detects every
single wrong symbol and every exchange of two symbols.
"""

import secrets

from app.domain.errors import SignInError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS = 28
_LOOKALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)


def new_recovery_code() -> str:
    """Return a new code such as `ABCD-EFGH-…`."""
    values = [secrets.randbelow(32) for _ in range(SYMBOLS - 1)]
    values.append(_check(values))
    symbols = "".join(ALPHABET[v] for v in values)
    return "-".join(symbols[i : i + 4] for i in range(0, SYMBOLS, 4))


def normal_form(code: str) -> str:
    """Return the code without separators, in capitals, look-alikes resolved. Raises `SignInError` if mistyped."""
    symbols = "".join(c for c in code.upper() if c not in " -\t\r\n").translate(_LOOKALIKE)
    if len(symbols) != SYMBOLS or any(c not in ALPHABET for c in symbols):
        raise SignInError(
            "The recovery code is not complete.", f"It has {SYMBOLS} letters and digits in groups of four."
        )
    values = [ALPHABET.index(c) for c in symbols]
    if _check(values[:-1]) != values[-1]:
        raise SignInError("The recovery code has a typing error.", "Compare it with the paper, symbol by symbol.")
    return symbols


def _check(values: list[int]) -> int:
    total = 0
    for value in values:
        total = _double(total ^ value)
    return total


def _double(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 32 else value
