"""The audit chain as pure functions: SHA-256 over canonical bytes that include the hash of the entry before."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.ports import AuditCheck
from app.vault.blob import context
from app.vault.canonical import canonical

_LABEL = context("audit")


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """An entry as stored; `at` is UTC text."""

    sequence: int
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str

    def expected_hash(self) -> str:
        """The hash this entry must have."""
        values: list[object] = [
            self.sequence, self.at, self.actor, self.action, self.subject, self.detail, self.previous,
        ]  # fmt: skip
        return hashlib.sha256(_LABEL + canonical(values)).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """Length and last hash of the trail; `broken_at` as in `AuditHeadRow`."""

    count: int
    hash: str
    broken_at: int = 0

    def code(self, key: bytes) -> str:
        """The keyed code over this head."""
        message = _LABEL + canonical(["head", self.count, self.hash, self.broken_at])
        return hmac.new(key, message, hashlib.sha256).hexdigest()


def first_previous(vault_id: str) -> str:
    """What the first entry of a vault is chained to."""
    return hashlib.sha256(context("audit-start", vault_id)).hexdigest()


def checkpoint_bytes(vault_id: str, count: int, head_hash: str) -> bytes:
    """The bytes a person signs to vouch for the trail so far."""
    return context("audit-checkpoint", vault_id) + canonical([count, head_hash])


def walk(entries: Iterable[ChainEntry], vault_id: str, points: dict[int, str]) -> AuditCheck:
    """Walk entries in order of sequence. `points` maps a sequence to the hash that a signed checkpoint vouches for."""
    previous = first_previous(vault_id)
    expected = 1
    for entry in entries:
        reason = ""
        if entry.sequence < expected:
            reason = f"entry {entry.sequence} stands at the place of entry {expected}"
        elif entry.sequence > expected:
            reason = f"entry {expected} is missing"
        elif entry.expected_hash() != entry.hash:
            reason = f"entry {expected} was altered"
        elif entry.previous != previous:
            reason = f"entry {expected} does not follow the one before it"
        elif points.get(expected, entry.hash) != entry.hash:
            reason = f"entry {expected} is not the one that a signed checkpoint vouches for"
        if reason:
            return AuditCheck(expected, min(expected, max(entry.sequence, 1)), reason)
        previous = entry.hash
        expected += 1
    return AuditCheck(expected - 1)
