"""One clinical thing that was said in a visit."""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.unnoted import UnnotedKind
from app.drafting.checking.hearing.quantities import Quantity
from app.drafting.checking.hearing.spoken_pieces import Piece
from app.drafting.lexicon.sites import is_near


@dataclass(frozen=True, slots=True)
class Claim:
    """One clinical thing that was said.

    `denied` is None where only the subject counts (a plan, a topic). `answered`: it stands in the question, and the
    answer said yes or no. `quantity` must be in the note too. `conditional`: said of a special case only. `detail`:
    a sentence on the course of a complaint, without a clinical name of its own; `counted` are its
    numbers, `named` its concepts. `words`: stems of what was told of it. `sites`: places of the body it was told of.
    """

    name: str
    kind: UnnotedKind
    denied: bool | None
    piece: Piece
    said: str
    stems: frozenset[str]
    relative: str = ""
    answered: bool = False
    conditional: bool = False
    drug: bool = False
    quantity: Quantity | None = None
    weight: float = 1.0
    detail: bool = False
    words: frozenset[str] = frozenset()
    counted: tuple[Quantity, ...] = ()
    named: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()

    def may_be_at(self, other: "Claim") -> bool:
        """Whether two claims may be of one place: pain of the ankle is not pain of the wrist."""
        return may_be_at(self.sites, other.sites)

    @property
    def place(self) -> int:
        """The number of its utterance."""
        return self.piece.utterance


def may_be_at(sites: Collection[str], others: Collection[str]) -> bool:
    """Whether two sets of places have one in common or next to each other; no place at all may be any."""
    return not sites or not others or any(is_near(a, b) for a in sites for b in others)
