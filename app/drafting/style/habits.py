"""How a person writes, read from the notes that they signed.

What comes out names choices (`domain/style.py`) and entries of the program's own table of terms, never words of a note:
nothing of one patient's note can get into another's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from app.domain.encounter import NoteVersion, VersionKind
from app.domain.note import Note, Statement
from app.domain.style import Length, Style, Wording
from app.drafting.lexicon.abbreviations import OUT, UNIT, row_of, ways_in
from app.drafting.spoken.exchanges import content_stems, names_in

_NAME = 3
"""A clinical concept counts as much as three other words when visits are compared."""
_LEAST_REMOVED = 2
_LEAST_SHORT = 3
_CLEARLY = 3
_LEAST_VISITS = 2


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, from how many signed notes; `like` of them are of the wanted type."""

    style: Style
    notes: int
    like: int


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note as it was signed, the draft that it came from, if there was one, and when it was signed."""

    note: Note
    draft: Note | None
    at: datetime | None = None

    @property
    def written(self) -> "Written":
        """What the person put in and took out, as ways of the table of terms."""
        before = {s.id: s for s in self.draft.statements()} if self.draft else {}
        put, taken = Counter[str](), Counter[str]()
        for statement in self.note.statements():
            old = before.get(statement.id)
            if old is None and statement.author is None:
                continue  # the visit's own words, taken over as they were said
            new, known = Counter(ways_in(statement.text)), Counter(ways_in(old.text) if old else ())
            put += new - known
            taken += known - new
        return Written(put, taken)


@dataclass(frozen=True, slots=True)
class Written:
    """Ways of the table that a person put in, and took out."""

    put: Counter[str]
    taken: Counter[str]


def signed_note(versions: Sequence[NoteVersion], user_id: str) -> SignedNote | None:
    """Return the note that this person signed, with the draft before it; None if they did not sign it."""
    signed = [v for v in versions if v.kind is VersionKind.SIGNATURE and _signer(v) == user_id]
    if not signed:
        return None
    last = signed[-1]
    drafts = [v for v in versions if v.kind is VersionKind.DRAFT and v.number < last.number]
    return SignedNote(last.note, drafts[-1].note if drafts else None, last.created_at)


def learned_from(own: Sequence[SignedNote], note_type: str, about: str) -> Learned | None:
    """Return a person's style for a note of a type about what `about` tells; None without anything to learn from.

    Length, form and wording are those of the nearest earlier note of the type; the terms are those of all notes.
    `own` is newest first; of two notes that are equally near the newer one counts.
    """
    alike = [one for one in own if one.note.type == note_type]
    terms = _terms(one.written for one in own)
    if not alike and not terms:
        return None
    if not alike:
        return Learned(Style(terms=terms), len(own), 0)
    wanted = _profile(about)
    nearest = max(alike, key=lambda one: _likeness(wanted, _profile(_text(one.note))))
    style = nearest.note.style
    learned = Style(_length(nearest), style.form, _wording(nearest), terms)
    return Learned(learned, len(own), len(alike))


def _signer(version: NoteVersion) -> str:
    return version.signature.signer_id if version.signature is not None else ""


def _text(note: Note) -> str:
    return " ".join(s.text for s in note.statements())


def _profile(text: str) -> Mapping[str, float]:
    profile: dict[str, float] = dict.fromkeys(content_stems(text), 1.0)
    profile.update({f"={name}": float(_NAME) for name in names_in(text)})
    return profile


def _likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Cosine of two profiles, 0 to 1."""
    shared = sum(weight * other.get(word, 0.0) for word, weight in one.items())
    lengths = sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return shared / lengths if lengths else 0.0


def _length(signed: SignedNote) -> Length:
    """That of the draft; brief, if the person took most of its denials out."""
    before = [s for s in signed.draft.statements() if _denies(s)] if signed.draft else []
    left = {s.id for s in signed.note.statements()}
    removed = sum(s.id not in left for s in before)
    if removed >= _LEAST_REMOVED and 2 * removed > len(before):
        return Length.BRIEF
    return signed.note.style.length


def _denies(statement: Statement) -> bool:
    return statement.text.startswith(("Denies", "No "))


def _wording(signed: SignedNote) -> Wording:
    """That of the draft, unless the person clearly shortened or spelled out what they wrote."""
    put, taken = signed.written.put, signed.written.taken
    short, full = (sum(n for way, n in put.items() if _is_short(way) is kind) for kind in (True, False))
    if short >= _LEAST_SHORT and short >= _CLEARLY * full:
        return Wording.ABBREVIATED
    spelled = sum(min(put[row_of()[way].full.lower()], n) for way, n in taken.items() if _is_short(way))
    return Wording.SPELLED if spelled >= _LEAST_SHORT and full >= _CLEARLY * short else signed.note.style.wording


def _is_short(way: str) -> bool:
    return way in row_of()[way].shorthand


def _terms(notes: Iterable[Written]) -> tuple[str, ...]:
    """Ways that the person put in, in two visits or more, where they hardly ever put in another way for the same."""
    visits: Counter[str] = Counter(way for written in notes for way in written.put)
    found = []
    for way, number in visits.items():
        term = row_of()[way]
        others = sum(visits[other] for other in _ways(term.all) if other != way)
        if term.kind not in (OUT, UNIT) and number >= _LEAST_VISITS and number >= _CLEARLY * others:
            found.append(next(w for w in term.all if way in ways_in(w)))
    return tuple(sorted(found))


def _ways(ways: Iterable[str]) -> set[str]:
    return {key for way in ways for key in ways_in(way)}
