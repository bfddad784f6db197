"""Which visits hold the words, and in which order they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.encounter import Encounter
from app.vault.summaries.folding import holds, joined, words_of
from app.vault.summaries.words import NoteWords


@dataclass(frozen=True, slots=True)
class Hit:
    """A visit that holds every term; `in_title` all of them in its title, `in_text` at least one in its note."""

    encounter: Encounter
    in_title: bool
    in_text: bool


def hits(encounters: Sequence[Encounter], words: NoteWords, terms: list[str]) -> list[Hit]:
    """Hits with every term in the title first, else in the order of the list."""
    found = []
    for encounter in encounters:
        title, text = joined(words_of(encounter.title)), words.line(encounter.id)
        if holds(title + text, terms):
            found.append(Hit(encounter, holds(title, terms), any(holds(text, [term]) for term in terms)))
    return sorted(found, key=lambda hit: not hit.in_title)
