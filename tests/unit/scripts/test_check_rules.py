"""The home-made rules of `scripts/check`: each finds what it is for and leaves the rest alone."""

import pytest

PROJECT = """[project]
dependencies = ["numpy>=2", "PySide6-Essentials>=6"]
[project.optional-dependencies]
dev = ["pytest>=9"]
build-llama = ["cmake>=3"]
"""
RUN = "numpy==2.4 \\\n    --hash=sha256:00\npyside6_essentials==6.1 \\\n    --hash=sha256:00\n"


@pytest.fixture
def check(script):
    return script("_check")


@pytest.fixture
def locks(tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "requirements.lock").write_text(RUN)
    (tmp_path / "requirements-dev.lock").write_text(RUN + "pytest==9.2 --hash=sha256:00\n")
    (tmp_path / "requirements-build.lock").write_text("cmake==4.4 --hash=sha256:00\n")
    return tmp_path


def test_long_files(check, tmp_path):
    (tmp_path / "short.py").write_text("x\n" * 400)
    (tmp_path / "long.py").write_text("x\n" * 401)
    (tmp_path / "long.txt").write_text("x\n" * 500)
    assert check.long_files(sorted(tmp_path.iterdir())) == [f"{tmp_path / 'long.py'}: 401 lines, 400 are allowed"]


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\U000e0041"])
def test_invisible_characters(check, tmp_path, sign):
    (tmp_path / "a.md").write_text(f"fine – “text” ä 中\nnot{sign}fine\n", encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(b"\xff\xfe\x00")
    assert check.invisible_characters(sorted(tmp_path.iterdir())) == [f"{tmp_path / 'a.md'}:2: U+{ord(sign):04X}"]


@pytest.mark.parametrize(
    "line", ["import torch", "from transformers.models import x", "def f():\n    import spacy.lang as s"]
)
def test_banned_imports(check, tmp_path, monkeypatch, line):
    monkeypatch.setattr(check, "ROOT", tmp_path)
    (tmp_path / "app").mkdir()
    bad, good, outside = tmp_path / "app/bad.py", tmp_path / "app/good.py", tmp_path / "convert.py"
    bad.write_text(line + "\n")
    good.write_text("import torchlike\nfrom . import torch\n'import torch'\n")
    outside.write_text(line + "\n")
    assert len(check.banned_imports([bad, good, outside])) == 1


def test_good_locks_have_no_trouble(check, locks):
    assert check.lock_troubles(locks) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "trouble"),
    [
        ("requirements.lock", "numpy==2.4", "other==2.4", "requirements.lock: lacks numpy"),
        ("requirements-dev.lock", "pytest==9.2", "pytestx==9.2", "requirements-dev.lock: lacks pytest"),
        ("requirements-dev.lock", "numpy==2.4", "numpy==2.5", "requirements-dev.lock: other versions of numpy"),
        ("requirements-build.lock", "cmake==4.4", "ninja==1.1", "requirements-build.lock: lacks cmake"),
        ("requirements-build.lock", "cmake", "-f here\ncmake", "requirements-build.lock: names a host"),
        ("requirements.lock", "numpy", "--index-url mirror\nnumpy", "requirements.lock: names a host"),
        ("requirements.lock", "numpy==2.4", "numpy==2.4\nx @ http://h/x.whl", "requirements.lock: names a host"),
    ],
)
def test_lock_troubles(check, locks, name, old, new, trouble):
    path = locks / name
    path.write_text(path.read_text().replace(old, new, 1))
    assert trouble in check.lock_troubles(locks)


def test_our_own_locks_and_files_keep_the_rules(check):
    files = check.project_files()
    assert check.lock_troubles() == []
    assert len(files) > 50
    assert check.banned_imports(files) == []
