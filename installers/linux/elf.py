"""ELF files of the frozen program: what they need, what nobody needs, and how small they can be.

Uses `objdump` and `strip` of GNU binutils, `ldconfig`, and `dpkg -S` to name the packages of system libraries.
"""

import re
import shutil
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROGRAM_SEGMENT = 1


@dataclass(frozen=True)
class Library:
    """An ELF file: the sonames it needs and the newest glibc symbol version among its references."""

    path: Path
    needed: frozenset[str]
    glibc: tuple[int, ...]


def find(root: Path) -> list[Library]:
    """Return all ELF files below `root`."""
    return [_read(path) for path in sorted(root.rglob("*")) if path.is_file() and _is_elf(path)]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _read(path: Path) -> Library:
    output = _output("objdump", "-p", str(path))
    needed = frozenset(re.findall(r"^\s+NEEDED\s+(\S+)", output, re.MULTILINE))
    versions = re.findall(r"\bGLIBC_(\d+(?:\.\d+)+)", output)
    return Library(path, needed, max((tuple(map(int, v.split("."))) for v in versions), default=()))


def strip(path: Path) -> int:
    """Remove symbols that loading does not need; return the bytes saved.

    Files whose segments would no longer lie on page boundaries (some were edited after linking) are left as they are.
    """
    smaller = path.with_name(path.name + ".stripped")
    result = subprocess.run(["strip", "--strip-unneeded", "-o", smaller, path], capture_output=True, check=False)
    saved = path.stat().st_size - smaller.stat().st_size if result.returncode == 0 else 0
    if saved <= 0 or not _segments_aligned(smaller):
        smaller.unlink(missing_ok=True)
        return 0
    shutil.copymode(path, smaller)
    smaller.replace(path)
    return saved


def _segments_aligned(path: Path) -> bool:
    """Whether file offset and address of each loaded segment agree modulo its alignment (System V ABI, chapter 5)."""
    data = path.read_bytes()
    if data[4] != 2:
        return False
    table, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    for index in range(count):
        kind, _flags, offset, address, _, _, _, align = struct.unpack_from("<IIQQQQQQ", data, table + index * size)
        if kind == PROGRAM_SEGMENT and align > 1 and (offset - address) % align:
            return False
    return True


def remove_unused(root: Path, pattern: str) -> list[Path]:
    """Delete libraries that match `pattern` and that no other ELF file needs, until none is left; return them.

    Links to a deleted library go with it.
    """
    removed: list[Path] = []
    while True:
        libraries = find(root)
        needed = frozenset().union(*(library.needed for library in libraries))
        unused = [path for path in root.glob(pattern) if path.name not in needed and not path.is_symlink()]
        if not unused:
            _remove_dangling_links(root)
            return removed
        for path in unused:
            path.unlink()
        removed += unused


def _remove_dangling_links(root: Path) -> None:
    for path in root.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()


def missing_sonames(libraries: Iterable[Library]) -> set[str]:
    """Return the sonames that the system has to provide."""
    libraries = list(libraries)
    inside = {library.path.name for library in libraries}
    return {name for library in libraries for name in library.needed} - inside


def providing_packages(sonames: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the Debian packages that hold these libraries, and the sonames that no installed package holds."""
    cache = dict(re.findall(r"^\s+(\S+) \(.*x86-64.*\) => (\S+)$", _output("ldconfig", "-p"), re.MULTILINE))
    packages: set[str] = set()
    unknown: set[str] = set()
    for soname in sonames:
        owner = _owner(Path(cache[soname])) if soname in cache else None
        (packages if owner else unknown).add(owner or soname)
    return packages, unknown


def _owner(path: Path) -> str | None:
    """Return the package of a file; dpkg may know it with or without /usr, under its own name or its target's."""
    real = path.resolve()
    for candidate in (path, real, Path("/usr") / path.relative_to("/"), Path("/") / real.relative_to("/usr")):
        result = subprocess.run(["dpkg", "-S", str(candidate)], capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return result.stdout.split(":")[0]
    return None


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
