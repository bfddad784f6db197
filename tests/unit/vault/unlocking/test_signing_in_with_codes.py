"""The second factor over whole sign-ins, on both databases: asked for, used once, counted, required, dropped."""

import pytest
from key_store_doubles import MemoryStore, stores_of
from sqlalchemy import update
from unlocking_samples import Phone, by_key_store, remember, second_factor_on, unlocking_of
from vault_samples import PASSPHRASE, allow_changes, no_delay, signed_in

from app.domain.errors import (
    ConflictError,
    PermissionDeniedError,
    SealBrokenError,
    SecondFactorNeededError,
    SecondFactorWrongError,
    SignInError,
)
from app.domain.people import Role
from app.vault import opening
from app.vault.models import OwnSettingRow
from app.vault.sign_in_delay import SignInDelay
from app.vault.unlocking.code_check import NO_CODE, SecondStep

KINDS = ("embedded", "postgres")


@pytest.fixture
def code(request):
    """Anna's recovery code in the vault that this test has a copy of."""
    if request.node.callspec.params["folder"] == "postgres":
        return request.getfixturevalue("server_template")[0].code
    return request.getfixturevalue("template").code


def enter(folder, second, passphrase=PASSPHRASE, name="anna"):
    opening.sign_in(folder, name, passphrase, second=second, delay=no_delay(folder)).close()


def test_code_is_asked_for_only_after_the_right_passphrase(folder):
    phone = second_factor_on(folder)
    with pytest.raises(SecondFactorNeededError):
        enter(folder, NO_CODE)
    with pytest.raises(SignInError) as caught:
        enter(folder, phone.wait().step, "wrong passphrase")
    assert type(caught.value) is SignInError
    enter(folder, phone.step)
    enter(folder, NO_CODE, name="ines")


def test_code_opens_once(folder):
    phone = second_factor_on(folder)
    with pytest.raises(SecondFactorWrongError):
        enter(folder, phone.step)  # the code that switched it on
    enter(folder, phone.wait().step)
    with pytest.raises(SecondFactorWrongError):
        enter(folder, phone.step)
    enter(folder, phone.wait().step)


def test_asking_for_the_code_is_no_failed_try_but_a_wrong_code_is(folder):
    phone = second_factor_on(folder)
    with pytest.raises(SecondFactorNeededError):
        enter(folder, NO_CODE)
    with pytest.raises(SecondFactorWrongError):
        enter(folder, SecondStep("000000", clock=phone.clock))
    session = opening.sign_in(folder, "anna", PASSPHRASE, second=phone.wait().step, delay=no_delay(folder))
    assert [e.actor for e in session.audit.entries() if e.action == "sign-in.failed"] == ["anna"]
    assert session.audit.verify().first_bad is None
    session.close()


def test_wrong_codes_make_the_wait_grow_and_the_passphrase_alone_does_not_end_it(folder):
    phone = second_factor_on(folder)
    now = [1_800_000_000.0]
    delay = SignInDelay(folder, clock=lambda: now[0], sleep=lambda _: None)
    seen = []
    for _ in range(9):
        for second in (NO_CODE, SecondStep("000000", clock=phone.clock)):
            try:
                opening.sign_in(folder, "anna", PASSPHRASE, second=second, delay=delay)
            except SignInError as error:
                seen.append(type(error))
    assert seen.count(SecondFactorWrongError) == 5
    assert seen[-1] is SignInError
    now[0] += 400
    opening.sign_in(folder, "anna", PASSPHRASE, second=phone.wait().step, delay=delay).close()


def test_key_store_asks_for_the_code_too(folder):
    stores = stores_of(MemoryStore())
    remember(folder, stores)
    phone = second_factor_on(folder)
    with pytest.raises(SecondFactorNeededError), by_key_store(folder, stores):
        pass
    with pytest.raises(SecondFactorWrongError), by_key_store(folder, stores, second=phone.step):
        pass
    with by_key_store(folder, stores, second=phone.wait().step) as session:
        assert session.unlocking.status().second_factor
        entered = [e.detail for e in session.audit.entries() if e.action == "sign-in"]
        assert entered.count("key store, second factor") == 1


def test_setting_up_takes_passphrase_and_a_first_code(folder):
    phone = Phone()
    with signed_in(folder) as session:
        unlocking = unlocking_of(session, clock=phone.clock)
        with pytest.raises(ConflictError, match="waits"):
            unlocking.confirm_second_factor("123456")
        with pytest.raises(SignInError):
            unlocking.begin_second_factor("wrong passphrase")
        abandoned = Phone()
        abandoned.take(unlocking.begin_second_factor(PASSPHRASE))
        phone.take(unlocking.begin_second_factor(PASSPHRASE))
        with pytest.raises(SecondFactorWrongError):
            unlocking.confirm_second_factor(abandoned.code)
        with pytest.raises(SecondFactorWrongError):
            unlocking.confirm_second_factor("000000")
        assert not unlocking.status().second_factor
    enter(folder, NO_CODE)  # not confirmed: not on
    phone = second_factor_on(folder)
    session = opening.sign_in(folder, "anna", PASSPHRASE, second=phone.wait().step, delay=no_delay(folder))
    with pytest.raises(ConflictError):
        session.unlocking.begin_second_factor(PASSPHRASE)
    assert [e.actor for e in session.audit.entries() if e.action == "second-factor.on"] == ["anna"]
    session.close()


def test_switching_off_takes_passphrase_and_code(folder):
    phone = second_factor_on(folder)
    session = opening.sign_in(folder, "anna", PASSPHRASE, second=phone.wait().step, delay=no_delay(folder))
    unlocking = unlocking_of(session, clock=phone.clock)
    for passphrase, code, error in (
        ("wrong passphrase", phone.wait().code, SignInError),
        (PASSPHRASE, "", SecondFactorNeededError),
        (PASSPHRASE, "000000", SecondFactorWrongError),
    ):
        with pytest.raises(error):
            unlocking.drop_second_factor(passphrase, code)
        assert unlocking.status().second_factor
    unlocking.drop_second_factor(PASSPHRASE, phone.code)
    assert not unlocking.status().second_factor
    with pytest.raises(ConflictError):
        unlocking.drop_second_factor(PASSPHRASE, phone.wait().code)
    session.close()
    enter(folder, NO_CODE)
    again = second_factor_on(folder)
    assert again.secret != phone.secret
    enter(folder, again.wait().step)


def test_lost_phone_is_what_the_recovery_code_is_for(folder, code):
    second_factor_on(folder)
    with pytest.raises(SecondFactorNeededError):
        opening.sign_in_with_recovery_code(folder, "anna", code, "new passphrase", delay=no_delay(folder))
    with pytest.raises(SecondFactorNeededError):
        enter(folder, NO_CODE)  # nothing was changed: passphrase and recovery code are the old ones
    session, _ = opening.sign_in_with_recovery_code(
        folder, "anna", code, "new passphrase", drop_second_factor=True, delay=no_delay(folder)
    )
    found = [(e.action, e.detail) for e in session.audit.entries()]
    session.close()
    assert ("second-factor.off", "recovery code") in found
    enter(folder, NO_CODE, "new passphrase")


def test_recovery_with_the_phone_at_hand_keeps_the_second_factor(folder, code):
    phone = second_factor_on(folder)
    session, _ = opening.sign_in_with_recovery_code(
        folder, "anna", code, "new passphrase", second=phone.wait().step, delay=no_delay(folder)
    )
    assert session.unlocking.status().second_factor
    session.close()
    with pytest.raises(SecondFactorNeededError):
        enter(folder, NO_CODE, "new passphrase")


def test_policy_allows_nothing_else_before_it_is_set_up(folder):
    phone = Phone()
    required = SecondStep(required=True, clock=phone.clock)
    session = opening.sign_in(folder, "anna", PASSPHRASE, second=required, delay=no_delay(folder))
    unlocking = session.unlocking
    assert unlocking.status().second_factor_due
    for act in (
        session.encounters.list,
        lambda: session.encounters.create("Visit"),
        session.audit.entries,
        lambda: session.users.add("new", "New", frozenset({Role.NURSE}), PASSPHRASE),
    ):
        with pytest.raises(PermissionDeniedError, match="second factor"):
            act()
    phone.take(unlocking.begin_second_factor(PASSPHRASE))
    unlocking.confirm_second_factor(phone.code)
    assert not unlocking.status().second_factor_due
    session.encounters.create("Visit")
    with pytest.raises(PermissionDeniedError, match="stays on"):
        unlocking.drop_second_factor(PASSPHRASE, phone.wait().code)
    session.close()


def test_passphrase_change_and_a_new_recovery_code_keep_it(folder):
    phone = second_factor_on(folder)
    session = opening.sign_in(folder, "anna", PASSPHRASE, second=phone.wait().step, delay=no_delay(folder))
    session.users.change_passphrase(PASSPHRASE, "another passphrase")
    code = session.unlocking.begin_recovery_code("another passphrase")
    session.unlocking.confirm_recovery_code(code)
    session.close()
    with pytest.raises(SecondFactorNeededError):
        enter(folder, NO_CODE, "another passphrase")
    enter(folder, phone.wait().step, "another passphrase")


def test_damaged_record_of_used_codes_names_the_recovery_code(folder, code):
    phone = second_factor_on(folder)
    with signed_in(folder, "ines") as session, session._vault.database.transaction() as connection:
        allow_changes(connection, "own_settings")
        connection.execute(update(OwnSettingRow).where(OwnSettingRow.name == "second-factor").values(content=b"no"))
    with pytest.raises(SealBrokenError):
        enter(folder, phone.wait().step)
    session, _ = opening.sign_in_with_recovery_code(
        folder, "anna", code, "new passphrase", drop_second_factor=True, delay=no_delay(folder)
    )
    session.close()
    enter(folder, NO_CODE, "new passphrase")


def test_plain_settings_neither_read_nor_stand_in_for_used_codes(folder):
    phone = second_factor_on(folder)
    session = opening.sign_in(folder, "anna", PASSPHRASE, second=phone.wait().step, delay=no_delay(folder))
    with pytest.raises(SealBrokenError):
        session.own_notes.setting("second-factor")
    session.close()
