"""Ways to unlock the vault: what the window and the commands may ask of a signed-in person's session.

Signing in itself is in `app.wiring.Application`: `sign_in`, `remembered_names`, `sign_in_from_key_store`,
`sign_in_with_recovery_code`. Each of these raises `SecondFactorNeededError` when everything else was right and a code
of the authenticator app is still wanted: ask for the six digits and call it again with the same words and the code.
A wrong or used code raises `SecondFactorWrongError`: stay on the page of the code and say its text.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class UnlockingStatus:
    """How a person can sign in on this computer.

    `remembered_in`: name of the key store that holds this person's key here, '' for none. `second_factor`: a code is
    asked for. `second_factor_required`: the organisation's policy asks for one; while it is required and not on, the
    vault allows nothing else but setting it up.
    """

    remembered_in: str
    second_factor: bool
    second_factor_required: bool

    @property
    def second_factor_due(self) -> bool:
        """Whether the second factor must be set up before anything else can be done."""
        return self.second_factor_required and not self.second_factor


@dataclass(frozen=True, slots=True)
class KeyStoreReport:
    """What was found when this computer's key store was tried: its name ('' for none), and one line about it."""

    name: str
    usable: bool
    detail: str


@dataclass(frozen=True, slots=True, repr=False)
class SecondFactorOffer:
    """What an authenticator app needs, shown once and never stored by the caller.

    `uri`: otpauth URI (Key URI Format). `key_text`: the key in base 32, in groups of four, for typing. `svg`: the QR
    code of the URI as an SVG document, black on white with its quiet zone. `modules`: the same QR code as rows of
    true (dark) and false, without quiet zone, for painting it oneself.
    """

    uri: str
    key_text: str
    svg: str
    modules: tuple[tuple[bool, ...], ...]


class Unlocking(Protocol):
    """The signed-in person's own ways to unlock; `Session.unlocking`.

    What takes a passphrase re-authenticates: it raises `SignInError` for a wrong one, after several with a growing
    wait. What talks to the key store may show a prompt of the operating system and may take up to a minute: call it
    off the window's thread. Its errors are `KeyStoreError` with a way out in words.
    """

    def status(self) -> UnlockingStatus:
        """How this person can sign in. Looks only at the vault; never asks the key store."""

    def try_key_store(self) -> KeyStoreReport:
        """Write an item to this computer's key store, read it back, delete it. Raises nothing."""

    def remember(self, passphrase: str) -> str:
        """Let this computer's key store unlock the vault for this person; return the key store's name.

        Signing and exporting go on asking for the passphrase. Raises `KeyStoreError`, `SignInError`.
        """

    def forget(self) -> bool:
        """End that. False: the item is still in the key store, where it opens nothing any more."""

    def begin_second_factor(self, passphrase: str) -> SecondFactorOffer:
        """Make a key for an authenticator app; nothing is on before `confirm_second_factor`.

        Beginning again makes another key. Raises `SignInError`, `ConflictError` (it is on already).
        """

    def confirm_second_factor(self, code: str) -> None:
        """Switch it on with one code of the app. Raises `SecondFactorWrongError`, `ConflictError` (not begun)."""

    def drop_second_factor(self, passphrase: str, code: str) -> None:
        """Switch it off. Raises `SignInError`, `SecondFactorWrongError`, `PermissionDeniedError` (policy)."""

    def begin_recovery_code(self, passphrase: str) -> str:
        """Return a new recovery code, to be shown once; the old one works until `confirm_recovery_code`."""

    def confirm_recovery_code(self, typed: str) -> None:
        """Put the new code in force: it was typed back right. Raises `SignInError` (mistyped), `ConflictError`."""

    def check_recovery_code(self, typed: str) -> None:
        """Show that the paper holds the code in force, without using it up. Raises `SignInError` if it does not."""
