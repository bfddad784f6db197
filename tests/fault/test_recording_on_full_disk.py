"""A disk that really fills up while a visit is recorded: what was sealed opens, and with room again it goes on."""

import os
import subprocess
from contextlib import suppress

import pytest
from vault_samples import Template, make_window, signed_in

from app.domain.errors import DiskFullError

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root"
)
RATE = 16_000
QUARTER = RATE // 2  # bytes in a quarter of a second
BALLAST = 400_000


@pytest.fixture
def vault(tmp_path):
    """A vault on a disk of 3 MB with a file on it that can be taken away to make room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    folder = Template(tmp_path).copy(disk)
    (disk / "ballast").write_bytes(bytes(BALLAST))
    yield folder
    subprocess.run(["umount", "-l", disk], check=True)


def sound(quarter):
    """A quarter of a second that is like no other."""
    return quarter.to_bytes(4, "big") * (QUARTER // 4)


def record_until_full(writer):
    """Return how many quarters were handed in, the last one refused."""
    for quarter in range(10_000):
        try:
            writer.write(sound(quarter))
        except DiskFullError:
            return quarter + 1
    pytest.fail("the disk never got full")


def whole(quarters):
    return b"".join(sound(quarter) for quarter in range(quarters))


def test_recording_goes_on_when_there_is_room_again(vault):
    with signed_in(vault) as session:
        store = session.encounters
        visit = store.create("visit")
        writer = store.audio_writer(visit, RATE)
        store.read_audio(visit)  # so that the later looks need no entry of their own
        handed = record_until_full(writer)
        assert handed > 20
        assert store.read_audio(visit) == whole(handed - 1)
        with pytest.raises(DiskFullError):
            append_until_full(store, visit)
        with pytest.raises(DiskFullError):
            writer.write(sound(handed))
        (vault.parent / "ballast").unlink()
        writer.write(sound(handed + 1))
        writer.close()
        assert store.read_audio(visit) == whole(handed + 2)
        store.append_journal(visit, make_window())
        assert session.audit.verify().first_bad is None
    with signed_in(vault) as session:
        assert session.encounters.audio_info(visit).complete
        assert session.encounters.read_audio(visit) == whole(handed + 2)


def test_recording_that_could_not_end_is_resumed_when_there_is_room_again(vault):
    with signed_in(vault) as session:
        store = session.encounters
        visit = store.create("visit")
        writer = store.audio_writer(visit, RATE)
        store.read_audio(visit)  # so that the later looks need no entry of their own
        handed = record_until_full(writer)
        with pytest.raises(DiskFullError):
            writer.close()
        writer.abandon()
        fill(vault.parent / "rest")
        with pytest.raises(DiskFullError):
            store.resume_audio(visit)
        assert store.read_audio(visit) == whole(handed - 1)
        (vault.parent / "ballast").unlink()
        with store.resume_audio(visit) as writer:
            writer.write(sound(handed - 1))
        assert store.read_audio(visit) == whole(handed)
    with signed_in(vault) as session:
        assert session.encounters.audio_info(visit).complete
        assert session.audit.verify().first_bad is None


def append_until_full(store, visit):
    for _ in range(1000):
        store.append_journal(visit, make_window())


def fill(path):
    """Take the last bytes of the disk."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(512)):
            pass
