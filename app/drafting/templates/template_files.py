"""The note types that a person can choose: shipped with the program, of the organisation, and their own files."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.domain.errors import InputError
from app.drafting.templates.template import TEMPLATES, Template, load_template, template_ids


class Origin(StrEnum):
    """Where a note type comes from; of one name the first of these counts."""

    SHIPPED = "shipped"
    ORGANISATION = "organisation"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class TemplateFolders:
    """Folders with further note types, one TOML file each; they need not exist."""

    own: Path | None = None
    organisation: Path | None = None

    def ids(self) -> tuple[str, ...]:
        """All names, whether their files are well formed or not, shipped ones first; reads no file."""
        return tuple(dict.fromkeys(name for _, name, _ in self._named()))

    def files(self) -> tuple["TemplateFile", ...]:
        """All note types with what is wrong with them, shipped ones first. Never raises for a file's content."""
        seen: set[str] = set()
        found = []
        for origin, name, path in self._named():
            found.append(_read(origin, name, path, taken=name in seen))
            seen.add(name)
        return tuple(found)

    def find(self, name: str) -> "TemplateFile":
        """Return the note type of a name or of a file's path.

        Raises `InputError` if there is none, or its file is not well formed.
        """
        found = next((place for place in self._named() if place[1] == name), None)
        if found is None:
            path = _as_path(name)
            if path is None:
                raise InputError(
                    f"There is no note type called {_line(name)}.", f"Known are: {', '.join(self.ids()) or 'none'}."
                )
            found = (Origin.OWN, path.stem, path)
        origin, stem, path = found
        return TemplateFile(stem, origin, path, load_template(str(path)))

    def _named(self) -> Iterator[tuple[Origin, str, Path]]:
        yield from ((Origin.SHIPPED, name, TEMPLATES / f"{name}.toml") for name in template_ids())
        for origin, folder in ((Origin.ORGANISATION, self.organisation), (Origin.OWN, self.own)):
            if folder is not None:
                yield from ((origin, file.stem, file) for file in _toml_files(folder))


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A note type's file. `template` is None if it cannot be used; `fault` then says why, in one line."""

    id: str
    origin: Origin
    path: Path
    template: Template | None = None
    fault: str = ""

    @property
    def choice(self) -> str:
        """What a draft is asked for with: the name of a shipped type, else the path of the file."""
        return self.id if self.origin is Origin.SHIPPED else str(self.path.absolute())


def _read(origin: Origin, name: str, path: Path, *, taken: bool) -> TemplateFile:
    if taken:
        return TemplateFile(
            name, origin, path, fault=f"Another note type is called {name}. Rename the file and its type."
        )
    try:
        return TemplateFile(name, origin, path, load_template(str(path)))
    except InputError as error:
        return TemplateFile(name, origin, path, fault=str(error))


def _toml_files(folder: Path) -> list[Path]:
    """The files of a folder; none if it is not there or closed: what is missing there never hides the others."""
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".toml" and not file.name.startswith("."))
    except OSError:
        return []


def _as_path(name: str) -> Path | None:
    path = Path(name).expanduser()
    return path.absolute() if path.suffix == ".toml" else None


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:60]
