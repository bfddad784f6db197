"""The allow-list: four classes, made explicitly, deaf to the environment; those of other systems by contract.

The Windows and macOS classes are the real ones of `keyring`; only the system call under them is a stand-in.
"""
# ruff: noqa: ARG002, N802, N803 - stand-ins have the names and parameters of the system's own calls

import importlib
import inspect
import subprocess
import sys
import types

import pytest

from app.domain.errors import KeyStoreError, KeyStoreLockedError
from app.vault.unlocking import back_ends
from app.vault.unlocking.back_ends import ALLOWED, KWALLET, MAC_KEYCHAIN, SECRET_SERVICE, WINDOWS_VAULT, kinds_here
from app.vault.unlocking.key_stores import KeyStores, item_of

CLASSES = {
    "SecretService": ("keyring.backends.SecretService", "Keyring"),
    "KWallet": ("keyring.backends.kwallet", "DBusKeyring"),
    "macOS": ("keyring.backends.macOS", "Keyring"),
    "WinVault": ("keyring.backends.Windows", "WinVaultKeyring"),
}
ITEM = item_of("vault", "anna", b"i" * 16)
SECRET = bytes(range(32))


def test_allow_list_is_these_four():
    assert {kind.name for kind in ALLOWED} == set(CLASSES)
    assert len({kind.label for kind in ALLOWED}) == 4


@pytest.mark.parametrize(
    ("system", "kinds"),
    [("win32", (WINDOWS_VAULT,)), ("darwin", (MAC_KEYCHAIN,)), ("linux", (SECRET_SERVICE, KWALLET))],
)
def test_each_system_has_its_own(monkeypatch, system, kinds):
    monkeypatch.setattr(sys, "platform", system)
    assert kinds_here() == kinds


@pytest.mark.parametrize("name", CLASSES)
def test_real_class_has_the_interface_that_is_used(name):
    module, class_name = CLASSES[name]
    real = getattr(importlib.import_module(module), class_name)
    for method, parameters in (
        ("get_password", ["self", "service", "username"]),
        ("set_password", ["self", "service", "username", "password"]),
        ("delete_password", ["self", "service", "username"]),
        ("set_properties_from_env", ["self"]),
    ):
        assert list(inspect.signature(getattr(real, method)).parameters) == parameters


@pytest.fixture
def hostile(monkeypatch, tmp_path):
    """Settings that would lead `keyring` elsewhere."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("PREFERRED_COLLECTION", "SCHEME", "APPID", "KEYCHAIN", "PERSIST", "HANDLE"):
        monkeypatch.setenv(f"KEYRING_PROPERTY_{name}", "elsewhere")


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("kind", [SECRET_SERVICE, KWALLET, MAC_KEYCHAIN], ids=lambda kind: kind.name)
def test_class_takes_nothing_from_the_environment(kind):
    assert "elsewhere" not in {str(value) for value in vars(kind.make()).values()}


def test_making_a_key_store_never_asks_keyring_which():
    program = (
        "import keyring.core, keyring.backend, app.vault.unlocking.key_stores as ks\n"
        "keyring.core.init_backend = keyring.core.load_config = keyring.core.load_env = None\n"
        "keyring.backend._load_plugins = None\n"
        "print(ks.KeyStores(patience=5).report().usable in (True, False), keyring.core._keyring_backend)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "None"]


class CredentialError(Exception):
    """As `pywintypes.error`."""

    def __init__(self, winerror, funcname):
        super().__init__(winerror, funcname)
        self.winerror, self.funcname = winerror, funcname


class CredentialManager(types.SimpleNamespace):
    """The calls of Windows' credential manager that the real class makes; blobs are UTF-16, 2,560 bytes at most."""

    CRED_TYPE_GENERIC, CRED_PERSIST_SESSION, CRED_PERSIST_LOCAL_MACHINE, CRED_PERSIST_ENTERPRISE = 1, 1, 2, 3

    def __init__(self):
        super().__init__(kept={})

    def CredRead(self, Type, TargetName):
        if TargetName not in self.kept:
            raise CredentialError(1168, "CredRead")
        return dict(self.kept[TargetName])

    def CredWrite(self, credential, flags):
        blob = credential["CredentialBlob"].encode("utf-16-le")
        assert len(blob) <= 2560
        self.kept[credential["TargetName"]] = {**credential, "CredentialBlob": blob}

    def CredDelete(self, Type, TargetName):
        if self.kept.pop(TargetName, None) is None:
            raise CredentialError(1168, "CredDelete")


@pytest.fixture
def windows(monkeypatch):
    module = importlib.import_module("keyring.backends.Windows")
    manager = CredentialManager()
    monkeypatch.setattr(module, "win32cred", manager, raising=False)
    monkeypatch.setattr(module, "pywintypes", types.SimpleNamespace(error=CredentialError), raising=False)
    monkeypatch.setattr(module, "missing_deps", False)
    return manager


@pytest.mark.usefixtures("hostile")
def test_windows_key_stays_on_this_computer_and_other_items_stay_where_they_are(windows):
    stores = KeyStores([WINDOWS_VAULT], 20)
    other = item_of("vault", "ines", b"j" * 16)
    stores.put(stores.usable(), other, bytes(32))
    stores.put(WINDOWS_VAULT, ITEM, SECRET)
    assert stores.take("WinVault", ITEM) == SECRET
    assert {c["Persist"] for c in windows.kept.values()} == {windows.CRED_PERSIST_LOCAL_MACHINE}
    assert set(windows.kept) == {ITEM.service, other.service}
    stores.remove("WinVault", ITEM)
    assert set(windows.kept) == {other.service}
    assert stores.take("WinVault", other) == bytes(32)


def test_windows_without_its_library_is_not_there():
    assert not KeyStores([WINDOWS_VAULT], 20).report().usable


class Keychain(types.SimpleNamespace):
    """The calls of macOS' keychain that the real class makes."""

    Error = type("Error", (Exception,), {})
    NotFound = type("NotFound", (Error,), {})
    KeychainDenied = type("KeychainDenied", (Error,), {})

    def __init__(self):
        super().__init__(kept={}, denied=False, keychains=set())

    def set_generic_password(self, name, service, username, password):
        self._look(name)
        self.kept[service, username] = password

    def find_generic_password(self, name, service, username):
        self._look(name)
        if (service, username) not in self.kept:
            raise self.NotFound
        return self.kept[service, username]

    def delete_generic_password(self, name, service, username):
        self._look(name)
        if self.kept.pop((service, username), None) is None:
            raise self.NotFound

    def _look(self, name):
        self.keychains.add(name)
        if self.denied:
            raise self.KeychainDenied("denied")


@pytest.fixture
def keychain(monkeypatch):
    module = importlib.import_module("keyring.backends.macOS")
    made = Keychain()
    monkeypatch.setattr(module, "api", made, raising=False)
    monkeypatch.setattr(module.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(module.Keyring, "keychain", "/elsewhere.keychain")  # as KEYCHAIN_PATH sets it on import
    return made


def test_mac_keychain_is_the_login_keychain(keychain):
    stores = KeyStores([MAC_KEYCHAIN], 20)
    stores.put(stores.usable(), ITEM, SECRET)
    assert stores.take("macOS", ITEM) == SECRET
    stores.remove("macOS", ITEM)
    assert keychain.kept == {}
    assert keychain.keychains == {None}


def test_mac_refusal_is_told_as_locked(keychain):
    keychain.denied = True
    with pytest.raises(KeyStoreLockedError, match="macOS Keychain is locked"):
        KeyStores([MAC_KEYCHAIN], 20).usable()


class Wallet(types.SimpleNamespace):
    """The calls of KWallet's D-Bus interface that the real class makes; every item is beneath its service's folder."""

    def __init__(self):
        super().__init__(kept={}, opens=True, apps=set())

    def open(self, wallet, window, app):
        self.apps.add(app)
        return 1 if self.opens else -1

    def networkWallet(self):
        return "kdewallet"

    def isOpen(self, handle):
        return handle == 1

    def hasFolder(self, handle, folder, app):
        return False

    def hasEntry(self, handle, folder, key, app):
        return (folder, key) in self.kept

    def readPassword(self, handle, folder, key, app):
        return self.kept[folder, key]

    def writePassword(self, handle, folder, key, value, app):
        self.kept[folder, key] = value
        return 0

    def removeEntry(self, handle, folder, key, app):
        del self.kept[folder, key]
        return 0


@pytest.fixture
def wallet(monkeypatch):
    module = importlib.import_module("keyring.backends.kwallet")
    made, name = Wallet(), "org.kde.kwalletd5"
    bus = types.SimpleNamespace(
        name_has_owner=lambda asked: asked == name,
        list_activatable_names=lambda: [name],
        get_object=lambda *_: None,
    )
    library = types.SimpleNamespace(
        SessionBus=lambda **_: bus, Interface=lambda *_: made, DBusException=type("DBusException", (Exception,), {})
    )
    monkeypatch.setattr(module, "dbus", library, raising=False)
    monkeypatch.setattr(module, "DBusGMainLoop", lambda: None, raising=False)
    return made


@pytest.mark.usefixtures("hostile")
def test_kde_wallet_keeps_the_key_under_our_name(wallet):
    stores = KeyStores([KWALLET], 20)
    stores.put(stores.usable(), ITEM, SECRET)
    assert stores.take("KWallet", ITEM) == SECRET
    stores.remove("KWallet", ITEM)
    assert wallet.kept == {}
    assert wallet.apps == {"Anamnesis"}


def test_kde_wallet_that_nobody_opens_is_told(wallet):
    wallet.opens = False
    with pytest.raises(KeyStoreError, match="KDE Wallet") as caught:
        KeyStores([KWALLET], 20).usable()
    assert "passphrase or recovery code" in caught.value.remedy
    with pytest.raises(KeyStoreLockedError, match="KDE Wallet is locked"):
        KeyStores([KWALLET], 20).take("KWallet", ITEM)


def test_every_kind_can_be_made_or_says_why_not():
    for kind in ALLOWED:
        KeyStores([kind], 5).report()
    assert back_ends.label_of("macOS") == "macOS Keychain"
    assert back_ends.label_of("unheard of") == "unheard of"
