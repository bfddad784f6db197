"""The list of erased visits, cut and flipped at every byte: a declared error, never another list."""

import pytest
from vault_samples import assert_declared, cuts, flips

from app.domain.errors import SealBrokenError, VersionError
from app.vault.records.erasure_list import Erased, pack_list, read_list, renew_list, unpack_list

KEY, VAULT = b"k" * 32, "v" * 32
ONE = Erased("a" * 32, "encounter", "2026-03-01T09:00:00.000000Z", "person")
TWO = Erased("b" * 32, "audio", "2026-03-02T09:00:00.000000Z", "policy")


def test_it_reads_back():
    assert unpack_list(pack_list(KEY, VAULT, {ONE, TWO}), KEY, VAULT) == {ONE, TWO}


def test_cut_or_flipped_at_every_byte_it_is_refused():
    data = pack_list(KEY, VAULT, {ONE, TWO})
    for bad in (*cuts(data), *flips(data)):
        assert_declared(lambda bad=bad: unpack_list(bad, KEY, VAULT))


def test_of_another_vault_or_key_or_version_it_is_refused():
    data = pack_list(KEY, VAULT, {ONE})
    for key, vault in ((b"x" * 32, VAULT), (KEY, "w" * 32)):
        with pytest.raises(SealBrokenError):
            unpack_list(data, key, vault)
    with pytest.raises(VersionError):
        unpack_list(data[:4] + b"\x02" + data[5:], KEY, VAULT)


def test_renewing_forgets_nothing_and_replaces_a_damaged_one(tmp_path):
    path = tmp_path / "list"
    assert read_list(path, KEY, VAULT) == set()
    renew_list(path, KEY, VAULT, set())
    assert not path.exists()
    renew_list(path, KEY, VAULT, {ONE})
    renew_list(path, KEY, VAULT, {TWO})
    assert read_list(path, KEY, VAULT) == {ONE, TWO}
    path.write_bytes(b"damaged")
    renew_list(path, KEY, VAULT, {TWO})
    assert read_list(path, KEY, VAULT) == {TWO}
