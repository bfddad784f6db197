"""`scripts/build-llama`: what it makes, from what, and that a build is in its place whole or not at all."""

import sys
import zipfile

import pytest

from app.drafting.engines import llama_build

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="builds are made for Linux")


@pytest.fixture
def build(script):
    return script("_build_llama")


@pytest.fixture
def wheel(tmp_path):
    with zipfile.ZipFile(tmp_path / "xllamacpp-1-x.whl", "w") as archive:
        archive.writestr("xllamacpp/__init__.py", "")
        archive.writestr("xllamacpp/xllamacpp.abi3.so", "library")
        archive.writestr("xllamacpp-1.dist-info/METADATA", "")
    return tmp_path / "xllamacpp-1-x.whl"


def test_every_build_that_the_program_looks_for_can_be_made(build):
    assert {name for name in llama_build.BUILDS if build.settings(name)} == set(build._BEYOND)


@pytest.mark.parametrize(
    ("says", "fits"),
    [("AVX512 = 1 | AVX512_VBMI = 1 | AVX512_VNNI = 1 |", True), ("AVX2 = 1 | AVX512 = 1 | AVX512_VNNI = 0 |", False)],
)
def test_a_build_that_is_not_the_one_of_its_name_is_refused(build, monkeypatch, tmp_path, says, fits):
    monkeypatch.setattr(build, "fitting", lambda: ("avx512vnni",))
    done = build.subprocess.CompletedProcess([], 0, f"CPU : {says}\n")
    monkeypatch.setattr(build.subprocess, "run", lambda *_words, **_options: done)
    if fits:
        assert says in build._answer(tmp_path / "avx512vnni")
    else:
        with pytest.raises(build.SetupError, match="not the one of its name"):
            build._answer(tmp_path / "avx512vnni")


def test_the_source_is_the_one_of_the_lock_file_with_its_digests(build):
    version, lines = build.pinned((build.ROOT / build.RUN_LOCK).read_text(encoding="utf-8"))
    assert lines.startswith(f"xllamacpp=={version} \\\n")
    assert lines.count("--hash=sha256:") > 3
    assert not lines.rstrip().endswith("\\")
    with pytest.raises(build.SetupError):
        build.pinned("numpy==2.0 \\\n    --hash=sha256:00\n")


def test_a_build_replaces_the_one_before_and_says_of_which_release_it_is(build, wheel, tmp_path, monkeypatch):
    monkeypatch.setattr(build.shutil, "which", lambda _name: None)  # there is nothing to strip here
    place = tmp_path / "llama" / "avx512vnni"
    for version in ("2026.1", "2026.2"):
        build._put(wheel, place, version)
    assert sorted(path.relative_to(place).as_posix() for path in place.rglob("*")) == [
        "version",
        "xllamacpp",
        "xllamacpp/__init__.py",
        "xllamacpp/xllamacpp.abi3.so",
    ]
    assert build._is_there(place, "2026.2")
    assert not build._is_there(place, "2026.1")
    assert [path.name for path in place.parent.iterdir()] == ["avx512vnni"]


def test_what_cannot_be_made_is_said_in_one_line(build, capsys, monkeypatch):
    assert build.main(["avx10"]) == 1
    assert "no such build: avx10" in capsys.readouterr().err
    monkeypatch.setattr(build, "fitting", lambda: ())
    assert build.main([]) == 1
    assert "nothing to make" in capsys.readouterr().err


def test_a_build_that_is_there_is_not_made_again(build, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(build, "ensure_environment", lambda **_options: None)
    monkeypatch.setattr(build, "_source", lambda _requirement: pytest.fail("nothing may be fetched"))
    monkeypatch.setattr(build, "_answer", lambda _folder: "it runs")
    version, _lines = build.pinned((build.ROOT / build.RUN_LOCK).read_text(encoding="utf-8"))
    (tmp_path / "avx512vnni").mkdir()
    (tmp_path / "avx512vnni" / llama_build.VERSION).write_text(version)
    assert build.main(["avx512vnni", "--into", str(tmp_path)]) == 0
    assert "it runs" in capsys.readouterr().err


def test_ctrl_c_puts_nothing_in_place(build, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "ensure_environment", lambda **_options: None)
    monkeypatch.setattr(build, "ensure_system", lambda _needs: None)

    def stopped(_requirement):
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "_source", stopped)
    assert build.main(["avx512vnni", "--into", str(tmp_path / "llama")]) == 130
    assert list(tmp_path.iterdir()) == []
