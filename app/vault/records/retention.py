"""Erasure by policy: what is announced, what is due, and doing it one by one."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app.domain.errors import AnamnesisError, HeldError
from app.domain.people import Permission
from app.domain.records import DueErasure, Kept, Part, RetentionLimits, RetentionRun
from app.domain.work import CancelToken, Progress
from app.vault.models import AuditRow
from app.vault.moments import moment_text
from app.vault.open_vault import OpenVault
from app.vault.records.due import due_erasures
from app.vault.records.erasing import Erasing
from app.vault.records.limits import LIMITS_ACTION, note_limits

_NAMES = {
    Kept.AUDIO: "sound is kept",
    Kept.TRANSCRIPT: "transcripts are kept",
    Kept.UNSIGNED: "visits without a signed note are kept",
    Kept.SIGNED: "signed visits are kept",
}
_TRUSTED_GAP = 30
_AT_SIGN_IN = 100
"""Erased at most when somebody signs in, which must stay quick; the rest goes the next times, or when asked for."""
_FAILED = "retention.failed"


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Retention:
    """In the signed-in person's name: a physician on their own encounters, an administrator on all."""

    def __init__(self, vault: OpenVault, erasing: Erasing) -> None:
        self._vault = vault
        self._erasing = erasing
        self.clock: Callable[[], datetime] = utc_now

    def upcoming(self, limits: RetentionLimits, within_days: int) -> Sequence[DueErasure]:
        """What is due within so many days, overdue things first."""
        self._vault.access.require(Permission.ERASE_DUE)
        now = self.clock()
        with self._vault.database.transaction() as connection:
            return due_erasures(connection, limits, self._scope(), now, now + timedelta(days=within_days))

    def erase_due(
        self, limits: RetentionLimits, *, asked: bool, dry_run: bool, progress: Progress, cancel: CancelToken
    ) -> RetentionRun:
        """Whole encounters first; what a hold keeps is left, what fails is told."""
        self._vault.access.require(Permission.ERASE_DUE)
        now = self.clock()
        with self._vault.database.transaction() as connection:
            if not dry_run:
                changed = note_limits(connection, limits, self._vault.access.user.id, now)
                if changed:
                    self._vault.audit(connection, LIMITS_ACTION, "vault", changed)
            due = due_erasures(connection, limits, self._scope(), now, now)
        held, free = tuple(d for d in due if d.held), _without_doubles([d for d in due if not d.held])
        if free and not asked and not self._used_lately(now):
            return RetentionRun((), held, (), "This vault was not used for a while; what is due is erased another day.")
        if dry_run:
            return RetentionRun(free, held)
        if not asked:
            free = free[:_AT_SIGN_IN]
        erased, failed = [], []
        try:
            for number, item in enumerate(free):
                cancel.check()
                progress(number / len(free), "Erasing what the policy does not keep")
                try:
                    self._erase(item, limits)
                    erased.append(item)
                except HeldError:
                    held = (*held, item)
                except AnamnesisError as error:
                    failed.append((item, str(error)))
        finally:
            if erased:
                self._erasing.tidy()
        if failed:
            with self._vault.database.transaction() as connection:
                self._vault.audit(connection, _FAILED, "vault", f"{len(failed)} could not be erased")
        return RetentionRun(tuple(erased), held, tuple(failed))

    def _erase(self, item: DueErasure, limits: RetentionLimits) -> None:
        reason = f"retention policy: {_NAMES[item.kept]} for {limits.days(item.kept)} days"
        part = item.kept.part
        if part is Part.ENCOUNTER:
            self._erasing.destroy(item.encounter_id, reason, by_policy=True)
        else:
            self._erasing.erase_part(item.encounter_id, part, reason, by_policy=True)

    def _scope(self) -> str | None:
        """Whose encounters: this person's, or all (None)."""
        user = self._vault.access.user
        return None if user.may(Permission.MANAGE_USERS) else user.id

    def _used_lately(self, now: datetime) -> bool:
        """Whether the trail has an entry of another day of the last 30: else the machine's clock may have jumped."""
        row = AuditRow
        earlier = select(func.max(row.at)).where(row.at <= moment_text(now - timedelta(days=1)))
        with self._vault.database.transaction() as connection:
            last = connection.execute(earlier).scalar()
        return last is not None and last >= moment_text(now - timedelta(days=_TRUSTED_GAP))


def _without_doubles(items: Sequence[DueErasure]) -> tuple[DueErasure, ...]:
    """Whole encounters first, and no part of one that goes as a whole."""
    whole = {d.encounter_id for d in items if d.kept.part is Part.ENCOUNTER}
    parts = tuple(d for d in items if d.kept.part is not Part.ENCOUNTER and d.encounter_id not in whole)
    return (*(d for d in items if d.kept.part is Part.ENCOUNTER), *parts)
