"""An export onto a disk that is really full."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import DiskFullError
from app.exchange.private_file import write_export


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs Linux and root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not allow mounts")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_declared_and_the_old_file_stays(small_disk: Path) -> None:
    path = small_disk / "note.md"
    write_export(path, "old")
    with pytest.raises(DiskFullError):
        write_export(path, "x" * 200_000, overwrite=True)
    assert path.read_text() == "old"
    assert os.listdir(small_disk) == ["note.md"]
