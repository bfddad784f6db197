"""Splits a note written as plain text or Markdown into sections and statements."""

import re

from app.domain.note import Note, Section, Statement
from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.tables import forms, rows
from app.drafting.lexicon.tokens import tokenise

_LONGEST_SHORTHAND = 5
_HASHES = re.compile(r"^\s{0,3}#{1,6}\s*(?P<title>.+?)\s*#*\s*$")
_BOLD = re.compile(r"^\s*(?:\*\*|__)(?P<title>[^*_]{2,60}?):?\s*(?:\*\*|__)\s*:?\s*(?P<rest>.*)$")
_LABEL = re.compile(r"^\s*(?P<title>[A-Za-z][A-Za-z /&'()-]{0,48}?)\s*(?::|\s[-–—]{1,2}(?=\s|$))\s*(?P<rest>.*)$")
_BULLET = re.compile(r"^\s*(?:[-*•·‣+]\s*|\(?\d{1,2}[.)]\s+)")
_CAPITALS = re.compile(r"^[^a-z]*[A-Z]{2}[^a-z]*$")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|vs|approx|e\.g|i\.e|etc|hx|pt|temp|resp|wt|ht|max|min|fig|dept)|"
    r"\b[a-z](?:\.[a-z])+|\b[A-Z])\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?;](?=[\s\"')\]]|$)")


def statements_from_text(text: str) -> Note:
    """Split text into a note of type `text`, every statement unmarked and without evidence.

    Headings may be Markdown ('## Plan'), capitals ('PLAN'), labels ('S:', 'Subjective -', 'Plan: rest').
    Known ones become the keys subjective, objective, assessment and plan; others keep their own. Text before any
    heading goes to key `note`.
    """
    sections: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        heading = _heading(line)
        if heading is not None:
            title, rest = heading
            sections.append((_key(title), title, []))
        else:
            rest = line
        body = re.sub(r"\*\*|__", "", _BULLET.sub("", rest)).strip()
        if not body:
            continue
        if not sections:
            sections.append(("note", "Note", []))
        sections[-1][2].extend(sentences(body))
    return _note(sections)


def sentences(text: str) -> list[str]:
    """Split a paragraph into sentences; decimals, 'b.i.d.', 'Dr.' and initials do not end one."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.end()]
        following = text[match.end() :].lstrip()
        if match.group() == "." and following and _is_abbreviation(piece, following):
            continue
        found.append(piece.strip())
        start = match.end()
    found.append(text[start:].strip())
    return [f for f in found if any(c.isalnum() for c in f)]


def _is_abbreviation(piece: str, following: str) -> bool:
    match = _ABBREVIATION.search(piece)
    if match is None:
        return False
    dosing = "." in match.group()[:-1]
    return not (dosing and following[:1].isupper())


def _heading(line: str) -> tuple[str, str] | None:
    """Return title and the rest of the line, or None for an ordinary line."""
    if match := _HASHES.match(line):
        return match["title"].strip("*_: "), ""
    if (match := _BOLD.match(line)) and not _BULLET.match(line.replace("**", "")):
        return match["title"].strip(), match["rest"]
    bare = line.strip()
    if _known(bare.rstrip(":")) or _is_capitals(bare):
        return bare.rstrip(": "), ""
    match = None if _BULLET.match(line) else _LABEL.match(line)
    if match and (_known(match["title"]) or (_CAPITALS.match(match["title"]) and len(match["title"]) > 1)):
        return match["title"].strip(), match["rest"]
    return None


def _is_capitals(line: str) -> bool:
    return bool(_CAPITALS.match(line.rstrip(":"))) and len(line) <= 60 and not any(c.isdigit() for c in line)


def _known(title: str) -> str:
    return _keys().get(_plain(title), "")


def _plain(title: str) -> str:
    return re.sub(r"[^a-z]+", " ", title.lower()).strip()


def _keys() -> dict[str, str]:
    return {_plain(form): row[0] for row in rows("headings") for form in forms(row[1])}


def _key(title: str) -> str:
    return _known(title) or _plain(title).replace(" ", "-") or "note"


def _is_content(title: str) -> bool:
    return (
        title.isalpha()
        and len(title) <= _LONGEST_SHORTHAND
        and not _known(title)
        and bool(find_concepts(tokenise(title)))
    )


def _with_shorthand(sections: list[tuple[str, str, list[str]]]) -> list[tuple[str, str, list[str]]]:
    """Put 'NKDA' in a line of its own, which is no heading, with what follows into the section above."""
    kept: list[tuple[str, str, list[str]]] = []
    for key, title, texts in sections:
        if not _is_content(title):
            kept.append((key, title, texts))
            continue
        if not kept:
            kept.append(("note", "Note", []))
        kept[-1][2].extend([f"{title}: {texts[0]}", *texts[1:]] if texts else [title])
    return kept


def _note(sections: list[tuple[str, str, list[str]]]) -> Note:
    number = 0
    made: list[Section] = []
    for key, title, texts in _with_shorthand(sections):
        statements = []
        for text in texts:
            number += 1
            statements.append(Statement(f"s{number}", text))
        if statements:
            made.append(Section(key, title, tuple(statements)))
    return Note("text", tuple(made))
