"""Creating, signing in, waiting after wrong tries, recovery codes, files and the lock."""

import json
import os
import stat
import subprocess
import sys

import pytest
from vault_samples import CHEAP, PASSPHRASE, no_delay, signed_in

from app.domain.errors import ConflictError, InputError, SealBrokenError, SignInError, VaultError, VersionError
from app.domain.people import Role
from app.vault import opening, user_names, vault_exists
from app.vault.header import NAME, read_header, write_header
from app.vault.key_slot import slot_cost
from app.vault.lock_file import VaultLock
from app.vault.sign_in_delay import NAME as TRIES
from app.vault.sign_in_delay import SignInDelay, wait_after


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def test_new_vault_belongs_to_a_physician_who_administers(tmp_path):
    session, code = opening.create_vault(
        tmp_path / "data" / "vault", name=" Anna ", display_name="Anna Ek", passphrase=PASSPHRASE, cost=CHEAP
    )
    assert session.user.roles == {Role.PHYSICIAN, Role.ADMINISTRATOR}
    assert session.user.name == "Anna"
    assert len(code) == 34
    session.close()
    session.close()
    assert vault_exists(tmp_path / "data" / "vault")
    assert user_names(tmp_path / "data" / "vault") == ["Anna"]


def test_production_cost_is_the_standard_one(tmp_path):
    from app.vault import create_vault
    from app.vault.key_slot import STANDARD_COST

    session, _ = create_vault(tmp_path / "vault", name="a", display_name="A", passphrase=PASSPHRASE)
    session.close()
    account = read_header(tmp_path / "vault").accounts[0]
    assert slot_cost(account.passphrase_slot) == slot_cost(account.recovery_slot) == STANDARD_COST


def test_vault_is_never_made_over_another(folder):
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    with pytest.raises(ConflictError):
        opening.create_vault(folder, name="eve", display_name="Eve", passphrase=PASSPHRASE, cost=CHEAP)
    (folder / NAME).unlink()
    with pytest.raises(VaultError, match="header is missing"):
        opening.create_vault(folder, name="eve", display_name="Eve", passphrase=PASSPHRASE, cost=CHEAP)
    before.pop(NAME)
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


@pytest.mark.parametrize(
    ("name", "display", "passphrase"),
    [("", "A", PASSPHRASE), ("a", " ", PASSPHRASE), ("a\nb", "A", PASSPHRASE), ("a" * 65, "A", PASSPHRASE),
     ("a", "A", "short"), ("a", "A", "x" * 2000), ("a\u202eb", "A", PASSPHRASE)],
)  # fmt: skip
def test_unusable_names_and_passphrases_make_no_vault(tmp_path, name, display, passphrase):
    with pytest.raises(InputError):
        opening.create_vault(tmp_path / "v", name=name, display_name=display, passphrase=passphrase, cost=CHEAP)
    assert not vault_exists(tmp_path / "v")


def test_wrong_name_and_wrong_passphrase_sound_alike(folder):
    heard = set()
    for name, passphrase in (("anna", "wrong passphrase"), ("nobody", PASSPHRASE)):
        with pytest.raises(SignInError) as caught:
            opening.sign_in(folder, name, passphrase, delay=no_delay(folder))
        heard.add(str(caught.value))
    assert len(heard) == 1


def test_unknown_name_costs_what_a_wrong_passphrase_costs(folder, monkeypatch):
    from app.vault import key_slot

    costs = []
    real = key_slot._stretched
    monkeypatch.setattr(key_slot, "_stretched", lambda s, salt, cost: costs.append(cost) or real(s, salt, cost))
    for name in ("anna", "nobody"):
        with pytest.raises(SignInError):
            opening.sign_in(folder, name, "wrong passphrase", delay=no_delay(folder))
    assert costs == [CHEAP, CHEAP]


def test_waits_grow_and_end():
    assert [wait_after(n) for n in range(8)] == [0, 0, 0, 1, 2, 4, 8, 16]
    assert wait_after(1000) == 300


def test_wait_survives_a_restart_and_says_how_long(folder, clock):
    def try_once(passphrase):
        session = opening.sign_in(folder, "anna", passphrase, delay=SignInDelay(folder, clock, clock.sleep))
        session.close()

    for _ in range(5):
        with pytest.raises(SignInError, match="wrong"):
            try_once("wrong passphrase")
    assert clock.slept == [1.0, 2.0]
    with pytest.raises(SignInError, match=r"[45] seconds"):
        try_once(PASSPHRASE)
    clock.now += 4.1
    try_once(PASSPHRASE)
    try_once(PASSPHRASE)


def test_trying_during_the_wait_does_not_lengthen_it(folder, clock):
    delay = SignInDelay(folder, clock, clock.sleep)
    for _ in range(6):
        delay.begin("anna")
        clock.now += 400
    clock.now -= 400
    for _ in range(20):
        with pytest.raises(SignInError):
            delay.begin("anna")
    clock.now += 8
    delay.begin("anna")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"failures": "x", "last": 0, "unrecorded": []}', b"\xff" * 40,
                                  b'{"failures": 1e400, "last": 0, "unrecorded": []}', b"[" * 100_000])  # fmt: skip
def test_damaged_record_of_tries_neither_locks_out_nor_frees(folder, clock, data):
    (folder / TRIES).write_bytes(data)
    delay = SignInDelay(folder, clock, clock.sleep)
    with pytest.raises(SignInError):
        delay.begin("anna")


def test_clock_set_back_does_not_wait_longer_than_the_wait(folder, clock):
    delay = SignInDelay(folder, clock, clock.sleep)
    for _ in range(3):
        delay.begin("anna")
    clock.now -= 1e7
    delay.begin("anna")
    assert clock.slept == [1.0]


def test_failed_tries_reach_the_trail_and_unknown_names_are_not_written(folder):
    for name in ("anna", "my secret typed into the wrong field"):
        with pytest.raises(SignInError):
            opening.sign_in(folder, name, "wrong passphrase", delay=no_delay(folder))
    assert "secret" not in (folder / TRIES).read_text()
    with signed_in(folder) as session:
        failed = [e.actor for e in session.audit.entries() if e.action == "sign-in.failed"]
    assert failed == ["anna", "unknown"]
    assert json.loads((folder / TRIES).read_text())["unrecorded"] == []


def test_passphrase_is_changed(folder):
    with signed_in(folder) as session:
        with pytest.raises(SignInError):
            session.users.change_passphrase("wrong passphrase", "another passphrase")
        with pytest.raises(InputError):
            session.users.change_passphrase(PASSPHRASE, "short")
        session.users.change_passphrase(PASSPHRASE, "another passphrase")
        session.reauthenticate("another passphrase")
    with pytest.raises(SignInError):
        opening.sign_in(folder, "anna", PASSPHRASE, delay=no_delay(folder))
    with signed_in(folder, passphrase="another passphrase") as session:
        assert session.audit.verify().first_bad is None


def test_recovery_code_opens_once(folder, template):
    with signed_in(folder) as session:
        encounter = session.encounters.create("Visit")
    session, new = opening.sign_in_with_recovery_code(folder, "anna", template.code, "new passphrase")
    assert session.encounters.get(encounter).title == "Visit"
    session.close()
    assert new != template.code
    for act in (
        lambda: opening.sign_in_with_recovery_code(folder, "anna", template.code, "x" * 9, delay=no_delay(folder)),
        lambda: opening.sign_in_with_recovery_code(folder, "ines", new, "x" * 9, delay=no_delay(folder)),
        lambda: opening.sign_in(folder, "anna", PASSPHRASE, delay=no_delay(folder)),
    ):
        with pytest.raises(SignInError):
            act()
    with signed_in(folder, passphrase="new passphrase") as session:
        assert any(e.action == "passphrase.recovered" for e in session.audit.entries())


def test_names_are_taken_whatever_their_capitals(folder):
    with signed_in(folder) as session, pytest.raises(ConflictError):
        session.users.add("INES", "Ines", frozenset({Role.NURSE}), PASSPHRASE)
    with signed_in(folder, "INES") as session:
        assert session.user.name == "ines"


def test_person_without_roles_is_refused(folder):
    with signed_in(folder) as session, pytest.raises(InputError):
        session.users.add("new", "New", frozenset(), PASSPHRASE)


def test_slot_put_back_from_an_old_header_is_noticed(folder):
    old = read_header(folder)
    with signed_in(folder) as session:
        session.users.change_passphrase(PASSPHRASE, "another passphrase")
    mixed = read_header(folder).with_account(old.account("anna"))
    write_header(folder, mixed)
    with pytest.raises(SealBrokenError):
        opening.sign_in(folder, "anna", PASSPHRASE, delay=no_delay(folder))


def test_second_program_is_told_that_the_vault_is_open(folder, monkeypatch):
    monkeypatch.setattr(opening, "VaultLock", lambda path: VaultLock(path, 0.1))
    with signed_in(folder), pytest.raises(ConflictError, match="open"):
        opening.sign_in(folder, "anna", PASSPHRASE)
    with signed_in(folder):
        program = (
            "import sys; from pathlib import Path\n"
            "from app.vault import sign_in; from app.domain.errors import ConflictError\n"
            "try: sign_in(Path(sys.argv[1]), 'anna', sys.argv[2])\n"
            "except ConflictError as error: print('told', error.remedy)"
        )
        out = subprocess.run(
            [sys.executable, "-c", program, folder, PASSPHRASE], capture_output=True, text=True, check=True
        ).stdout
        assert out.startswith("told")


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_files_open_to_others_are_closed_and_recorded(folder):
    (folder / "vault.db").chmod(0o644)
    folder.chmod(0o755)
    with signed_in(folder) as session:
        session.encounters.create("t")
        assert any(e.action == "files.closed-to-others" for e in session.audit.entries())
        for path in (folder, *folder.rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_missing_database_is_never_made_anew(folder):
    (folder / "vault.db").unlink()
    with pytest.raises(VaultError, match="missing"):
        opening.sign_in(folder, "anna", PASSPHRASE)
    assert not (folder / "vault.db").exists()


def test_foreign_database_is_refused(folder, tmp_path):
    session, _ = opening.create_vault(tmp_path / "o", name="anna", display_name="A", passphrase=PASSPHRASE, cost=CHEAP)
    session.close()
    (folder / "vault.db").write_bytes((tmp_path / "o" / "vault.db").read_bytes())
    with pytest.raises(SealBrokenError):
        opening.sign_in(folder, "anna", PASSPHRASE)


def test_vault_of_a_newer_program_is_refused_and_left_alone(folder):
    from sqlalchemy import text

    with signed_in(folder) as session, session._vault.database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(VersionError) as caught:
        opening.sign_in(folder, "anna", PASSPHRASE)
    assert "Update" in caught.value.remedy
    with pytest.raises(VersionError):
        opening.sign_in(folder, "anna", PASSPHRASE)


def test_closed_session_refuses(folder):
    with signed_in(folder) as session:
        pass
    with pytest.raises(VaultError):
        session.encounters.list()


def test_withdrawn_try_leaves_the_wait_as_it_was(folder, clock):
    delay = SignInDelay(folder, clock, clock.sleep)
    for _ in range(4):
        delay.begin("anna")
        clock.now += 400
    before = (folder / TRIES).read_bytes()
    delay.begin("anna")
    delay.withdraw()
    assert (folder / TRIES).read_bytes() == before
    delay.withdraw()
    assert (folder / TRIES).read_bytes() == before
