"""Reads note types from TOML, strictly: every fault is told with its file, its place and what is wrong.

The format is described at the top of `resources/templates/soap.toml` and of `history-and-physical.toml`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.errors import InputError
from app.drafting.templates.template import TEMPLATES, Field, Heading, SectionTemplate, Template, template_ids
from app.drafting.templates.template_values import (
    TOP,
    TemplateFaultError,
    distinct,
    name_of,
    refuse,
    refuse_unknown,
    shown,
    value_of,
)

SIZE_LIMIT = 200_000
"""Bytes of a template file; the longest shipped one has about 10,000."""

_LABEL = re.compile(r"^[^:{}]{1,60}: (?=\{\})")
_REMEDY = "Correct the file; 'anamnesis templates show soap' prints an example."


def read_template(name: str, folder: Path = TEMPLATES) -> Template:
    """Read a note type by its name in `folder`, or from the file of a path. Raises `InputError`."""
    known = template_ids(folder)
    if name in known:
        return _loaded(folder / f"{name}.toml", _stamp(folder / f"{name}.toml"))
    if name.endswith(".toml") and (Path(name).is_absolute() or len(Path(name).parts) > 1):
        return _loaded(Path(name), _stamp(Path(name)))
    raise InputError(f"There is no note template called {shown(name)}.", f"Known are: {', '.join(known) or 'none'}.")


def template_from_text(text: str, file: str, expected_type: str) -> Template:
    """Read a note type from TOML text; `file` is named in errors, `expected_type` is what it must call itself."""
    try:
        return _template(_toml(text), expected_type)
    except TemplateFaultError as fault:
        raise InputError(f"The note template {shown(file)} is not well formed: {fault}.", _REMEDY) from None


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split()) if isinstance(error, tomllib.TOMLDecodeError) else "nested too deeply"
        raise TemplateFaultError(f"no valid TOML ({reason})") from None


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValueError:
        raise InputError("The note template has an impossible file name.", "Check the path.") from None
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=64)
def _loaded(path: Path, _changed: tuple[int, int]) -> Template:
    return template_from_text(template_text(path), path.name, path.stem)


def template_text(path: Path) -> str:
    """Return the text of a template file. Raises `InputError`."""
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(raw) > SIZE_LIMIT:
        raise InputError(f"The note template {shown(path.name)} is larger than {SIZE_LIMIT // 1000} kB.", _REMEDY)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        at = error.start
    raise InputError(f"The note template {shown(path.name)} is not UTF-8 text (byte {at}).", "Save it as UTF-8.")


def _unreadable(path: Path, error: OSError) -> InputError:
    why = error.strerror or type(error).__name__
    return InputError(f"The note template {shown(path.name)} cannot be read: {why}.", "Check path and permissions.")


def _template(raw: Mapping[str, Any], expected_type: str) -> Template:
    refuse_unknown(raw, TOP)
    made = {key: value_of(raw, key, reader) for key, reader in TOP.items() if key in raw}
    for key in ("type", "title", "section"):
        if key not in made:
            raise TemplateFaultError("is missing", key)
    if made["type"] != expected_type:
        raise TemplateFaultError(f"must be the file's name, {shown(expected_type)}", "type")
    sections, library = made.pop("section"), made.pop("fields_of", None)
    if library is None:
        made["sections"], made["headings"] = _own_sections(sections), ()
    else:
        made["sections"], made["headings"] = _Placing(_library(library)).place(sections)
    template = Template(**made)
    unknown = set(template.by_problem) - {h.key for h in template.headings}
    if unknown:
        raise TemplateFaultError(f"{shown(sorted(unknown)[0])} is no section with headings of its own", "by_problem")
    return template


def _library(name: str) -> Template:
    if name not in template_ids():
        raise TemplateFaultError(f"there is no shipped note type {shown(name)}", "fields_of")
    library = read_template(name)
    if library.headings:
        raise TemplateFaultError(f"{name} has no fields of its own; name the type that it takes them from", "fields_of")
    return library


def _own_sections(sections: Sequence[dict[str, Any]]) -> tuple[SectionTemplate, ...]:
    made = []
    for number, raw in enumerate(sections, start=1):
        try:
            refuse(raw, ("use", "labels", "optional"), "needs 'fields_of' at the top of the file")
            made.append(_asked_section(raw, raw["field"]))
        except TemplateFaultError as fault:
            raise fault.within(name_of("section", number, raw.get("key"))) from None
    return tuple(made)


def _asked_section(raw: Mapping[str, Any], fields: Sequence[dict[str, Any]]) -> SectionTemplate:
    """A section with its own question to the model."""
    for key in ("ask", "most_per_field"):
        if key not in raw:
            raise TemplateFaultError("is missing", key)
    if not fields:
        raise TemplateFaultError("there is none", "field")
    for number, field in enumerate(fields, start=1):
        if "use" in field or "group" in field:
            raise TemplateFaultError(
                "needs 'fields_of' at the top of the file", name_of("field", number, field.get("name"))
            )
    made = [_new_field(field, number) for number, field in enumerate(fields, start=1)]
    distinct([field.name for field in made], "field")
    wanted = {f.name for f in fields_of(SectionTemplate)}
    return SectionTemplate(**{k: v for k, v in raw.items() if k in wanted and k != "fields"}, fields=tuple(made))


def _new_field(raw: Mapping[str, Any], number: int, under: str = "") -> Field:
    for key in ("name", "say"):
        if key not in raw:
            raise TemplateFaultError("is missing", name_of("field", number, raw.get("name")), key)
    return Field(**{k: v for k, v in raw.items() if k not in ("use", "group")}, under=under)


class _Placing:
    """Puts the fields of a library, and new ones beside them, under the headings of a note type."""

    def __init__(self, library: Template) -> None:
        self._library = library
        self._fields = {s.key: {f.name: f for f in s.fields} for s in library.sections}
        self._placed: dict[str, Field] = {}
        self._new: dict[str, list[Field]] = {s.key: [] for s in library.sections}
        self._own: list[SectionTemplate] = []
        self._named: set[str] = set()

    def place(self, sections: Sequence[dict[str, Any]]) -> tuple[tuple[SectionTemplate, ...], tuple[Heading, ...]]:
        self._named = {str(name) for raw in sections for name in _names_used(raw)}
        headings = []
        for number, raw in enumerate(sections, start=1):
            try:
                heading = self._heading(raw)
            except TemplateFaultError as fault:
                raise fault.within(name_of("section", number, raw.get("key"))) from None
            if heading.fields:
                headings.append(heading)
        if not headings:
            raise TemplateFaultError("no heading has a field", "section")
        groups = [self._group(s) for s in self._library.sections]
        return (*(g for g in groups if any(f.under for f in g.fields)), *self._own), tuple(headings)

    def _heading(self, raw: Mapping[str, Any]) -> Heading:
        labels = raw.get("labels", True)
        names = [name for listed in raw.get("use", ()) for name in self._meant(listed)]
        listed = [self._use({"use": name}, raw["key"], labels=labels) for name in names]
        own: list[dict[str, Any]] = []
        for number, field in enumerate(raw["field"], start=1):
            place = name_of("field", number, field.get("name") or field.get("use"))
            try:
                if "use" in field:
                    listed.append(self._use(field, raw["key"], labels=labels))
                elif "group" in field:
                    listed.append(self._add(field, number, raw["key"]))
                else:
                    own.append(field)
            except TemplateFaultError as fault:
                raise fault.within(place) from None
        if own:
            listed += self._ask(raw, own)
        if not listed and not raw.get("use"):  # "plan.*" may stand for nothing, if other headings name all of the plan
            raise TemplateFaultError("it has no field; list some with 'use'")
        return Heading(raw["key"], raw["title"], tuple(listed), raw.get("optional", False), raw.get("loinc", ""))

    def _meant(self, name: str) -> Sequence[str]:
        """The field's name, or for "plan.*" the names of all fields of the plan that no heading names."""
        group, _, field = name.partition(".")
        if field != "*" or group not in self._fields:
            return (name,)
        return [n for f in self._fields[group] if (n := f"{group}.{f}") not in self._named | set(self._placed)]

    def _use(self, raw: Mapping[str, Any], under: str, *, labels: bool) -> str:
        name = str(raw["use"])
        group, _, field = name.partition(".")
        known = self._fields.get(group, {}).get(field)
        if known is None:
            raise TemplateFaultError(f"{self._library.type} has no field {shown(name)}", "use")
        if name in self._placed:
            raise TemplateFaultError(f"{shown(name)} is used twice", "use")
        if "name" in raw or "group" in raw:
            raise TemplateFaultError("a field that is used keeps its name and group", "use")
        changes = {k: v for k, v in raw.items() if k != "use"}
        if not labels and "say" not in changes:
            changes["say"] = _LABEL.sub("", known.say)
        self._placed[name] = replace(known, **changes, under=under)
        return name

    def _add(self, raw: Mapping[str, Any], number: int, under: str) -> str:
        group = raw["group"]
        if group not in self._fields:
            raise TemplateFaultError(f"{self._library.type} has no section {shown(group)}", "group")
        field = _new_field(raw, number, under)
        distinct([*self._fields[group], *(f.name for f in self._new[group]), field.name], "name")
        self._new[group].append(field)
        return f"{group}.{field.name}"

    def _ask(self, raw: Mapping[str, Any], own: Sequence[dict[str, Any]]) -> list[str]:
        """A question of the section's own."""
        if raw["key"] in self._fields:
            raise TemplateFaultError(
                f"{raw['key']} is a section of {self._library.type}; give the fields a 'group'", "field"
            )
        section = _asked_section(raw, own)
        made = tuple(replace(f, under=section.key) for f in section.fields)
        self._own.append(replace(section, fields=made))
        return [f"{section.key}.{f.name}" for f in made]

    def _group(self, section: SectionTemplate) -> SectionTemplate:
        # A field under no heading is asked for all the same: what belongs there (an illness of the mother) must not end
        # up in another one, and the model's answers then serve every note type of the library.
        fields = [self._placed.get(f"{section.key}.{f.name}", f) for f in section.fields]
        return replace(section, fields=(*self._new[section.key], *fields))  # the last one takes what fits nowhere


def _names_used(raw: Mapping[str, Any]) -> Iterator[object]:
    yield from raw.get("use", ())
    yield from (field["use"] for field in raw["field"] if "use" in field)
