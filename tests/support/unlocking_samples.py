"""A person who is remembered, or has a second factor, in a copy of the tests' vault."""

import base64
from contextlib import contextmanager

from key_store_doubles import PhoneClock, code_at
from vault_samples import CHEAP, PASSPHRASE, no_delay, signed_in

from app.vault import opening
from app.vault.unlocking.code_check import SecondStep
from app.vault.unlocking.own_unlocking import VaultUnlocking


def unlocking_of(session, stores=None, clock=None, *, required=False):
    """The session's ways to unlock, with key stores and clock of the test."""
    return VaultUnlocking(session._vault, CHEAP, stores, SecondStep(required=required, clock=clock or PhoneClock()))


def remember(folder, stores, name="anna"):
    """Let these key stores unlock the vault for a person."""
    with signed_in(folder, name) as session:
        return unlocking_of(session, stores).remember(PASSPHRASE)


@contextmanager
def by_key_store(folder, stores, name="anna", second=None):
    """A session opened with the key in the key store."""
    session = opening.sign_in_from_key_store(
        folder, name, stores=stores, delay=no_delay(folder), second=second or SecondStep()
    )
    try:
        yield session
    finally:
        session.close()


class Phone:
    """An authenticator app that took over the key of an offer; its clock is the computer's."""

    def __init__(self):
        self.clock = PhoneClock(1_800_000_015.0)
        self.secret = b""

    def take(self, offer):
        self.secret = base64.b32decode(offer.key_text.replace(" ", ""))

    @property
    def code(self):
        return code_at(self.secret, self.clock())

    def wait(self):
        """Until the next code."""
        self.clock.next_code()
        return self

    @property
    def step(self):
        """What a sign-in with the code shown now brings."""
        return SecondStep(self.code, clock=self.clock)


def second_factor_on(folder, name="anna"):
    """Switch the second factor on for a person; return their phone."""
    phone = Phone()
    with signed_in(folder, name) as session:
        unlocking = unlocking_of(session, clock=phone.clock)
        phone.take(unlocking.begin_second_factor(PASSPHRASE))
        unlocking.confirm_second_factor(phone.code)
    return phone
