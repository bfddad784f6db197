"""The list of what was erased, as a file: in the vault's folder, in each backup and beside the backups.

A backup that was made before an erasure still holds what was erased, with its key. So a restore reads these lists and
erases it again. magic "ANER", version, algorithm, length (4 bytes), canonical JSON (vault, and for each erasure id,
part, moment, cause), HMAC-SHA-256 over all that, keyed by the vault. It holds random ids and times, no content.
"""

import hashlib
import hmac
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from app.domain.errors import SealBrokenError
from app.domain.records import Part
from app.vault.blob import PREFIX, BlobKind
from app.vault.canonical import canonical, parse_object
from app.vault.machine_errors import declared
from app.vault.models import DeletionRow, ErasureRow
from app.vault.safe_files import replace_file

KIND = BlobKind(b"ANER", 1, 1, "list of erased visits")
NAME = "vault.erased"
LABEL = "erasures"
POLICY, PERSON = "policy", "person"
"""Why something was erased, in `ErasureRow.cause`."""
_LENGTH, _CODE = 4, 32
_LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Erased:
    """One erasure; `at` is UTC text, `part` and `cause` as in `ErasureRow`."""

    encounter_id: str
    part: str
    at: str
    cause: str


def beside(folder: Path, vault_id: str) -> Path:
    """Where the list of a vault lies in a folder of backups."""
    return folder / f"anamnesis-{vault_id[:12]}.erased"


def erased_rows(connection: Connection) -> set[Erased]:
    """All erasures that the vault knows of."""
    row, old = ErasureRow, DeletionRow
    found = {
        (encounter_id, part): Erased(encounter_id, part, at, cause)
        for encounter_id, part, at, cause in connection.execute(select(row.encounter_id, row.part, row.at, row.cause))
    }
    whole = Part.ENCOUNTER.value
    for encounter_id, at in connection.execute(select(old.encounter_id, old.at)):
        found.setdefault((encounter_id, whole), Erased(encounter_id, whole, at, PERSON))
    return set(found.values())


def pack_list(key: bytes, vault_id: str, erased: Iterable[Erased]) -> bytes:
    """The bytes of the file; `key` is the vault's derived key `erasures`."""
    rows: list[object] = [[e.encounter_id, e.part, e.at, e.cause] for e in sorted(erased)]
    body = canonical({"vault": vault_id, "erased": rows})
    head = KIND.prefix() + len(body).to_bytes(_LENGTH, "big") + body
    return head + hmac.new(key, head, hashlib.sha256).digest()


def unpack_list(data: bytes, key: bytes, vault_id: str) -> set[Erased]:
    """The erasures. Raises `SealBrokenError` (damaged, altered, or of another vault), `VersionError`."""
    KIND.check(data, PREFIX + _LENGTH + _CODE)
    head, code = data[:-_CODE], data[-_CODE:]
    if not hmac.compare_digest(hmac.new(key, head, hashlib.sha256).digest(), code):
        raise broken()
    value = parse_object(head[PREFIX + _LENGTH :], KIND.name)
    rows = value.get("erased")
    if value.get("vault") != vault_id or not isinstance(rows, list):
        raise broken()
    try:
        return {Erased(*row) for row in rows}
    except TypeError as error:
        raise broken() from error


def read_list(path: Path, key: bytes, vault_id: str) -> set[Erased]:
    """The erasures in the file, none if it is not there. Raises as `unpack_list`, `MachineError`."""
    with declared("read the list of erased visits"):
        if not path.exists():
            return set()
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    return unpack_list(data, key, vault_id)


def write_list(path: Path, key: bytes, vault_id: str, erased: Iterable[Erased]) -> None:
    """Replace the file. Raises `DiskFullError`, `MachineError`."""
    replace_file(path, pack_list(key, vault_id, erased), "write the list of erased visits")


def renew_list(path: Path, key: bytes, vault_id: str, erased: set[Erased]) -> None:
    """Bring the file up to date; what it knows already stays in it. Raises `DiskFullError`, `MachineError`."""
    known: set[Erased] = set()
    with suppress(SealBrokenError):  # a damaged list is replaced by what the vault knows
        known = read_list(path, key, vault_id)
    if not erased <= known:
        write_list(path, key, vault_id, known | erased)


def broken() -> SealBrokenError:
    """A list that cannot be believed."""
    return SealBrokenError(
        "The list of erased visits is damaged, altered, or of another vault.",
        "Restore with a good copy of it, or move it away: what was erased since the backup then comes back.",
    )
