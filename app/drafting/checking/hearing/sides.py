"""Left, right, both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token

_AFTER_RIGHT = words("right-adverb-before")
_BEFORE_RIGHT = words("right-adverb-after")
_BEFORE_SIDE = words("before-side")
_GOES = words("before-left")
_LEFT_BEHIND = words("after-left")
_AFTER_NO_SIDE = words("after-no-side")


@dataclass(frozen=True, slots=True)
class SideMention:
    """`side` is left, right or both; `at` its token in the clause."""

    side: str
    at: int


def read_sides(tokens: Sequence[Token]) -> tuple[SideMention, ...]:
    """Find sides; 'right now', 'all right', 'is that right' and 'left the house' are none."""
    found = []
    for n, token in enumerate(tokens):
        side = _side(tokens, n, token.text)
        if side and not _is_excluded(tokens, n):
            found.append(SideMention(side, n))
    return tuple(found)


def _is_excluded(tokens: Sequence[Token], n: int) -> bool:
    """'left or right?' and 'not the right knee' name no side."""
    around = [t.text for t in tokens[max(0, n - 4) : n + 5]]
    return ("or" in around and {"left", "right"} <= set(around)) or "not" in [t.text for t in tokens[max(0, n - 2) : n]]


def _is_verb(tokens: Sequence[Token], n: int) -> bool:
    """'she left', 'the patient left the ward', 'have you left work'; not 'has had left hand pain'."""
    before = tokens[n - 1].text if n else ""
    following = tokens[n + 1].text if n + 1 < len(tokens) and not tokens[n].after else ""
    if before not in _GOES:
        return False
    of_body = any(hit.start <= 1 for hit in find_sites(tokens[n + 1 : n + 4])) or following in ("side", "sided")
    return (
        following in _LEFT_BEHIND or not of_body if before != "patient" else following in _LEFT_BEHIND or not following
    )


def _side(tokens: Sequence[Token], n: int, text: str) -> str:
    before = tokens[n - 1].text if n else ""
    following = tokens[n + 1].text if n + 1 < len(tokens) else ""
    if text in ("bilateral", "bilaterally"):
        return "both"
    if text == "both" and following in (
        "sides",
        "legs",
        "arms",
        "knees",
        "ears",
        "eyes",
        "hands",
        "feet",
        "ankles",
        "hips",
    ):
        return "both"
    if text in ("left", "leftsided", "l"):
        named = following in ("knee", "hip", "shoulder", "arm", "leg") if text == "l" else not _is_verb(tokens, n)
        return "left" if named else ""
    if text in ("right", "rightsided"):
        if before in _BEFORE_SIDE:
            return "" if following in _AFTER_NO_SIDE else "right"
        ends_talk = tokens[n].after in ("?", ",", ".", "!") and before not in (
            "the",
            "my",
            "your",
            "on",
            "his",
            "her",
            "left",
        )
        return "" if following in _BEFORE_RIGHT or before in _AFTER_RIGHT or ends_talk else "right"
    return ""
