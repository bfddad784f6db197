"""How a bug is spoken of: type and places, never its text, which may hold patient content."""

import traceback
from pathlib import Path


def describe_bug(error: BaseException) -> str:
    """Return the exception's type and the lines it passed through, and the same for what caused it."""
    lines = []
    link: BaseException | None = error
    while link is not None:
        frames = traceback.extract_tb(link.__traceback__)
        places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-8:]))
        lines.append(f"{type(link).__module__}.{type(link).__qualname__} at {places or 'unknown'}")
        link = link.__cause__ or link.__context__
    return " | caused by ".join(lines)
