"""Which visits hold the words, and in which order they are shown."""

from dataclasses import dataclass

from app.vault.summaries.folding import fold, holds, joined, words_of
from app.vault.summaries.listing import Held
from app.vault.summaries.words import NoteWords


@dataclass(frozen=True, slots=True)
class Hit:
    """A visit that holds every term; `in_title`: its title alone does; `in_text`: its note holds one at least."""

    id: str
    in_title: bool
    in_text: bool


def hits(held: Held, words: NoteWords, terms: list[str]) -> list[Hit]:
    """Hits with every term in the title first, else in the order of the list."""
    found = []
    for row in held.rows:
        plain, text = fold(held.titles.of(row[0])), words.line(row[0])
        if not all(term in text or term in plain for term in terms):
            continue  # most visits: cutting ten thousand titles into words takes longer than all the rest
        title = joined(words_of(plain))
        if holds(title + text, terms):
            found.append(Hit(row[0], holds(title, terms), any(holds(text, [term]) for term in terms)))
    return sorted(found, key=lambda hit: not hit.in_title)
