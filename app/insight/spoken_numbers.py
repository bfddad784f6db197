"""Numbers spelled out in English become digits, so that "twenty five" and "25" count as the same word."""

from collections.abc import Sequence

_UNITS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
}


def digits_for_numbers(words: Sequence[str]) -> list[str]:
    """Replace runs of number words by digits; every other word stays.

    "one hundred and twenty five" gives "125", "two point five" gives "2.5", "twenty first" gives "21st",
    "five five" stays two numbers, "one" alone gives "1".
    """
    out: list[str] = []
    position = 0
    while position < len(words):
        text, used = _read_number(words, position)
        if used == 0:
            text, used = words[position], 1
        out.append(text)
        position += used
    return out


def _read_number(words: Sequence[str], start: int) -> tuple[str, int]:
    value, used = _read_whole(words, start)
    if used == 0:
        return _read_ordinal(words, start, 0, 0)
    after = start + used
    if value % 10 == 0:
        text, more = _read_ordinal(words, after, value, used)
        if more:
            return text, more
    if after + 1 < len(words) and words[after] == "point":
        decimals = _read_decimals(words, after + 1)
        if decimals:
            return f"{value}.{decimals}", used + 1 + len(decimals)
    return str(value), used


def _read_whole(words: Sequence[str], start: int) -> tuple[int, int]:
    """Return the value of the longest whole number that starts here and how many words it takes (0 for none)."""
    total = 0
    group, position = _read_below_hundred(words, start)
    if position == start:
        return 0, 0
    while position < len(words):
        word = words[position]
        if word == "hundred" and 0 < group < 100:
            rest, after = _read_below_hundred(words, _skip_and(words, position + 1))
            group, position = (group * 100 + rest, after) if rest else (group * 100, position + 1)
        elif word in _SCALES and group:
            total += group * _SCALES[word]
            group, after = _read_below_hundred(words, _skip_and(words, position + 1))
            position = after if group else position + 1
            if not group:
                break
        else:
            break
    return total + group, position - start


def _skip_and(words: Sequence[str], position: int) -> int:
    follows = position + 1 < len(words) and (words[position + 1] in _UNITS or words[position + 1] in _TENS)
    return position + 1 if follows and words[position] == "and" else position


def _read_below_hundred(words: Sequence[str], start: int) -> tuple[int, int]:
    if start >= len(words):
        return 0, start
    word = words[start]
    if word in _UNITS:
        return _UNITS[word], start + 1
    if word in _TENS:
        following = words[start + 1] if start + 1 < len(words) else ""
        if 0 < _UNITS.get(following, 0) < 10:
            return _TENS[word] + _UNITS[following], start + 2
        return _TENS[word], start + 1
    return 0, start


def _read_decimals(words: Sequence[str], start: int) -> str:
    digits = ""
    for word in words[start:]:
        if word not in _UNITS or _UNITS[word] > 9:
            break
        digits += str(_UNITS[word])
    return digits


def _read_ordinal(words: Sequence[str], start: int, base: int, used: int) -> tuple[str, int]:
    word = words[start] if start < len(words) else ""
    if word not in _ORDINALS or (word == "second" and not base):
        return "", 0
    value = base + _ORDINALS[word]
    if base and (_ORDINALS[word] > 9 or base % 100 == 10):
        return "", 0
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}", used + 1
