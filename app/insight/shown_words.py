"""Words on the screen against the words that were truly final in the end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+")


def tokens(text: str) -> list[str]:
    """Return the words of a text without case and punctuation ("Don't" gives "dont")."""
    return _TOKEN.findall(text.lower().replace("'", "").replace("’", ""))


@dataclass(frozen=True, slots=True)
class Alignment:
    """`equal`: indices of true words that are shown; `reach`: how many true words the shown text stands for at most."""

    equal: frozenset[int]
    reach: int


def align(shown: Sequence[str], true: Sequence[str]) -> Alignment:
    """Align shown words with that beginning of the true ones which they fit best (Levenshtein).

    Of several beginnings that fit alike, the shortest decides which words are shown, the longest how far they reach.
    """
    same = 0
    while same < min(len(shown), len(true)) and shown[same] == true[same]:
        same += 1
    found = set(range(same))
    shown, true = shown[same:], true[same:]
    if not shown or not true:
        return Alignment(frozenset(found), same)
    costs = _costs(shown, true)
    best = min(costs[-1])
    fitting = [column for column, cost in enumerate(costs[-1]) if cost == best]
    found.update(same + index for index in _equal_words(costs, shown, true, fitting[0]))
    return Alignment(frozenset(found), same + fitting[-1])


def _costs(shown: Sequence[str], true: Sequence[str]) -> list[list[int]]:
    costs = [list(range(len(true) + 1))]
    for word in shown:
        above = costs[-1]
        row = [above[0] + 1]
        for column, other in enumerate(true, 1):
            row.append(min(above[column - 1] + (word != other), above[column] + 1, row[-1] + 1))
        costs.append(row)
    return costs


def _equal_words(costs: list[list[int]], shown: Sequence[str], true: Sequence[str], column: int) -> Iterator[int]:
    line = len(shown)
    while line and column:
        cost, differs = costs[line][column], shown[line - 1] != true[column - 1]
        if cost == costs[line - 1][column - 1] + differs:
            line, column = line - 1, column - 1
            if not differs:
                yield column
        elif cost == costs[line][column - 1] + 1:
            column -= 1
        else:
            line -= 1
