"""The table `reported`: words by which quoted speech becomes reported speech."""

from functools import lru_cache

from app.drafting.lexicon.tables import forms, rows


@lru_cache(maxsize=1)
def _tables() -> dict[str, frozenset[str]]:
    return {row[0]: frozenset(forms(row[1])) for row in rows("reported")}


def reported(kind: str) -> frozenset[str]:
    """Return the words and phrases of one kind of the table; none for a kind that it has not."""
    return _tables().get(kind, frozenset())
