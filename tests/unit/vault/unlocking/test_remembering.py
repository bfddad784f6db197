"""Remembering on this computer, as the vault sees it: the key store matrix over whole sign-ins."""

import base64

import pytest
from key_store_doubles import AbsentStore, LockedStore, MemoryStore, NullStore, stores_of
from unlocking_samples import by_key_store, remember, unlocking_of
from vault_samples import PASSPHRASE, make_note, make_transcript, no_delay, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import (
    KeyStoreAbsentError,
    KeyStoreChangedError,
    KeyStoreError,
    KeyStoreItemError,
    KeyStoreLockedError,
    SignInError,
)
from app.vault import opening, remembered_names
from app.vault.header import NAME, read_header

OTHER_WAYS = "passphrase or recovery code"


@pytest.fixture
def items():
    return {}


@pytest.fixture
def stores(items):
    return stores_of(MemoryStore(items))


def header_bytes(folder):
    return (folder / NAME).read_bytes()


def test_remembered_person_signs_in_without_passphrase(folder, stores):
    assert remembered_names(folder) == []
    assert remember(folder, stores) == "SecretService for people"
    assert remembered_names(folder) == ["anna"]
    with by_key_store(folder, stores, "ANNA") as session:
        assert session.user.name == "anna"
        assert unlocking_of(session, stores).status().remembered_in.startswith("Secret Service")
        used = [e.detail for e in session.audit.entries() if e.action == "sign-in"]
        assert "key store" in used
        assert session.audit.verify().first_bad is None


def test_item_holds_a_device_key_and_no_key_of_the_vault(folder, stores, items):
    with signed_in(folder) as session:
        user_key = session._vault.user_key(PASSPHRASE)
    remember(folder, stores)
    (text,) = items.values()
    assert len(text) == 44
    secret = base64.b64decode(text)
    assert secret != user_key
    assert secret not in header_bytes(folder)
    assert text.encode() not in header_bytes(folder)
    assert all("anna" not in part for name in items for part in name)


def test_signing_and_reauthenticating_still_take_the_passphrase(folder, stores):
    remember(folder, stores)
    with by_key_store(folder, stores) as session:
        store = session.encounters
        visit = store.create("Visit")
        store.save_transcript(visit, make_transcript())
        store.add_version(visit, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
        with pytest.raises(SignInError):
            store.sign_version(visit, VersionKind.SIGNATURE, make_note(), "authorship", "", 1)
        with pytest.raises(SignInError):
            session.reauthenticate("wrong passphrase")
        store.sign_version(visit, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)


def test_remembering_takes_the_passphrase(folder, stores, items):
    with signed_in(folder) as session, pytest.raises(SignInError):
        unlocking_of(session, stores).remember("wrong passphrase")
    assert items == {}
    assert remembered_names(folder) == []


@pytest.mark.parametrize(
    ("store", "error"),
    [(AbsentStore(), KeyStoreAbsentError), (NullStore(), KeyStoreError), (LockedStore(), KeyStoreLockedError)],
)
def test_useless_key_store_leaves_the_vault_as_it_was(folder, store, error):
    with signed_in(folder) as session:
        before = header_bytes(folder)
        with pytest.raises(error) as caught:
            unlocking_of(session, stores_of(store)).remember(PASSPHRASE)
        assert OTHER_WAYS in caught.value.remedy
    assert header_bytes(folder) == before
    assert read_header(folder).accounts[0].device_slot == b""


def refused(folder, stores, error):
    """Signing in fails with this error; nothing is changed; the passphrase opens."""
    before = header_bytes(folder)
    with pytest.raises(error) as caught, by_key_store(folder, stores):
        pass
    assert header_bytes(folder) == before
    with signed_in(folder) as session:
        assert session.audit.verify().first_bad is None
        assert not [e for e in session.audit.entries() if e.action == "sign-in.failed"]
    return caught.value


def test_changed_key_store_names_both_and_the_passphrase_opens(folder, stores, items):
    remember(folder, stores)
    error = refused(folder, stores_of(AbsentStore(), MemoryStore(items)), KeyStoreChangedError)
    assert "SecretService" in error.message
    assert "KWallet" in error.message
    assert OTHER_WAYS in error.remedy


def test_key_store_that_is_away_today_works_again_tomorrow(folder, stores, items):
    remember(folder, stores)
    refused(folder, stores_of(AbsentStore()), KeyStoreAbsentError)
    refused(folder, stores_of(LockedStore()), KeyStoreLockedError)
    with by_key_store(folder, stores):
        pass


def test_lost_item(folder, stores, items):
    remember(folder, stores)
    items.clear()
    assert OTHER_WAYS in refused(folder, stores, KeyStoreItemError).remedy
    assert items == {}


def test_damaged_item(folder, stores, items):
    remember(folder, stores)
    items[next(iter(items))] = "no key at all"
    assert "damaged" in refused(folder, stores, KeyStoreItemError).message


def test_item_of_another_vault(folder, template, tmp_path, stores, items):
    remember(folder, stores)
    (name,) = items
    session, _ = opening.create_vault(tmp_path / "other", name="anna", display_name="A", passphrase=PASSPHRASE)
    foreign = {}
    unlocking_of(session, stores_of(MemoryStore(foreign))).remember(PASSPHRASE)
    session.close()
    items[name] = next(iter(foreign.values()))
    assert "does not fit" in refused(folder, stores, KeyStoreItemError).message


def test_slot_of_another_person_does_not_open(folder, stores, items):
    remember(folder, stores, "anna")
    remember(folder, stores, "ines")
    first, second = items
    items[first], items[second] = items[second], items[first]
    refused(folder, stores, KeyStoreItemError)


def test_person_who_is_not_remembered(folder, stores):
    for name in ("anna", "nobody"):
        with pytest.raises(KeyStoreItemError, match="does not remember"), by_key_store(folder, stores, name):
            pass


def test_remembering_again_makes_a_new_key_and_takes_the_old_item_away(folder, stores, items):
    remember(folder, stores)
    before = dict(items)
    remember(folder, stores)
    assert len(items) == 1
    assert not set(items) & set(before)
    with by_key_store(folder, stores):
        pass


def test_several_people_are_remembered_side_by_side(folder, stores, items):
    for name in ("anna", "ines", "olga"):
        remember(folder, stores, name)
    assert len(items) == 3
    assert remembered_names(folder) == ["anna", "ines", "olga"]
    for name in ("anna", "ines", "olga"):
        with by_key_store(folder, stores, name) as session:
            assert session.user.name == name


def test_forgetting_takes_slot_and_item_away(folder, stores, items):
    remember(folder, stores)
    with by_key_store(folder, stores) as session:
        unlocking = unlocking_of(session, stores)
        assert unlocking.forget()
        assert unlocking.status().remembered_in == ""
        assert unlocking.forget()
        actions = [e.action for e in session.audit.entries()]
        assert actions.count("key-store.forgotten") == 1
    assert items == {}
    assert remembered_names(folder) == []
    refused(folder, stores, KeyStoreItemError)


def test_forgetting_without_the_key_store_says_that_the_item_is_left(folder, stores, items):
    remember(folder, stores)
    with signed_in(folder) as session:
        assert not unlocking_of(session, stores_of(LockedStore())).forget()
    assert items
    refused(folder, stores, KeyStoreItemError)


def test_passphrase_change_and_recovery_keep_it(folder, template, stores):
    remember(folder, stores)
    with signed_in(folder) as session:
        session.users.change_passphrase(PASSPHRASE, "another passphrase")
    with by_key_store(folder, stores):
        pass
    session, _ = opening.sign_in_with_recovery_code(folder, "anna", template.code, PASSPHRASE)
    session.close()
    with by_key_store(folder, stores):
        pass


def test_waiting_after_wrong_passphrases_holds_for_the_key_store_too(folder, stores):
    remember(folder, stores)
    from app.vault.sign_in_delay import SignInDelay

    still = SignInDelay(folder, clock=lambda: 1_800_000_000.0, sleep=lambda _: None)
    for _ in range(8):
        try:
            opening.sign_in(folder, "anna", "wrong passphrase", delay=still)
        except SignInError as error:
            last = error
    assert "Too many" in last.message
    with pytest.raises(SignInError, match="Too many"):
        opening.sign_in_from_key_store(folder, "anna", stores=stores, delay=still)
    opening.sign_in_from_key_store(folder, "anna", stores=stores, delay=no_delay(folder)).close()
