"""Importing from folders and archives: files are known by their digest, whatever they are called."""

import io
import tarfile
import zipfile

import pytest
from model_sources import small_catalogue, small_entry

from app.domain.errors import InputError
from app.models import ModelState, ModelStore

FILES = {"model.bin": bytes(range(256)) * 40, "config.json": b'{"a": 1}'}


@pytest.fixture
def store(tmp_path):
    open_entry = small_entry({"open.gguf": b"g" * 50}, model_id="open", pinned=False)
    return ModelStore(tmp_path / "models", small_catalogue(small_entry(FILES), open_entry))


def as_folder(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def as_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def as_tar(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])
@pytest.mark.parametrize("prefix", ["", "small/", "deep/er/other-name/"])
def test_every_kind_of_source(store, tmp_path, make, prefix):
    source = make(tmp_path / "source", {prefix + name: data for name, data in FILES.items()} | {"README": b"hello"})
    report = store.import_from(source)
    assert sorted(report.imported) == ["small/config.json", "small/model.bin"]
    assert report.refused == []
    assert store.open("small")
    assert not list(store.root.rglob("*.partial"))


def test_a_renamed_file_is_recognised(store, tmp_path):
    store.import_from(as_folder(tmp_path / "usb", {"whatever": FILES["model.bin"], "c": FILES["config.json"]}))
    assert store.open("small")


@pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])
def test_one_changed_byte_is_refused_and_named_and_the_good_file_stays(store, tmp_path, make):
    store.import_from(as_folder(tmp_path / "good", FILES))
    bad = bytearray(FILES["model.bin"])
    bad[77] ^= 1
    report = store.import_from(make(tmp_path / "bad", {"small/model.bin": bytes(bad)}))
    assert report.refused == [f"{'bad/' if make is as_folder else ''}small/model.bin (wrong digest)"]
    assert report.imported == []
    assert store.open("small")


def test_a_damaged_file_in_place_is_mended(store, tmp_path):
    source = as_folder(tmp_path / "good", FILES)
    store.import_from(source)
    (store.folder("small") / "model.bin").write_bytes(bytes(len(FILES["model.bin"])))
    report = store.import_from(source)
    assert report.imported == ["small/model.bin"]
    assert report.present == ["small/config.json"]
    assert store.open("small")


def test_a_file_without_a_digest_in_the_catalogue_is_refused(store, tmp_path):
    report = store.import_from(as_folder(tmp_path / "usb", {"open.gguf": b"g" * 50}))
    assert len(report.refused) == 1
    assert "not pinned" in report.refused[0]
    assert store.state("open") is ModelState.MISSING


def test_names_in_archives_cannot_lead_elsewhere(store, tmp_path):
    store.import_from(
        as_zip(tmp_path / "a.zip", {"../../escape/model.bin": FILES["model.bin"], "/config.json": FILES["config.json"]})
    )
    assert store.open("small")
    assert not (tmp_path.parent / "escape").exists()


def test_links_in_archives_are_not_followed(store, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(FILES["model.bin"])
    path = tmp_path / "links.tar"
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("small/model.bin")
        member.type, member.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(member)
    with pytest.raises(InputError, match="holds no file"):
        store.import_from(path)


@pytest.mark.parametrize("make", [as_zip, as_tar])
def test_a_cut_archive_is_a_clear_error_and_leaves_nothing_unfinished(store, tmp_path, make):
    whole = make(tmp_path / "whole", FILES).read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError) as error:
        store.import_from(path)
    assert "\n" not in error.value.message
    assert store.state("small") is ModelState.MISSING


@pytest.mark.parametrize("kind", ["absent", "text", "empty folder"])
def test_things_that_are_no_source(store, tmp_path, kind):
    path = tmp_path / "thing"
    if kind == "text":
        path.write_text("hello")
    if kind == "empty folder":
        path.mkdir()
    with pytest.raises(InputError):
        store.import_from(path)
