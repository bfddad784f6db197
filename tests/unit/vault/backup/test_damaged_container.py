"""The container cut and flipped at every byte: a declared error, or what is called sound is what was put in."""

import io

import pytest
from vault_samples import cuts, flips

from app.domain.errors import AnamnesisError
from app.vault.backup.container import ContainerWriter
from app.vault.backup.survey import survey

KEY = b"k" * 32
AUDIO = "audio/" + "0a" * 16
PARTS = {
    "vault.head": b"header" * 3,
    "vault.db": b"ANBP, database " * 4,
    "vault.erased": b"erased",
    f"{AUDIO}.audio": b"first " * 5,
    f"{AUDIO}.1.audio": b"second " * 5,
    "spare/vault.head": b"header" * 3,
    "spare/vault.db": b"ANBP, database " * 4,
}


def tick(_count):
    pass


def whole() -> bytes:
    file = io.BytesIO()
    writer = ContainerWriter(file, "v" * 32, "2026-03-01T09:00:00.000000Z")
    writer.open()
    for name, data in PARTS.items():
        writer.add(name, io.BytesIO(data), len(data), tick)
    writer.close(KEY)
    return file.getvalue()


def read(path, data):
    path.write_bytes(data)
    return survey(path, tick)


def bytes_of(data, part):
    return data[part.offset : part.offset + part.present]


def test_whole_one_is_intact(tmp_path):
    data = whole()
    found = read(tmp_path / "b", data)
    assert found.intact
    assert {p.name: bytes_of(data, p) for p in found.parts} == PARTS
    assert found.manifest.expected_code(KEY) == found.manifest.code
    assert found.manifest.expected_code(b"x" * 32) != found.manifest.code


def test_flipped_at_every_byte(tmp_path):
    data, at_most_lost = whole(), 0
    for flipped in flips(data):
        found = read(tmp_path / "b", flipped)
        assert not found.intact
        sound = {p.name: bytes_of(flipped, p) for p in found.parts if p.sound}
        assert all(PARTS[name] == value for name, value in sound.items())
        at_most_lost = max(at_most_lost, len(PARTS) - len(sound))
        for name in ("vault.head", "vault.db"):  # one damaged place never takes both copies
            assert bytes_of(flipped, found.sound(name)) == PARTS[name]
    assert at_most_lost <= 1


def test_cut_at_every_byte(tmp_path):
    data = whole()
    for cut in cuts(data):
        try:
            found = read(tmp_path / "b", cut)
        except AnamnesisError:
            assert b"vault.db" not in cut
            continue
        assert not found.intact
        for part in found.parts:
            assert PARTS[part.name].startswith(bytes_of(cut, part))
            if part.sound:
                assert bytes_of(cut, part) == PARTS[part.name]


def test_something_after_the_end_is_not_intact_but_all_is_sound(tmp_path):
    data = whole() + b"garbage"
    found = read(tmp_path / "b", data)
    assert not found.intact
    assert {p.name: bytes_of(data, p) for p in found.parts if p.sound} == PARTS


@pytest.mark.parametrize("other", [b"", b"PK\x03\x04" + bytes(100), b"ANBK\x02\x01" + bytes(100), b"ANBK\x01\x01"])
def test_another_thing_is_refused_in_a_declared_way(tmp_path, other):
    with pytest.raises(AnamnesisError):
        read(tmp_path / "b", other)


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "audio/../x.audio", "audio/zz.audio", "spare/audio", ""])
def test_a_name_that_the_program_does_not_write_is_no_part(tmp_path, name):
    file = io.BytesIO()
    writer = ContainerWriter(file, "v" * 32, "2026-03-01T09:00:00.000000Z")
    writer.open()
    writer.add("vault.head", io.BytesIO(b"h"), 1, tick)
    writer.add(name, io.BytesIO(b"evil"), 4, tick)
    writer.close(KEY)
    assert [p.name for p in read(tmp_path / "b", file.getvalue()).parts] == ["vault.head"]


def test_a_file_that_became_shorter_is_an_error():
    writer = ContainerWriter(io.BytesIO(), "v" * 32, "2026-03-01T09:00:00.000000Z")
    with pytest.raises(AnamnesisError):
        writer.add("vault.db", io.BytesIO(b"ab"), 3, tick)
