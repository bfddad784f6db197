"""Where sentences of talk end."""

import re

_END = re.compile(r"(?<=[.!?])\s+")


def sentences_of(text: str) -> list[str]:
    """Cut a text behind full stops, exclamation and question marks that are followed by space; at least one piece."""
    return _END.split(text)
