"""Where left and right were said: each side with its body site and the words that stand nearest to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.drafting.checking.hearing.reading import Clause
from app.drafting.lexicon.numbers import read_numbers

_REACH = 9
_COMMA = 5


@dataclass(frozen=True, slots=True)
class HeardSide:
    """`side`: left, right or both; `site`: its body site or ''; `asked`: in a question.

    `stems`: the words, numbers and concepts nearest to it.
    """

    side: str
    site: str
    utterance: int
    stems: frozenset[str]
    asked: bool = False


def sides_of(clause: Clause, utterance: int, denied: Mapping[str, bool]) -> list[HeardSide]:
    """Return the sides of a clause. Of two sides in it, each has the words nearer to it.

    `denied` says for each concept of the clause whether it is denied; what is not in it was only asked about.
    """
    places = [mention.at for mention in clause.sides]
    if not places:
        return []
    features = {n: t.stem for n, t in enumerate(clause.tokens) if n not in places and not t.is_stop}
    features |= {number.start: number_feature(number.value) for number in read_numbers(clause.tokens)}
    for concept in clause.concepts():
        for n in range(concept.start, concept.end):
            features.pop(n, None)
        if concept.name in denied:
            features[concept.start] = concept_feature(concept.name, denied=denied[concept.name])
    found = []
    for (side, site), at in zip(clause.sided(), places, strict=True):
        stems = frozenset(f for n, f in features.items() if abs(n - at) <= _REACH and _nearest(clause, n, places) == at)
        found.append(HeardSide(side, site, utterance, stems, clause.question))
    return found


def concept_feature(name: str, *, denied: bool) -> str:
    """The name under which a concept is found, apart from its denial."""
    return f"-{name}" if denied else f"+{name}"


def number_feature(value: float) -> str:
    """The name under which a number is found, however it was said."""
    return f"#{value:g}"


def _nearest(clause: Clause, n: int, places: list[int]) -> int:
    """The side that a word belongs to; a comma between them parts them."""

    def distance(at: int) -> tuple[int, bool]:
        first, last = sorted((at, n))
        commas = sum(1 for t in clause.tokens[first:last] if t.after in (",", ":"))
        return abs(at - n) + _COMMA * commas, at > n

    return min(places, key=distance)
