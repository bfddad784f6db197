"""Finding a visit by the first characters of its id."""

from app.domain.encounter import Encounter
from app.domain.errors import InputError
from app.domain.ports import Session


def find(session: Session, given: str) -> Encounter:
    """Return the encounter whose id starts with the given characters. Raises `InputError`."""
    matches = [e for e in session.encounters.list() if e.id.startswith(given)]
    if len(matches) != 1:
        problem = "No visit has" if not matches else "Several visits have"
        raise InputError(f"{problem} an id that starts like this.", "See 'anamnesis encounters list'.")
    return matches[0]
