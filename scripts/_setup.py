"""Set-up, part two: Python, the virtual environment, its packages and the model files. Standard library only."""

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from _system import RUNTIME, TESTING, Need, SetupError, ensure_system, say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUN_LOCK, DEV_LOCK, BUILD_LOCK = "requirements.lock", "requirements-dev.lock", "requirements-build.lock"

_STAMP, _BUSY, _MUTEX, _SYSTEM = "set-up.json", "set-up.unfinished", "set-up.lock", "set-up.system"
_ENTRY = """import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""


def venv_python() -> Path:
    """The interpreter of the virtual environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def entry_script() -> Path:
    """The file that starts the program; a file, so that the folder one stands in is not searched for modules."""
    return VENV / ("Scripts" if os.name == "nt" else "bin") / "anamnesis"


def ensure_environment(*, testing: bool, system: bool = True) -> None:
    """Make the virtual environment complete, or do nothing if its stamp says that it is.

    Two runs at once wait for each other; what a killed run left is cleared and made again.

    Raises:
        SetupError: with what the person has to do.
    """
    needs = TESTING if testing else RUNTIME
    if system and not _system_seen(needs):
        ensure_system(needs)
    if not is_complete(testing=testing):
        try:
            VENV.mkdir(exist_ok=True)
            with _mutex() as held:
                if not is_complete(testing=testing):
                    _build(DEV_LOCK if testing else RUN_LOCK, held)
        except OSError as error:
            raise SetupError(f"{error.filename or VENV}: {error.strerror}; put that right and run again.") from error
    if system and not _system_seen(needs):
        (VENV / _SYSTEM).write_text(_names(needs), encoding="utf-8")


def is_complete(*, testing: bool) -> bool:
    """Whether the stamp names this Python, this folder and the present lock file."""
    try:
        stamp = json.loads((VENV / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = [DEV_LOCK] if testing else [DEV_LOCK, RUN_LOCK]
    return isinstance(stamp, dict) and any(stamp == _stamp(lock) for lock in wanted)


def _system_seen(needs: Sequence[Need]) -> bool:
    """Whether an earlier run found all that the system must bring."""
    try:
        seen = (VENV / _SYSTEM).read_text(encoding="utf-8").split()
    except OSError:
        return False
    return set(_names(needs).split()) <= set(seen)


def _names(needs: Sequence[Need]) -> str:
    return " ".join(need.package for need in needs)


def missing_models(ids: Sequence[str]) -> list[str]:
    """Models of which a file is not there in its full size; the program itself checks the digests."""
    folder, missing = models_folder(), []
    for entry in catalogue():
        if entry["id"] in ids:
            sizes = [(folder / entry["id"] / file["name"], file["size"]) for file in entry["file"]]
            if not all(path.is_file() and path.stat().st_size == size for path, size in sizes):
                missing.append(entry["id"])
    return missing


def default_models(tasks: Sequence[str]) -> list[str]:
    """The default model of each task."""
    return [entry["id"] for entry in catalogue() if entry.get("default") and entry["task"] in tasks]


def ensure_models(ids: Sequence[str]) -> None:
    """Let the program fetch the models that are missing. Raises `SetupError` if it cannot."""
    missing = missing_models(ids)
    if not missing:
        return
    say(f"fetching models: {' '.join(missing)}")
    command = [str(venv_python()), str(entry_script()), "models", "fetch", *missing]
    if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode:
        raise SetupError(f"the models {' '.join(missing)} could not be fetched; the reason is above.")
    if still := missing_models(missing):
        raise SetupError(f"the models {' '.join(still)} are still missing after fetching them.")


def catalogue() -> list[dict[str, Any]]:
    """The rows of the model catalogue."""
    rows: list[dict[str, Any]] = tomllib.loads((ROOT / "resources/models.toml").read_text(encoding="utf-8"))["model"]
    return rows


def models_folder() -> Path:
    """Where model files lie: the same answer as `app.settings.find_paths`, without its library."""
    if named := os.environ.get("ANAMNESIS_MODELS_DIR"):
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
        return base / "anamnesis" / "Cache" / "models"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/anamnesis/models"
    cache = os.environ.get("XDG_CACHE_HOME", "").strip()
    return (Path(cache) if cache else Path.home() / ".cache") / "anamnesis" / "models"


def become(arguments: Sequence[str]) -> int:
    """Turn into the program: replace this process, or where that is not possible pass its exit status on."""
    command = [str(venv_python()), str(entry_script()), *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)  # noqa: S606 - no shell is what is wanted
    with contextlib.suppress(KeyboardInterrupt):
        return subprocess.run(command, check=False).returncode
    return 130


def _build(lock: str, held: int) -> None:
    if (VENV / _BUSY).exists() or not _works():
        _clear()
        (VENV / _BUSY).touch()
        say(f"making the virtual environment {VENV}")
        _run(
            [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV)],
            "the virtual environment could not be made",
            held,
        )
    (VENV / _BUSY).touch()
    (VENV / _STAMP).unlink(missing_ok=True)
    say(f"installing the packages of {lock} (once; a few minutes)")
    _run(
        [
            *(str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
            *("--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement", str(ROOT / lock)),
        ],
        "the packages could not be installed; check the network and run again",
        held,
    )
    _link_project()
    partial = VENV / (_STAMP + ".partial")
    partial.write_text(json.dumps(_stamp(lock)), encoding="utf-8")
    (VENV / _BUSY).unlink()
    partial.replace(VENV / _STAMP)


def _link_project() -> None:
    """Put the checkout on the path and write the entry script: an editable install that builds nothing."""
    purelib = subprocess.run(
        [str(venv_python()), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()
    Path(purelib, "anamnesis-checkout.pth").write_text(f"{ROOT}\n", encoding="locale")
    entry_script().write_text(f"#!{venv_python()}\n{_ENTRY}", encoding="utf-8")
    entry_script().chmod(0o755)


def _stamp(lock: str) -> dict[str, str]:
    digest = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    return {"lock": lock, "sha256": digest, "python": platform.python_version(), "folder": str(ROOT)}


def _works() -> bool:
    """Whether the environment is one of this Python and this folder, and has pip."""
    if not venv_python().exists():
        return False
    ask = "import pip, platform, sys; print(platform.python_version(), sys.prefix)"
    answer = subprocess.run(
        [str(venv_python()), "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    )
    return answer.stdout.strip() == f"{platform.python_version()} {VENV}"


def _clear() -> None:
    """Empty the environment's folder, but for the lock that this process holds."""
    for path in VENV.iterdir():
        if path.name == _MUTEX:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextlib.contextmanager
def _mutex() -> Iterator[int]:
    """Keep other set-ups of this folder waiting; yields the descriptor of the lock, which ends with the process."""
    with (VENV / _MUTEX).open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
            yield file.fileno()
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another set-up of this folder")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file.fileno()


def _run(command: list[str], trouble: str, held: int) -> None:
    """Run a step quietly; it shares the lock, so that a step that outlives a killed set-up keeps others waiting."""
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=() if os.name == "nt" else (held,),
        check=False,
    )
    if result.returncode:
        sys.stderr.write(result.stdout.decode(errors="replace"))
        raise SetupError(f"{trouble}; the messages are above.")
