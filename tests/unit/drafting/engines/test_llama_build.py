"""Which build of llama.cpp runs: what the processor knows, what lies beside the program, what somebody asked for."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from program import REPOSITORY, environment

from app.drafting.engines import llama_build

_WHEEL = Path(importlib.util.find_spec("xllamacpp").origin).parent
_ICE_LAKE = "avx2 fma f16c avx512f avx512dq avx512cd avx512bw avx512vl avx512vbmi avx512_vnni"


@pytest.fixture
def cpuinfo(tmp_path):
    def write(flags):
        path = tmp_path / "cpuinfo"
        path.write_text(f"processor\t: 0\nmodel name\t: some\nflags\t\t: {flags}\nbugs\t\t: none\n")
        return path

    return write


@pytest.fixture
def builds(tmp_path, monkeypatch):
    """Make builds lie beside the program, of the wheel's release unless another is named."""
    monkeypatch.setattr(llama_build.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(llama_build.importlib.metadata, "version", lambda _name: "2026.1")
    monkeypatch.delenv(llama_build.CHOSEN, raising=False)
    monkeypatch.setattr(llama_build, "fitting", lambda: ("avx512vnni", "other"))
    llama_build.build_here.cache_clear()

    def make(name, version="2026.1"):
        folder = tmp_path / "llama" / name
        folder.mkdir(parents=True)
        (folder / llama_build.VERSION).write_text(f"{version}\n")

    yield make
    llama_build.build_here.cache_clear()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (_ICE_LAKE, ("avx512vnni",)),
        (f"{_ICE_LAKE} avx_vnni", ("avx512vnni",)),
        ("avx2 fma f16c avx_vnni", ()),
        (_ICE_LAKE.replace("avx512vbmi", ""), ()),
        ("avx2 fma f16c", ()),
        ("", ()),
    ],
)
def test_only_builds_whose_every_instruction_the_processor_knows_fit(cpuinfo, flags, expected):
    assert llama_build.fitting(cpuinfo(flags)) == expected


@pytest.mark.parametrize("content", [b"", b"flags", b"Features : asimd\n", b"flags: \xff\xfe avx2\n"])
def test_where_the_system_does_not_say_none_fits(tmp_path, content):
    (tmp_path / "cpuinfo").write_bytes(content)
    assert llama_build.fitting(tmp_path / "cpuinfo") == ()
    assert llama_build.fitting(tmp_path / "none") == ()


def test_without_a_build_the_wheels_own_runs(builds):
    assert llama_build.build_here() == llama_build.OWN


def test_the_fastest_that_lies_here_runs(builds):
    builds("other")
    assert llama_build.build_here() == "other"
    builds("avx512vnni")
    llama_build.build_here.cache_clear()
    assert llama_build.build_here() == "avx512vnni"


def test_a_build_of_another_release_is_left_alone(builds):
    builds("avx512vnni", "2025.9")
    assert llama_build.build_here() == llama_build.OWN


@pytest.mark.parametrize(
    ("chosen", "expected"), [("avx2", "avx2"), ("other", "other"), ("avx512vnni", "avx2"), ("x", "avx2")]
)
def test_what_is_asked_for_runs_if_it_can(builds, monkeypatch, chosen, expected):
    builds("other")
    monkeypatch.setenv(llama_build.CHOSEN, chosen)
    assert llama_build.build_here() == expected


@pytest.fixture
def loaded(tmp_path):
    """Load the module in a process whose builds lie in a folder, and print what came."""

    def load(make):
        build = llama_build.fitting()[0]
        folder = tmp_path / "llama" / build
        folder.mkdir(parents=True)
        make(folder / "xllamacpp")
        (folder / llama_build.VERSION).write_text(llama_build.importlib.metadata.version("xllamacpp"))
        code = (
            f"import sys; sys.prefix = {str(tmp_path)!r}\n"
            "from app.drafting.engines.llama_build import load_xllamacpp, running_build\n"
            "module = load_xllamacpp()\n"
            "import xllamacpp.xllamacpp as library\n"
            "print(module.__file__, library.__file__, running_build(), 'AVX2 = 1' in module.get_system_info())\n"
        )
        words = [sys.executable, "-c", code]
        done = subprocess.run(
            words, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, timeout=60, check=False
        )
        return folder / "xllamacpp", done.stdout.split(), done.stderr

    return load


@pytest.mark.skipif(not llama_build.fitting(), reason="this processor knows none of the newer instructions")
def test_the_module_is_that_of_the_build(loaded):
    """The wheel's own library stands in for a build: that it is loaded from there is the point."""
    folder, said, errors = loaded(lambda place: place.symlink_to(_WHEEL, target_is_directory=True))
    assert errors == ""
    assert said[0] == str(folder / "__init__.py")
    assert Path(said[1]).parent == folder
    assert said[2:] == [folder.parent.name, "True"]


@pytest.mark.skipif(not llama_build.fitting(), reason="this processor knows none of the newer instructions")
@pytest.mark.parametrize("content", [b"", b"no library at all"])
def test_a_build_that_cannot_be_loaded_leaves_the_wheels_own(loaded, content):
    def damaged(place):
        place.mkdir()
        (place / "__init__.py").write_text("from .xllamacpp import *\n")
        (place / "xllamacpp.abi3.so").write_bytes(content)

    _folder, said, errors = loaded(damaged)
    assert "cannot be loaded" in errors
    assert Path(said[0]).parent == _WHEEL
    assert said[2:] == [llama_build.OWN, "True"]
