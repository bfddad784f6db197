"""The device slot: opens with its key at its place alone; every byte counts."""

import pytest
from vault_samples import assert_declared, cuts, flips

from app.domain.errors import KeyStoreItemError, SealBrokenError, VersionError
from app.vault.unlocking import device_slot
from app.vault.unlocking.device_slot import (
    DeviceKey,
    device_bound,
    device_key_id,
    open_device_slot,
    seal_device_slot,
)

USER_KEY = b"u" * 32
KEY = DeviceKey(b"i" * 16, b"d" * 32)
HERE = device_bound("vault", "anna", "SecretService")


def test_slot_opens_with_its_key():
    slot = seal_device_slot(USER_KEY, KEY, HERE)
    assert open_device_slot(slot, KEY.secret, HERE) == USER_KEY
    assert device_key_id(slot) == KEY.id
    assert seal_device_slot(USER_KEY, KEY, HERE) != slot
    assert USER_KEY not in slot
    assert KEY.secret not in slot


@pytest.mark.parametrize(
    ("secret", "bound"),
    [
        (b"e" * 32, HERE),
        (KEY.secret, device_bound("other vault", "anna", "SecretService")),
        (KEY.secret, device_bound("vault", "ines", "SecretService")),
        (KEY.secret, device_bound("vault", "anna", "KWallet")),
        (KEY.secret, device_bound("vaul", "tanna", "SecretService")),
    ],
)
def test_slot_opens_nowhere_else(secret, bound):
    slot = seal_device_slot(USER_KEY, KEY, HERE)
    with pytest.raises(KeyStoreItemError) as caught:
        open_device_slot(slot, secret, bound)
    assert "passphrase or recovery code" in caught.value.remedy


def test_every_byte_is_checked():
    slot = seal_device_slot(USER_KEY, KEY, HERE)
    for bad in [*cuts(slot), *flips(slot), slot + b"\0"]:
        assert_declared(lambda bad=bad: open_device_slot(bad, KEY.secret, HERE))


def test_unknown_version_and_cut_slot_are_told_apart():
    slot = bytearray(seal_device_slot(USER_KEY, KEY, HERE))
    with pytest.raises(SealBrokenError):
        device_key_id(bytes(slot[:-1]))
    slot[4] = 2
    with pytest.raises(VersionError):
        device_key_id(bytes(slot))


def test_keys_do_not_show_in_messages():
    assert "dddd" not in repr(KEY)
    assert DeviceKey.generate().secret != DeviceKey.generate().secret


def test_sealing_keys_are_wiped(monkeypatch):
    seen, real = [], device_slot.AESGCM
    monkeypatch.setattr(device_slot, "AESGCM", lambda key: seen.append(key) or real(key))
    slot = seal_device_slot(USER_KEY, KEY, HERE)
    open_device_slot(slot, KEY.secret, HERE)
    assert [bytes(key) for key in seen] == [bytes(32)] * 2
