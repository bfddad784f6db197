"""Reasons that a person wrote: they may name a patient, so they are sealed under the encounter's data key."""

from app.domain.errors import InputError
from app.vault.field_blob import Place

LONGEST = 500


def clean_reason(reason: str, what: str, shortest: int = 1) -> str:
    """The reason without blanks around it. Raises `InputError` if it is too short, too long or no text."""
    cleaned = reason.strip()
    if not shortest <= len(cleaned) <= LONGEST:
        raise InputError(f"{what} needs a reason.", f"Give it in {shortest} to {LONGEST} characters.")
    try:
        cleaned.encode()
    except UnicodeEncodeError as error:
        raise InputError("The reason holds a character that cannot be stored.", "Type it again.") from error
    return cleaned


def withdrawal_place(encounter_id: str, user_id: str, actor_id: str, at: str) -> Place:
    """Where the reason of a withdrawal belongs."""
    return Place("withdrawals", "reason", f"{encounter_id} {user_id} {actor_id} {at}")


def emergency_place(encounter_id: str, user_id: str, began_at: str, until_at: str) -> Place:
    """Where the reason of an emergency access belongs."""
    return Place("emergency_access", "reason", f"{encounter_id} {user_id} {began_at} {until_at}")
