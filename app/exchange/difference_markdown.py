"""A proposal beside what stood there, as Markdown: struck, bold, and doubts with their reasons."""

from collections.abc import Iterator

from app.domain.note import Support
from app.domain.revision import DifferenceKind, DifferenceRow, Piece, PieceKind, Revision, difference
from app.exchange.markdown import DOUBTS
from app.exchange.markdown_text import escape_markdown as esc

_SIGNS = {
    DifferenceKind.KEPT: "as it was",
    DifferenceKind.CHANGED: "changed",
    DifferenceKind.REPLACED: "replaced",
    DifferenceKind.REMOVED: "removed",
    DifferenceKind.ADDED: "new",
}


def difference_markdown(revision: Revision) -> str:
    """Return the difference as a CommonMark section; lines that stay are only counted.

    Struck text (`~~…~~`) is GitHub's addition to CommonMark; elsewhere the tildes tell the same. Words of the visit
    never act as markup.
    """
    return "\n".join(["## Difference", "", *_lines(revision)])


def _lines(revision: Revision) -> Iterator[str]:
    rows = difference(revision)
    for row in rows:
        if row.kind is not DifferenceKind.KEPT:
            yield from _row(row)
    kept = sum(row.kind is DifferenceKind.KEPT for row in rows)
    if kept:
        yield f"- {kept} {'line stays' if kept == 1 else 'lines stay'} as {'it was' if kept == 1 else 'they were'}."
    for notice in revision.notices:
        yield f"- Notice: {esc(notice)}"


def _row(row: DifferenceRow) -> Iterator[str]:
    yield f"- {_SIGNS[row.kind]}: {' '.join(map(_piece, row.pieces))}"
    line = row.line
    if line is not None and line.support is not Support.SUPPORTED:
        reasons = "; ".join(map(esc, line.reasons))
        yield f"  **⚠ {DOUBTS[line.support]}**{f': {reasons}' if reasons else ''}"
    elif line is not None and line.reasons:
        yield f"  {'; '.join(map(esc, line.reasons))}"


def _piece(piece: Piece) -> str:
    text = esc(piece.text)
    return {PieceKind.SAME: text, PieceKind.OUT: f"~~{text}~~", PieceKind.IN: f"**{text}**"}[piece.kind]
