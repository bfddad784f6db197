"""Finds the phrases of a table in a token list, longest first, with filler words between allowed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise

_FILLERS = words("filler")
_MAX_FILLERS = 3
_QUALIFIERS = words("qualifier")


@dataclass(slots=True)
class _Node:
    next: dict[str, "_Node"] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the table: its `name`, over the tokens `start` to `end` (end excluded)."""

    name: str
    start: int
    end: int


class PhraseTable:
    """A trie over stems. Filler words inside a phrase are skipped: 'pain in my chest' meets 'pain chest'.

    Capitals, short words and forms marked '=' must be written just so. A comma before 'type', 'stage', … does not part.
    """

    def __init__(self, entries: Iterable[tuple[str, str]], fillers: frozenset[str] = _FILLERS) -> None:
        self._root = _Node()
        self._fillers = fillers
        for name, form in entries:
            self._add(name, form)

    def _add(self, name: str, form: str) -> None:
        exact = form.startswith("=")
        tokens = tokenise(form)
        kept = [t.stem for t in tokens if exact or t.text not in self._fillers] or [t.stem for t in tokens]
        if len(tokens) == 1 and (exact or form.isupper() or len(form) <= 3):
            kept = [f"={tokens[0].text}"]
        node = self._root
        for piece in kept:
            node = node.next.setdefault(piece, _Node())
        if name not in node.names:
            node.names = (*node.names, name)

    def find(self, tokens: Sequence[Token]) -> list[Hit]:
        """Return all longest hits, left to right, not overlapping."""
        found: list[Hit] = []
        at = 0
        while at < len(tokens):
            best = self._longest(tokens, at)
            if best is None:
                at += 1
                continue
            end, names = best
            found.extend(Hit(name, at, end) for name in names)
            at = end
        return found

    def _longest(self, tokens: Sequence[Token], at: int) -> tuple[int, tuple[str, ...]] | None:
        exact = self._root.next.get(f"={tokens[at].text}")
        best = (at + 1, exact.names) if exact else None
        node = self._root.next.get(tokens[at].stem)
        end, skipped = at + 1, 0
        while node is not None:
            if node.names and tokens[end - 1].text not in self._fillers:
                best = (end, node.names)
            if end >= len(tokens) or _parts(tokens, end):
                break
            step = node.next.get(tokens[end].stem)
            if step is None and tokens[end].text in self._fillers and skipped < _MAX_FILLERS:
                skipped, end = skipped + 1, end + 1
                continue
            node, end = step, end + 1
        return best


def _parts(tokens: Sequence[Token], end: int) -> bool:
    """Whether a phrase ends before token `end`; 'diabetes, type 2' goes on."""
    after = tokens[end - 1].after
    return after in (".", "?", "!", ";", ":") or (after == "," and tokens[end].text not in _QUALIFIERS)
