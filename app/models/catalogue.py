"""The catalogue: which model files exist, how large they are and what their digests must be."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from app.domain.errors import InputError, VersionError
from app.policy import load_policy
from app.server_policy import ORGANISATION
from app.settings import RESOURCES

Task = Literal["speech", "language", "speaker"]

FORMAT = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class CarrierPart:
    """Bytes of a model file inside a wheel of a Python package index."""

    package: str
    version: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file: `size` in bytes, `sha256` in hex; an empty `sha256` means not yet pinned (then `size` may be 0)."""

    name: str
    size: int
    sha256: str
    carrier: tuple[CarrierPart, ...] = ()

    @property
    def pinned(self) -> bool:
        """Whether the catalogue itself knows the digest."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the catalogue. `memory_mb` is its working memory in megabytes while loaded."""

    id: str
    task: Task
    engine: str
    memory_mb: int
    licence: str
    source: str
    revision: str
    files: tuple[ModelFile, ...]
    default: bool = False
    gpu: bool = False
    gated: bool = False
    preference: int = 0

    @property
    def size(self) -> int:
        """Bytes of all files whose size is known."""
        return sum(file.size for file in self.files)

    @property
    def pinned(self) -> bool:
        """Whether the catalogue knows the digests of all files."""
        return all(file.pinned for file in self.files)


class Catalogue:
    """All known models, in the order of the catalogue file."""

    def __init__(self, entries: tuple[ModelEntry, ...]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise InputError("The model catalogue names a model twice.", "Give the organisation's models other ids.")

    @classmethod
    def load(cls, path: Path | None = None) -> "Catalogue":
        """Read the catalogue at `path`; by default the program's own, with what the policy's `models_catalogue` adds.

        Raises:
            InputError: the file is unreadable or not a catalogue.
            VersionError: the catalogue has a newer format.
        """
        if path is None:
            own, site = cls.load(RESOURCES / "models.toml"), load_policy().models_catalogue
            return cls((*own, *cls.load(Path(site)))) if site else own
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"The model catalogue {path} cannot be read ({error}).", _remedy(path)) from error
        if document.get("format") != FORMAT:
            raise VersionError(
                f"The model catalogue {path} has an unknown format.", "Use the catalogue of this version."
            )
        try:
            return cls(tuple(_entry(row) for row in document["model"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"The model catalogue {path} is malformed ({error!r}).", _remedy(path)) from error

    def __iter__(self) -> Iterator[ModelEntry]:
        return iter(self._entries.values())

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """All models."""
        return tuple(self)

    def __contains__(self, model_id: str) -> bool:
        return model_id in self._entries

    def entry(self, model_id: str) -> ModelEntry:
        """Return one model. Raises `InputError` if the catalogue does not know it."""
        try:
            return self._entries[model_id]
        except KeyError:
            if model_id == ORGANISATION:
                raise InputError(
                    "The organisation's server has no model files on this machine.",
                    "Name a model of `anamnesis models list` with --model.",
                ) from None
            raise InputError(f"Unknown model {model_id!r}.", "`anamnesis models list` names all models.") from None

    def defaults(self) -> tuple[ModelEntry, ...]:
        """The models that a machine without a graphics processor runs."""
        return tuple(entry for entry in self if entry.default)


def _remedy(path: Path) -> str:
    return "Install the program again." if path.parent == RESOURCES else "Ask IT to correct the file."


def _entry(row: Mapping[str, object]) -> ModelEntry:
    files = tuple(_file(file) for file in cast(list[Mapping[str, object]], row["file"]))
    if not files or len({file.name for file in files}) != len(files):
        raise ValueError(f"{row['id']}: no file, or a file named twice")
    if row["task"] not in ("speech", "language", "speaker"):
        raise ValueError(f"{row['id']}: unknown task")
    if row["id"] == ORGANISATION:
        raise ValueError(f"{ORGANISATION} is the name of the organisation's server")
    return ModelEntry(
        id=_name(row["id"]),
        task=row["task"],
        engine=_text(row["engine"]),
        memory_mb=_number(row["memory_mb"]),
        licence=_text(row["licence"]),
        source=_text(row["source"]),
        revision=_text(row["revision"]),
        files=files,
        default=row.get("default") is True,
        gpu=row.get("gpu") is True,
        gated=row.get("gated") is True,
        preference=_number(row.get("preference", 0)),
    )


def _file(row: Mapping[str, object]) -> ModelFile:
    parts = tuple(_part(part) for part in cast(list[Mapping[str, object]], row.get("carrier", [])))
    file = ModelFile(_name(row["name"]), _number(row["size"]), _digest(row["sha256"], may_be_empty=True), parts)
    if file.pinned and not file.size:
        raise ValueError(f"{file.name}: a pinned file needs its size")
    if parts and sum(part.size for part in parts) != file.size:
        raise ValueError(f"{file.name}: the carrier's parts do not add up to its size")
    return file


def _part(row: Mapping[str, object]) -> CarrierPart:
    return CarrierPart(
        _name(row["package"]), _name(row["version"]), _text(row["path"]), _number(row["size"]), _digest(row["sha256"])
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {value!r}")
    return value


def _name(value: object) -> str:
    text = _text(value)
    if not _SAFE_NAME.fullmatch(text):
        raise ValueError(f"unsafe name {text!r}")
    return text


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"whole number expected, not {value!r}")
    return value


def _digest(value: object, *, may_be_empty: bool = False) -> str:
    text = _text(value)
    if not _DIGEST.fullmatch(text) and not (may_be_empty and text == ""):
        raise ValueError(f"not a SHA-256 in hex: {text!r}")
    return text
