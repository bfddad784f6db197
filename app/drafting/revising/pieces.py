"""A line in parts: sentences, clauses between semicolons, items of a list, what stands in brackets."""

import re
from collections.abc import Callable

from app.drafting.checking.hearing.quantities import Measure
from app.drafting.checking.hearing.reading import Kind, read_clauses
from app.drafting.checking.plain_text import sentences
from app.drafting.lexicon.labels import split_label
from app.drafting.revising.survival import Harm, compare, facts_of, same_facts
from app.drafting.spoken.exchanges import names_in

_ITEM = re.compile(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+(?![^()]*\))", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_LEAD = re.compile(
    r"^(?:denies|no|takes|taking|reports|has|allergic to|negative for|positive for|continue|start|stop|order)\s+",
    re.IGNORECASE,
)
_TIES = frozenset(
    re.findall(
        r"\w+",
        "since for after before when while with without on at during today tomorrow yesterday from until in because"
        " if then but which that radiating worse better",
    )
)
_LEAST_BARE = 1
_DOSING = frozenset({Measure.DOSE, Measure.FREQUENCY})


def label_of(text: str) -> tuple[str, str]:
    """Return a known label with its colon and blank ('Allergies: '), or '', and the rest."""
    meaning, body = split_label(text)
    return (text[: len(text) - len(body)], body) if meaning else ("", text)


def ended(text: str) -> str:
    """Return the text as a sentence: capital first, a stop at its end."""
    text = text.strip(" ,;")
    if not text:
        return ""
    text = text[:1].upper() + text[1:]
    return text if text[-1] in ".!?…”\"'" else f"{text}."


def clauses_of(text: str) -> list[str]:
    """Return sentences and what stands between semicolons, as written, without the semicolon."""
    return [c for s in sentences(text) if (c := s.rstrip(" ;"))]


def split_line(text: str) -> tuple[str, ...]:
    """Return the line as one line for each fact; the line alone if it is one, or if nobody can tell by rules.

    A list is only split if it is bare ("Denies fever, cough and chills"): in "cough and fever for three days" the days
    may belong to both. The facts of all lines together are those of the line.
    """
    label, body = label_of(text)
    parts: list[str] = []
    for clause in clauses_of(body):
        parts += _items(clause, labelled=bool(label)) or [clause]
    lines = tuple(ended(f"{label}{part}") for part in parts)
    return lines if len(lines) > 1 and same_facts([text], lines) else (text,)


def _items(clause: str, *, labelled: bool) -> list[str]:
    """The items of a bare list with what leads it before each, or nothing."""
    lead = match.group() if (match := _LEAD.match(clause)) else ""
    items = [i.strip(" .") for i in _ITEM.split(clause[len(lead) :])]
    items = [_LEAD.sub("", i) if lead and i.lower().startswith(lead.lower()) else i for i in items if i]
    if len(items) < 2 or not all(_is_bare(i, labelled=labelled) for i in items):
        return []
    dosed = [any(q.measure in _DOSING for c in read_clauses(i) for q in c.quantities) for i in items]
    if any(dosed) and not all(dosed):
        return []
    return [f"{lead}{item}" for item in items]


def _is_bare(item: str, *, labelled: bool = False) -> bool:
    """Whether an item names one thing and at most one word or its dose with it; after a label any word is a name."""
    rest = 0
    named = labelled
    for clause in read_clauses(_BRACKETS.sub("", item)):
        if any(t.text in _TIES for t in clause.tokens) or clause.sides:
            return False
        taken = {n for m in clause.mentions for n in range(m.start, m.end)}
        named |= any(m.kind is not Kind.SITE for m in clause.mentions)
        for q in clause.quantities:
            if q.measure is Measure.DURATION and "/" not in q.said:  # "76/min" is none
                return False
            named = True
            taken |= set(range(q.start, q.end))
        rest += sum(1 for n, t in enumerate(clause.tokens) if n not in taken and not t.is_stop)
    return named and rest <= _LEAST_BARE


class UnclearPartError(ValueError):
    """Which words belong to a part cannot be told by rules."""


def without_parts(text: str, meant: Callable[[str], bool]) -> str | None:
    """Return the line without the smallest parts that are `meant`: '' if that is all of it, None if nothing is.

    What is left says nothing that the line did not say; where it would, a larger part goes.

    Raises:
        UnclearPartError: words behind a list may belong to all of its items ("ECG and troponin today").
    """
    if not meant(text):
        return None
    plain = _BRACKETS.sub(lambda m: "" if meant(m.group()) else m.group(), text)
    if plain != text and not meant(plain) and any(c.isalnum() for c in plain):
        return ended(plain)
    label, body = label_of(text)
    if label and not meant(body):
        return ""
    kept: list[str] = []
    for clause in clauses_of(body):
        rest = clause if not meant(clause) else _without_items(clause, meant)
        if rest:
            kept.append(ended(rest))
    return f"{label}{' '.join(kept)}" if kept else ""


def _without_items(clause: str, meant: Callable[[str], bool]) -> str:
    lead = match.group() if (match := _LEAD.match(clause)) else ""
    items = _whole_items(clause[len(lead) :])
    kept = [i for i in items if not meant(i)]
    if not kept or len(kept) == len(items):
        return ""
    if kept[-1] is not items[-1] and not _is_bare(items[-1]) and all(_is_bare(i) for i in items[:-1]):
        raise UnclearPartError
    last = " or " if re.search(r"\sor\s", clause) and not re.search(r"\sand\s", clause) else " and "
    rest = kept[0] if len(kept) == 1 else f"{', '.join(kept[:-1])}{last}{kept[-1]}"
    shorter = f"{lead}{rest}"
    harm = compare(facts_of(clause), facts_of(shorter), facts_of())
    return "" if meant(shorter) or any(f.harm is Harm.FALSE for f in harm) else shorter


def _whole_items(text: str) -> list[str]:
    """Items of a list; one that names nothing, or begins with 'since' and the like, belongs to the one before."""
    found: list[str] = []
    for item in (i.strip(" .") for i in _ITEM.split(text)):
        words = item.split()
        if found and words and (words[0].lower() in _TIES or not names_in(item)):
            found[-1] = f"{found[-1]}, {item}"
        elif words:
            found.append(item)
    return found
