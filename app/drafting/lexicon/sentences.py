"""Where sentences of talk end."""

import re
from itertools import pairwise

_DIGIT = r"(?:\d|(?:oh|zero|one|two|three|four|five|six|seven|eight|nine)\b)"
RIGHT_AS_TAG = (
    r"(?<!\bthe )(?<!\byour )(?<!\bmy )(?<!\bhis )(?<!\bher )(?<!\bto )(?<!\bon )(?<!\bor )(?<!\band )(?<!\bleft )right"
)
"""A pattern: 'right' at the end as 'is it not so?'; 'to the right' and 'left or right' name a side."""
SPOKEN_POINT = re.compile(rf"(?<=\w) \. (?={_DIGIT})", re.IGNORECASE)
"""A decimal point as some recognisers write it, between spaces: 'ninety eight . two'."""
_END = re.compile(rf"(?<=[.!?])(?<! \.)\s+|(?<= \.)\s+(?!{_DIGIT})", re.IGNORECASE)


def sentences_of(text: str) -> list[str]:
    """Cut a text behind full stops, exclamation and question marks that are followed by space; at least one piece."""
    return _END.split(text)


def neighbours_of(text: str) -> list[str]:
    """Return each two sentences in a row, 'here is your ECG. It is normal.', or the only one."""
    sentences = sentences_of(text)
    return [f"{first} {second}" for first, second in pairwise(sentences)] or sentences
