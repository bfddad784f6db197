"""What a session offers besides visits and notes; a session may lack one, then the window does not show it."""

from dataclasses import dataclass

from app.domain.ports import Session
from app.domain.records import Records
from app.domain.searching import EncounterSearch
from app.domain.syncing import Syncing
from app.domain.team import CareTeams, Leaving
from app.domain.unlocking import Unlocking


@dataclass(frozen=True, slots=True)
class Rooms:
    """Rooms of the vault; None: not there."""

    unlocking: Unlocking | None = None
    team: CareTeams | None = None
    leaving: Leaving | None = None
    records: Records | None = None
    syncing: Syncing | None = None
    search: EncounterSearch | None = None


def rooms_of(session: Session) -> Rooms:
    """Take them from the session."""
    return Rooms(**{name: getattr(session, name, None) for name in Rooms.__slots__})
