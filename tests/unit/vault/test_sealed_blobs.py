"""Sealed values and sealed keys: they open in one place with one key, and any damage is a declared error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vault_samples import KEY, assert_declared, cuts, flips

from app.domain.errors import SealBrokenError, VersionError
from app.vault.field_blob import DataKey, Place, open_field, seal_field
from app.vault.sealing_pair import KeyOpener, SealingPrivate, SealingPublic, seal_key

HERE = Place("encounters", "title", "row-1")


@pytest.fixture(scope="module")
def pair():
    return SealingPrivate.generate()


@given(st.binary(max_size=2000))
def test_sealed_value_opens_again(value):
    assert open_field(KEY, HERE, seal_field(KEY, HERE, value)) == value


def test_same_value_never_seals_alike():
    assert len({seal_field(KEY, HERE, b"same") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "elsewhere",
    [Place("encounters", "title", "row-2"), Place("encounters", "note", "row-1"), Place("notes", "title", "row-1"),
     Place("encounters", "titl", "erow-1"), Place("encounterst", "itle", "row-1")],
)  # fmt: skip
def test_moved_value_does_not_open(elsewhere):
    sealed = seal_field(KEY, HERE, b"value")
    with pytest.raises(SealBrokenError):
        open_field(KEY, elsewhere, sealed)


@pytest.mark.parametrize("other", [DataKey(KEY.id, b"x" * 32), DataKey(b"x" * 16, KEY.secret)])
def test_other_key_does_not_open(other):
    with pytest.raises(SealBrokenError):
        open_field(other, HERE, seal_field(KEY, HERE, b"value"))


def test_damaged_value_is_a_declared_error():
    sealed = seal_field(KEY, HERE, b"distinctive")
    for bad in [*cuts(sealed), *flips(sealed), sealed + b"\0", b""]:
        assert "distinctive" not in str(assert_declared(lambda bad=bad: open_field(KEY, HERE, bad)))


@pytest.mark.parametrize("place", [4, 5])
def test_unknown_version_or_algorithm_is_never_tried(place):
    sealed = bytearray(seal_field(KEY, HERE, b"value"))
    sealed[place] = 9
    with pytest.raises(VersionError):
        open_field(KEY, HERE, bytes(sealed))


def test_sealed_key_opens_for_its_recipient(pair):
    sealed = seal_key(KEY, pair.public(), "vault", "encounter")
    assert KeyOpener(pair).open(sealed, "vault", "encounter") == KEY


@pytest.mark.parametrize("where", [("vault", "other"), ("other", "encounter"), ("vaulte", "ncounter")])
def test_sealed_key_of_another_encounter_does_not_open(pair, where):
    with pytest.raises(SealBrokenError):
        KeyOpener(pair).open(seal_key(KEY, pair.public(), "vault", "encounter"), *where)


def test_sealed_key_does_not_open_for_another_person(pair):
    sealed = seal_key(KEY, pair.public(), "vault", "encounter")
    with pytest.raises(SealBrokenError):
        KeyOpener(SealingPrivate.generate()).open(sealed, "vault", "encounter")


def test_damaged_sealed_key_is_a_declared_error(pair):
    sealed, opener = seal_key(KEY, pair.public(), "vault", "encounter"), KeyOpener(pair)
    for bad in [*cuts(sealed), *flips(sealed), sealed + b"\0"]:
        assert_declared(lambda bad=bad: opener.open(bad, "vault", "encounter"))


@pytest.mark.parametrize("size", [0, 32, 1215, 1217])
def test_public_key_of_wrong_size_is_a_declared_error(size):
    with pytest.raises(SealBrokenError):
        seal_key(KEY, SealingPublic(bytes(size)), "vault", "encounter")


def test_secrets_are_not_shown(pair):
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY.secret) not in repr(KEY)
    assert "raw" not in repr(pair)
