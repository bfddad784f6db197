"""Undo and redo over immutable note versions."""


class History:
    """Remembers which version holds which step of this sitting. Restoring makes a new version with old content."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._at = -1

    def start(self, number: int) -> None:
        """Forget everything; `number` is what is shown now."""
        self._numbers = [number]
        self._at = 0

    def record(self, number: int) -> None:
        """A change made version `number`; steps that were undone are gone. The same number means nothing changed."""
        if number == self._numbers[self._at]:
            return
        self._numbers[self._at + 1 :] = [number]
        self._at += 1

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._at > 0 and self._numbers[self._at - 1] > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return self._at + 1 < len(self._numbers)

    def undo_target(self) -> int:
        """The version whose content undo brings back."""
        return self._numbers[self._at - 1]

    def redo_target(self) -> int:
        """The version whose content redo brings back."""
        return self._numbers[self._at + 1]

    def undone(self, number: int) -> None:
        """Undo made version `number`."""
        self._at -= 1
        self._numbers[self._at] = number

    def redone(self, number: int) -> None:
        """Redo made version `number`."""
        self._at += 1
        self._numbers[self._at] = number
