"""A second machine's vault: made from an enrolment file, for whoever can sign in with a passphrase of theirs."""

from pathlib import Path

from app.domain.errors import ConflictError, MachineError
from app.vault import accounts, schema
from app.vault.audit import AuditLog
from app.vault.database import NAME as DATABASE
from app.vault.header import COPY, Header, write_header
from app.vault.header import NAME as HEADER
from app.vault.key_slot import wrong_secret
from app.vault.lock_file import VaultLock
from app.vault.machine_errors import declared
from app.vault.safe_files import make_private_folder, tighten
from app.vault.server.invitation import Invitation
from app.vault.server.kinds import KINDS, table_of
from app.vault.server.link import Target, make_link
from app.vault.server.rows import write_row
from app.vault.storage import UNFINISHED, place


def join(
    folder: Path, invitation: Invitation, name: str, passphrase: str, *, machine_name: str = "", target: Target | None
) -> None:
    """Make the vault of this machine; its rows arrive when the person signs in.

    The header is written last: before it there is no vault here. Raises `SignInError` (no such person, or a wrong
    passphrase), `ConflictError` (there is a vault here), `DiskFullError`, `MachineError`.
    """
    make_private_folder(folder)
    lock = VaultLock(folder)
    try:
        _refuse_existing(folder)
        tighten(folder)
        header = invitation.header
        account = header.account(name)
        if account is None:
            raise wrong_secret()
        user_key = accounts.user_key_by_passphrase(account, header.vault_id, passphrase)
        keys = accounts.keys_of(account, header.vault_id, user_key)
        try:
            database = place().create(folder, keys.derived("database"))
            try:
                with database.transaction() as connection:
                    schema.upgrade(connection)
                    log = AuditLog(keys.derived("audit"), header.vault_id)
                    log.start(connection)
                    for row, values in invitation.rows:
                        kind = KINDS[table_of(row)]
                        write_row(connection, kind, kind.key_of(row), values)
                    make_link(connection, target or invitation.target, invitation.row_key, machine_name)
                    log.append(connection, account.name, "vault.joined", "vault")
                database.forget_deleted()
            finally:
                database.close()
            _write_header(folder, header.with_code(keys.derived("header")))
        except BaseException:
            _undo(folder)
            raise
    finally:
        lock.release()


def _refuse_existing(folder: Path) -> None:
    with declared("look at the vault's folder"):
        if any((folder / name).exists() for name in (HEADER, COPY, DATABASE)):
            raise ConflictError("There is a vault in this data folder.", "Choose another one with --data-dir.")
        for leftover in folder.glob(UNFINISHED + "*"):
            leftover.unlink()


def _write_header(folder: Path, header: Header) -> None:
    if not write_header(folder, header):
        raise MachineError("Cannot write the vault's header.", "Check the disk that holds its folder.")


def _undo(folder: Path) -> None:
    """Take away what was made: nothing but copies is in it."""
    with declared("clear the vault's folder"):
        for path in (folder / HEADER, folder / COPY, *folder.glob(DATABASE + "*")):
            path.unlink(missing_ok=True)
