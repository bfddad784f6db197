"""List and search for the signed-in person, remembering what was opened."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from app.domain.encounter import Encounter
from app.domain.errors import ConflictError, DiskFullError
from app.domain.people import Permission
from app.domain.searching import MOST_FOUND, Found
from app.vault.data_keys import DataKeys
from app.vault.open_vault import OpenVault
from app.vault.summaries.buckets import Buckets, Kind
from app.vault.summaries.finding import Hit, hits
from app.vault.summaries.folding import words_of
from app.vault.summaries.listing import Held, encounters_of, read_held
from app.vault.summaries.newest_notes import newest_notes
from app.vault.summaries.words import read_words, snippet

T = TypeVar("T")


class VaultSummaries:
    """`EncounterSearch`, and the list behind `EncounterStore.list`."""

    def __init__(self, vault: OpenVault, keys: DataKeys) -> None:
        self._vault = vault
        self._keys = keys
        self._user_id = vault.access.user.id
        self._buckets = Buckets(self._user_id, vault.keys.own_key())

    def encounters(self) -> Sequence[Encounter]:
        """Newest first. A title that does not open is shown as such. Raises `PermissionDeniedError`, `VersionError`."""
        self._vault.access.require(Permission.READ)
        return self._remembering(self._list)

    def find(self, words: str, most: int = MOST_FOUND) -> Sequence[Found]:
        """As `EncounterSearch.find`."""
        self._vault.access.require(Permission.READ)
        terms = words_of(words)
        if not terms or most < 1:
            return ()
        return self._remembering(lambda connection, remember: self._find(connection, terms, most, remember=remember))

    def _remembering(self, read: Callable[[Connection, bool], T]) -> T:
        """Read and remember in one transaction, so that nothing destroyed meanwhile is remembered.

        Without room, or if another program of this person remembers the same, it is read without remembering.
        """
        try:
            with self._vault.database.transaction() as connection:
                return read(connection, True)
        except (DiskFullError, ConflictError):
            with self._vault.database.transaction() as connection:
                return read(connection, False)

    def _list(self, connection: Connection, remember: bool) -> Sequence[Encounter]:
        held = self._read_held(connection, remember=remember)
        self._vault.audit_view(connection, "encounters.listed", "encounters")
        return encounters_of(connection, self._user_id, held)

    def _read_held(self, connection: Connection, *, remember: bool) -> Held:
        held = read_held(connection, self._user_id, self._keys, self._buckets)
        if remember:
            self._buckets.write(connection, Kind.TITLES, held.titles.entries, held.titles.changed)
            self._note_broken(connection, held.titles.broken)
        return held

    def _find(self, connection: Connection, terms: list[str], most: int, *, remember: bool) -> Sequence[Found]:
        held = self._read_held(connection, remember=remember)
        words = read_words(connection, self._buckets, self._keys, self._user_id, {row[0]: row[4] for row in held.rows})
        if remember:
            self._buckets.write(connection, Kind.WORDS, words.entries, words.changed)
            self._note_broken(connection, words.broken)
        found = hits(held, words, terms)[:most]
        self._vault.audit_view(connection, "encounters.searched", "encounters")
        return self._shown(connection, held, found, terms)

    def _shown(self, connection: Connection, held: Held, found: Sequence[Hit], terms: list[str]) -> Sequence[Found]:
        ids = [hit.id for hit in found]
        encounters = {e.id: e for e in encounters_of(connection, self._user_id, held, set(ids))}
        in_text = [hit.id for hit in found if hit.in_text]
        notes = dict(newest_notes(connection, self._keys, self._user_id, in_text)) if in_text else {}
        return [
            Found(encounters[hit.id], hit.in_title, snippet(notes[hit.id], terms) if hit.id in notes else "")
            for hit in found
        ]

    def _note_broken(self, connection: Connection, broken: int) -> None:
        if broken:
            self._vault.audit(connection, "summaries.made-again", "encounters", f"{broken} did not open")
