"""The key store matrix: what works, what is not there, what lies, what waits for ever."""

import base64

import pytest
from key_store_doubles import (
    AbsentStore,
    FaultyStore,
    LockedStore,
    MemoryStore,
    NullStore,
    StubbornStore,
    WaitingStore,
    stores_of,
)

from app.domain.errors import (
    KeyStoreAbsentError,
    KeyStoreChangedError,
    KeyStoreError,
    KeyStoreItemError,
    KeyStoreLockedError,
)
from app.vault.unlocking.key_stores import KeyStores, item_of

ITEM = item_of("vault", "anna", b"i" * 16)
SECRET = bytes(range(32))
PLACE = (ITEM.service, ITEM.username)


def kept(stores, items=None):
    kind = stores.usable()
    assert stores.put(kind, ITEM, SECRET) == SECRET
    return kind


def test_key_is_stored_given_back_and_removed():
    items = {}
    stores = stores_of(MemoryStore(items))
    kind = kept(stores)
    assert kind.name == "SecretService"
    assert list(items) == [PLACE]
    assert len(items[PLACE]) == 44
    assert stores.take("SecretService", ITEM) == SECRET
    stores.remove("SecretService", ITEM)
    assert items == {}
    stores.remove("SecretService", ITEM)


def test_probe_leaves_nothing_behind():
    items = {}
    assert stores_of(MemoryStore(items)).report().usable
    assert items == {}


def test_second_best_is_taken_if_the_best_is_not_there():
    assert stores_of(AbsentStore(), MemoryStore()).usable().name == "KWallet"


@pytest.mark.parametrize(
    ("store", "error", "words"),
    [
        (AbsentStore(), KeyStoreAbsentError, "no key store"),
        (NullStore(), KeyStoreError, "does not give back"),
        (StubbornStore(), KeyStoreError, "does not delete"),
        (LockedStore(), KeyStoreLockedError, "is locked"),
    ],
)
def test_key_store_of_no_use_is_never_trusted(store, error, words):
    stores = stores_of(store)
    with pytest.raises(error, match=words) as caught:
        stores.usable()
    assert "passphrase or recovery code" in caught.value.remedy
    assert "hunter2" not in str(caught.value)
    report = stores.report()
    assert not report.usable
    assert words in report.detail


def test_computer_without_any_kind_says_so():
    with pytest.raises(KeyStoreAbsentError):
        KeyStores([]).usable()


def test_null_store_that_passes_no_probe_is_caught_when_written_too():
    stores = stores_of(NullStore())
    with pytest.raises(KeyStoreError, match="does not give back"):
        stores.put(stores._kinds[0], ITEM, SECRET)


def test_prompt_without_answer_is_not_waited_for():
    store = WaitingStore()
    stores = stores_of(store, patience=0.05)
    try:
        with pytest.raises(KeyStoreLockedError, match="did not answer"):
            stores.usable()
        with pytest.raises(KeyStoreLockedError, match="did not answer"):
            stores.take("SecretService", ITEM)
    finally:
        store.answered.set()


def test_changed_key_store_names_both():
    items = {}
    kept(stores_of(MemoryStore(items)))
    moved = stores_of(AbsentStore(items), MemoryStore(items))
    with pytest.raises(KeyStoreChangedError) as caught:
        moved.take("SecretService", ITEM)
    assert "SecretService for people" in caught.value.message
    assert "KWallet for people" in caught.value.message


def test_kind_of_another_system_names_both():
    with pytest.raises(KeyStoreChangedError, match=r"Windows Credential Manager.*SecretService for people"):
        stores_of(MemoryStore()).take("WinVault", ITEM)
    with pytest.raises(KeyStoreAbsentError, match="macOS Keychain"):
        stores_of(AbsentStore()).take("macOS", ITEM)


def test_unknown_name_in_the_header_is_refused():
    with pytest.raises(KeyStoreChangedError, match="PlaintextKeyring"):
        stores_of(MemoryStore()).take("PlaintextKeyring", ITEM)


def test_lost_item():
    with pytest.raises(KeyStoreItemError, match="no longer"):
        stores_of(MemoryStore()).take("SecretService", ITEM)


GOOD = base64.b64encode(SECRET).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        GOOD[:-1],
        GOOD + "A",
        GOOD[:-4],
        base64.b64encode(bytes(33)).decode(),
        "é" * 44,
        "\n" * 44,
        GOOD[:20] + "\0" + GOOD[21:],
    ],
)
def test_damaged_item(text):
    with pytest.raises(KeyStoreItemError, match="damaged") as caught:
        stores_of(MemoryStore({PLACE: text})).take("SecretService", ITEM)
    assert "again" in caught.value.remedy


@pytest.mark.parametrize("number", range(1, 7))
def test_every_call_may_fail(number):
    """Four calls make the probe; two store and read back."""
    stores = stores_of(FaultyStore({}, number))
    with pytest.raises(KeyStoreError) as caught:
        stores.put(stores.usable(), ITEM, SECRET)
    assert "OSError" in caught.value.message
    assert "bus is gone" not in str(caught.value)


def test_items_of_people_vaults_and_keys_never_meet():
    names = {
        item_of(vault, user, key).service
        for vault in ("v", "w")
        for user in ("a", "b")
        for key in (b"1" * 16, b"2" * 16)
    }
    assert len(names) == 8
