"""What a place that model files come from must be able to do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.errors import MachineError
from app.domain.work import CancelToken
from app.models.catalogue import ModelEntry, ModelFile

Report = Callable[[int], None]
"""Called with the bytes of the current file that have arrived so far."""


class SourceFailedError(MachineError):
    """This source cannot deliver the file; another may."""

    code = "model-source"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file that arrived: what it must be (size, digest), and where it came from."""

    file: ModelFile
    origin: str


class Source(Protocol):
    """A place that model files come from."""

    @property
    def name(self) -> str:
        """A short word, used in messages and in names of partial files."""

    def offers(self, entry: ModelEntry, file: ModelFile) -> bool:
        """Whether it is worth asking this source for the file."""

    def fetch(self, entry: ModelEntry, file: ModelFile, partial: Path, report: Report, cancel: CancelToken) -> Delivery:
        """Bring the bytes to `partial`, going on from what is already there; the caller compares the digest.

        Raises:
            SourceFailedError: this source cannot deliver it.
            ModelDamagedError: what came is not what it should be.
            WorkCancelledError: `cancel` was set.
            OSError: the disk refused.
        """
