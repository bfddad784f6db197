"""An organisation's own models: named by the policy's catalogue, imported, used only if their digests match."""

import importlib.machinery
import importlib.util

import pytest

from app.domain.errors import InputError, ModelDamagedError, ModelMissingError
from app.engine.handlers import Handlers
from app.models import Catalogue, ModelStore
from app.settings import RESOURCES


@pytest.fixture
def converter(monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # the script has no ending, and its folder stays clean
    path = RESOURCES.parent / "scripts" / "convert_model"
    loader = importlib.machinery.SourceFileLoader("convert_model", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("convert_model", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def converted(tmp_path):
    """A folder as the conversion leaves it, with small files."""
    folder = tmp_path / "qwen3-4b-ct2"
    folder.mkdir()
    for name in ("config.json", "vocabulary.json", "tokenizer.json", "model.bin"):
        (folder / name).write_bytes(name.encode() * 7)
    return folder


@pytest.fixture
def site(tmp_path, monkeypatch, converter, converted):
    """A policy that names the catalogue entry which the conversion writes."""
    (tmp_path / "site.toml").write_text(converter.catalogue_entry(converted, "Qwen/Qwen3-4B"))
    (tmp_path / "policy.toml").write_text(f'models_catalogue = "{tmp_path / "site.toml"}"\n')
    monkeypatch.setenv("ANAMNESIS_POLICY", str(tmp_path / "policy.toml"))
    return tmp_path / "site.toml"


def test_the_sites_models_stand_beside_the_programs_own(site):
    ids = [entry.id for entry in Catalogue.load()]
    assert ids[-1] == "qwen3-4b-ct2"
    assert "whisper-base" in ids
    assert Catalogue.load().entry("qwen3-4b-ct2").pinned


@pytest.mark.usefixtures("site")
def test_a_converted_model_is_imported_by_its_digests_and_opened(converted, tmp_path):
    store = ModelStore(tmp_path / "models", Catalogue.load())
    with pytest.raises(ModelMissingError):
        store.open("qwen3-4b-ct2")
    assert len(store.import_from(converted).imported) == 4
    assert (store.open("qwen3-4b-ct2") / "model.bin").read_bytes() == b"model.bin" * 7


@pytest.mark.usefixtures("site")
def test_bytes_that_are_not_those_of_the_entry_are_never_loaded(converted, tmp_path):
    store = ModelStore(tmp_path / "models", Catalogue.load())
    store.import_from(converted)
    (store.folder("qwen3-4b-ct2") / "tokenizer.json").write_bytes(b"tokenizer.jsoN" * 7)
    with pytest.raises(ModelDamagedError, match=r"tokenizer\.json"):
        Handlers(tmp_path / "models", 1)._language("qwen3-4b-ct2")


def test_the_sites_entry_cannot_take_the_place_of_one_of_the_programs(site):
    site.write_text(site.read_text().replace("qwen3-4b-ct2", "whisper-base"))
    with pytest.raises(InputError, match="twice"):
        Catalogue.load()


def test_the_servers_name_is_taken(site):
    site.write_text(site.read_text().replace("qwen3-4b-ct2", "organisation"))
    with pytest.raises(InputError, match="Ask IT"):
        Catalogue.load()


def test_what_needs_files_says_that_a_server_has_none():
    with pytest.raises(InputError, match=r"has no model files.*--model"):
        Catalogue.load().entry("organisation")


def test_a_missing_catalogue_is_named(site):
    site.unlink()
    with pytest.raises(InputError, match=r"site\.toml.*Ask IT"):
        Catalogue.load()
