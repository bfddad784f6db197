"""The menu bar of the workspace."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from app.ui.theme import Theme, ThemeChoice
from app.ui.widgets.actions import Actions

_THEMES = {ThemeChoice.SYSTEM: "As the &system", ThemeChoice.LIGHT: "&Light", ThemeChoice.DARK: "&Dark"}


def fill(bar: QMenuBar, a: Actions, theme_menu: QMenu, quit_action: QAction, *, visits: bool = True) -> None:
    """Put the commands into the menu bar; without `visits` those of somebody who reads no notes."""
    bar.clear()
    bar.setAccessibleName("Menu")
    groups: dict[str, list[QAction | None]] = {
        "&Visit": [
            a.open_recording, a.search, None, a.resume, a.cancel, a.rename, None, a.mark_reviewed, a.sign, a.addendum,
            a.export, None, a.care_team, a.emergency, a.hold, None, a.withdraw, a.destroy_visit, None, a.lock,
            a.sign_out, quit_action,
        ],
        "&Recording": [
            a.record, None, a.pause, a.bookmark, a.mute, a.microphone, None, a.to_recording, a.strip, None,
            a.cancel_recording, a.withdraw_recording,
        ],
        "&Note": [
            a.play, None, a.edit, a.revise, a.revise_section, a.add, a.remove, a.undo, a.redo, a.draft_as, None,
            a.next_doubtful, a.previous_doubtful, a.look_again, None, a.next_bookmark, a.previous_bookmark, None,
            a.note_it, a.not_needed,
        ],
        "Vie&w": [a.to_list, a.to_transcript, a.to_note, a.to_unnoted, None, a.play_on_click],
        "&Office": [a.account, None, a.people, a.records, a.audit_trail],
    }  # fmt: skip
    if not visits:
        groups = {"&Office": [*groups["&Office"], None, a.lock, a.sign_out, quit_action], "Vie&w": []}
    for title, actions in groups.items():
        menu = bar.addMenu(title)
        for action in actions:
            if action is None:
                menu.addSeparator()
            else:
                menu.addAction(action)
        if title == "Vie&w":
            menu.addMenu(theme_menu)
    bar.addMenu("&Help").addAction(a.keys)


class ThemeMenu(QMenu):
    """System, light or dark."""

    def __init__(self, theme: Theme, remember: Callable[[ThemeChoice], None]) -> None:
        super().__init__("&Colours")
        group = QActionGroup(self)
        for choice, words in _THEMES.items():
            action = self.addAction(words)
            action.setCheckable(True)
            action.setChecked(theme.choice is choice)
            group.addAction(action)
            action.triggered.connect(lambda _checked=False, choice=choice: self._choose(theme, choice, remember))

    @staticmethod
    def _choose(theme: Theme, choice: ThemeChoice, remember: Callable[[ThemeChoice], None]) -> None:
        theme.choose(choice)
        remember(choice)
