"""The table of moves: which act is allowed in which state, by which right, and where it leads."""

from enum import StrEnum

from app.domain.encounter import EncounterState
from app.domain.errors import ConflictError, PermissionDeniedError
from app.domain.people import Permission, User


class Act(StrEnum):
    """What a person does to a note."""

    EDIT = "edit"
    REVIEW = "review"
    SIGN = "sign"
    ADD_ADDENDUM = "add-addendum"


NEEDED: dict[Act, Permission] = {
    Act.EDIT: Permission.EDIT,
    Act.REVIEW: Permission.REVIEW,
    Act.SIGN: Permission.SIGN,
    Act.ADD_ADDENDUM: Permission.AMEND,
}
"""The right that an act needs."""

MOVES: dict[tuple[EncounterState, Act], EncounterState] = {
    # Without a draft (no model, no memory) a person may still write the note by hand.
    (EncounterState.OPEN, Act.EDIT): EncounterState.DRAFT,
    (EncounterState.DRAFT, Act.EDIT): EncounterState.DRAFT,
    (EncounterState.DRAFT, Act.REVIEW): EncounterState.REVIEWED,
    (EncounterState.DRAFT, Act.SIGN): EncounterState.SIGNED,
    # What was reviewed is not what stands there after an edit.
    (EncounterState.REVIEWED, Act.EDIT): EncounterState.DRAFT,
    (EncounterState.REVIEWED, Act.SIGN): EncounterState.SIGNED,
    (EncounterState.SIGNED, Act.ADD_ADDENDUM): EncounterState.AMENDED,
    (EncounterState.AMENDED, Act.ADD_ADDENDUM): EncounterState.AMENDED,
}
"""Every allowed move; what is not here raises `ConflictError`."""

_REMEDIES: dict[Act, str] = {
    Act.EDIT: "Add an addendum instead.",
    Act.REVIEW: "Only a draft can be marked reviewed.",
    Act.SIGN: "Only a draft or a reviewed note can be signed.",
    Act.ADD_ADDENDUM: "Sign the note first, or edit the draft.",
}


def check_right(user: User, permission: Permission) -> None:
    """Raises `PermissionDeniedError` if no role of the person allows it."""
    if not user.may(permission):
        raise PermissionDeniedError(
            f"Your role does not allow this ({permission.value}).", "Ask a colleague whose role does."
        )


def next_state(state: EncounterState, act: Act) -> EncounterState:
    """Return the state after the act. Raises `ConflictError` if the act is not allowed in this state."""
    after = MOVES.get((state, act))
    if after is None:
        raise ConflictError(f"The note is {state.value}; this step ({act.value}) is not possible.", _REMEDIES[act])
    return after
