"""Learning a person's style at the time of each draft, from notes that they signed; can be forbidden, off, forgotten.

Nothing is kept but two sealed settings in the vault: whether to learn, and since when. Forgetting moves the latter.
"""

from datetime import UTC, datetime

from app.domain.errors import ConflictError
from app.domain.people import Permission, User
from app.domain.ports import OwnNotes
from app.drafting.style.habits import Learned, SignedNote, learned_from, signed_note

MOST = 20
"""Signed notes that are read, the newest first."""
_SWITCH = "style.learning"
_SINCE = "style.since"


class StyleLearning:
    """The learning of one signed-in person; every call reads the vault and may last a moment."""

    def __init__(self, own: OwnNotes, user: User, *, allowed: bool) -> None:
        """`allowed`: the organisation's policy lets style be learned."""
        self._own = own
        self._user = user
        self.allowed = allowed

    @property
    def on(self) -> bool:
        """Whether style is learned: allowed, not switched off, by somebody who signs."""
        return self.allowed and self._user.may(Permission.SIGN) and self._own.setting(_SWITCH) != "off"

    def switch(self, *, on: bool) -> None:
        """Learn from now on, or not. Raises `ConflictError` if the policy forbids it."""
        if on and not self.allowed:
            raise ConflictError("Your organisation does not allow style to be learned.", "Choose the style yourself.")
        self._own.set_setting(_SWITCH, "on" if on else "off")

    def forget(self) -> None:
        """Learn nothing any more from what was signed until now."""
        self._own.set_setting(_SINCE, datetime.now(UTC).isoformat())

    def learned(self, note_type: str, about: str) -> Learned | None:
        """Return the person's style for a note of this type about what `about` tells; None if nothing is learned."""
        return learned_from(self._signed(), note_type, about) if self.on else None

    def _signed(self) -> list[SignedNote]:
        stored = self._own.setting(_SINCE)
        since = datetime.fromisoformat(stored) if stored else None
        found = []
        for versions in self._own.signed(MOST):
            one = signed_note(versions, self._user.id)
            if one is not None and (since is None or one.at is None or one.at > since):
                found.append(one)
        return found
