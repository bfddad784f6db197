"""What the store says about files that are there, cut, altered or not there."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_sources import small_catalogue, small_entry

from app.domain.errors import ModelDamagedError, ModelMissingError
from app.models import ModelState, ModelStore

FILES = {"model.bin": bytes(range(200)), "config.json": b"{}"}


@pytest.fixture
def store(tmp_path):
    store = ModelStore(tmp_path, small_catalogue(small_entry(FILES)))
    folder = store.folder("small")
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    return store


def test_open_returns_the_folder_of_whole_files(store):
    assert store.open("small") == store.folder("small")
    assert store.state("small") is ModelState.PRESENT


def test_a_missing_file_is_named_with_the_way_out(store):
    (store.folder("small") / "config.json").unlink()
    assert store.state("small") is ModelState.MISSING
    with pytest.raises(ModelMissingError, match=r"config\.json") as error:
        store.open("small")
    assert "anamnesis models fetch small" in error.value.remedy


def test_a_cut_file_is_damaged_at_a_glance(store):
    (store.folder("small") / "model.bin").write_bytes(FILES["model.bin"][:-1])
    assert store.state("small") is ModelState.DAMAGED
    with pytest.raises(ModelDamagedError, match="199 bytes instead of 200"):
        store.open("small")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(position=st.integers(0, 199), change=st.integers(1, 255))
def test_any_altered_byte_is_refused_and_the_file_named(store, position, change):
    altered = bytearray(FILES["model.bin"])
    altered[position] ^= change
    path = store.folder("small") / "model.bin"
    path.write_bytes(altered)
    with pytest.raises(ModelDamagedError, match=r"model\.bin"):
        store.open("small")
    path.write_bytes(FILES["model.bin"])
    assert store.open("small")


def test_a_folder_in_a_files_place_counts_as_missing(store):
    path = store.folder("small") / "model.bin"
    path.unlink()
    path.mkdir()
    assert store.state("small") is ModelState.MISSING


def test_verify_reports_every_file_and_raises_nothing(store):
    (store.folder("small") / "config.json").unlink()
    (store.folder("small") / "model.bin").write_bytes(bytes(200))
    seen = []
    checks = store.verify(["small"], lambda fraction, _phrase: seen.append(fraction))
    assert {check.file: check.state for check in checks} == {
        "model.bin": ModelState.DAMAGED,
        "config.json": ModelState.MISSING,
    }
    assert seen[-1] == 1.0


@pytest.mark.parametrize("text", ["", "[]", '{"format": 2, "files": {}}', '{"format": 1}', '{"format": 1, "files": 3}'])
def test_a_broken_record_of_digests_is_damage_not_trust(tmp_path, text):
    store = ModelStore(tmp_path, small_catalogue(small_entry(FILES, pinned=False)))
    folder = store.folder("small")
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    (folder / "hub-record.json").write_text(text)
    assert store.state("small") is ModelState.DAMAGED
    with pytest.raises(ModelDamagedError, match="record"):
        store.open("small")
