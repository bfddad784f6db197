"""What the signed-in person may do: every service of the vault asks here first."""

from collections.abc import Callable

from app.domain.errors import PermissionDeniedError
from app.domain.people import MATRIX, Permission, Role, User


class Access:
    """The person as the verified certificate says."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.second_factor_due = False
        """Policy asks for a second factor that this person has not set up: nothing else is allowed until then."""

        self.refused: Callable[[Permission], None] = lambda _permission: None
        """Told of each act that the person's role does not allow. Never called within a transaction."""

    def require(self, permission: Permission) -> None:
        """Raises `PermissionDeniedError`. To be asked before a transaction begins."""
        if self.second_factor_due:
            raise PermissionDeniedError(
                "Your organisation asks for a second factor, and you have none yet.",
                "Set it up first: anamnesis users second-factor on.",
            )
        if not self.user.may(permission):
            self.refused(permission)
            allowed = sorted(role.value for role in Role if permission in MATRIX[role])
            raise PermissionDeniedError(
                f"Your role does not allow this ({permission.value}).", f"Ask someone who is {' or '.join(allowed)}."
            )

    def role_for(self, permission: Permission) -> Role:
        """The person's role that allows the act. Raises `PermissionDeniedError`."""
        self.require(permission)
        return next(role for role in Role if role in self.user.roles and permission in MATRIX[role])
