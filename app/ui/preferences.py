"""What the window remembers between runs: theme, size, columns. Never content."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from app.ui.theme import ThemeChoice


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

    def save(self) -> None:
        """Write now."""
        self._store.sync()
