"""What a session offers besides visits and notes, named in one place; None: not there, and nothing of it is shown."""

from dataclasses import dataclass

from app.domain.ports import Session
from app.domain.records import Records
from app.domain.searching import EncounterSearch
from app.domain.syncing import Syncing
from app.domain.team import CareTeams, Leaving
from app.domain.unlocking import Unlocking


@dataclass(frozen=True, slots=True)
class Rooms:
    """Rooms of the vault."""

    unlocking: Unlocking | None
    team: CareTeams | None
    leaving: Leaving | None
    records: Records | None
    syncing: Syncing | None
    search: EncounterSearch | None


def rooms_of(session: Session) -> Rooms:
    """Take them from the session."""
    return Rooms(session.unlocking, session.team, session.leaving, session.records, session.syncing, session.search)
