"""Numbers as people say them and as recognisers write them, read as values."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.drafting.lexicon.tables import number_words
from app.drafting.lexicon.tokens import Token

_UNITS = number_words("unit")
_TENS = number_words("tens")
_ORDINALS = number_words("ordinal")
_VAGUE = number_words("vague")
_LARGEST = 1e9
_MOST_DIGITS = 15
"""No number that anyone means is longer; longer ones are identifiers or noise."""


@dataclass(frozen=True, slots=True)
class Number:
    """A value over the tokens `start` to `end` (end excluded). `vague`: said as 'a couple', 'a few', 'half'."""

    value: float
    start: int
    end: int
    vague: bool = False


_POINTING = frozenset({"this", "that", "the", "which", "some", "any", "what", "my", "your", "one", "no"})
"""Before 'point' as a word of its own: 'at this point two of them'."""


def read_numbers(tokens: Sequence[Token]) -> list[Number]:
    """Read all numbers of a token list: digits, cardinals ('one twenty' is 120), decimals ('point six'), 'a couple'."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _read_at(tokens, at)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.end
    return found


def _read_at(tokens: Sequence[Token], at: int) -> Number | None:
    text = tokens[at].text
    if text[0].isdigit():
        return _digits(tokens, at)
    if text in _VAGUE:
        return Number(_VAGUE[text], at, at + 1, vague=True)
    if text in _ORDINALS and text != "second":
        return Number(float(_ORDINALS[text]), at, at + 1)
    if text in ("a", "an") and at + 1 < len(tokens) and tokens[at + 1].text in ("hundred", "thousand"):
        return _words(tokens, at + 1, start=at)
    if text in _UNITS or text in _TENS:
        return _words(tokens, at, start=at)
    return _point(tokens, at) if text == "point" else None


def _point(tokens: Sequence[Token], at: int) -> Number | None:
    """Read 'point five' with no number before it."""
    number = _fraction(tokens, 0.0, at, at)
    noun = at > 0 and tokens[at - 1].text in _POINTING
    return number if number.end > at and not noun else None


def _digits(tokens: Sequence[Token], at: int) -> Number | None:
    if len(tokens[at].text) > _MOST_DIGITS or not _is_plain(tokens[at].text):
        return None
    value = float(tokens[at].text)
    end = at + 1
    if end < len(tokens) and not tokens[at].after and tokens[end].text in ("hundred", "thousand", "million"):
        value *= {"hundred": 100, "thousand": 1_000, "million": 1_000_000}[tokens[end].text]
        end += 1
    return _fraction(tokens, value, at, end)


def _is_plain(text: str) -> bool:
    """Digits with at most one point; '²' and other marks that only look like digits are none."""
    return text.replace(".", "", 1).isdecimal()


def _words(tokens: Sequence[Token], at: int, start: int) -> Number:
    total, current, previous = 0.0, 0.0, ""
    while at < len(tokens):
        text = tokens[at].text
        step = _step(text, previous, current)
        if step is None and not (text == "and" and previous == "hundred" and _is_small(tokens, at + 1)):
            break
        if step is not None:
            current, previous = step
            if previous == "thousand":
                total, current = total + current, 0.0
        at += 1
        if tokens[at - 1].after not in ("", "-"):
            break
    return _fraction(tokens, total + current, start, at)


def _step(text: str, previous: str, current: float) -> tuple[float, str] | None:
    """Return the new value and the kind of word read, or None where the number ends."""
    if text in ("hundred", "thousand") and current < _LARGEST:
        return max(current, 1.0) * (100.0 if text == "hundred" else 1_000.0), text
    if text in ("oh", "o") and previous == "unit":
        return current * 10, "oh"
    if text in _UNITS:
        return _unit_step(_UNITS[text], previous, current)
    if text in _TENS and previous in ("", "unit", "hundred", "thousand", "teen"):
        return _join(current, _TENS[text], previous), "tens"
    return None


def _unit_step(value: float, previous: str, current: float) -> tuple[float, str] | None:
    if previous == "oh":
        return current * 10 + value, "done"
    if value >= 10 and previous in ("", "unit", "hundred", "thousand"):
        return _join(current, value, previous), "teen"
    if value < 10 and previous in ("", "tens", "hundred", "thousand"):
        return current + value, "unit" if previous in ("", "thousand") else "done"
    return None


def _join(current: float, value: float, previous: str) -> float:
    return current * 100 + value if previous in ("unit", "teen") else current + value


def _is_small(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and (tokens[at].text in _UNITS or tokens[at].text in _TENS)


def _fraction(tokens: Sequence[Token], value: float, start: int, end: int) -> Number:
    """Add 'point six' and 'and a half'."""
    rest = [t.text for t in tokens[end : end + 4]]
    if len(rest) > 1 and rest[0] == "point" and (rest[1] in _UNITS or _is_plain(rest[1])):
        digits, used = "", 1
        for word in rest[1:]:
            if word.isdecimal() and len(word) <= _MOST_DIGITS:
                digits += word
            elif word in _UNITS and _UNITS[word] < 10:
                digits += f"{_UNITS[word]:g}"
            else:
                break
            used += 1
        return Number(float(f"{int(value)}.{digits}"), start, end + used) if digits else Number(value, start, end)
    if rest[:3] == ["and", "a", "half"]:
        return Number(value + 0.5, start, end + 3)
    return Number(value, start, end)
