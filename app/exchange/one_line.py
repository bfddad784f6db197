"""Text of a visit made safe to show: one line, with nothing that steers a terminal or turns the reading direction."""

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """Return the text with every run of white space as one blank, and what cannot be shown as a replacement sign.

    Control characters (terminal escapes), embedding and override of the writing direction (which can show "5.0" as
    "0.5"; Unicode TR 36, section 2.5), and halves of characters are replaced. No letter or digit is lost.
    """
    return " ".join("".join(map(_shown, text)).split())


def _shown(c: str) -> str:
    if c.isspace():
        return " "
    if c in _DIRECTION or unicodedata.category(c) in {"Cc", "Cs"}:
        return REPLACEMENT
    return c


def clock(seconds: float) -> str:
    """Return a time in seconds as mm:ss, from one hour on as h:mm:ss; parts of a second are dropped."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes:02}:{whole % 60:02}"
