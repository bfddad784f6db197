"""Words of the newest note of each visit a person holds: remembered ones, and the others read from the notes."""

from dataclasses import dataclass, field
from textwrap import shorten

from sqlalchemy import Connection

from app.domain.note import Note
from app.vault.data_keys import DataKeys
from app.vault.summaries.buckets import Buckets, Kind, bucket_of, entry, still_good
from app.vault.summaries.folding import holds, joined, words_of
from app.vault.summaries.newest_notes import newest_notes

_AT_ONCE = 400
_SNIPPET = 160


@dataclass
class NoteWords:
    """Lines of words by encounter: `entries` to remember, `changed` buckets that are old or did not open."""

    entries: dict[str, str]
    changed: set[str] = field(default_factory=set)
    broken: int = 0

    def line(self, encounter_id: str) -> str:
        """The words, each with a space before it; '' for a visit without a note that opens."""
        return self.entries.get(encounter_id, "")


def read_words(
    connection: Connection, buckets: Buckets, keys: DataKeys, user_id: str, latest: dict[str, int]
) -> NoteWords:
    """Words of these encounters' newest notes; `latest` is the number of the newest version of each."""
    remembered = buckets.read(connection, Kind.WORDS)
    kept = still_good(remembered.entries, {i: str(number) for i, number in latest.items()})
    old = {bucket_of(i) for i in remembered.entries.keys() - kept.keys()}
    words = NoteWords(kept, old | remembered.broken, len(remembered.broken))
    missing = sorted(i for i, number in latest.items() if number and i not in kept)
    for start in range(0, len(missing), _AT_ONCE):
        for encounter_id, note in newest_notes(connection, keys, user_id, missing[start : start + _AT_ONCE]):
            words.entries[encounter_id] = entry(str(latest[encounter_id]), _line(note))
            words.changed.add(bucket_of(encounter_id))
    return words


def snippet(note: Note, terms: list[str]) -> str:
    """The statement that holds most of the terms, cut to a line; '' if none holds any."""
    statements = [s.text for s in note.statements()]
    counts = [sum(holds(joined(words_of(text)), [term]) for term in terms) for text in statements]
    if not any(counts):
        return ""
    best = statements[counts.index(max(counts))]
    return shorten(best, _SNIPPET, placeholder="…")


def _line(note: Note) -> str:
    """Each word once: how often and where does not matter for finding."""
    return " ".join(dict.fromkeys(words_of(" ".join(s.text for s in note.statements()))))
