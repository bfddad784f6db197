"""Entries of the header as shared rows: who may sign in, on every machine, as soon as one machine knows it.

A row holds name, passphrase slot, recovery slot and key bundle. Like every row it is sealed before it leaves, so that
nobody can try passphrases on the server. A device slot stays on its device.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection, delete, select, text

from app.domain.errors import SealBrokenError
from app.vault.blob import context
from app.vault.header import Account, Header
from app.vault.models import HeldRow, KnownRow
from app.vault.open_vault import OpenVault
from app.vault.server.envelope import SharedRow, Values, digest_of
from app.vault.server.kinds import ACCOUNTS
from app.vault.server.rows import forget_waiting

_SLOTS = ("passphrase_slot", "recovery_slot", "bundle")
_NOTE = text("INSERT OR REPLACE INTO shared_outbox (row) VALUES (:row)")


def note_changes(connection: Connection, vault: OpenVault) -> None:
    """Note in the outbox the entries that are not as the server has them."""
    query = select(KnownRow.row, KnownRow.digest).where(KnownRow.row.like(ACCOUNTS + " %"))
    known = {row: digest for row, digest in connection.execute(query)}
    here = {f"{ACCOUNTS} {account.id}" for account in vault.header.accounts}
    for row in sorted({*known, *here}):
        if known.get(row) != digest_of(values_of(vault, row)):
            connection.execute(_NOTE, {"row": row})


def values_of(vault: OpenVault, row: str) -> Values | None:
    """An entry as it is shared."""
    account = next((a for a in vault.header.accounts if a.id == row.split(" ")[1]), None)
    if account is None:
        return None
    slots = {name: base64.b64encode(getattr(account, name)).decode() for name in _SLOTS}
    return {"name": account.name, "vault_key": _vault_key_check(vault), **slots}


def take_all(vault: OpenVault, rows: Iterable[SharedRow]) -> None:
    """Put entries that were received in the header; those that cannot be yet stay held back."""
    for shared in {shared.row: shared for shared in rows}.values():
        changed = _with(vault, shared)
        if changed is None:
            continue
        with vault.changing_header() as (connection, put):
            act = "account.removed" if shared.values is None else "account.received"
            vault.audit(connection, act, shared.row.split(" ")[1], "from another machine")
            connection.execute(delete(HeldRow).where(HeldRow.row == shared.row))
            forget_waiting(connection, shared.row)
            put(changed)


def _with(vault: OpenVault, shared: SharedRow) -> Header | None:
    """The header with this entry, or None if it does not fit it."""
    header, user_id = vault.header, shared.row.split(" ")[1]
    here = next((a for a in header.accounts if a.id == user_id), None)
    if shared.values is None:
        return replace(header, accounts=tuple(a for a in header.accounts if a.id != user_id), code="")
    name = str(shared.values.get("name"))
    other = header.account(name)
    if other is not None and other.id != user_id:
        return None  # two people of one name: who came second must be added again under another one
    if shared.values.get("vault_key") != _vault_key_check(vault):
        return None  # sealed for a vault key that this machine does not use
    passphrase, recovery, bundle = (_bytes(shared.values.get(slot)) for slot in _SLOTS)
    if here is None:
        return header.with_account(Account(user_id, name, passphrase, recovery, bundle))
    return header.with_account(
        replace(here, name=name, passphrase_slot=passphrase, recovery_slot=recovery, bundle=bundle)
    )


def _vault_key_check(vault: OpenVault) -> str:
    return hmac.digest(vault.keys.derived("shared"), context("vault-key-check", vault.vault_id), "sha256").hex()


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise SealBrokenError("A shared row is damaged.", "Ask IT to restore the shared server.") from error
