"""People, roles, and the table of what each role may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the organisation. A person may hold several."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """An act that a role allows."""

    RECORD = "record"
    READ = "read"
    EDIT = "edit"
    REVIEW = "review"
    SIGN = "sign"
    AMEND = "amend"
    EXPORT = "export"
    MANAGE_USERS = "manage-users"
    READ_AUDIT = "read-audit"
    SHARE = "share"
    WITHDRAW = "withdraw"
    ROTATE = "rotate"
    BREAK_GLASS = "break-glass"
    REVOKE = "revoke"
    HAND_OVER = "hand-over"
    HOLD = "legal-hold"
    ERASE_DUE = "erase-due"
    BACK_UP = "back-up"


MATRIX: dict[Role, frozenset[Permission]] = {
    Role.PHYSICIAN: frozenset(
        {
            Permission.RECORD,
            Permission.READ,
            Permission.EDIT,
            Permission.REVIEW,
            Permission.SIGN,
            Permission.AMEND,
            Permission.EXPORT,
            Permission.SHARE,
            Permission.WITHDRAW,
            Permission.ROTATE,
            Permission.BREAK_GLASS,
            Permission.HOLD,
            Permission.ERASE_DUE,
        }
    ),
    Role.NURSE: frozenset({Permission.READ, Permission.EDIT, Permission.REVIEW, Permission.ROTATE}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.MANAGE_USERS,
            Permission.READ_AUDIT,
            Permission.REVOKE,
            Permission.HAND_OVER,
            Permission.HOLD,
            Permission.ERASE_DUE,
            Permission.BACK_UP,
        }
    ),
    Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
}


@dataclass(frozen=True, slots=True)
class User:
    """A person known to the vault. `name` signs in, `display_name` is printed beside signatures."""

    id: str
    name: str
    display_name: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Whether any of the person's roles allows the act."""
        return any(permission in MATRIX[role] for role in self.roles)
