"""Negation, certainty, condition and experiencer of a mention: a table of cues with scopes.

In the manner of NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), with an own table made for speech.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.lexicon.phrases import Hit, PhraseTable
from app.drafting.lexicon.tables import rows, words
from app.drafting.lexicon.tokens import Token
from app.drafting.spoken.relatives import ACQUAINTANCE, is_acquaintance, owns

FORWARD = 14
"""Longest forward scope in tokens."""
FORWARD_OTHER = 8
"""The same for hedges and relatives."""
FORWARD_LISTED = 28
"""The same for a condition with a list: 'if you get a fever, or …, or chest pain'."""
BACKWARD = 6
"""Longest backward scope in tokens."""
_WINDOW = FORWARD_LISTED + 2
"""A cue that starts farther away reaches no mention."""


_SUBJECTS = words("subject")
_INNER = words("before-inner-subject")
_ANSWERS_FOR = _SUBJECTS | {"the", "that", "just", "no", "not", "but"}
_NEW_REMARK = frozenset({"positive", "has", "reports", "notes"})
_FIRST_OUTER = 2
_POSSESSIVES = frozenset({"my", "your", "his", "her"})


@dataclass(frozen=True, slots=True)
class Context:
    """How something is said. `relative` names the family member it is said of, '' for the patient."""

    negated: bool = False
    hedged: bool = False
    hypothetical: bool = False
    relative: str = ""


@lru_cache(maxsize=1)
def _cues() -> PhraseTable:
    return PhraseTable(((f"{r[0]}|{r[1]}|{r[2]}", r[2]) for r in rows("context")), frozenset())


def contexts(tokens: Sequence[Token], spans: Sequence[tuple[int, int]]) -> list[Context]:
    """Return the context of each span of a clause."""
    cues = sorted(_cues().find(tokens), key=lambda h: h.start)
    starts = [h.start for h in cues]
    ends = [h.start for h in cues if h.name.startswith("terminate")]
    return [
        _context(
            tokens, span, cues[bisect_left(starts, span[0] - _WINDOW) : bisect_right(starts, span[1] + _WINDOW)], ends
        )
        for span in spans
    ]


def _context(tokens: Sequence[Token], span: tuple[int, int], cues: Sequence[Hit], ends: Sequence[int]) -> Context:
    found: dict[str, str] = {}
    for hit in cues:
        category, direction, cue = hit.name.split("|")
        if category in ("terminate", "pseudo") or (hit.start < span[1] and span[0] < hit.end):
            continue
        if _reaches(tokens, span, hit, direction, ends, category):
            found[category] = ACQUAINTANCE if category == "family" and is_acquaintance(tokens, hit.start) else cue
    return Context(
        negated="negated" in found,
        hedged="hedged" in found,
        hypothetical="hypothetical" in found,
        relative=_relative(found.get("family", "")),
    )


def _reaches(
    tokens: Sequence[Token], span: tuple[int, int], hit: Hit, direction: str, ends: Sequence[int], category: str
) -> bool:
    if direction == "forward":
        if category == "family" and _is_owner(tokens, span, hit):
            return True
        if span[0] < hit.end or span[0] - hit.end > _forward(tokens, span, category) or _is_bare_answer(tokens, hit):
            return False
        if category != "family" and _between(ends, hit.end, span[0]):
            return False
        return not _leaves_list(tokens, hit, span, category)
    if span[1] > hit.start or hit.start - span[1] > BACKWARD:
        return False
    return not _between(ends, span[1], hit.start)


def _is_owner(tokens: Sequence[Token], span: tuple[int, int], hit: Hit) -> bool:
    """'The stroke of your father': the relative stands right behind what is his."""
    between = [t.text for t in tokens[span[1] : hit.start]]
    return between[:1] == ["of"] and len(between[1:]) == 1 and between[1] in _POSSESSIVES


def _forward(tokens: Sequence[Token], span: tuple[int, int], category: str) -> int:
    if category == "hypothetical":
        return FORWARD_LISTED if span[0] and tokens[span[0] - 1].text == "or" else FORWARD
    return FORWARD if category == "negated" else FORWARD_OTHER


def _between(sorted_places: Sequence[int], first: int, last: int) -> bool:
    """Whether one of the places lies from `first` to `last`."""
    at = bisect_left(sorted_places, first)
    return at < len(sorted_places) and sorted_places[at] <= last


def _is_bare_answer(tokens: Sequence[Token], hit: Hit) -> bool:
    """'No, I have a cough': the 'no' answers and does not negate what follows."""
    last = tokens[hit.end - 1]
    if last.text != "no" or last.after not in (",", "-"):
        return False
    following = tokens[hit.end].text if hit.end < len(tokens) else ""
    return following in _ANSWERS_FOR


def _leaves_list(tokens: Sequence[Token], hit: Hit, span: tuple[int, int], category: str) -> bool:
    """Negation reaches through 'fever, chills, and cough' but not past ', i have' or 'your lungs are'.

    'Lack of energy, tired' lacks the energy only.
    """
    if category == "negated" and tokens[hit.start].text == "lack":
        return any(tokens[n].after == "," or tokens[n].text in ("and", "but") for n in range(hit.end, span[0]))
    if category == "family":
        own = ("i", "you", "we", "patient")
        return any(tokens[n].text in own or owns(tokens, n) for n in range(hit.end, span[0] + 1))
    return category == "negated" and any(_new_subject(tokens, n) for n in range(hit.end + 1, span[0] + 1))


def _new_subject(tokens: Sequence[Token], n: int) -> bool:
    text, before = tokens[n].text, tokens[n - 1]
    if text in _NEW_REMARK:
        return True
    if text in _SUBJECTS:
        return before.after == "," or before.text not in _INNER
    if text == "patient" and before.text == "the":  # 'without ibuprofen the patient says'
        return n >= _FIRST_OUTER and tokens[n - 2].text not in _INNER
    return text in ("on", "the") and any(t.text in ("exam", "examination") for t in tokens[n + 1 : n + 5])


_RELATIVES = {
    "mom": "mother",
    "mum": "mother",
    "mommy": "mother",
    "mummy": "mother",
    "dad": "father",
    "grandma": "grandmother",
    "grandpa": "grandfather",
}


def _relative(cue: str) -> str:
    if cue.endswith(" side"):
        cue = cue.split()[-2]
    word = "family" if "family" in cue else cue.lstrip("=").removeprefix("in ").removesuffix(" has")
    return _RELATIVES.get(word, word)
