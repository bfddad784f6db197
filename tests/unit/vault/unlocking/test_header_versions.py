"""Both versions of the header: each opens, an unchanged one stays as it is, every byte of it counts."""

import base64
import json
from dataclasses import replace

import pytest
from golden_header import GOLDEN, KEYS
from golden_vaults import golden_copy, golden_session
from key_store_doubles import MemoryStore, stores_of
from unlocking_samples import unlocking_of
from vault_samples import assert_declared, cuts, flips

from app.domain.errors import SealBrokenError, VersionError
from app.vault.accounts import keys_of, user_key_by_passphrase
from app.vault.header import COPY, NAME, Account, Header, pack, read_header, unpack
from app.vault.unlocking.device_slot import device_bound, open_device_slot

FIRST = "schema-0001"
OTHER = Account("1", "anna", b"slot", b"code", b"keys")
REMEMBERED = replace(OTHER, device_store="SecretService", device_slot=b"device")


def version_of(folder):
    return int.from_bytes((folder / NAME).read_bytes()[4:6], "big")


def test_header_of_version_1_opens_and_stays_as_it_is(tmp_path):
    from golden_vaults import PASSPHRASE

    folder = golden_copy(FIRST, tmp_path)
    before = (folder / NAME).read_bytes()
    (folder / COPY).unlink()
    with golden_session(folder, "anna") as session:
        session.reauthenticate(PASSPHRASE)
    assert (folder / NAME).read_bytes() == before == (folder / COPY).read_bytes()
    assert version_of(folder) == 1


def test_first_change_brings_a_header_to_version_2(tmp_path):
    from golden_vaults import PASSPHRASE

    folder, stores = golden_copy(FIRST, tmp_path), stores_of(MemoryStore())
    with golden_session(folder, "anna") as session:
        unlocking_of(session, stores).remember(PASSPHRASE)
    assert version_of(folder) == 2
    for name in ("anna", "ines"):
        with golden_session(folder, name) as session:
            assert session.audit is not None
    assert (folder / NAME).read_bytes() == (folder / COPY).read_bytes()


def test_golden_header_of_version_2_opens_every_way():
    keys = json.loads((GOLDEN / KEYS).read_text())
    header = read_header(GOLDEN)
    anna, ines = (header.account(name) for name in ("anna", "ines"))
    by_passphrase = user_key_by_passphrase(anna, header.vault_id, keys["passphrase"])
    bound = device_bound(header.vault_id, anna.id, anna.device_store)
    assert open_device_slot(anna.device_slot, base64.b64decode(keys["device_key"]), bound) == by_passphrase
    header.check_code(keys_of(anna, header.vault_id, by_passphrase).derived("header"))
    assert (ines.device_store, ines.device_slot) == ("", b"")
    assert pack(header) == (GOLDEN / NAME).read_bytes()


@pytest.mark.parametrize("version", [1, 2])
def test_every_byte_is_checked(version):
    data = pack(Header("vault", "2026-11-21T12:00:00.000000Z", (OTHER, REMEMBERED), version=version).with_code(b"key"))
    assert unpack(data).version == version
    for bad in [*cuts(data), *flips(data), data + b"\0"]:
        assert_declared(lambda bad=bad: unpack(bad))


def test_device_slot_is_under_the_keyed_code():
    coded = Header("vault", "2026-11-21T12:00:00.000000Z", (REMEMBERED,)).with_code(b"key")
    coded.check_code(b"key")
    for changed in (
        replace(REMEMBERED, device_slot=b"older"),
        replace(REMEMBERED, device_store="KWallet"),
        replace(REMEMBERED, device_store="", device_slot=b""),
    ):
        with pytest.raises(SealBrokenError):
            replace(coded, accounts=(changed,)).check_code(b"key")


def disguised(version, account):
    """A header of this version whose digest is right, with such an account."""
    import hashlib

    body = {"schema": f"anamnesis.vault/{version}", "vault": "v", "created_at": "t", "code": "", "accounts": [account]}
    data = json.dumps(body).encode()
    framed = b"ANVH" + version.to_bytes(2, "big") + len(data).to_bytes(4, "big") + data
    return framed + hashlib.sha256(framed).digest()


@pytest.mark.parametrize("device", [7, [], {}, {"store": "x"}, {"store": 1, "slot": ""}, {"store": "x", "slot": "??"}])
def test_malformed_device_entry_is_damage(device):
    account = {"id": "1", "name": "a", "passphrase_slot": "", "recovery_slot": "", "bundle": ""}
    assert unpack(disguised(2, account)).accounts[0].device_slot == b""
    with pytest.raises(SealBrokenError):
        unpack(disguised(2, {**account, "device": device}))


def test_version_1_has_no_device_slot_and_3_is_not_guessed_at():
    account = {"id": "1", "name": "a", "passphrase_slot": "", "recovery_slot": "", "bundle": ""}
    with pytest.raises(SealBrokenError):
        unpack(disguised(1, {**account, "device": {"store": "SecretService", "slot": ""}}))
    with pytest.raises(VersionError):
        unpack(disguised(3, account))
