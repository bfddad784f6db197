"""Note types as readable files: which sections a note has and what each asks for."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import InputError
from app.domain.transcript import Speaker
from app.settings import RESOURCES

TEMPLATES = RESOURCES / "templates"
ROLES = ("", "denied", "symptoms", "family", "rest", "vital", "result")


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a section's form.

    `say` is the sentence with `{}` for the content; `none` the sentence for "there is none", if that is worth saying;
    `role` is one of `ROLES`; `kinds` are the kinds of clinical words that belong here, with `strict` nothing else.
    `asked` are words of the clinician's question whose answer is quoted if the field is empty; with `form` false the
    model is never asked, with `number` only an answer with a number counts.
    `names` are clinical concepts: what the patient says with them is quoted likewise.
    `key` is the short label that the model writes (`name` if empty), `hint` tells it what belongs there. A field is
    asked of a passage in which one of the words `when` or a word of the `kinds` is said, with `first` only of the
    first passage; without `when` and `kinds` of every passage.
    """

    name: str
    say: str
    none: str = ""
    role: str = ""
    kinds: tuple[str, ...] = ()
    strict: bool = False
    asked: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    form: bool = True
    number: bool = False
    key: str = ""
    hint: str = ""
    when: tuple[str, ...] = ()
    first: bool = False

    @property
    def label(self) -> str:
        """What the model writes before the field's phrases."""
        return self.key or self.name


@dataclass(frozen=True, slots=True)
class SectionTemplate:
    """One section: its question to the model, its fields, who must have said it, and what to quote if all fails.

    `complete` names the kinds of clinical words by which sentences that no statement rests on are quoted after all, if
    one of the `cues` is in them (any, if there are no cues).
    """

    key: str
    title: str
    ask: str
    fields: tuple[Field, ...]
    most_per_field: int
    said_by: Speaker | None = None
    quotes: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()

    @property
    def form(self) -> tuple[Field, ...]:
        """The fields that the model fills in."""
        return tuple(f for f in self.fields if f.form)

    def field_with(self, role: str) -> Field | None:
        """The field that plays a role, or None."""
        return next((f for f in self.fields if f.role == role), None)


@dataclass(frozen=True, slots=True)
class Template:
    """A note type with its sections in reading order."""

    type: str
    title: str
    sections: tuple[SectionTemplate, ...]


def template_ids(folder: Path = TEMPLATES) -> tuple[str, ...]:
    """Names that `load_template` knows, in alphabetical order."""
    return tuple(sorted(file.stem for file in folder.glob("*.toml")))


def load_template(template_id: str = "soap", folder: Path = TEMPLATES) -> Template:
    """Read a template by its name. Raises `InputError` if it is unknown or not well formed."""
    known = template_ids(folder)
    if template_id not in known:
        raise InputError(
            f"There is no note template called {template_id}.", f"Known are: {', '.join(known) or 'none'}."
        )
    try:
        return _template(tomllib.loads((folder / f"{template_id}.toml").read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"The note template {template_id} is not well formed.", "Compare it with soap.toml."
        ) from error


def _template(raw: dict[str, Any]) -> Template:
    sections = tuple(_section(section) for section in raw["section"])
    _distinct([section.key for section in sections])
    return Template(type=_text(raw["type"]), title=_text(raw["title"]), sections=sections)


def _section(raw: dict[str, Any]) -> SectionTemplate:
    fields = tuple(_field(field) for field in raw["field"])
    _distinct([field.name for field in fields])
    most = raw["most_per_field"]
    if not isinstance(most, int) or not 1 <= most <= 50:
        raise ValueError("most_per_field must be a whole number from 1 to 50")
    return SectionTemplate(
        key=_text(raw["key"]),
        title=_text(raw["title"]),
        ask=_text(raw["ask"]),
        fields=fields,
        most_per_field=most,
        said_by=Speaker(raw["said_by"]) if "said_by" in raw else None,
        quotes=_texts(raw.get("quotes", [])),
        complete=_texts(raw.get("complete", [])),
        cues=_texts(raw.get("cues", [])),
    )


def _field(raw: dict[str, Any]) -> Field:
    field = Field(
        name=_text(raw["name"]),
        say=_text(raw["say"]),
        none=raw.get("none", ""),
        role=raw.get("role", ""),
        kinds=_texts(raw.get("kinds", [])),
        strict=bool(raw.get("strict", False)),
        asked=_texts(raw.get("asked", [])),
        names=_texts(raw.get("names", [])),
        form=bool(raw.get("form", True)),
        number=bool(raw.get("number", False)),
        key=raw.get("key", ""),
        hint=raw.get("hint", ""),
        when=_texts(raw.get("when", [])),
        first=bool(raw.get("first", False)),
    )
    if field.say.count("{}") != 1 or not set('":\n\\').isdisjoint(field.name + field.key) or field.role not in ROLES:
        raise ValueError("a field is not well formed")
    return field


def _texts(values: list[object]) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _distinct(names: list[str]) -> None:
    if not names or len(set(names)) != len(names):
        raise ValueError("names must exist and differ")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("a text is missing")
    return value.strip()
