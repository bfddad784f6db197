"""The second look in the window: on request, told, taken back by undo, and never lost or seen on another visit."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.encounter import Stage
from app.domain.errors import EngineError
from app.domain.note import Support
from app.domain.second_look import REASON


def open_visit(qtbot, desk, visit):
    desk.show_visit(visit)
    qtbot.waitUntil(lambda: desk.model.loaded is not None and desk.model.loaded.encounter.id == visit)


def look(qtbot, desk, window):
    qtbot.waitUntil(window.actions_.look_again.isEnabled)
    window.actions_.look_again.trigger()
    qtbot.waitUntil(lambda: desk.work.job("e1") is None)


def marks(desk):
    return {s.id: s.support for s in desk.model.version.note.statements()}


def test_what_the_model_does_not_believe_is_marked_and_undo_takes_it_back(qtbot, desk, window, application):
    application.runner.doubted = {"s2"}
    before = marks(desk)
    assert before["s2"] is Support.SUPPORTED
    look(qtbot, desk, window)
    qtbot.waitUntil(lambda: desk.model.version.number == 2)
    assert marks(desk) == before | {"s2": Support.PARTIAL}
    assert desk.model.version.note.statement("s2").reasons == (REASON,)
    asked = sum(mark is Support.SUPPORTED for mark in before.values())
    assert desk.message.message.startswith(f"Second look: 1 of {asked} sentences is in doubt now.")
    qtbot.waitUntil(window.actions_.undo.isEnabled)
    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: desk.model.version.number == 3)
    assert marks(desk) == before


def test_nothing_new_is_said_without_praise_and_makes_no_version(qtbot, desk, window):
    look(qtbot, desk, window)
    qtbot.waitUntil(desk.message.isVisible)
    assert desk.message.message.startswith("Second look: nothing new. It overlooks most")
    assert desk.model.version.number == 1


def test_its_key_works_in_the_note_and_in_the_transcript(qtbot, desk, window):
    qtbot.waitUntil(window.actions_.look_again.isEnabled)
    for place in (desk.page.note, desk.page.transcript):
        place.setFocus()
        desk.message.clear()
        QTest.keyClick(place, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(desk.message.isVisible)


def test_while_it_looks_it_says_so_nothing_is_edited_and_stop_ends_it(qtbot, desk, window, application):
    seen = []

    def hold(_stage):
        QTest.qWait(1)
        seen.append((desk.work.job("e1").phrase, desk.work.job("e1").stage))
        desk.work.cancel(desk.work.job("e1"))

    application.runner.hold, application.runner.doubted = hold, {"s2"}
    look(qtbot, desk, window)
    qtbot.wait(30)
    assert seen == [("Looking a second time", None)]
    assert desk.model.version.number == 1
    assert not desk.message.isVisible()
    qtbot.waitUntil(window.actions_.look_again.isEnabled)


def test_a_failure_is_told_and_the_draft_is_not_called_failed(qtbot, desk, window, application):
    application.runner.failing[Stage.CHECK] = EngineError("The engine stopped.", "Try again.")
    look(qtbot, desk, window)
    qtbot.waitUntil(desk.message.isVisible)
    assert desk.message.message == "The engine stopped. Try again."
    assert desk.work.errors == {}
    assert desk.model.version.number == 1


def test_what_comes_while_another_visit_is_open_waits_for_its_own(qtbot, desk, window, application):
    application.runner.doubted = {"s2"}
    application.runner.hold = lambda _stage: desk.model.open(None)
    look(qtbot, desk, window)
    qtbot.wait(30)
    assert not desk.message.isVisible()
    assert len(application.store.notes["e1"]) == 1
    open_visit(qtbot, desk, "e1")
    qtbot.waitUntil(lambda: desk.model.version is not None and desk.model.version.number == 2)
    assert marks(desk)["s2"] is Support.PARTIAL
    assert desk.message.isVisible()
