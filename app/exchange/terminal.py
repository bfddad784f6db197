"""A note for the terminal: sections, marks, and under every statement the words that it rests on."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from app.domain.note import Note, Statement, Support
from app.domain.transcript import Transcript, Utterance
from app.domain.unnoted import Unnoted, UnnotedKind
from app.drafting.style.reading_grade import grade_lines
from app.exchange.one_line import clock, one_line

SIGNS = {Support.SUPPORTED: "✓", Support.PARTIAL: "~", Support.UNSUPPORTED: "?", Support.CONTRADICTED: "✗"}
_COLOURS = {Support.SUPPORTED: "32", Support.PARTIAL: "33", Support.UNSUPPORTED: "35", Support.CONTRADICTED: "1;31"}
_NARROWEST = 40
MOST_MISSING = 12
"""Entries of "said, not in the note" that a terminal shows; the JSON has all."""


def note_text(note: Note, transcript: Transcript | None, width: int, colour: bool) -> str:
    """Return the note in lines of at most `width` columns (40 at least), without a line end after the last.

    Marks are ✓ ~ ? ✗ in colour, and with the mark's word where there is no colour. Control characters of the visit's
    words are replaced, so that no text steers the terminal.
    """
    page = _Page(max(width, _NARROWEST), colour, {u.id: u for u in transcript.utterances} if transcript else {})
    return "\n".join(page.lines(note))


def missing_text(found: Sequence[Unnoted], transcript: Transcript, width: int, colour: bool) -> str:
    """Return what was said and is not in the note in lines of at most `width` columns (40 at least), kind by kind.

    At most `MOST_MISSING` entries; a last line counts the others.
    """
    page = _Page(max(width, _NARROWEST), colour, {u.id: u for u in transcript.utterances})
    return "\n".join(page.missing(found))


class _Page:
    def __init__(self, width: int, colour: bool, utterances: Mapping[str, Utterance]) -> None:
        self._width = width
        self._colour = colour
        self._utterances = utterances

    def lines(self, note: Note) -> Iterator[str]:
        """All lines of the note."""
        notices = [*(f"! {one_line(notice)}" for notice in note.notices), *grade_lines(note)]
        for notice in notices:
            yield from self._wrapped(notice, "", "  ")
        for number, section in enumerate(note.sections):
            if number or notices:
                yield ""
            yield self._styled(one_line(section.title).upper(), "1")
            if not section.statements:
                yield "  (nothing noted)"
            for statement in section.statements:
                yield from self._statement(statement)

    def missing(self, found: Sequence[Unnoted]) -> Iterator[str]:
        """All lines of the list of what is not in the note."""
        yield self._styled("SAID, NOT IN THE NOTE", "1")
        if not found:
            yield "  Everything clinical that was said is in the note."
        for kind, entries in groupby(found[:MOST_MISSING], key=lambda u: u.kind):
            urgent = kind is UnnotedKind.RED_FLAG
            yield "  " + self._styled(kind.value.capitalize(), "1;31" if urgent else "4")
            for entry in entries:
                yield from self._wrapped(f"{self._when(entry)}  {one_line(entry.text)}", "    ", "          ")
        if len(found) > MOST_MISSING:
            yield f"  … and {len(found) - MOST_MISSING} more (--json lists all)"

    def _when(self, entry: Unnoted) -> str:
        first = next((u for e in entry.evidence if (u := self._utterances.get(e)) is not None), None)
        return "" if first is None else clock(first.start)

    def _statement(self, s: Statement) -> Iterator[str]:
        word = "" if self._colour else f"[{s.support.value}] "
        written = "" if s.author is None else f" (written by {one_line(s.author)})"
        lines = self._wrapped(f"{word}{one_line(s.text)}{written}", "    ", "    ")
        sign = self._styled(SIGNS[s.support], _COLOURS[s.support])
        yield f"  {sign} {lines[0].removeprefix('    ')}"
        yield from lines[1:]
        for reason in s.reasons:
            for line in self._wrapped(f"! {one_line(reason)}", "      ", "        "):
                yield self._styled(line, _COLOURS[s.support])
        for identifier in s.evidence:
            for line in self._wrapped(self._quote(identifier), "      ", "        "):
                yield self._styled(line, "2")

    def _quote(self, identifier: str) -> str:
        u = self._utterances.get(identifier)
        if u is None:
            return f"{one_line(identifier)} (not in the transcript)" if self._utterances else one_line(identifier)
        return f"{one_line(u.id)} {clock(u.start)} {u.speaker.value}: “{one_line(u.text)}”"

    def _wrapped(self, text: str, first: str, rest: str) -> list[str]:
        return textwrap.wrap(
            text, self._width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        ) or [first]

    def _styled(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text
