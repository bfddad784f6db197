"""A new recovery code on demand: in force once typed back, never before; a check of the paper."""

import pytest
from unlocking_samples import unlocking_of
from vault_samples import PASSPHRASE, no_delay, signed_in

from app.domain.errors import ConflictError, SignInError
from app.vault import opening
from app.vault.recovery_code import new_recovery_code


def recovers(folder, code, passphrase=PASSPHRASE):
    try:
        session, new = opening.sign_in_with_recovery_code(folder, "anna", code, passphrase, delay=no_delay(folder))
    except SignInError:
        return None
    session.close()
    return new


def test_new_code_takes_over_once_it_is_typed_back(folder, template):
    with signed_in(folder) as session:
        unlocking = unlocking_of(session)
        code = unlocking.begin_recovery_code(PASSPHRASE)
        with pytest.raises(SignInError, match="not the code"):
            unlocking.confirm_recovery_code(new_recovery_code())
        with pytest.raises(SignInError, match="not complete"):
            unlocking.confirm_recovery_code(code[:-1])
        unlocking.check_recovery_code(template.code)
        unlocking.confirm_recovery_code(f" {code.lower().replace('-', ' ')} ")
        unlocking.check_recovery_code(code)
        with pytest.raises(ConflictError):
            unlocking.confirm_recovery_code(code)
        assert [e.actor for e in session.audit.entries() if e.action == "recovery-code.renewed"] == ["anna"]
    assert recovers(folder, template.code) is None
    assert recovers(folder, code)


def test_code_that_was_not_typed_back_never_works(folder, template):
    with signed_in(folder) as session:
        code = session.unlocking.begin_recovery_code(PASSPHRASE)
    assert recovers(folder, code) is None
    assert recovers(folder, template.code)


def test_new_code_takes_the_passphrase(folder):
    with signed_in(folder) as session, pytest.raises(SignInError):
        session.unlocking.begin_recovery_code("wrong passphrase")


def test_check_of_a_wrong_code_is_counted_and_audited(folder, template):
    with signed_in(folder) as session:
        session.unlocking.check_recovery_code(template.code)
        with pytest.raises(SignInError):
            session.unlocking.check_recovery_code(new_recovery_code())
        assert [e.actor for e in session.audit.entries() if e.action == "sign-in.failed"] == ["anna"]
    assert recovers(folder, template.code)


def test_code_of_another_person_is_not_ones_own(folder, template):
    with signed_in(folder, "ines") as session, pytest.raises(SignInError):
        session.unlocking.check_recovery_code(template.code)


def test_passphrase_change_leaves_the_code_in_force(folder, template):
    with signed_in(folder) as session:
        session.users.change_passphrase(PASSPHRASE, "another passphrase")
        session.unlocking.check_recovery_code(template.code)


def test_what_changed_meanwhile_is_not_taken_back(folder):
    """A code that waits to be typed back while the passphrase is changed does not bring the old passphrase back."""
    with signed_in(folder) as session:
        unlocking = session.unlocking
        code = unlocking.begin_recovery_code(PASSPHRASE)
        session.users.change_passphrase(PASSPHRASE, "another passphrase")
        unlocking.confirm_recovery_code(code)
    with signed_in(folder, passphrase="another passphrase"):
        pass
    assert recovers(folder, code)
