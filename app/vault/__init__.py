"""Keys, sealing, database, audit trail. Heavy libraries load with the first vault that is made or opened."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.records import BackupCheck, LastBackup, Restored
    from app.domain.work import CancelToken, Progress
    from app.vault.session import VaultSession


def vault_exists(folder: Path) -> bool:
    """Whether `folder` holds a vault. Raises `MachineError` if it cannot be looked at."""
    from app.vault.header import COPY, NAME
    from app.vault.machine_errors import declared

    with declared("look at the vault's folder"):
        return (folder / NAME).exists() or (folder / COPY).exists()


def user_names(folder: Path) -> list[str]:
    """Sign-in names of the vault's people, in order. Raises `VaultError`, `VersionError`, `MachineError`."""
    from app.vault.header import read_header

    return sorted((account.name for account in read_header(folder).accounts), key=str.casefold)


def remembered_names(folder: Path) -> list[str]:
    """Sign-in names that a key store of this computer may unlock, in order. Raises as `user_names`."""
    from app.vault.header import read_header

    return sorted((a.name for a in read_header(folder).accounts if a.device_slot), key=str.casefold)


def create_vault(
    folder: Path, *, name: str, display_name: str, passphrase: str, second_factor_required: bool = False
) -> tuple["VaultSession", str]:
    """Make a vault and its first physician; return session and recovery code. Raises as `opening.create_vault`."""
    from app.vault import opening
    from app.vault.unlocking.code_check import SecondStep

    second = SecondStep(required=second_factor_required)
    return opening.create_vault(folder, name=name, display_name=display_name, passphrase=passphrase, second=second)


def sign_in(
    folder: Path, name: str, passphrase: str, *, code: str = "", second_factor_required: bool = False
) -> "VaultSession":
    """Open the vault. Raises as `opening.sign_in`."""
    from app.vault import opening
    from app.vault.unlocking.code_check import SecondStep

    return opening.sign_in(folder, name, passphrase, second=SecondStep(code, second_factor_required))


def sign_in_from_key_store(
    folder: Path, name: str, *, code: str = "", second_factor_required: bool = False
) -> "VaultSession":
    """Open the vault with the key in this computer's key store. Raises as `opening.sign_in_from_key_store`."""
    from app.vault import opening
    from app.vault.unlocking.code_check import SecondStep

    return opening.sign_in_from_key_store(folder, name, second=SecondStep(code, second_factor_required))


def sign_in_with_recovery_code(
    folder: Path,
    name: str,
    recovery_code: str,
    new_passphrase: str,
    *,
    second_factor_code: str = "",
    second_factor_required: bool = False,
    drop_second_factor: bool = False,
) -> tuple["VaultSession", str]:
    """Open the vault with a recovery code, set a new passphrase; return session and new code."""
    from app.vault import opening
    from app.vault.unlocking.code_check import SecondStep

    return opening.sign_in_with_recovery_code(
        folder,
        name,
        recovery_code,
        new_passphrase,
        second=SecondStep(second_factor_code, second_factor_required),
        drop_second_factor=drop_second_factor,
    )


def last_backup(folder: Path) -> "LastBackup | None":
    """When this machine last made a backup of the vault in `folder`; nobody needs to sign in. Raises `MachineError`."""
    from app.vault.records.last_backup import read_last

    return read_last(folder)


def check_backup(path: Path, progress: "Progress", cancel: "CancelToken") -> "BackupCheck":
    """What a file is worth as a backup. Raises as `backup.restoring.check_backup`."""
    from app.vault.backup.restoring import check_backup as check

    return check(path, progress, cancel)


def restore(
    path: Path,
    folder: Path,
    sign_in: "Callable[[Path], VaultSession]",
    *,
    partial: bool,
    erased_list: Path | None,
    progress: "Progress",
    cancel: "CancelToken",
) -> "Restored":
    """Restore a backup as the vault in `folder`. Raises as `backup.restoring.restore`."""
    from app.vault.backup import restoring

    return restoring.restore(
        path, folder, sign_in, partial=partial, erased_list=erased_list, progress=progress, cancel=cancel
    )


def join_vault(
    folder: Path, file: Path, code: str, name: str, passphrase: str, *, user: str = "", password: str = ""
) -> None:
    """Make this machine's vault from an enrolment file. Raises as `server.joining.join`, and `InputError` (no file)."""
    from dataclasses import replace

    from app.domain.errors import InputError
    from app.vault.server.invitation import read_invitation
    from app.vault.server.joining import join

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"The enrolment file {file.name} cannot be read.", "Check its path and rights.") from error
    invitation = read_invitation(data, code)
    target = replace(invitation.target, user=user, password=password) if user else None
    join(folder, invitation, name, passphrase, target=target)
