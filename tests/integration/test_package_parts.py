"""Parts of the Linux package builder, on real ELF files and a small file tree."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from app.settings import RESOURCES

LINUX = RESOURCES.parent / "installers" / "linux"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or any(shutil.which(t) is None for t in ("objdump", "strip", "dpkg-deb")),
    reason="needs binutils and dpkg",
)


def load(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"installers_linux_{name}", LINUX / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def elf() -> ModuleType:
    return load("elf")


@pytest.fixture(scope="module")
def debian() -> ModuleType:
    return load("debian")


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    """A real extension module with symbols: MarkupSafe's, as its wheel brings it."""
    import markupsafe._speedups

    copy = tmp_path / "speedups.so"
    shutil.copy(str(markupsafe._speedups.__file__), copy)
    return copy


def test_needed_libraries_and_glibc_are_read(elf: ModuleType, extension: Path) -> None:
    (extension.parent / "text.so").write_text("no ELF file")
    (library,) = elf.find(extension.parent)
    assert library.path == extension
    assert "libc.so.6" in library.needed
    assert library.glibc >= (2, 2, 5)
    assert "libc.so.6" in elf.missing_sonames([library])


def test_libc_is_found_in_its_package_and_an_unknown_library_is_named(elf: ModuleType) -> None:
    packages, unknown = elf.providing_packages({"libc.so.6", "libnobodyhasthis.so.9"})
    assert packages == {"libc6"}
    assert unknown == {"libnobodyhasthis.so.9"}


def test_stripped_library_still_loads(elf: ModuleType, extension: Path) -> None:
    before = extension.stat().st_size
    saved = elf.strip(extension)
    assert saved > 0
    assert extension.stat().st_size == before - saved
    assert sorted(path.name for path in extension.parent.iterdir()) == ["speedups.so"]
    code = f"import ctypes; ctypes.PyDLL({str(extension)!r}).PyInit__speedups"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_library_with_shifted_segments_is_refused(elf: ModuleType, extension: Path) -> None:
    assert elf._segments_aligned(extension)
    data = bytearray(extension.read_bytes())
    table = int.from_bytes(data[32:40], "little")
    kinds = [int.from_bytes(data[table + 56 * i : table + 56 * i + 4], "little") for i in range(data[56])]
    second_load = table + 56 * [i for i, kind in enumerate(kinds) if kind == elf.PROGRAM_SEGMENT][1]
    data[second_load + 8] ^= 0x10
    extension.write_bytes(data)
    assert not elf._segments_aligned(extension)


def test_library_that_nobody_needs_is_removed_and_a_needed_one_stays(elf: ModuleType, extension: Path) -> None:
    needed = next(iter(elf.find(extension.parent)[0].needed))
    for name in (needed, "libunused.so.1"):
        shutil.copy(extension, extension.parent / name)
    (extension.parent / "link-to-unused").symlink_to("libunused.so.1")
    removed = elf.remove_unused(extension.parent, "lib*.so*")
    assert [path.name for path in removed] == ["libunused.so.1"]
    assert sorted(path.name for path in extension.parent.iterdir()) == sorted([needed, "speedups.so"])


def make_package(debian: ModuleType, folder: Path) -> Path:
    bundle = folder / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    program = bundle / "anamnesis"
    program.write_text("#!/bin/sh\necho started\n")
    program.chmod(0o700)
    (bundle / "_internal" / "data.txt").write_text("data")
    (bundle / "_internal" / "LICENSE").write_text("text of the licence")
    icon = folder / "icon.png"
    icon.write_bytes(b"\x89PNG")
    release = debian.Release("1.2.3", "amd64", 1_700_000_000)
    tree = folder / "tree"
    licence = str(bundle / "_internal" / "LICENSE")
    part = {
        "name": "part",
        "version": "1",
        "licence": "MIT",
        "home": "",
        "copyright": ["Copyright 2024 A"],
        "files": [licence],
    }
    debian.lay_out(tree, bundle, RESOURCES.parent, {48: icon})
    debian.write_documents(tree, release, [part])
    debian.write_control(tree, release, {"libc6", "libegl1"}, "2.34")
    debian.set_modes_and_times(tree, release.epoch)
    target = folder / str(release.file_name)
    debian.pack(tree, target, release.epoch, "xz", 1)
    return target


def test_package_has_root_owner_plain_modes_checksums_and_no_scripts(debian: ModuleType, tmp_path: Path) -> None:
    deb = make_package(debian, tmp_path)
    contents = subprocess.run(["dpkg-deb", "-c", deb], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in contents.splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    modes = {row[5]: row[0] for row in rows}
    assert modes["./usr/lib/anamnesis/anamnesis"] == "-rwxr-xr-x"
    assert modes["./usr/lib/anamnesis/_internal/data.txt"] == "-rw-r--r--"
    assert "./usr/bin/anamnesis -> ../lib/anamnesis/anamnesis" in contents
    opened = tmp_path / "opened"
    subprocess.run(["dpkg-deb", "-R", deb, opened], check=True)
    assert sorted(path.name for path in (opened / "DEBIAN").iterdir()) == ["control", "md5sums"]
    control = (opened / "DEBIAN" / "control").read_text()
    assert "Depends: libc6 (>= 2.34), libegl1, libportaudio2\n" in control
    assert subprocess.run(["md5sum", "-c", "--quiet", "DEBIAN/md5sums"], cwd=opened, check=False).returncode == 0
    assert (opened / "usr/share/doc/anamnesis/licences/part/LICENSE").read_text() == "text of the licence"
    example = opened / "usr/share/doc/anamnesis/policy.toml.example"
    assert example.read_bytes() == (LINUX.parent / "common" / "policy.toml.example").read_bytes()
    assert "Recommends: fonts-dejavu-core | fonts-noto-core, libasound2-plugins | pipewire-alsa, libpulse0\n" in control


def test_same_input_gives_the_same_package(debian: ModuleType, tmp_path: Path) -> None:
    packages = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        packages.append(make_package(debian, tmp_path / name).read_bytes())
    assert packages[0] == packages[1]


def test_manual_page_names_every_command() -> None:
    from app.cli import _COMMANDS

    page = re.sub(r"\\f[BIR]", "", (LINUX / "anamnesis.1").read_text(encoding="utf-8"))
    commands = page[page.index(".SH COMMANDS") : page.index(".SH EXIT STATUS")]
    assert [name for name in _COMMANDS if not re.search(rf"\b{name}\b", commands)] == []
