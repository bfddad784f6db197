"""Sections of a note type that a note was printed without, because nothing stood under them: adding makes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.errors import InputError
from app.domain.note import Note, Section
from app.domain.revision import Revision
from app.drafting.lexicon.labels import label_meaning
from app.drafting.lexicon.tokens import tokenise
from app.drafting.revising.wishes import WishKind, read_wish
from app.drafting.templates.template import load_template, template_ids

Titles = Sequence[tuple[str, str]]
"""Key and title of each section of a note type, in the order of printing."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an instruction is for. `place` is as in `Revision`; with one, `note` has the section, still empty."""

    note: Note
    section: str
    statements: tuple[str, ...]
    place: tuple[str, ...] | None = None
    elsewhere: bool = False
    """Whether it was asked from another section."""

    def placed(self, revision: Revision) -> Revision:
        """The proposal with the place of its section; told if it is not where it was asked."""
        told = (f"It goes under {revision.section.title}, where nothing is noted.",) if self.elsewhere else ()
        return replace(revision, place=self.place, notices=(*revision.notices, *told))


def sections_of(note_type: str, template: str = "") -> Titles:
    """Return the sections of a note type; `template` is its name or file, if known. Empty if it cannot be found."""
    named = [template] if template else []
    for name in (*named, *([note_type] if note_type in template_ids() else [])):
        try:
            found = load_template(name)
        except InputError:
            continue  # a file that is gone; the note can be edited all the same
        if found.type == note_type:
            return found.printed
    return ()


def target_of(note: Note, section: str, statements: Sequence[str], instruction: str, sections: Titles) -> Target:
    """Return where an instruction goes: a section of the type that the note lacks is made if it is meant.

    It is meant by its key, or by "add the family history" where the note has no such section but its type does.

    Raises `InputError` for an instruction that cannot be read.
    """
    missing = dict(_missing(note, sections))
    meant = section if section in missing else ""
    wish = read_wish(instruction)
    if not meant and wish.kind is WishKind.ADD:
        meant = _titled(wish.about, note, missing)
    if not meant:
        return Target(note, section, tuple(statements))
    keys = [key for key, _ in sections]
    place = tuple(keys[: keys.index(meant)])
    return Target(note.with_section(Section(meant, missing[meant]), place), meant, (), place, meant != section)


def _missing(note: Note, sections: Titles) -> Iterator[tuple[str, str]]:
    there = {s.key for s in note.sections}
    return ((key, title) for key, title in sections if key not in there)


def _titled(about: str, note: Note, missing: dict[str, str]) -> str:
    """The key of the missing section that is named: by the words of its title, else by what its title means."""
    named = _stems(about)
    same = [key for key, title in missing.items() if named and _stems(title) == named]
    if same:
        return same[0]
    meaning = label_meaning(about)
    alike = [key for key, title in missing.items() if meaning and label_meaning(title) == meaning]
    taken = any(label_meaning(s.title) == meaning for s in note.sections)
    return alike[0] if len(alike) == 1 and not taken else ""


def _stems(text: str) -> frozenset[str]:
    return frozenset(t.stem for t in tokenise(text) if not t.is_stop)
