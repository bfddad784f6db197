"""Every stored format of the vault, cut and flipped at every byte: a declared error, or a part that is whole and true.

A format that is missing here fails the test of the table: each magic and version in the code must have its row.
"""

import hashlib
import importlib
import io
import pkgutil
import re
from contextlib import nullcontext
from pathlib import Path

import pytest
from vault_samples import CHEAP, KEY, cuts, flips

import app.vault
from app.domain.errors import AnamnesisError, VersionError
from app.domain.work import CancelToken
from app.vault import header, key_slot
from app.vault.audio_segment import AudioSegment
from app.vault.backup.container import ContainerWriter
from app.vault.backup.survey import survey
from app.vault.blob import BlobKind
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.header import Account, Header
from app.vault.records.erasure_list import Erased, pack_list, unpack_list
from app.vault.rotation.audio_resealing import stage_resealed
from app.vault.sealing_pair import KeyOpener, SealingPrivate, open_private, seal_key, seal_private
from app.vault.server import invitation
from app.vault.server.link import ROW_KEY, Target
from app.vault.unlocking.device_slot import DeviceKey, open_device_slot, seal_device_slot

GOLDEN = Path(__file__).parent / "golden"
PAIR, OTHER = SealingPrivate.generate(), SealingPrivate.generate()
SOUND = bytes(range(1, 101))
ACCOUNT = Account("1", "anna", b"slot", b"code", b"keys")
SMALL = Header("vault", "2026-11-20T10:00:00.000000Z", (ACCOUNT,))


def value(_tmp):
    place = Place("table", "column", "row")
    return seal_field(KEY, place, b"value"), lambda bad: open_field(KEY, place, bad)


def sealed_key(_tmp):
    return seal_key(KEY, PAIR.public(), "vault", "visit"), lambda bad: KeyOpener(PAIR).open(bad, "vault", "visit")


def entrusted_key(_tmp):
    blob = seal_private(OTHER, PAIR.public(), "vault", "purpose")
    return blob, lambda bad: open_private(bad, PAIR, "vault", "purpose")


def slot(_tmp):
    return key_slot.seal_slot(b"u" * 32, "secret", b"here", CHEAP), lambda bad: key_slot.open_slot(
        bad, "secret", b"here"
    )


def device_slot(_tmp):
    key = DeviceKey.generate()
    return seal_device_slot(b"u" * 32, key, b"here"), lambda bad: open_device_slot(bad, key.secret, b"here")


def header_1(_tmp):
    old = Header("vault", "2026-11-20T10:00:00.000000Z", (ACCOUNT,), version=1)
    return header.pack(old), header.unpack


def header_2(_tmp):
    return header.pack(SMALL), header.unpack


def erasures(_tmp):
    blob = pack_list(b"k" * 32, "vault", [Erased("e" * 32, "audio", "2026-03-01T09:00:00.000000Z", "policy")])
    return blob, lambda bad: unpack_list(bad, b"k" * 32, "vault")


def audio(tmp, data, key):
    path = tmp / "bad.audio"

    def read(bad):
        """Sound that is not whole must say so, and hold nothing but the sound that was recorded."""
        path.write_bytes(bad)
        segment = AudioSegment(path, key, "visit")
        out = io.BytesIO()
        segment.read_into(out, 0, segment.frames)
        assert SOUND.startswith(out.getvalue())
        assert not segment.complete
        raise UnfinishedError

    return data, read


class UnfinishedError(AnamnesisError):
    """The recording says that it has no end."""

    def __init__(self):
        super().__init__("unfinished")


def audio_1(tmp):
    return audio(tmp, (GOLDEN / "finished-v1.audio").read_bytes(), KEY)


def audio_2(tmp):
    return audio(tmp, (GOLDEN / "finished-v2.audio").read_bytes(), KEY)


def audio_3(tmp):
    old = tmp / "old.audio"
    old.write_bytes((GOLDEN / "finished-v2.audio").read_bytes())
    key = DataKey(b"n" * 16, b"n" * 32, (KEY,))
    return audio(tmp, stage_resealed(old, key, "visit", CancelToken()).read_bytes(), key)


def backup(tmp):
    file = io.BytesIO()
    writer = ContainerWriter(file, "v" * 32, "2026-03-01T09:00:00.000000Z")
    writer.open()
    for name in ("vault.head", "vault.db", "spare/vault.head", "spare/vault.db"):
        writer.add(name, io.BytesIO(name[-4:].encode() * 10), 40, lambda _: None)
    writer.close(b"k" * 32)
    path = tmp / "bad.backup"

    def read(bad):
        path.write_bytes(bad)
        found = survey(path, lambda _: None)
        assert not found.intact
        for part in found.parts:
            if part.sound:
                assert bad[part.offset : part.offset + part.present] == part.name[-4:].encode() * 10
        raise UnfinishedError

    return file.getvalue(), read


def enrolment(_tmp):
    target = Target("host", 5432, "d", "u", "p")
    blob, code = invitation.pack_invitation(invitation.Invitation(target, b"r" * ROW_KEY, SMALL, ()), CHEAP)
    return blob, lambda bad: invitation.read_invitation(bad, code)


FORMATS = {
    (b"ANSF", 1): value,
    (b"ANSK", 1): sealed_key,
    (b"ANSE", 1): entrusted_key,
    (b"ANSL", 1): slot,
    (b"ANDV", 1): device_slot,
    (b"ANVH", 1): header_1,
    (b"ANVH", 2): header_2,
    (b"ANER", 1): erasures,
    (b"ANAU", 1): audio_1,
    (b"ANAU", 2): audio_2,
    (b"ANAU", 3): audio_3,
    (b"ANBK", 1): backup,
    (b"ANIV", 1): enrolment,
}
FRAMES = {b"ANBP", b"ANBM", b"ANBE"}
"""Frames inside a backup: flipped and cut with it."""
IDS = [f"{magic.decode()}-{version}" for magic, version in FORMATS]


@pytest.fixture(autouse=True)
def _quick_stretching(monkeypatch):
    """Argon2id at every byte of a slot would take minutes; the slot's own format is what is looked at."""
    monkeypatch.setattr(
        key_slot,
        "_stretched",
        lambda secret, salt, cost: nullcontext(hashlib.sha256(repr((secret, salt, cost)).encode()).digest()),
    )


@pytest.mark.parametrize("make", FORMATS.values(), ids=IDS)
def test_flipped_or_cut_at_every_byte_is_declared(make, tmp_path):
    blob, read = make(tmp_path)
    for bad in (*flips(blob), *cuts(blob)):
        with pytest.raises(AnamnesisError):
            read(bad)


@pytest.mark.parametrize("form", FORMATS, ids=IDS)
def test_unknown_version_is_declared(form, tmp_path):
    blob, read = FORMATS[form](tmp_path)
    assert blob[:4] == form[0]
    at = 5 if form[0] == b"ANVH" else 4
    assert blob[at] == form[1]
    newer = blob[:at] + b"\xee" + blob[at + 1 :]
    if form[0] == b"ANBK":
        newer = newer[:6] + bytes(100)  # while parts of it can be read, one flipped byte is damage, not a version
    with pytest.raises(VersionError):
        read(newer)


def test_table_is_complete():
    found, kinds = set(), set()
    for module in pkgutil.walk_packages(app.vault.__path__, "app.vault."):
        if ".migrations" in module.name:
            continue
        loaded = importlib.import_module(module.name)
        found |= {m.encode() for m in re.findall(r'b"(AN[A-Z]{2})"', Path(loaded.__file__).read_text(encoding="utf-8"))}
        kinds |= {v for v in vars(loaded).values() if isinstance(v, BlobKind)}
    assert found == {magic for magic, _ in FORMATS} | FRAMES
    assert {(kind.magic, kind.version) for kind in kinds} == {f for f in FORMATS if f[0] != b"ANVH"}
    assert {(b"ANVH", version) for version in header._KNOWN} == {f for f in FORMATS if f[0] == b"ANVH"}
