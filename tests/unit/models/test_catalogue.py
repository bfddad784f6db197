"""The catalogue file that is shipped, and what a malformed one leads to."""

import pytest

from app.domain.errors import InputError, VersionError
from app.models import Catalogue

PUBLISHED = {
    ("whisper-base", "model.bin"): "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ("whisper-tiny.en", "model.bin"): "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ("qwen2.5-coder-1.5b-q4", "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"): (
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
    ),
    ("qwen2.5-coder-0.5b-q4", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"): (
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
    ),
}

GOOD = """
format = 1
[[model]]
id = "a"
task = "speech"
engine = "ctranslate2"
memory_mb = 1
licence = "MIT"
source = ""
revision = ""
[[model.file]]
name = "f.bin"
size = 3
sha256 = "{digest}"
"""
DIGEST = "0" * 64


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "models.toml"
        path.write_text(text)
        return Catalogue.load(path)

    return load


def test_the_shipped_catalogue_holds_the_publishers_digests():
    catalogue = Catalogue.load()
    found = {(entry.id, file.name): file.sha256 for entry in catalogue for file in entry.files}
    assert PUBLISHED.items() <= found.items()


def test_defaults_are_one_for_each_task_pinned_and_carried():
    defaults = Catalogue.load().defaults()
    assert sorted(entry.task for entry in defaults) == ["language", "speaker", "speech"]
    assert all(file.pinned and file.carrier for entry in defaults for file in entry.files)


def test_every_model_has_a_source():
    for entry in Catalogue.load():
        assert all(file.carrier or entry.source for file in entry.files), entry.id
        assert entry.licence, entry.id


def test_unpinned_files_have_no_carrier():
    assert not [file for entry in Catalogue.load() for file in entry.files if file.carrier and not file.pinned]


def test_an_unknown_model_is_named(load):
    with pytest.raises(InputError, match="'nope'"):
        load(GOOD.format(digest=DIGEST)).entry("nope")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "f.bin"', 'name = "../f.bin"'),
        ('id = "a"', 'id = "a/b"'),
        ('id = "a"', 'id = ".."'),
        (DIGEST, "abc"),
        ("size = 3", "size = 0"),
        ("size = 3", "size = -3"),
        ("size = 3", 'size = "3"'),
        ('task = "speech"', 'task = "music"'),
        ('engine = "ctranslate2"', "engine = 4"),
        ("memory_mb = 1", ""),
        ("[[model.file]]", "[[model.other]]"),
    ],
)
def test_a_malformed_catalogue_is_refused(load, old, new):
    text = GOOD.format(digest=DIGEST)
    assert load(text)
    assert old in text
    with pytest.raises(InputError, match="malformed"):
        load(text.replace(old, new))


def test_parts_must_add_up(load):
    part = f'{{ package = "p", version = "1", path = "x", size = 2, sha256 = "{DIGEST}" }}'
    with pytest.raises(InputError, match="add up"):
        load(GOOD.format(digest=DIGEST) + f"carrier = [{part}]\n")


def test_a_newer_format_is_a_version_error(load):
    with pytest.raises(VersionError):
        load("format = 2\nmodel = []\n")


@pytest.mark.parametrize("text", ["", "not toml ["])
def test_no_catalogue_at_all(load, text):
    with pytest.raises((InputError, VersionError)):
        load(text)
