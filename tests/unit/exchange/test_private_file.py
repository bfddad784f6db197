"""Exports: whole or not there, private, never over another file unasked."""

import errno
import os
import sys
from pathlib import Path

import pytest

from app.domain.errors import DiskFullError, InputError, MachineError
from app.exchange import private_file
from app.exchange.private_file import write_export


def test_writes_privately_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    write_export(path, "Größe\n")
    assert path.read_bytes() == "Größe\n".encode()
    assert os.listdir(tmp_path) == ["note.md"]
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600


def test_refuses_to_overwrite_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("old")
    with pytest.raises(InputError, match="exists already"):
        write_export(path, "new")
    assert path.read_text() == "old"
    write_export(path, "new", overwrite=True)
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["note.md"]


def test_a_dangling_link_counts_as_a_file(tmp_path: Path) -> None:
    link = tmp_path / "note.md"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="exists already"):
        write_export(link, "new")
    assert not (tmp_path / "elsewhere").exists()


def test_folder_and_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write_export(tmp_path, "x", overwrite=True)
    with pytest.raises(InputError, match="does not exist"):
        write_export(tmp_path / "none" / "note.md", "x")


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, DiskFullError), (errno.EFBIG, DiskFullError), (errno.EIO, MachineError)]
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_failing_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception], overwrite: bool
) -> None:
    path = tmp_path / "note.md"
    if overwrite:
        path.write_text("old")

    def fail(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(private_file.os, "fsync", fail)
    with pytest.raises(expected):
        write_export(path, "secret words", overwrite=overwrite)
    assert os.listdir(tmp_path) == (["note.md"] if overwrite else [])
    assert not overwrite or path.read_text() == "old"


def test_a_disk_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(private_file.os, "link", refuse)
    write_export(tmp_path / "note.md", "x")
    assert os.listdir(tmp_path) == ["note.md"]


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "note.md"
    sync = os.fsync

    def other_program(handle: int) -> None:
        sync(handle)
        path.write_text("other")

    monkeypatch.setattr(private_file.os, "fsync", other_program)
    with pytest.raises(InputError, match="exists already"):
        write_export(path, "mine")
    assert path.read_text() == "other"
    assert os.listdir(tmp_path) == ["note.md"]
