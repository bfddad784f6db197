"""Keys made for one act are zeros after it, also if the act fails."""

import pytest
from vault_samples import CHEAP, KEY

from app.domain.errors import SealBrokenError, SignInError
from app.vault import field_blob, key_slot
from app.vault.field_blob import Place, open_field, seal_field
from app.vault.key_slot import open_slot, seal_slot
from app.vault.wiping import passing_key

PLACE = Place("t", "c", "r")


@pytest.fixture
def seen(monkeypatch):
    """Every key that was handed to the cipher, and what it was then."""
    keys = []

    def cipher(key):
        keys.append((key, bytes(key)))
        return real(key)

    real = field_blob.AESGCM
    monkeypatch.setattr(field_blob, "AESGCM", cipher)
    monkeypatch.setattr(key_slot, "AESGCM", cipher)
    return keys


def all_wiped(keys):
    return keys and all(then != bytes(32) and bytes(key) == bytes(32) for key, then in keys)


def test_passing_key_is_wiped_after_an_error():
    seen = []

    def fail():
        with passing_key() as key:
            seen.append(key)
            key[:] = b"k" * 32
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert seen == [bytes(32)]


def test_value_keys_are_wiped(seen):
    blob = seal_field(KEY, PLACE, b"value")
    assert open_field(KEY, PLACE, blob) == b"value"
    with pytest.raises(SealBrokenError):
        open_field(KEY, PLACE, blob[:-1] + bytes((blob[-1] ^ 1,)))
    assert len(seen) == 3
    assert all_wiped(seen)


def test_stretched_passphrases_are_wiped(seen):
    slot = seal_slot(b"u" * 32, "passphrase", b"bound", CHEAP)
    assert open_slot(slot, "passphrase", b"bound") == b"u" * 32
    with pytest.raises(SignInError):
        open_slot(slot, "wrong", b"bound")
    assert len(seen) == 3
    assert all_wiped(seen)
