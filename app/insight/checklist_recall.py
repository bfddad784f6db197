"""How much of what a clinician found worth noting stands in a note."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.note import Note
from app.insight.checklist_matcher import NoteMatcher
from app.insight.checklists import Checklist

CRITICAL, NONCRITICAL = "critical", "non-critical"


@dataclass(frozen=True, slots=True)
class Recall:
    """Items of one importance: how many there are, and the texts of those that were not found."""

    items: int = 0
    missed: tuple[str, ...] = ()

    def __add__(self, other: "Recall") -> "Recall":
        """Both taken together."""
        return Recall(self.items + other.items, (*self.missed, *other.missed))

    @property
    def share(self) -> float | None:
        """Share found, 0 to 1; None without items."""
        return 1.0 - len(self.missed) / self.items if self.items else None


def recall(checklists: Iterable[Checklist], note: Note, importance: str, further: Sequence[str] = ()) -> Recall:
    """Count the items of an importance that the note holds, by the rule of `checklist_matcher`.

    Args:
        further: statements beside the note, such as its list of what was said and is not in it.
    """
    matcher = NoteMatcher(note, further)
    items = [item for checklist in checklists for item in checklist.items if item.importance == importance]
    missed = (" > ".join((*item.above, item.text)) for item in items if not matcher.holds(item))
    return Recall(len(items), tuple(missed))
