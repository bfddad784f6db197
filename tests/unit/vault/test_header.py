"""The header file: damage, exchange of slots, versions from the future, and what may be read without keys."""

import subprocess
import sys
from dataclasses import replace

import pytest
from vault_samples import assert_declared, cuts, flips

from app.domain.errors import SealBrokenError, VaultError, VersionError
from app.vault import user_names, vault_exists
from app.vault.header import COPY, NAME, Account, Header, pack, read_header, renew_copy, unpack, write_header

SMALL = Header("vault", "2026-11-20T10:00:00.000000Z", (Account("1", "anna", b"slot", b"code", b"keys"),))


def test_header_reads_back(tmp_path):
    write_header(tmp_path, SMALL)
    assert read_header(tmp_path) == SMALL
    assert (tmp_path / NAME).read_bytes() == (tmp_path / COPY).read_bytes()


def test_damaged_header_is_a_declared_error():
    data = pack(SMALL)
    for bad in [*cuts(data), *flips(data), data + b"\0"]:
        assert_declared(lambda bad=bad: unpack(bad))


def test_newer_header_asks_for_an_update_and_offers_no_deletion():
    data = bytearray(pack(SMALL))
    data[5] = 3
    with pytest.raises(VersionError) as caught:
        unpack(bytes(data))
    assert "Update" in caught.value.remedy
    assert "delet" not in str(caught.value).lower()


def test_exchanged_slot_is_noticed_with_the_key():
    coded = SMALL.with_code(b"key")
    coded.check_code(b"key")
    account = coded.accounts[0]
    for changed in (
        replace(coded, accounts=(replace(account, passphrase_slot=b"old slot"),)),
        replace(coded, accounts=(*coded.accounts, replace(account, id="2", name="eve"))),
        replace(coded, accounts=()),
        replace(coded, vault_id="other"),
    ):
        with pytest.raises(SealBrokenError):
            changed.check_code(b"key")
    with pytest.raises(SealBrokenError):
        coded.check_code(b"another key")


def test_missing_header_names_its_copy(tmp_path):
    write_header(tmp_path, SMALL)
    (tmp_path / NAME).unlink()
    with pytest.raises(VaultError, match=COPY):
        read_header(tmp_path)
    assert vault_exists(tmp_path)


def test_copy_left_behind_by_a_crash_is_renewed(tmp_path):
    write_header(tmp_path, SMALL)
    (tmp_path / COPY).write_bytes(b"older")
    renew_copy(tmp_path, SMALL)
    assert (tmp_path / COPY).read_bytes() == pack(SMALL)


def test_no_vault(tmp_path):
    assert not vault_exists(tmp_path)
    assert not vault_exists(tmp_path / "nowhere")
    with pytest.raises(VaultError):
        user_names(tmp_path)


def test_names_are_read_without_heavy_libraries(folder):
    program = (
        "import sys; from pathlib import Path; from app.vault import user_names, vault_exists;"
        "folder = Path(sys.argv[1]); print(vault_exists(folder), user_names(folder));"
        "heavy = {'sqlalchemy', 'alembic', 'cryptography', 'sqlcipher3'} & {m.split('.')[0] for m in sys.modules};"
        "print(sorted(heavy))"
    )
    out = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == ["True ['adam', 'anna', 'ines', 'olga', 'paul']", "[]"]
