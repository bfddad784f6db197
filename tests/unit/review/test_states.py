"""Every state with every act and every role, against the table of moves and the matrix of rights."""

from itertools import product

import pytest

from app.domain.encounter import EncounterState
from app.domain.errors import ConflictError, PermissionDeniedError
from app.domain.people import MATRIX, Role, User
from app.review.states import MOVES, NEEDED, Act, check_right, next_state

FINAL = {EncounterState.SIGNED, EncounterState.AMENDED}


@pytest.mark.parametrize(("state", "act"), list(product(EncounterState, Act)))
def test_only_moves_of_the_table_are_possible(state: EncounterState, act: Act) -> None:
    if (state, act) in MOVES:
        assert next_state(state, act) is MOVES[state, act]
    else:
        with pytest.raises(ConflictError) as caught:
            next_state(state, act)
        assert caught.value.remedy


@pytest.mark.parametrize(("role", "act"), list(product(Role, Act)))
def test_rights_follow_the_matrix(role: Role, act: Act) -> None:
    user = User("u", "n", "N", frozenset({role}))
    if NEEDED[act] in MATRIX[role]:
        check_right(user, NEEDED[act])
    else:
        with pytest.raises(PermissionDeniedError):
            check_right(user, NEEDED[act])


def test_nothing_leads_back_from_a_signature() -> None:
    assert {after for (before, _), after in MOVES.items() if before in FINAL} == {EncounterState.AMENDED}
    assert {act for (before, act) in MOVES if before in FINAL} == {Act.ADD_ADDENDUM}


def test_only_physicians_sign_or_amend() -> None:
    for act in (Act.SIGN, Act.ADD_ADDENDUM):
        assert [r for r in Role if NEEDED[act] in MATRIX[r]] == [Role.PHYSICIAN]
