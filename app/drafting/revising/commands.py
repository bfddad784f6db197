"""Talk that seems to order a program about: it is left to people."""

from functools import lru_cache

from app.drafting.checking.hearing.spoken_pieces import plain
from app.drafting.lexicon.tables import forms, rows


def is_command(text: str) -> bool:
    """Whether a text holds words that speak to a program (`command` in the table `wishes`)."""
    said = plain(text)
    return any(cue in said for cue in _commands())


@lru_cache(maxsize=1)
def _commands() -> tuple[str, ...]:
    return tuple(plain(f) for row in rows("wishes") if row[0] == "command" for f in forms(row[2]))
