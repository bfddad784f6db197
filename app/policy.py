"""The organisation's policy: a file that an administrator puts on the machine and that no user's setting overrides."""

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from app.domain.errors import InputError
from app.domain.records import RetentionLimits
from app.domain.team import EmergencyRules
from app.server_policy import TABLE, LanguageServer, PolicyValueError, read_language_server
from app.shared_policy import TABLE as SHARED
from app.shared_policy import SharedDatabase, SharedPolicyError, read_shared_database

VARIABLE = "ANAMNESIS_POLICY"
_LONGEST_DAYS = 36_500
_LARGEST = {
    "lock_minutes": 24 * 60,
    "disk_reserve_mb": 1_000_000,
    "keep_audio_days": _LONGEST_DAYS,
    "keep_transcript_days": _LONGEST_DAYS,
    "keep_unsigned_days": _LONGEST_DAYS,
    "keep_signed_days": _LONGEST_DAYS,
    "backup_days": _LONGEST_DAYS,
    "break_glass_minutes": 24 * 60,
}
_SMALLEST = {"disk_reserve_mb": 1, "break_glass_minutes": 1}
_PATHS = ("models_catalogue", "templates_folder")


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisation requires.

    `consent_required`: no sound without the patient's recorded consent. `consent_wording`: id of the text that is read
    out. `lock_minutes`: without input for so long the screen is locked (0: never). `disk_reserve_mb`: megabytes that a
    recording leaves free, so that its transcript and note can still be stored. `models_catalogue`: a catalogue file of
    the organisation's own models, added to the program's. `templates_folder`: a folder of the
    organisation's own note types. `learn_style`: the style of drafts may be learned from what the person who drafts has
    signed. `second_factor_required`: everybody signs in with a code of an authenticator app too. `keep_…_days`: after
    so many days audio, transcript, unsigned visit and signed visit are erased, 0: never (see `RetentionLimits`).
    `backup_days`: without a backup for so long people are told, 0: never. `break_glass`: in an emergency a physician
    may read a visit of another care team, with a reason, for `break_glass_minutes`. `language_server`: a server that
    may draft; None: none may. `shared_database`: a server through which machines share a vault; None: each keeps its
    own.
    """

    consent_required: bool = True
    consent_wording: str = "en-1"
    lock_minutes: int = 10
    disk_reserve_mb: int = 100
    models_catalogue: str = ""
    templates_folder: str = ""
    learn_style: bool = True
    second_factor_required: bool = False
    keep_audio_days: int = 0
    keep_transcript_days: int = 0
    keep_unsigned_days: int = 0
    keep_signed_days: int = 0
    backup_days: int = 7
    break_glass: bool = False
    break_glass_minutes: int = 60
    language_server: LanguageServer | None = None
    shared_database: SharedDatabase | None = None

    @property
    def emergency(self) -> EmergencyRules:
        """Whether and for how long there is emergency access."""
        return EmergencyRules(self.break_glass, self.break_glass_minutes)

    @property
    def retention(self) -> RetentionLimits:
        """How long each kind is kept."""
        return RetentionLimits(
            audio=self.keep_audio_days,
            transcript=self.keep_transcript_days,
            unsigned=self.keep_unsigned_days,
            signed=self.keep_signed_days,
        )


def fingerprint(policy: Policy) -> str:
    """One line for the audit trail: digest of the values in force, and the names of those that are not the default."""
    digest = hashlib.sha256(json.dumps(asdict(policy), sort_keys=True, default=str).encode()).hexdigest()
    usual = Policy()
    set_here = [f.name for f in fields(Policy) if getattr(policy, f.name) != getattr(usual, f.name)]
    return f"sha256 {digest} set: {', '.join(set_here) or 'nothing'}"


def policy_file() -> Path:
    """Where the policy lies: in the machine's folder for settings, which only IT writes to; else ANAMNESIS_POLICY.

    A user's environment thus never takes the place of the organisation's file. Raises `InputError` if it cannot be
    told whether that file is there.
    """
    machine, named = machine_policy_file(), os.environ.get(VARIABLE)
    return Path(named).expanduser().absolute() if named and not _lies_there(machine) else machine


def machine_policy_file() -> Path:
    """The organisation's file on this kind of system."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Anamnesis" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/Anamnesis/policy.toml")
    return Path("/etc/anamnesis/policy.toml")


def load_policy() -> Policy:
    """Return this machine's policy; the defaults where no file lies.

    Raises `InputError` for a file that cannot be read, is no TOML, or has an unknown key or a value that cannot be;
    a policy that is not understood is never guessed at.
    """
    path = policy_file()
    if not os.environ.get(VARIABLE) and not _lies_there(path):
        return Policy()
    return parse_policy(_read(path), path)


def parse_policy(text: str, path: Path) -> Policy:
    """Return the policy written in `text` (TOML); `path` is only named in errors. Raises `InputError`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The policy {path} is no valid TOML: {error}.", "Correct the file.") from None
    return Policy(**_checked(values, path))  # type: ignore[arg-type] # each value has just been checked against its field


def _lies_there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from error
    return True


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "not UTF-8 text") from error


def _unreadable(path: Path, why: str) -> InputError:
    return InputError(f"The policy {path} cannot be read: {why}.", "Ask IT to correct the file or its rights.")


def _checked(values: Mapping[str, object], path: Path) -> dict[str, object]:
    kinds = {f.name: type(f.default) for f in fields(Policy)}
    for key, value in values.items():
        if key in (TABLE, SHARED):
            continue
        if key not in kinds:
            raise InputError(
                f"The policy {path} has an unknown key: {key}.", f"The keys are {', '.join(sorted(kinds))}."
            )
        if type(value) is not kinds[key]:  # a TOML true must not pass for the number 1
            raise _refused(path, key, f"must be {_KIND_NAMES[kinds[key]]}")
        if isinstance(value, int) and not _SMALLEST.get(key, 0) <= value <= _LARGEST.get(key, value):
            raise _refused(path, key, f"must lie between {_SMALLEST.get(key, 0)} and {_LARGEST[key]}")
        if key in _PATHS:
            if value and not Path(str(value)).is_absolute():
                raise _refused(path, key, "must be a full path")
        elif isinstance(value, str) and not value.strip():
            raise _refused(path, key, "is empty")
    return {**values, TABLE: _language_server(values, path), SHARED: _shared_database(values, path)}


def _language_server(values: Mapping[str, object], path: Path) -> LanguageServer | None:
    if TABLE not in values:
        return None
    try:
        return read_language_server(values[TABLE])
    except PolicyValueError as error:
        raise _refused(path, error.key, str(error)) from None


def _shared_database(values: Mapping[str, object], path: Path) -> SharedDatabase | None:
    if SHARED not in values:
        return None
    try:
        return read_shared_database(values[SHARED])
    except SharedPolicyError as error:
        raise _refused(path, error.key, str(error)) from None


_KIND_NAMES: dict[type, str] = {bool: "true or false", int: "a whole number", str: "a text"}


def _refused(path: Path, key: str, problem: str) -> InputError:
    return InputError(f"In the policy {path}, {key} {problem}.", "Correct the file.")
