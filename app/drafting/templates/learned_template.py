"""A note type from an example note: its headings in their order, its titles, and how it words a few things.

Nothing of the example itself gets into the template. A line is a heading only if the table `note-titles` knows it, and
the title is written from that table; wordings are chosen from the short lists below. What is not known is counted by
line, never kept.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.lexicon.tables import forms, rows

DENIALS = ("Denies {}.", "No {}.", "Negative for {}.")
"""Ways to write what the patient denies; the first one is the program's own."""

NO_ALLERGIES = ("NKDA.", "NKA.", "No known drug allergies.", "No known allergies.", "No allergies.")

_LIBRARY = "soap"
_REST = {
    "subjective": ("other-history", "Other history"),
    "objective": ("objective", "Findings"),
    "assessment": ("assessment", "Assessment"),
    "plan": ("plan", "Plan"),
}
_UNDER_ITS_TITLE = ("subjective.medicines with dose", "subjective.work and home", "subjective.past illnesses")
"""Fields whose label the title of their section says, if it shows more than one."""

_MARKS = re.compile(r"^[\s#>*_]*|[\s:*_.\-–—]*$")
_HEADING = re.compile(r"^\s*(?P<marks>#{1,6}\s+|\*\*|__)?(?P<title>[^:\n*_#]{1,60}?)\s*(?:\*\*|__)?\s*(?P<colon>:|$)")
_LOOKS_LIKE = re.compile(r"^\s*(?:#{1,6}\s+\S|(?:\*\*|__)\S[^*_]*(?:\*\*|__):?\s*$|[A-Z][A-Z /&-]{3,40}:?\s*$)")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|#)\s*\S")


@dataclass(frozen=True, slots=True)
class Title:
    """A row of the table `note-titles`, with the form and the case that the example uses."""

    key: str
    title: str
    loinc: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What was recognised. `unknown` are the numbers of lines that look like headings and are none we know."""

    text: str
    titles: tuple[str, ...]
    unknown: tuple[int, ...]
    by_problem: bool
    denial: str
    no_allergies: str


def learn(example: str, template_id: str) -> Learned | None:
    """Return the template file for an example note, or None if fewer than two of its headings are known."""
    lines = example.splitlines()
    titles, unknown = _titles(lines)
    if len(titles) < 2:
        return None
    denial = _most_used(example, {say: say.partition(" {}")[0] for say in DENIALS}) or DENIALS[0]
    no_allergies = _most_used(example, {none: none.rstrip(".") for none in NO_ALLERGIES})
    problems = _numbers_problems(lines)
    text = "\n".join(_file(template_id, titles, denial, no_allergies, by_problem=problems))
    return Learned(text, tuple(t.title for t in titles), tuple(unknown), problems, denial, no_allergies)


def _titles(lines: Sequence[str]) -> tuple[list[Title], list[int]]:
    found: dict[str, Title] = {}
    unknown = []
    for number, line in enumerate(lines, start=1):
        title = _known(line)
        if title is not None:
            found.setdefault(title.key, title)
        elif _LOOKS_LIKE.match(line):
            unknown.append(number)
    return _once(found.values()), unknown


def _known(line: str) -> Title | None:
    """The heading that a line is or begins with; a single letter only if a colon or nothing follows it."""
    match = _HEADING.match(line)
    if match is None:
        return None
    written = _MARKS.sub("", match["title"])
    row = _table().get(_plain(written))
    if row is None:
        return None
    alone = match["colon"] == ":" or match["marks"] or written.isupper() or _MARKS.sub("", line) == written
    return Title(row.key, _cased(row.title, written), row.loinc, row.fields) if alone else None


@lru_cache(maxsize=1)
def _table() -> dict[str, Title]:
    known: dict[str, Title] = {}
    for key, fields, loinc, titles in rows("note-titles"):
        for form in forms(titles):
            known.setdefault(_plain(form), Title(key, form, "" if loinc == "-" else loinc, tuple(forms(fields))))
    return known


def _plain(title: str) -> str:
    return " ".join(re.findall(r"[a-z]+|&", title.lower())).replace("&", "and")


def _cased(title: str, written: str) -> str:
    """The table's title in capitals if the example writes it so, with Capitals Of Words likewise."""
    if written.isupper():
        return title.upper()
    words = written.split()
    if len(words) > 1 and all(w[0].isupper() for w in words if w[0].isalpha() and len(w) > 3):
        return " ".join(w if w.lower() in {"of", "and", "the", "to"} else w[:1].upper() + w[1:] for w in title.split())
    return title


def _once(titles: Iterable[Title]) -> list[Title]:
    """Each field under one heading: separate ones of plan or assessment win over a combined one that repeats them."""
    kept = list(titles)
    separate = {f for t in kept for f in t.fields if t.key in ("assessment", "plan")}
    if len(separate) == 2:
        kept = [t for t in kept if t.key != "assessment-and-plan"]
    elif separate and any(t.key == "assessment-and-plan" for t in kept):
        kept = [t for t in kept if t.key not in ("assessment", "plan")]
    return kept


def _most_used(example: str, wordings: dict[str, str]) -> str:
    """The wording that lines and sentences of the example begin with most often, '' if none does."""
    starts = [s.strip().lower() for s in re.split(r"[\n.;:]|(?<=,)", example)]
    counted = Counter(
        say for start in starts for say, words in wordings.items() if re.match(rf"{re.escape(words.lower())}\b", start)
    )
    return counted.most_common(1)[0][0] if counted else ""


def _numbers_problems(lines: Sequence[str]) -> bool:
    """Whether two or more lines under assessment or plan begin with a number or '#', and other lines follow them."""
    numbered = others = 0
    under = ""
    for line in lines:
        title = _known(line)
        if title is not None:
            under = title.key
        elif under in ("assessment", "assessment-and-plan", "plan") and line.strip():
            if _NUMBERED.match(line):
                numbered += 1
            elif numbered:
                others += 1
    return numbered >= 2 and others >= 1


def _file(
    template_id: str, titles: Sequence[Title], denial: str, no_allergies: str, *, by_problem: bool
) -> Iterator[str]:
    yield "# Learned from the headings of an example note; none of its content is here. Edit it as you like, then try"
    yield "# it with 'anamnesis templates check'. How it is written: 'anamnesis templates show history-and-physical'."
    yield ""
    yield f'type = "{template_id}"'
    yield f'title = "{template_id.replace("-", " ").capitalize()}"'
    yield f'fields_of = "{_LIBRARY}"'
    if by_problem:
        yield 'by_problem = ["assessment", "plan"]'
    for title, added in _with_rest(titles, split=by_problem):
        yield from _section(title, denial, no_allergies, optional=added)
    yield ""


def _with_rest(titles: Sequence[Title], *, split: bool) -> Iterator[tuple[Title, bool]]:
    """The example's headings and whether each was added: one for each part that none shows, so that nothing is lost."""
    whole = {f.removesuffix(".*") for t in titles for f in t.fields if f.endswith(".*")}
    rest = {g: Title(key, name, "", (f"{g}.*",)) for g, (key, name) in _REST.items() if g not in whole}
    told = [rest[g] for g in ("subjective", "objective") if g in rest]
    conclusion = next((n for n, t in enumerate(titles) if t.fields[0].startswith(("assessment", "plan"))), len(titles))
    yield from ((part, False) for title in titles[:conclusion] for part in _parts(title, split=split))
    yield from ((title, True) for title in told)
    yield from ((part, False) for title in titles[conclusion:] for part in _parts(title, split=split))
    yield from ((title, True) for title in rest.values() if title not in told)


def _parts(title: Title, *, split: bool) -> Iterator[Title]:
    """A heading; a combined one for assessment and plan as two if they are grouped by problem."""
    if title.key == "assessment-and-plan" and split:
        yield Title("assessment", "Assessment", "51848-0", ("assessment.*",))
        yield Title("plan", "Plan", "18776-5", ("plan.*",))
    else:
        yield title


def _section(title: Title, denial: str, no_allergies: str, *, optional: bool) -> Iterator[str]:
    yield ""
    yield "[[section]]"
    yield f'key = "{title.key}"'
    yield f'title = "{title.title}"'
    if title.loinc:
        yield f'loinc = "{title.loinc}"'
    if optional:
        yield "optional = true"
    if len(title.fields) == 1 and not title.fields[0].endswith("*"):
        yield "labels = false"
    changes = {"subjective.denied symptoms": {"say": denial}, "subjective.allergies": {"none": no_allergies}}
    changes |= {field: {"say": "{}."} for field in _UNDER_ITS_TITLE if len(title.fields) > 1}
    changed = {f: {k: v for k, v in changes[f].items() if v} for f in title.fields if f in changes}
    if all(not keys for keys in changed.values()):
        changed = {}
    for field in (f for f in title.fields if f in changed):
        yield from ("", "[[section.field]]", f"use = {_quoted(field)}")
        yield from (f"{key} = {_quoted(text)}" for key, text in changed[field].items())
    names = [f for f in title.fields if f not in changed]
    if names and changed:
        for field in names:
            yield from ("", "[[section.field]]", f"use = {_quoted(field)}")
    elif names:
        yield f"use = [{', '.join(_quoted(f) for f in names)}]"


def _quoted(text: str) -> str:
    return f'"{text}"'
