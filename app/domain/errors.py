"""Declared errors: what went wrong and what to do about it.

Anything else that is raised is a bug. Messages never hold patient content.
"""


class AnamnesisError(Exception):
    """A declared error.

    Args:
        message: one line, what is wrong.
        remedy: one line, what the person can do; may be empty.
    """

    code = "error"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class InputError(AnamnesisError):
    """A file or value given by a person cannot be used."""

    code = "input"


class MachineError(AnamnesisError):
    """The machine refuses: disk full, permission, missing library, no device."""

    code = "environment"


class DiskFullError(MachineError):
    """No space left on the device."""

    code = "disk-full"


class ModelMissingError(MachineError):
    """A model file is not there."""

    code = "model-missing"


class ModelDamagedError(MachineError):
    """A model file's digest differs from the catalogue."""

    code = "model-damaged"


class EngineError(MachineError):
    """The model process failed or was stopped."""

    code = "engine"


class PermissionDeniedError(AnamnesisError):
    """The signed-in person's role does not allow this."""

    code = "permission"


class SignInError(AnamnesisError):
    """Wrong name, passphrase or recovery code."""

    code = "sign-in"


class SecondFactorNeededError(SignInError):
    """All else was right; a code of the authenticator app is still wanted. Ask for it and sign in again with it."""

    code = "second-factor-needed"


class SecondFactorWrongError(SignInError):
    """All else was right; the code of the authenticator app is wrong, too old, or was used before."""

    code = "second-factor-wrong"


class KeyStoreError(AnamnesisError):
    """The operating system's key store did not help; the passphrase or the recovery code still does."""

    code = "key-store"


class KeyStoreAbsentError(KeyStoreError):
    """There is no key store that may be used, or its service does not run."""

    code = "key-store-absent"


class KeyStoreLockedError(KeyStoreError):
    """The key store is locked, and its prompt was dismissed or not answered in time."""

    code = "key-store-locked"


class KeyStoreChangedError(KeyStoreError):
    """The vault was remembered in another kind of key store than the one that answers now."""

    code = "key-store-changed"


class KeyStoreItemError(KeyStoreError):
    """The key in the key store is lost, damaged, or belongs to another vault."""

    code = "key-store-item"


class VaultError(AnamnesisError):
    """The vault cannot be opened or used."""

    code = "vault"


class SealBrokenError(VaultError):
    """Sealed content is damaged, cut, moved or was altered."""

    code = "seal-broken"


class VersionError(AnamnesisError):
    """A format from a newer or unknown version."""

    code = "version"


class ConflictError(AnamnesisError):
    """Somebody else changed it first, or the state does not allow the step."""

    code = "conflict"


class HeldError(ConflictError):
    """A legal hold stands on the encounter: nothing of it is erased."""

    code = "held"


class WorkCancelledError(AnamnesisError):
    """The person cancelled."""

    code = "cancelled"

    def __init__(self, message: str = "Cancelled.", remedy: str = "") -> None:
        super().__init__(message, remedy)
