"""A revision as a JSON value: `{"instruction", "section", "lines", "notices", "model"}`, and `"place"` if it has one.

`section` is a note's section with the statements as they stood; a line has `text`, `origins`, `evidence`, `support` and
`reasons`. Reading is strict, and its errors name the place, never the content.
"""

from app.domain.codec import section_from_json, section_to_json
from app.domain.json_reading import (
    check_unique,
    member,
    read_list,
    read_object,
    read_one_of,
    read_string,
    read_text,
    read_texts,
    refused,
)
from app.domain.note import Support
from app.domain.revision import RevisedLine, Revision


def revision_to_json(revision: Revision) -> dict[str, object]:
    """Return the revision as a JSON object."""
    return {
        "instruction": revision.instruction,
        "section": section_to_json(revision.section),
        "lines": [_line_to_json(line) for line in revision.lines],
        "notices": list(revision.notices),
        "model": revision.model,
        **({} if revision.place is None else {"place": list(revision.place)}),
    }


def revision_from_json(data: object) -> Revision:
    """Read a revision. Raises `InputError`: wrong type, missing key, or an origin that is no statement given."""
    top = read_object(data, "revision")
    section = section_from_json(member(top, "section", "revision"), "section")
    check_unique((s.id for s in section.statements), "statement")
    items = read_list(member(top, "lines", "revision"), "lines")
    lines = tuple(_line(item, f"lines[{n}]") for n, item in enumerate(items))
    known = {s.id for s in section.statements}
    if any(origin not in known for line in lines for origin in line.origins):
        raise refused("lines name a statement that was not given")
    return Revision(
        instruction=read_text(member(top, "instruction", "revision"), "instruction"),
        section=section,
        lines=lines,
        notices=read_texts(top.get("notices", []), "notices"),
        model=read_string(top.get("model", ""), "model"),
        place=read_texts(top["place"], "place") if "place" in top else None,
    )


def _line_to_json(line: RevisedLine) -> dict[str, object]:
    return {
        "text": line.text,
        "origins": list(line.origins),
        "evidence": list(line.evidence),
        "support": line.support.value,
        "reasons": list(line.reasons),
    }


def _line(data: object, where: str) -> RevisedLine:
    item = read_object(data, where)
    support = read_one_of([s.value for s in Support], member(item, "support", where), f"{where}.support")
    return RevisedLine(
        text=read_text(member(item, "text", where), f"{where}.text"),
        origins=read_texts(member(item, "origins", where), f"{where}.origins"),
        evidence=read_texts(member(item, "evidence", where), f"{where}.evidence"),
        support=Support(support),
        reasons=read_texts(member(item, "reasons", where), f"{where}.reasons"),
    )
