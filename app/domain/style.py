"""How a note is written, whatever it says: its length, its form, its words. JSON beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from app.domain.json_reading import read_object, read_one_of, read_texts


class Length(StrEnum):
    """How much of what was found stands in the note."""

    BRIEF = "brief"
    STANDARD = "standard"
    FULL = "full"


class Form(StrEnum):
    """One statement a line, or a section's statements as running text."""

    BULLETS = "bullets"
    PROSE = "prose"


class Wording(StrEnum):
    """As it was said, in full words, or with the abbreviations of the program's table."""

    AS_SAID = "as-said"
    SPELLED = "spelled"
    ABBREVIATED = "abbreviated"


@dataclass(frozen=True, slots=True)
class Style:
    """A style with every choice made. `terms` are preferred ways to say something, of the program's own table."""

    length: Length = Length.STANDARD
    form: Form = Form.BULLETS
    wording: Wording = Wording.AS_SAID
    terms: tuple[str, ...] = ()

    @property
    def of_note(self) -> "Style":
        """What a note keeps of its style: the terms stand in its words."""
        return replace(self, terms=())


STANDARD = Style()


@dataclass(frozen=True, slots=True)
class StyleWish:
    """The choices that a person made; None leaves one to what was learned, else to the program's standard."""

    length: Length | None = None
    form: Form | None = None
    wording: Wording | None = None

    @property
    def open(self) -> bool:
        """Whether anything is left to what was learned."""
        return self.length is None or self.form is None or self.wording is None

    def settled(self, learned: Style | None = None) -> Style:
        """Return the style that results. A person's own terms count unless they chose another wording."""
        base = learned or STANDARD
        terms = base.terms if self.wording is None else ()
        return Style(self.length or base.length, self.form or base.form, self.wording or base.wording, terms)


NO_WISH = StyleWish()

C = TypeVar("C", bound=StrEnum)


def chosen(kind: type[C], value: str | None) -> C | None:
    """Return the choice of a name; None for None and for names that there are not."""
    return kind(value) if value in set(kind) else None


def style_to_json(style: Style) -> dict[str, object]:
    """Return what differs from the standard style as a JSON object; empty for the standard style."""
    data: dict[str, object] = {}
    for name in ("length", "form", "wording"):
        value = getattr(style, name)
        if value is not getattr(STANDARD, name):
            data[name] = value.value
    if style.terms:
        data["terms"] = list(style.terms)
    return data


def style_from_json(data: object, where: str = "style") -> Style:
    """Read a style; what is not named is standard. Raises `InputError`."""
    item = read_object(data, where)
    return Style(
        Length(read_one_of(_names(Length), item.get("length", STANDARD.length.value), f"{where}.length")),
        Form(read_one_of(_names(Form), item.get("form", STANDARD.form.value), f"{where}.form")),
        Wording(read_one_of(_names(Wording), item.get("wording", STANDARD.wording.value), f"{where}.wording")),
        read_texts(item.get("terms", []), f"{where}.terms"),
    )


def _names(kind: Iterable[StrEnum]) -> list[str]:
    return [member.value for member in kind]
