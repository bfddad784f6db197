"""What the window remembers between runs: theme, size, microphones, note type, style. Never content."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QSettings

from app.ui.theme import ThemeChoice


@dataclass(frozen=True, slots=True)
class RememberedMicrophone:
    """A person's microphones; empty ids mean the system's default and no second one. `name` is shown if it is gone."""

    device: str = ""
    name: str = ""
    second: str = ""
    separate: bool = False


class Preferences:
    """Kept in one file of the data folder."""

    def __init__(self, folder: Path) -> None:
        self._store = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeChoice:
        """The chosen theme; unknown values mean the system's."""
        stored = str(self._store.value("theme", ThemeChoice.SYSTEM.value))
        return ThemeChoice(stored) if stored in set(ThemeChoice) else ThemeChoice.SYSTEM

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._store.setValue("theme", choice.value)

    @property
    def play_on_click(self) -> bool:
        """Whether clicking a statement plays its evidence."""
        return str(self._store.value("play_on_click", "true")) == "true"

    @play_on_click.setter
    def play_on_click(self, on: bool) -> None:
        self._store.setValue("play_on_click", "true" if on else "false")

    @property
    def geometry(self) -> QByteArray:
        """The window's last size and place; empty if none."""
        stored = self._store.value("geometry")
        return stored if isinstance(stored, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)

    def microphone(self, user_id: str) -> RememberedMicrophone:
        """What this person recorded with last."""
        values = {
            key: str(self._store.value(f"microphone/{user_id}/{key}", "")) for key in ("device", "name", "second")
        }
        separate = str(self._store.value(f"microphone/{user_id}/separate", "false")) == "true"
        return RememberedMicrophone(**values, separate=separate)

    def remember_microphone(self, user_id: str, microphone: RememberedMicrophone) -> None:
        """Keep it for the next visit."""
        self._store.setValue(f"microphone/{user_id}/device", microphone.device)
        self._store.setValue(f"microphone/{user_id}/name", microphone.name)
        self._store.setValue(f"microphone/{user_id}/second", microphone.second)
        self._store.setValue(f"microphone/{user_id}/separate", "true" if microphone.separate else "false")

    def note_type(self, user_id: str) -> str:
        """The note type that this person chose last; empty if none."""
        return str(self._store.value(f"note_type/{user_id}", ""))

    def remember_note_type(self, user_id: str, note_type: str) -> None:
        """Keep it for the next visit."""
        self._store.setValue(f"note_type/{user_id}", note_type)

    def style(self, user_id: str, kind: str) -> str:
        """What this person chose last of the style of notes; `kind` is length, form or wording. Empty: left open."""
        return str(self._store.value(f"style/{user_id}/{kind}", ""))

    def remember_style(self, user_id: str, kind: str, value: str) -> None:
        """Keep it for the next visit."""
        self._store.setValue(f"style/{user_id}/{kind}", value)

    @property
    def strip_place(self) -> QPoint | None:
        """Where the recording strip was left, in screen pixels; None if it was never moved."""
        stored = self._store.value("strip_place")
        return stored if isinstance(stored, QPoint) else None

    @strip_place.setter
    def strip_place(self, place: QPoint) -> None:
        self._store.setValue("strip_place", place)

    def save(self) -> None:
        """Write now."""
        self._store.sync()
