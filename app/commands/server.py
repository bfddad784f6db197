"""`anamnesis server`: share the vault with other machines through the organisation's PostgreSQL server."""

import argparse
import dataclasses
import getpass
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from app.commands.output import print_json
from app.commands.passphrase import read_passphrase
from app.commands.signed_in import add_user_option, application, signed_in
from app.domain.errors import ConflictError, InputError
from app.domain.syncing import SyncState, SyncStatus

PASSWORD_FILE = "ANAMNESIS_SERVER_PASSWORD_FILE"  # noqa: S105 - the name of a variable
_KEYS = {"host": str, "port": int, "database": str, "user": str}


@dataclass(frozen=True, slots=True)
class Dsn:
    """What a DSN file says; what it leaves out is the policy's."""

    user: str
    host: str = ""
    port: int = 0
    database: str = ""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("server", help="share the vault with other machines", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)

    connect = parts.add_parser("connect", help="link this vault to the shared server (administrator)")
    connect.add_argument(
        "--dsn-file",
        type=Path,
        metavar="FILE",
        required=True,
        help="TOML: user, and host, port, database if not the policy's",
    )
    connect.add_argument(
        "--machine", metavar="NAME", default="", help="name of this machine for people; else its host name"
    )
    add_user_option(connect)
    connect.set_defaults(run=run_connect)

    invite = parts.add_parser("invite", help="write an enrolment file for another machine (administrator)")
    invite.add_argument("file", type=Path)
    add_user_option(invite)
    invite.set_defaults(run=run_invite)

    join = parts.add_parser("join", help="make this machine's vault from an enrolment file")
    join.add_argument("file", type=Path)
    join.add_argument("--user", metavar="NAME", required=True, help="your sign-in name")
    join.add_argument("--dsn-file", type=Path, metavar="FILE", help="TOML with the user of this machine on the server")
    join.add_argument("--code-file", type=Path, metavar="FILE", help="first line is the one-time code")
    join.set_defaults(run=run_join)

    for name, text, run in (
        ("status", "how this machine stands with the server", run_status),
        ("sync", "exchange now and wait for the end", run_sync),
        ("disconnect", "unlink this vault (administrator)", run_disconnect),
    ):
        part = parts.add_parser(name, help=text)
        add_user_option(part)
        part.set_defaults(run=run)
        if name != "disconnect":
            part.add_argument("--json", action="store_true")
    parts.choices["sync"].add_argument(
        "--all", action="store_true", help="compare everything anew, after a restored server"
    )
    parts.choices["disconnect"].add_argument("--yes", action="store_true", help="do not ask")


def run_connect(arguments: argparse.Namespace) -> int:
    """Link."""
    with signed_in(arguments) as (program, session):
        shared = program.policy.shared_database
        if shared is None:
            raise ConflictError("The policy names no shared database.", "Ask IT for its table [shared_database].")
        dsn = read_dsn(arguments.dsn_file)
        password = server_password()
        session.syncing.connect(
            dsn.host or shared.host,
            dsn.port or shared.port,
            dsn.database or shared.database,
            dsn.user,
            password,
            arguments.machine,
        )
        status = session.syncing.sync_now(600.0)
    _tell(status)
    return 0


def run_invite(arguments: argparse.Namespace) -> int:
    """Write the file and show the code."""
    with signed_in(arguments, by_passphrase=True) as (_program, session):
        if arguments.file.exists():
            raise InputError(f"{arguments.file.name} exists already.", "Choose another name.")
        data, code = session.syncing.invite()
        handle = os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    print(f"Carry {arguments.file.name} to the other machine; there: anamnesis server join {arguments.file.name}")
    print("Its one-time code, shown only now. Tell it by another way than the file; both are valid for a week:")
    print(f"\n    {code}\n")
    return 0


def run_join(arguments: argparse.Namespace) -> int:
    """Make the vault here."""
    code = _code(arguments.code_file)
    dsn = read_dsn(arguments.dsn_file) if arguments.dsn_file else None
    with application(arguments) as program:
        password = server_password() if dsn else ""
        user = dsn.user if dsn else ""
        program.join_vault(arguments.file, code, arguments.user, read_passphrase(), user=user, password=password)
    print("This machine takes part. Its visits arrive when you sign in.")
    return 0


def run_status(arguments: argparse.Namespace) -> int:
    """Show the state."""
    with signed_in(arguments) as (_program, session):
        status = session.syncing.status()
    _show(status, as_json=arguments.json)
    return 0


def run_sync(arguments: argparse.Namespace) -> int:
    """Exchange now."""
    with signed_in(arguments) as (_program, session):
        if arguments.all:
            session.syncing.sync_all_again()
        status = session.syncing.sync_now(600.0)
    _show(status, as_json=arguments.json)
    return 0


def run_disconnect(arguments: argparse.Namespace) -> int:
    """Unlink."""
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise InputError("Disconnecting asks first, and there is no terminal to ask on.", "Use --yes.")
        if input("Stop sharing this vault? What is here stays. [y/N] ").strip().lower() not in ("y", "yes"):
            return 1
    with signed_in(arguments) as (_program, session):
        session.syncing.disconnect()
    print("This vault is shared with nobody any more.")
    return 0


def _show(status: SyncStatus, *, as_json: bool) -> None:
    if as_json:
        values = dataclasses.asdict(status)
        values["last_synced"] = status.last_synced.isoformat() if status.last_synced else None
        print_json(values)
    else:
        _tell(status)


def _tell(status: SyncStatus) -> None:
    if status.state is SyncState.NOT_LINKED:
        print("This vault is shared with nobody.")
        return
    last = f"{status.last_synced:%Y-%m-%d %H:%M:%S} UTC" if status.last_synced else "never"
    print(f"{status.state.value}: {status.server} as machine {status.machine}; last exchange: {last}")
    print(f"{status.waiting} rows wait to be sent, {status.held} are held back, {status.set_aside} versions set aside")
    for line in (status.problem, *status.notices):
        if line:
            print(line)


def read_dsn(path: Path) -> Dsn:
    """What the file says of the shared server. Raises `InputError`."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{path.name} cannot be read as TOML.", 'It holds lines such as user = "anamnesis".'
        ) from error
    for key, value in values.items():
        if key not in _KEYS or type(value) is not _KEYS[key]:
            raise InputError(f"In {path.name}, {key} is unknown or not what it must be.", f"Known: {', '.join(_KEYS)}.")
    if not values.get("user"):
        raise InputError(f"{path.name} names no user.", 'Add a line such as user = "anamnesis".')
    return Dsn(**values)


def server_password() -> str:
    """The server's password, from the file that the environment names, else typed: never from the command line."""
    name = os.environ.get(PASSWORD_FILE)
    if name:
        return _first_line(Path(name))
    if not sys.stdin.isatty():
        raise InputError("The server's password is needed and there is no terminal to ask on.", f"Set {PASSWORD_FILE}.")
    return getpass.getpass("Password of the shared server: ")


def _code(path: Path | None) -> str:
    if path is not None:
        return _first_line(path)
    if not sys.stdin.isatty():
        raise InputError("The one-time code is needed and there is no terminal to ask on.", "Use --code-file.")
    return getpass.getpass("One-time code: ")


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read.", "Check its path and rights.") from error
    if not lines or not lines[0].strip():
        raise InputError(f"{path.name} is empty.", "Put it on the first line.")
    return lines[0].strip()
