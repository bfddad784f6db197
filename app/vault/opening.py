"""Creating a vault, signing in, and signing in with a recovery code."""

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import (
    AnamnesisError,
    ConflictError,
    KeyStoreError,
    MachineError,
    SealBrokenError,
    SignInError,
    VaultError,
)
from app.domain.people import Role, User
from app.vault import accounts, schema, storage
from app.vault.audit import AuditLog
from app.vault.certificates import issue
from app.vault.database import NAME as DATABASE
from app.vault.database import Database
from app.vault.directory import Directory
from app.vault.header import COPY, Account, Header, read_header, renew_copy, write_header
from app.vault.header import NAME as HEADER
from app.vault.key_bundle import KeyBundle
from app.vault.key_material import founder_bundle
from app.vault.key_slot import STANDARD_COST, Argon2Cost, slot_cost, waste_time, wrong_secret
from app.vault.lock_file import VaultLock
from app.vault.machine_errors import declared
from app.vault.moments import now_text
from app.vault.open_vault import OpenVault
from app.vault.recordings import FOLDER as AUDIO
from app.vault.recordings import Recordings
from app.vault.recovery_code import normal_form
from app.vault.safe_files import make_private_folder, tighten
from app.vault.server.link import keep_noting
from app.vault.session import VaultSession
from app.vault.sign_in_delay import SignInDelay
from app.vault.team.revocations import revocation_of
from app.vault.unlocking.code_check import NO_CODE, SecondStep, require_code
from app.vault.unlocking.device_slot import device_bound, open_device_slot
from app.vault.unlocking.key_stores import KeyStores
from app.vault.unlocking.own_unlocking import VaultUnlocking, device_secret
from app.vault.unlocking.used_codes import forget_steps


def create_vault(
    folder: Path,
    *,
    name: str,
    display_name: str,
    passphrase: str,
    cost: Argon2Cost = STANDARD_COST,
    second: SecondStep = NO_CODE,
) -> tuple[VaultSession, str]:
    """Make a vault and its first physician, who is administrator too; return the session and the recovery code.

    The header is written last: before it there is no vault, and a second try starts afresh.
    Raises `ConflictError` (there is one), `VaultError` (parts of one), `InputError`, `DiskFullError`, `MachineError`.
    """
    name, display_name = accounts.clean_name(name, "name"), accounts.clean_name(display_name, "display name")
    accounts.check_new_passphrase(passphrase)
    make_private_folder(folder)
    with _locked(folder) as lock:
        _refuse_existing(folder)
        tighten(folder)
        user = User(uuid.uuid4().hex, name, display_name, frozenset({Role.PHYSICIAN, Role.ADMINISTRATOR}))
        keys = founder_bundle()
        vault_id = uuid.uuid4().hex
        account, code = accounts.new_account(vault_id, user.id, name, passphrase, keys, cost)
        header = Header(vault_id, now_text(), (account,)).with_code(keys.derived("header"))
        try:
            _first_rows(folder, vault_id, user, keys)
            _write_first_header(folder, header)
            session = _open(folder, header, account, keys, lock.release, [], second=second)
        except BaseException:
            _undo_creation(folder)
            raise
    return session, code


def sign_in(
    folder: Path, name: str, passphrase: str, *, second: SecondStep = NO_CODE, delay: SignInDelay | None = None
) -> VaultSession:
    """Open the vault.

    Raises `SignInError` (wrong name or passphrase, or too soon), `SecondFactorNeededError`, `SecondFactorWrongError`,
    `VaultError` (none there), `SealBrokenError`, `VersionError`, `ConflictError` (open elsewhere), `DiskFullError`,
    `MachineError`.
    """

    def by_passphrase(header: Header, account: Account) -> bytes:
        return accounts.user_key_by_passphrase(account, header.vault_id, passphrase)

    return _sign_in(folder, name, passphrase, by_passphrase, second, delay)


def sign_in_from_key_store(
    folder: Path,
    name: str,
    *,
    second: SecondStep = NO_CODE,
    delay: SignInDelay | None = None,
    stores: KeyStores | None = None,
) -> VaultSession:
    """Open the vault with the key that lies in this computer's key store. Raises as `sign_in`, and `KeyStoreError`.

    The key store is asked before the vault is locked, because its prompt may wait for a person.
    """
    _require_vault(folder)
    secret = device_secret(read_header(folder), name, stores or KeyStores())

    def by_device_key(header: Header, account: Account) -> bytes:
        bound = device_bound(header.vault_id, account.id, account.device_store)
        return open_device_slot(account.device_slot, secret, bound)

    return _sign_in(folder, name, "", by_device_key, second, delay, "key store")


def sign_in_with_recovery_code(
    folder: Path,
    name: str,
    recovery_code: str,
    new_passphrase: str,
    *,
    second: SecondStep = NO_CODE,
    drop_second_factor: bool = False,
    delay: SignInDelay | None = None,
) -> tuple[VaultSession, str]:
    """Open the vault with a recovery code, set a new passphrase and a new code. Raises as `sign_in`, `InputError`.

    `drop_second_factor`: switch the second factor off, for a person whose phone is lost; else its code is asked for.
    """
    _require_vault(folder)
    accounts.check_new_passphrase(new_passphrase)
    symbols = normal_form(recovery_code)
    with _locked(folder) as lock:
        header, opened = read_header(folder), tighten(folder)
        tries = delay or SignInDelay(folder)
        account = _begin(tries, header, name, symbols)
        user_key = accounts.user_key_by_code(account, header.vault_id, symbols)
        keys = _keys(header, account, user_key)
        dropped = drop_second_factor and keys.second_factor is not None
        if dropped:
            keys = dataclasses.replace(keys, second_factor=None)
        _passed(tries, keys)
        cost = slot_cost(account.passphrase_slot)
        changed = accounts.with_passphrase(account, header.vault_id, user_key, new_passphrase, cost)
        changed, code = accounts.with_new_code(changed, header.vault_id, user_key, cost)
        if dropped:
            changed = dataclasses.replace(changed, bundle=keys.seal(user_key, header.vault_id, account.id))
        recovered = _Recovered(changed, dropped)
        session = _open(folder, header, account, keys, lock.release, opened, tries, second=second, recovered=recovered)
    return session, code


@dataclasses.dataclass(frozen=True)
class _Recovered:
    """What a recovery code changes: the person's entry, and whether the second factor goes."""

    account: Account
    factor_dropped: bool


def _sign_in(
    folder: Path,
    name: str,
    secret: str,
    way: Callable[[Header, Account], bytes],
    second: SecondStep,
    delay: SignInDelay | None,
    detail: str = "",
) -> VaultSession:
    """Open the vault with the user key that `way` finds; `secret` is what an unknown name is tried with."""
    _require_vault(folder)
    with _locked(folder) as lock:
        header, opened = read_header(folder), tighten(folder)
        tries = delay or SignInDelay(folder)
        account = _begin(tries, header, name, secret)
        try:
            user_key = way(header, account)
        except KeyStoreError:
            tries.withdraw()  # a key that does not fit is no guess of a person
            raise
        keys = _keys(header, account, user_key)
        _passed(tries, keys)
        renew_copy(folder, header)
        return _open(folder, header, account, keys, lock.release, opened, tries, second=second, detail=detail)


def _passed(tries: SignInDelay, keys: KeyBundle) -> None:
    """The first step is right: all waiting ends, or stays as it was until the second step is right too."""
    if keys.second_factor is None:
        tries.succeeded()
    else:
        tries.withdraw()


@contextmanager
def _locked(folder: Path) -> Iterator[VaultLock]:
    """Hold the lock; keep it for the session if the block ends well."""
    lock = VaultLock(folder)
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


def _require_vault(folder: Path) -> None:
    with declared("look at the vault's folder"):
        there = folder.is_dir()
    if not there:
        raise VaultError("There is no vault in this data folder.", "Create one first.")


def _refuse_existing(folder: Path) -> None:
    """Never a new key where something sealed under an old one lies."""
    with declared("look at the vault's folder"):
        if (folder / HEADER).exists():
            raise ConflictError("There is a vault in this data folder.", "Sign in, or choose another data folder.")
        audio = folder / AUDIO
        if (folder / DATABASE).exists() or (audio.exists() and any(audio.iterdir())):
            raise VaultError(
                "There is a vault whose header is missing.", f"Restore {HEADER} from its copy or a backup."
            )
        for leftover in folder.glob(storage.UNFINISHED + "*"):
            leftover.unlink()


def _write_first_header(folder: Path, header: Header) -> None:
    if not write_header(folder, header):
        raise MachineError("Cannot write the vault's header.", "Check the disk that holds its folder.")


def _undo_creation(folder: Path) -> None:
    """Take away a vault whose creation failed: nobody saw its recovery code, and nothing is in it. Header first."""
    for path in (folder / HEADER, folder / COPY, *folder.glob(DATABASE + "*")):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _first_rows(folder: Path, vault_id: str, user: User, keys: KeyBundle) -> None:
    database = storage.place().create(folder, keys.derived("database"))
    try:
        with database.transaction() as connection:
            schema.upgrade(connection)
            log = AuditLog(keys.derived("audit"), vault_id)
            log.start(connection)
            organisation = keys.organisation_signing or b""
            certificate = issue(organisation, vault_id, user, keys.sealing.public(), keys.signing_public)
            Directory(keys.organisation_public, vault_id).add(connection, certificate)
            log.append(connection, user.name, "vault.created", "vault")
        database.forget_deleted()
    finally:
        database.close()


def _begin(delay: SignInDelay, header: Header, name: str, secret: str) -> Account:
    account = header.account(name)
    delay.begin(account.name if account else "")
    if account is None:
        cost = slot_cost(header.accounts[0].passphrase_slot) if header.accounts else STANDARD_COST
        waste_time(secret, cost)
        raise wrong_secret()
    return account


def _keys(header: Header, account: Account, user_key: bytes) -> KeyBundle:
    keys = accounts.keys_of(account, header.vault_id, user_key)
    header.check_code(keys.derived("header"))
    return keys


def _open(
    folder: Path,
    header: Header,
    account: Account,
    keys: KeyBundle,
    released: Callable[[], None],
    opened: list[str],
    delay: SignInDelay | None = None,
    *,
    second: SecondStep,
    recovered: _Recovered | None = None,
    detail: str = "",
) -> VaultSession:
    storage.place().finish(folder)
    database = storage.place().open(folder, keys.derived("database"))
    try:
        vault = _open_vault(folder, header, account, keys, database, delay or SignInDelay(folder))
        require_code(vault, second)
        factor = "second factor" if keys.second_factor is not None else ""
        vault.access.second_factor_due = second.required and keys.second_factor is None
        if recovered is not None:
            _store_recovered(vault, recovered)
        vault.record_failed_tries()
        with database.transaction() as connection:
            if opened:
                vault.audit(connection, "files.closed-to-others", "vault", f"{len(opened)} were too open")
            vault.audit(connection, "sign-in", "vault", ", ".join(filter(None, (detail, factor))))
            vault.log.checkpoint(connection, account.id, keys.signing_key)
        recordings = Recordings(folder)
        _finish_destroying(database, recordings)
        cost = slot_cost(account.passphrase_slot)
        return VaultSession(vault, recordings, cost, released, VaultUnlocking(vault, cost, KeyStores(), second))
    except BaseException:
        database.close()
        raise


def _store_recovered(vault: OpenVault, recovered: _Recovered) -> None:
    with vault.changing_header() as (connection, replace):
        vault.audit(connection, "passphrase.recovered", recovered.account.name)
        if recovered.factor_dropped:
            forget_steps(connection, recovered.account.id)
            vault.audit(connection, "second-factor.off", recovered.account.name, "recovery code")
        replace(vault.header.with_account(recovered.account))


def _open_vault(
    folder: Path, header: Header, account: Account, keys: KeyBundle, database: Database, delay: SignInDelay
) -> OpenVault:
    directory = Directory(keys.organisation_public, header.vault_id)
    with database.transaction() as connection:
        schema.upgrade(connection)
        keep_noting(connection)
        try:
            certificate = directory.certificate(connection, account.id)
        except AnamnesisError as error:
            raise SealBrokenError("Your certificate is missing or damaged.", "Ask an administrator.") from error
        if revocation_of(connection, directory, account.id) is not None:
            raise SignInError("This account is closed.", "Ask an administrator.")
    own = (keys.sealing.public().raw, keys.signing_public)
    if (certificate.sealing.raw, certificate.signing) != own:
        raise SealBrokenError("Your certificate is for other keys.", "Ask an administrator.")
    log = AuditLog(keys.derived("audit"), header.vault_id)
    return OpenVault(folder, database, header, keys, certificate, log, directory, delay)


def _finish_destroying(database: Database, recordings: Recordings) -> None:
    """Delete recordings of destroyed encounters, and erased ones, that a crash left behind."""
    from app.vault.records.erasing import without_sound

    present = recordings.ids()
    if not present:
        return
    with database.transaction() as connection:
        gone = without_sound(connection)
    for encounter_id in sorted(present & gone):
        recordings.remove(encounter_id)
