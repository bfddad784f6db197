"""From the scores of single notes to the figures of a set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.note import Support
from app.insight.checklist_recall import Recall


@dataclass(frozen=True, slots=True)
class ScoredNote:
    """One note and its scores.

    `rouge` is empty where there is nothing to compare with; `seconds` is the time of its making; what concerns the list
    of what was said and is not in the note is None for notes without one.
    """

    id: str
    set: str
    rouge: Mapping[str, float]
    critical: Recall
    noncritical: Recall
    marks: Mapping[Support, int]
    words: int
    seconds: float
    text: str
    critical_with_missing: Recall | None = None
    missing_listed: int | None = None

    def measures(self) -> dict[str, float]:
        """The scores by the names that `figures` uses; marks are counts here."""
        return {
            **{kind: round(value, 4) for kind, value in self.rouge.items()},
            **_shares({"critical_recall": self.critical, "noncritical_recall": self.noncritical}),
            **_shares({"critical_recall_with_missing": self.critical_with_missing or Recall()}),
            **({} if self.missing_listed is None else {"missing_listed": self.missing_listed}),
            **{support.value: count for support, count in self.marks.items()},
            "statements": sum(self.marks.values()),
            "words": self.words,
            "seconds": round(self.seconds, 2),
        }


def figures(notes: Sequence[ScoredNote], of_reference: Mapping[str, Recall] | None = None) -> dict[str, float]:
    """Return the figures of all notes and, if they are of several sets, those of each set as `name.set`.

    Args:
        of_reference: by visit, the recall of the note that the clinician wrote.
    """
    found = _of_set(notes, of_reference or {})
    sets = list(dict.fromkeys(note.set for note in notes))
    if len(sets) > 1:
        for name in sets:
            one = _of_set([note for note in notes if note.set == name], of_reference or {})
            found |= {f"{figure}.{name}": value for figure, value in one.items()}
    return found


def _of_set(notes: Sequence[ScoredNote], of_reference: Mapping[str, Recall]) -> dict[str, float]:
    if not notes:
        return {}
    kinds = list(dict.fromkeys(kind for note in notes for kind in note.rouge))
    listed = [note.missing_listed for note in notes if note.missing_listed is not None]
    statements = sum(sum(note.marks.values()) for note in notes)
    recalls = {
        "critical_recall": _total(note.critical for note in notes),
        "noncritical_recall": _total(note.noncritical for note in notes),
        "critical_recall_with_missing": _total(n.critical_with_missing for n in notes if n.critical_with_missing),
        "critical_recall_of_reference": _total(of_reference[n.id] for n in notes if n.id in of_reference),
    }
    return {
        **{kind: _mean([note.rouge[kind] for note in notes if kind in note.rouge]) for kind in kinds},
        **_shares(recalls),
        **({"missing_listed": _mean(listed)} if listed else {}),
        **{s.value: round(sum(note.marks[s] for note in notes) / max(1, statements), 4) for s in Support},
        "statements": _mean([sum(note.marks.values()) for note in notes]),
        "words": _mean([note.words for note in notes]),
        "seconds": _mean([note.seconds for note in notes]),
        "seconds_worst": round(max(note.seconds for note in notes), 4),
        "visits": len(notes),
    }


def _total(recalls: Iterable[Recall]) -> Recall:
    whole = Recall()
    for one in recalls:
        whole += one
    return whole


def _shares(recalls: Mapping[str, Recall]) -> dict[str, float]:
    """Only the recalls that have items."""
    return {name: round(one.share, 4) for name, one in recalls.items() if one.share is not None}


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)
