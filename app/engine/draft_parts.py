"""Parts of a draft as JSON, as they go from the engine process to the program.

`{"kind": "section", "section"}`: a section as far as it is written; a later one of the same key takes its place.
`{"kind": "passage", "passage"}`: a passage that was answered on the way. Errors name the place, never the content.
"""

from collections.abc import Callable
from typing import Any

from app.domain.codec import section_from_json, section_to_json
from app.domain.errors import EngineError, InputError
from app.domain.json_reading import member, read_object, read_string, refused
from app.domain.note import Section
from app.domain.passages import AnsweredPassage, answered_from_json, answered_to_json

OnSection = Callable[[Section], None]
OnPassage = Callable[[AnsweredPassage], None]


def section_part(section: Section) -> dict[str, Any]:
    """Return the part of a section."""
    return {"kind": "section", "section": section_to_json(section)}


def passage_part(passage: AnsweredPassage) -> dict[str, Any]:
    """Return the part of an answered passage."""
    return {"kind": "passage", "passage": answered_to_json(passage)}


def part_from_json(data: object) -> Section | AnsweredPassage:
    """Read a part. Raises `InputError` for anything that is not one."""
    part = read_object(data, "part")
    match read_string(member(part, "kind", "part"), "part.kind"):
        case "section":
            return section_from_json(member(part, "section", "part"), "part.section")
        case "passage":
            return answered_from_json(member(part, "passage", "part"))
        case _:
            raise refused("part.kind is not known")


def part_reader(on_section: OnSection, on_passage: OnPassage) -> Callable[[dict[str, Any]], None]:
    """Return what takes a draft's parts apart. It raises `EngineError` for a part that is none."""

    def take(value: dict[str, Any]) -> None:
        try:
            part = part_from_json(value)
        except InputError as error:
            raise EngineError("The engine process sent a part of a draft that is none.", "Try again.") from error
        if isinstance(part, Section):
            on_section(part)
        else:
            on_passage(part)

    return take
