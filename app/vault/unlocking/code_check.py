"""Asking for the code of the authenticator app, at sign-in and before the second factor is switched off."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import AnamnesisError, SecondFactorNeededError
from app.vault.open_vault import OpenVault
from app.vault.unlocking.second_factor import accepted_step
from app.vault.unlocking.used_codes import last_step, use_step


@dataclass(frozen=True, slots=True)
class SecondStep:
    """What a sign-in brings for the second factor.

    `code`: what the person typed, '' for nothing. `required`: the organisation's policy asks for a second factor.
    `clock`: Unix time in seconds.
    """

    code: str = ""
    required: bool = False
    clock: Callable[[], float] = time.time


NO_CODE = SecondStep()


def require_code(vault: OpenVault, step: SecondStep) -> None:
    """Let through who has no second factor, or brings a code that is right and was never used.

    The try is counted before the code is compared, as for a passphrase. Raises `SecondFactorNeededError`,
    `SecondFactorWrongError`, `SignInError` (too many wrong tries), `SealBrokenError`.
    """
    secret = vault.keys.second_factor
    if secret is None:
        return
    if not step.code:
        raise SecondFactorNeededError("A code of your authenticator app is needed.", "Type its six digits.")
    user = vault.access.user
    vault.delay.begin(user.name)
    with vault.database.transaction() as connection:
        last = last_step(connection, vault.keys.own_key(), user.id)
        used = accepted_step(secret, step.code, step.clock(), last)
        use_step(connection, vault.keys.own_key(), user.id, used)
    vault.delay.succeeded()


def require_code_again(vault: OpenVault, step: SecondStep) -> None:
    """As `require_code` for somebody who is signed in: a wrong try reaches the audit trail at once."""
    try:
        require_code(vault, step)
    except AnamnesisError:
        vault.record_failed_tries()
        raise
