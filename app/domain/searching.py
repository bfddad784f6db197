"""Searching the visits: what is asked for, what is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.encounter import Encounter

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A visit that holds the words.

    `in_title`: every word is in its title (the patient's label). `snippet`: the statement of its newest note that
    holds most of the words, at most about 160 characters, '' if the words are only in the title; sealed content.
    """

    encounter: Encounter
    in_title: bool
    snippet: str


class EncounterSearch(Protocol):
    """Search over the visits whose care team the signed-in person is on; `Session.search`."""

    def find(self, words: str, most: int = MOST_FOUND) -> Sequence[Found]:
        """Visits whose title or newest note hold every word, or words that begin so: titles first, then newest first.

        Capitals and accents do not matter. Without a word in it nothing is found. With 10,000 visits it takes about a
        quarter of a second (the first search after notes came from elsewhere longer): call it beside the window's
        thread. Audited as a look at the list, without the words. Raises `PermissionDeniedError`, `VaultError`.
        """
