"""Which build of llama.cpp runs: one made for this processor if it lies beside the program, else the wheel's own.

The wheel of `xllamacpp` is built for processors with AVX2 and leaves the dot products of later ones unused, with which
the same source reads a prompt two to three times as fast (`anamnesis bench engines` prints both). Builds lie in
`llama/NAME/xllamacpp` under `sys.prefix`: the virtual environment, or the installed program. `scripts/build-llama`
makes them.
"""

import importlib
import importlib.metadata
import importlib.util
import logging
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

OWN = "avx2"
"""The wheel's own build."""

BUILDS = {
    "avx512vnni": frozenset(
        {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl", "avx512vbmi", "avx512_vnni", "avx2", "f16c", "fma"}
    ),
}
"""Builds that may lie here, the fastest first, and what the processor must know for each, in the words of Linux."""

CHOSEN = "ANAMNESIS_LLAMA_BUILD"
"""Environment variable: the build to run, one of `BUILDS` or `OWN`, for measuring and when a build makes trouble."""

VERSION = "version"
"""The file in a build's folder that says of which release of the wheel it was made."""

_NAME = "xllamacpp"
_LOG = logging.getLogger(__name__)
_CPUINFO = Path("/proc/cpuinfo")


def load_xllamacpp() -> Any:  # noqa: ANN401 - it ships no types
    """Return the module, of `build_here()`; of the wheel if that build cannot be loaded. Raises `ImportError`."""
    build = build_here()
    if _NAME not in sys.modules and build != OWN:
        try:
            return _load(builds_folder() / build / _NAME)
        except ImportError:
            _LOG.warning("The build of llama.cpp for %s cannot be loaded; the wheel's own runs.", build)
    return importlib.import_module(_NAME)


def running_build() -> str:
    """Return the build of the module that is loaded. Raises `ImportError`."""
    folder = Path(load_xllamacpp().__file__).parent
    return folder.parent.name if folder.parent.parent == builds_folder() else OWN


def _load(folder: Path) -> Any:  # noqa: ANN401 - the same
    found = importlib.util.spec_from_file_location(
        _NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if found is None or found.loader is None:
        raise ImportError(name=_NAME)
    module = importlib.util.module_from_spec(found)
    sys.modules[_NAME] = module  # before it runs: it imports its own parts by this name
    try:
        found.loader.exec_module(module)
    except BaseException:
        del sys.modules[_NAME]
        raise
    return module


@cache
def build_here() -> str:
    """Return the name of the build that this process runs."""
    fit = [build for build in fitting() if _lies_here(builds_folder() / build)]
    chosen = os.environ.get(CHOSEN)
    if chosen is not None:
        return chosen if chosen in fit else OWN
    return fit[0] if fit else OWN


def fitting(cpuinfo: Path = _CPUINFO) -> tuple[str, ...]:
    """Return the builds that this processor can run, the fastest first; none where Linux does not say."""
    try:
        with cpuinfo.open(encoding="utf-8") as lines:
            words = next((line.split(":", 1)[1].split() for line in lines if line.startswith("flags")), [])
    except (OSError, UnicodeDecodeError, IndexError):
        return ()
    return tuple(build for build, needed in BUILDS.items() if needed <= set(words))


def _lies_here(folder: Path) -> bool:
    """Whether a build is there, of the wheel's own release: an older one may lack what the program asks of it."""
    try:
        made_of = (folder / VERSION).read_text(encoding="utf-8").strip()
        return made_of == importlib.metadata.version(_NAME)
    except OSError:
        return False
    except importlib.metadata.PackageNotFoundError:
        return True  # the installed program: one package holds both


def builds_folder() -> Path:
    """Where builds lie."""
    return Path(sys.prefix) / "llama"
