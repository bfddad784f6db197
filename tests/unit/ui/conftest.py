"""The window with stand-ins behind it, and guards against leaks."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from window_doubles import (
    CODE,
    DONE,
    PASSPHRASE,
    T0,
    MemoryApplication,
    make_note,
    make_transcript,
    stages,
)
from window_fakes import FakePicker, FakePlayer, FakeTasks

from app.domain.encounter import Encounter
from app.settings import Paths
from app.ui.preferences import Preferences
from app.ui.theme import Theme, ThemeChoice
from app.ui.widgets.window import MainWindow

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says that it ignores size hints and raising; every other warning of Qt fails a test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)"))


@pytest.fixture
def application(tmp_path: Path) -> MemoryApplication:
    return MemoryApplication(Paths(tmp_path / "data", tmp_path / "models"), ["anna.weber"])


@pytest.fixture
def tasks() -> FakeTasks:
    return FakeTasks()


@pytest.fixture
def player() -> FakePlayer:
    return FakePlayer()


@pytest.fixture
def picker() -> FakePicker:
    return FakePicker()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, ThemeChoice.LIGHT)
    yield made
    qapp.styleHints().colorSchemeChanged.disconnect(made._apply)
    made.deleteLater()


@pytest.fixture
def exports() -> list[tuple[str, Path, bool]]:
    return []


@pytest.fixture
def window(
    qtbot: object,
    application: MemoryApplication,
    theme: Theme,
    player: FakePlayer,
    picker: FakePicker,
    tmp_path: Path,
    exports: list[tuple[str, Path, bool]],
) -> MainWindow:
    def export(_session: object, encounter: Encounter, path: Path, evidence: bool) -> None:
        exports.append((encounter.id, path, evidence))

    made = MainWindow(application, FakeTasks(later=True), theme, Preferences(tmp_path), picker, lambda: player, export)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.begin()
    return made


@pytest.fixture
def sign_in(qtbot: object, window: MainWindow) -> Callable[[], None]:
    def go() -> None:
        page = window.sign_in_page
        qtbot.waitUntil(lambda: page.names.count() == 1 and page.isVisible())
        page.passphrase.setText(PASSPHRASE)
        page.submit()
        qtbot.waitUntil(lambda: window.workspace is not None and window.workspace.encounters.rowCount() >= 0)
        qtbot.wait(20)

    return go


@pytest.fixture
def samples() -> dict[str, object]:
    """Values and helpers for tests, which cannot import this file."""
    return {
        "note": make_note(),
        "transcript": make_transcript(),
        "stages": stages,
        "done": DONE,
        "passphrase": PASSPHRASE,
        "code": CODE,
        "t0": T0,
    }


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that leaves a top-level widget or a running timer behind fails."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    qapp = request.getfixturevalue("qapp")
    before = set(map(id, qapp.topLevelWidgets()))
    yield
    gc.collect()
    for _ in range(3):
        qapp.processEvents()
        qapp.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    left = [w for w in qapp.topLevelWidgets() if id(w) not in before and w.isVisible()]
    assert not left, f"left open: {left}"
    ticking = [o for o in gc.get_objects() if isinstance(o, QTimer) and shiboken6.isValid(o) and o.isActive()]
    assert not ticking, f"still ticking: {ticking}"


@pytest.fixture
def desk(qtbot, window, application, sign_in):
    """Signed in, with one open draft."""
    application.add_draft()
    sign_in()
    qtbot.waitUntil(lambda: window.workspace.encounters.rowCount() == 1)
    window.workspace.list.choose("e1")
    qtbot.waitUntil(lambda: window.workspace.model.loaded is not None)
    qtbot.waitUntil(lambda: window.workspace.note_types.chosen is not None)  # both are read in the background
    return window.workspace
