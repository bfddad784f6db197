"""The header file `vault.head`: who may sign in, and their key slots. Readable without a key or a heavy library.

magic "ANVH", format version (2 bytes), length (4), canonical JSON, SHA-256 of all before it. The digest finds damage
before sign-in; a keyed code inside, checked after sign-in, finds slots that were exchanged or put back.
`vault.head.copy` holds the same bytes. Version 2 adds a person's device slot; a header of version 1 stays as it is
until something in it changes.
"""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.errors import MachineError, SealBrokenError, VaultError, VersionError
from app.vault.canonical import canonical
from app.vault.machine_errors import declared
from app.vault.safe_files import drop_staged, replace_file, stage_file, sync_folder

NAME = "vault.head"
COPY = "vault.head.copy"
_MAGIC = b"ANVH"
_VERSION = 2
_KNOWN = (1, 2)
_FIXED = 10
_MAXIMUM = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """A person's entry: every slot holds the same user key, the bundle is sealed under it.

    `device_slot` opens with a key in the key store `device_store` (a name of `unlocking.key_stores`); both empty for
    none.
    """

    id: str
    name: str
    passphrase_slot: bytes
    recovery_slot: bytes
    bundle: bytes
    device_store: str = ""
    device_slot: bytes = b""


@dataclass(frozen=True, slots=True, repr=False)
class Header:
    """The parsed header; `code` is the keyed code over the rest, empty until `with_code`.

    `version` is that of the file it came from, so that an unchanged header packs to the same bytes.
    """

    vault_id: str
    created_at: str
    accounts: tuple[Account, ...]
    code: str = ""
    version: int = _VERSION

    def account(self, name: str) -> Account | None:
        """The entry with this sign-in name, capitals ignored."""
        return next((a for a in self.accounts if a.name.casefold() == name.strip().casefold()), None)

    def account_of(self, user_id: str) -> Account:
        """The entry with this id. Raises `VaultError`."""
        for account in self.accounts:
            if account.id == user_id:
                return account
        raise VaultError("This person is no longer in the vault's header.", "Restore the header from a backup.")

    def with_account(self, account: Account) -> "Header":
        """The header with this entry in place of the one of the same name, or added."""
        others = tuple(a for a in self.accounts if a.name.casefold() != account.name.casefold() and a.id != account.id)
        return replace(self, accounts=(*others, account), code="", version=_VERSION)

    def without(self, user_id: str) -> "Header":
        """The header without this person's entry: nobody signs in with it any more."""
        return replace(self, accounts=tuple(a for a in self.accounts if a.id != user_id), code="")

    def with_code(self, key: bytes) -> "Header":
        """The header with its keyed code."""
        return replace(self, code=self._code(key))

    def check_code(self, key: bytes) -> None:
        """Raises `SealBrokenError` if the header was put together by someone without the vault's key."""
        if not hmac.compare_digest(self._code(key), self.code):
            raise SealBrokenError("The vault's header was altered.", "Restore vault.head from a backup.")

    def _code(self, key: bytes) -> str:
        return hmac.new(key, canonical(_body(replace(self, code=""))), hashlib.sha256).hexdigest()


def slot_bound(vault_id: str, user_id: str, kind: str) -> bytes:
    """The associated data of a key slot."""
    return canonical(["anamnesis/v1|slot", vault_id, user_id, kind])


def pack(header: Header) -> bytes:
    """Return the bytes of the file."""
    body = canonical(_body(header))
    framed = _MAGIC + header.version.to_bytes(2, "big") + len(body).to_bytes(4, "big") + body
    return framed + hashlib.sha256(framed).digest()


def unpack(data: bytes) -> Header:
    """Return the header in `data`. Raises `SealBrokenError`, `VersionError`."""
    if data[:4] != _MAGIC or len(data) < _FIXED + 32:
        raise _damaged()
    version = int.from_bytes(data[4:6], "big")
    if version not in _KNOWN:
        raise VersionError(
            "This vault was written by a newer Anamnesis.", "Update this program; the vault is untouched."
        )
    framed, found = data[:-32], data[-32:]
    if int.from_bytes(data[6:10], "big") != len(framed) - _FIXED or hashlib.sha256(framed).digest() != found:
        raise _damaged()
    try:
        return _parse(json.loads(framed[_FIXED:]), version)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged() from error


def read_header(folder: Path) -> Header:
    """Read `vault.head`. Raises `VaultError` (none there), `SealBrokenError`, `VersionError`, `MachineError`."""
    path = folder / NAME
    with declared("read the vault's header"):
        try:
            with path.open("rb") as file:
                data = file.read(_MAXIMUM + 1)
        except FileNotFoundError as error:
            if (folder / COPY).exists():
                raise VaultError("The vault's header is missing.", f"Copy {COPY} to {NAME} in {folder}.") from error
            raise VaultError("There is no vault in this data folder.", "Create one first.") from error
    if len(data) > _MAXIMUM:
        raise _damaged()
    return unpack(data)


def write_header(folder: Path, header: Header) -> bool:
    """Replace `vault.head` and its copy. Raises `DiskFullError`, `MachineError`: then the old header stands.

    From the moment the new header stands nothing is raised any more: false says that the copy or the sync of the
    folder is missing, which the next sign-in makes good.
    """
    data = pack(header)
    what = "write the vault's header"
    head = stage_file(folder / NAME, data, what)
    try:
        copy = stage_file(folder / COPY, data, what)
    except MachineError:
        drop_staged(head)
        raise
    with declared(what):
        try:
            os.replace(head, folder / NAME)
        except OSError:
            drop_staged(head, copy)
            raise
    try:
        os.replace(copy, folder / COPY)
        sync_folder(folder)
    except OSError:
        return False
    return True


def renew_copy(folder: Path, header: Header) -> None:
    """Bring `vault.head.copy` up to date if a crash left it behind. Raises `MachineError`."""
    data = pack(header)
    path = folder / COPY
    with declared("read the copy of the vault's header"):
        current = path.read_bytes() if path.exists() else b""
    if current != data:
        replace_file(path, data, "write the copy of the vault's header")


def _body(header: Header) -> dict[str, object]:
    return {
        "schema": f"anamnesis.vault/{header.version}",
        "vault": header.vault_id,
        "created_at": header.created_at,
        "code": header.code,
        "accounts": [_account_body(a, header.version) for a in header.accounts],
    }


def _account_body(account: Account, version: int) -> dict[str, object]:
    body: dict[str, object] = {
        "id": account.id,
        "name": account.name,
        "passphrase_slot": _to_text(account.passphrase_slot),
        "recovery_slot": _to_text(account.recovery_slot),
        "bundle": _to_text(account.bundle),
    }
    if version > 1 and account.device_slot:
        body["device"] = {"store": account.device_store, "slot": _to_text(account.device_slot)}
    return body


def _parse(body: dict[str, object], version: int) -> Header:
    if body["schema"] != f"anamnesis.vault/{version}":
        raise VersionError(
            "This vault was written by a newer Anamnesis.", "Update this program; the vault is untouched."
        )
    accounts = body["accounts"]
    if not isinstance(accounts, list):
        raise TypeError("accounts")
    return Header(
        vault_id=_text(body, "vault"),
        created_at=_text(body, "created_at"),
        code=_text(body, "code"),
        accounts=tuple(_parse_account(a, version) for a in accounts),
        version=version,
    )


def _parse_account(body: dict[str, object], version: int) -> Account:
    device = body.get("device", {"store": "", "slot": ""})
    if not isinstance(device, dict) or (version == 1 and "device" in body):
        raise TypeError("device")
    return Account(
        id=_text(body, "id"),
        name=_text(body, "name"),
        passphrase_slot=_bytes(body, "passphrase_slot"),
        recovery_slot=_bytes(body, "recovery_slot"),
        bundle=_bytes(body, "bundle"),
        device_store=_text(device, "store"),
        device_slot=_bytes(device, "slot"),
    )


def _bytes(value: dict[str, object], key: str) -> bytes:
    return base64.b64decode(_text(value, key), validate=True)


def _text(value: dict[str, object], key: str) -> str:
    found = value[key]
    if not isinstance(found, str):
        raise TypeError(key)
    return found


def _to_text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _damaged() -> SealBrokenError:
    return SealBrokenError("The vault's header is damaged.", f"Replace {NAME} by {COPY}, which holds the same.")
