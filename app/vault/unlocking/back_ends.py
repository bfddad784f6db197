"""The four key stores that may hold a key, each made from its class in `keyring` and from nothing else.

`keyring.core` is never asked: it would take the back end that an environment variable, `keyringrc.cfg`, a
`keyring-path` or an installed package names, and those may be plain files or code of somebody else. Nor do the
`KEYRING_PROPERTY_*` variables count, which could lead to another collection or keychain.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class BackEnd(Protocol):
    """What is used of a `keyring` class. `priority` raises if it cannot be used here."""

    @property
    def priority(self) -> float: ...

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


@dataclass(frozen=True, slots=True)
class KeyStoreKind:
    """A kind of key store: its name in the vault's header, its name for people, and how it is made."""

    name: str
    label: str
    make: Callable[[], BackEnd]


class _IgnoresEnvironment:
    def set_properties_from_env(self) -> None:
        """Take nothing from KEYRING_PROPERTY_* variables."""


def _secret_service() -> BackEnd:
    from keyring.backends.SecretService import Keyring

    class SecretService(_IgnoresEnvironment, Keyring):
        """The default collection of the session's Secret Service."""

    return SecretService()  # type: ignore[no-untyped-call]  # keyring leaves some methods without types


def _kwallet() -> BackEnd:
    from keyring.backends.kwallet import DBusKeyring

    class KWallet(_IgnoresEnvironment, DBusKeyring):
        """The network wallet of KWallet 5; its app id is ours, not what the program happened to be called."""

        appid = "Anamnesis"

    return KWallet()  # type: ignore[no-untyped-call]  # as above


def _mac_keychain() -> BackEnd:
    from keyring.backends.macOS import Keyring

    class MacKeychain(_IgnoresEnvironment, Keyring):
        """The login keychain, whatever KEYCHAIN_PATH says."""

        keychain = None

    return MacKeychain()  # type: ignore[no-untyped-call]  # as above


def _windows_vault() -> BackEnd:
    from keyring.backends.Windows import WinVaultKeyring

    class WindowsVault(_IgnoresEnvironment, WinVaultKeyring):
        """Credentials that stay on this computer: the default persistence would roam through the domain."""

    store = WindowsVault()  # type: ignore[no-untyped-call]  # as above
    store.persist = "local machine"
    return store


SECRET_SERVICE = KeyStoreKind("SecretService", "Secret Service (GNOME Keyring and others)", _secret_service)
KWALLET = KeyStoreKind("KWallet", "KDE Wallet", _kwallet)
MAC_KEYCHAIN = KeyStoreKind("macOS", "macOS Keychain", _mac_keychain)
WINDOWS_VAULT = KeyStoreKind("WinVault", "Windows Credential Manager", _windows_vault)

ALLOWED = (SECRET_SERVICE, KWALLET, MAC_KEYCHAIN, WINDOWS_VAULT)
"""Every kind that may stand in a header."""


def label_of(name: str) -> str:
    """The name for people of a kind in a header; the name itself if this program does not know it."""
    return next((kind.label for kind in ALLOWED if kind.name == name), name)


def kinds_here() -> tuple[KeyStoreKind, ...]:
    """The kinds that this operating system can have, best first."""
    if sys.platform == "win32":
        return (WINDOWS_VAULT,)
    if sys.platform == "darwin":
        return (MAC_KEYCHAIN,)
    return (SECRET_SERVICE, KWALLET)
