"""`scripts/build-llama`: llama.cpp for newer processors than the wheel's, from the wheel's own pinned source.

The source and the tools come from the package index by hash (`requirements.lock`, `requirements-build.lock`); left out
are the parts for downloads and for JSON schemas, which the program does not use. `app/drafting/engines/llama_build.py`
says which build runs.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

from _setup import BUILD_LOCK, ROOT, RUN_LOCK, VENV, ensure_environment, venv_python
from _system import Need, SetupError, ensure_system, run_quietly, say

sys.path.insert(0, str(ROOT))

from app.drafting.engines.llama_build import BUILDS, VERSION, fitting

WORK = ROOT / "build" / "llama"
NEEDS = (
    Need("g++", "program", "g++"),
    Need("python3-dev", "file", str(Path(sysconfig.get_path("include"), "Python.h"))),
)

_LEAN = ("-DLLAMA_LLGUIDANCE=OFF", "-DLLAMA_BUILD_BORINGSSL=OFF", "-DLLAMA_BUILD_UI=OFF", "-DGGML_NATIVE=OFF")
_BASE = ("SSE42", "F16C", "AVX", "AVX2", "BMI2", "FMA")
_BEYOND = {"avx512vnni": ("AVX512", "AVX512_VBMI", "AVX512_VNNI")}


def main(arguments: Sequence[str]) -> int:
    """Return 0 if each build that was asked for lies where the program finds it."""
    parser = argparse.ArgumentParser(prog="scripts/build-llama", description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="*", metavar="BUILD", help=f"{', '.join(BUILDS)}; default: this processor's")
    parser.add_argument(
        "--into", type=Path, default=VENV / "llama", help="folder for the builds (default: .venv/llama)"
    )
    parser.add_argument("--again", action="store_true", help="also if it is there already")
    options = parser.parse_args(arguments)
    try:
        return build(options.builds or fitting()[:1], options.into.absolute(), again=options.again)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; nothing was put in place.")
        return 130


def build(names: Sequence[str], into: Path, *, again: bool) -> int:
    """Make each build and put it in place whole. Raises `SetupError`."""
    if unknown := set(names) - set(BUILDS):
        raise SetupError(f"no such build: {', '.join(sorted(unknown))}; there are {', '.join(BUILDS)}.")
    if not names or not sys.platform.startswith("linux"):
        raise SetupError("nothing to make: only Linux on a processor with AVX-512 VNNI gains by it.")
    ensure_environment(testing=False, system=False)
    version, requirement = pinned((ROOT / RUN_LOCK).read_text(encoding="utf-8"))
    missing = [name for name in names if again or not _is_there(into / name, version)]
    if missing:
        ensure_system(NEEDS)
        source = _source(requirement)
        for name in missing:
            say(f"compiling llama.cpp of xllamacpp {version} for {name} (about 6 minutes on two cores)")
            _put(_wheel(source, name), into / name, version)
        shutil.rmtree(WORK)
    for name in names:
        say(f"{into / name}: {_answer(into / name)}")
    return 0


def pinned(lock: str) -> tuple[str, str]:
    """Return the version of xllamacpp and its lines in a lock file. Raises `SetupError` if there are none."""
    found = re.search(r"^xllamacpp==(\S+)(?:[^\n]*\\\n)*[^\n]*\n", lock, re.MULTILINE)
    if found is None:
        raise SetupError(f"{RUN_LOCK} does not name xllamacpp.")
    return found[1], found[0]


def settings(name: str) -> str:
    """The arguments of CMake for a build."""
    return " ".join([*_LEAN, *(f"-DGGML_{flag}=ON" for flag in (*_BASE, *_BEYOND[name]))])


def _is_there(folder: Path, version: str) -> bool:
    try:
        return (folder / VERSION).read_text(encoding="utf-8").strip() == version
    except OSError:
        return False


def _source(requirement: str) -> Path:
    """Fetch tools and source by hash into the work folder; return the folder of the source."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    say("fetching the source and the tools to build it")
    _run([str(venv_python()), "-m", "venv", str(WORK / "venv")])
    pip = [*_tools("python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(ROOT / BUILD_LOCK)])
    (WORK / "source.txt").write_text(requirement, encoding="utf-8")
    fetch = ["download", "--require-hashes", "--no-deps", "--no-binary=:all:", "--no-build-isolation"]
    _run([*pip, *fetch, "--dest", str(WORK), "-r", str(WORK / "source.txt")])
    (archive,) = WORK.glob("xllamacpp-*.tar.gz")
    _run(["tar", "-xzf", str(archive), "-C", str(WORK)])
    return WORK / archive.name.removesuffix(".tar.gz")


def _wheel(source: Path, name: str) -> Path:
    """Compile, and return the wheel."""
    wheels = WORK / name
    command = [*_tools("python"), "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", str(wheels)]
    _run([*command, str(source)], XLLAMACPP_RELEASE="1", CMAKE_GENERATOR="Ninja", CMAKE_ARGS=settings(name))
    (wheel,) = wheels.glob("xllamacpp-*.whl")
    return wheel


def _put(wheel: Path, folder: Path, version: str) -> None:
    """Unpack beside the place, then rename: a build is there whole or not at all."""
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(partial, [n for n in archive.namelist() if n.startswith("xllamacpp/")])
    (library,) = (partial / "xllamacpp").glob("*.so")
    if strip := shutil.which("strip"):
        _run([strip, "--strip-unneeded", str(library)])
    (partial / VERSION).write_text(f"{version}\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _answer(folder: Path) -> str:
    """What the build says of itself, if this processor can run it."""
    if folder.name not in fitting():
        return "made; this processor cannot run it"
    ask = "import xllamacpp; print(xllamacpp.get_system_info().strip())"
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
    command = [str(venv_python()), "-c", ask]
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if said.returncode:
        raise SetupError(f"the build in {folder} does not run; remove that folder.")
    knows = set(re.findall(r"(\w+) = 1", said.stdout))
    if not set(_BEYOND[folder.name]) <= knows:
        raise SetupError(f"the build in {folder} is not the one of its name; remove that folder.")
    return said.stdout.strip()


def _tools(program: str) -> list[str]:
    return [str(WORK / "venv" / "bin" / program)]


def _run(command: list[str], **extra: str) -> None:
    path = f"{WORK / 'venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, **extra, "PATH": path}
    if run_quietly(command, environment, loud=True):
        raise SetupError(f"{Path(command[0]).name} failed; the messages are above.")
