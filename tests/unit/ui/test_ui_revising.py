"""Editing by instruction in the window: ask, stop, look at the difference, take or discard, undo; by keys alone."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QApplication
from window_fakes import FakeTasks

from app.domain.encounter import EncounterState
from app.domain.errors import EngineError
from app.domain.note import Support
from app.domain.people import Role, User
from app.domain.revision import DifferenceKind
from app.ui import wording
from app.ui.tasks import Lane, ThreadTasks
from app.ui.viewmodels.revising import Phase, Revising
from app.ui.viewmodels.visit import VisitModel
from app.ui.widgets.actions import Actions

NO, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
SHORT = "Takes metoprolol 500 mg once daily in the morning."


@pytest.fixture
def workspace(qtbot, window, application, sign_in):
    application.add_draft()
    sign_in()
    qtbot.waitUntil(lambda: window.workspace.encounters.rowCount() == 1)
    window.workspace.list.choose("e1")
    qtbot.waitUntil(lambda: window.workspace.page.note_rows.rowCount() > 0)
    return window.workspace


@pytest.fixture
def panel(workspace):
    return workspace.revision_desk.panel


@pytest.fixture
def press(qtbot, window):
    def key(which, modifiers=NO):
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        qtbot.keyClick(QApplication.focusWidget() or window, which, modifiers)

    return key


def choose(workspace, statement_id):
    workspace.page.note.choose(statement_id)
    workspace.page.note.setFocus()


def begin(qtbot, workspace, press, statement_id="s3", *, whole=False):
    choose(workspace, statement_id)
    press(Qt.Key.Key_I, CTRL | SHIFT if whole else CTRL)
    qtbot.waitUntil(workspace.revision_desk.panel.field.hasFocus)


def ask(qtbot, workspace, press, instruction):
    qtbot.keyClicks(workspace.revision_desk.panel.field, instruction)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.revision_desk.revising.phase is Phase.PROPOSED)


def texts(workspace):
    return {s.id: s.text for s in workspace.model.version.note.statements()}


def test_from_the_key_to_the_changed_line_and_back(qtbot, workspace, panel, press):
    before = texts(workspace)
    begin(qtbot, workspace, press)
    assert panel.isVisible()
    assert panel.target.text().startswith("For this line under Subjective: Takes metoprolol")
    ask(qtbot, workspace, press, "remove the pantoprazole")
    assert panel.view.hasFocus()
    row = panel.rows.row(panel.rows.index(0))
    assert row.kind is DifferenceKind.CHANGED
    assert row.text == SHORT
    assert row.statement.support is Support.CONTRADICTED
    assert texts(workspace) == before
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(workspace)["s3"] == SHORT)
    assert workspace.model.version.note.statement("s3").author == "Dr. Anna Weber"
    qtbot.waitUntil(lambda: not panel.isVisible() and workspace.page.note.hasFocus())
    assert workspace.page.note.current_statement().id == "s3"
    qtbot.waitUntil(lambda: workspace.model.may_undo)
    press(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: texts(workspace) == before)


def test_a_section_in_one_step(qtbot, workspace, panel, press):
    before = texts(workspace)
    begin(qtbot, workspace, press, whole=True)
    assert panel.whole.isChecked()
    assert panel.target.text() == "For the whole section Subjective, 4 lines."
    press(Qt.Key.Key_3)
    qtbot.waitUntil(panel.view.hasFocus)
    kinds = [panel.rows.row(panel.rows.index(n)).kind for n in range(panel.rows.rowCount())]
    assert kinds == [DifferenceKind.REPLACED] * 4 + [DifferenceKind.ADDED]
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(texts(workspace)) == len(before) - 3)
    qtbot.waitUntil(lambda: workspace.model.may_undo)
    press(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: texts(workspace) == before)


def test_escape_discards_then_leaves_and_nothing_changed(qtbot, workspace, panel, press):
    before = workspace.model.version
    begin(qtbot, workspace, press)
    ask(qtbot, workspace, press, "in plain words")
    press(Qt.Key.Key_Escape)
    assert workspace.revision_desk.revising.phase is Phase.ASKING
    assert panel.field.hasFocus()
    assert panel.field.text() == "in plain words"
    press(Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert workspace.page.note.hasFocus()
    assert workspace.model.version is before


def test_marks_reasons_and_notices_stand_beside_each_line(qtbot, workspace, panel, press):
    begin(qtbot, workspace, press)
    ask(qtbot, workspace, press, "in plain words")
    row = panel.rows.row(panel.rows.index(0))
    assert row.statement.support is Support.PARTIAL
    assert row.reasons == ("Unheard: nobody said this in the visit.",)
    assert panel.notices.text() == "One line was left as it is."
    spoken = QAccessible.queryAccessibleInterface(panel.view).child(0).text(QAccessible.Text.Name)
    assert spoken.startswith("Changed. Before: Takes metoprolol 500 mg")
    assert "Now: In short: Takes" in spoken
    assert "Partly supported. Unheard" in spoken


def test_lines_that_stay_are_counted_not_listed(qtbot, workspace, panel, press):
    begin(qtbot, workspace, press, whole=True)
    ask(qtbot, workspace, press, "remove the penicillin")
    rows = [panel.rows.row(panel.rows.index(n)) for n in range(panel.rows.rowCount())]
    assert [(r.kind, r.kept) for r in rows] == [(DifferenceKind.KEPT, 3), (DifferenceKind.REMOVED, 0)]
    assert rows[0].text == "3 lines stay as they are."
    assert panel.view.currentIndex().row() == 1


def test_a_held_down_enter_takes_nothing(qtbot, workspace, panel, press):
    before = texts(workspace)
    begin(qtbot, workspace, press)
    ask(qtbot, workspace, press, "remove the pantoprazole")
    held = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, NO, "\r", True, 1)
    QApplication.sendEvent(panel.view, held)
    qtbot.wait(30)
    assert workspace.revision_desk.revising.phase is Phase.PROPOSED
    assert texts(workspace) == before


def test_enter_while_it_works_does_not_stop_it(qtbot, workspace, panel, press):
    begin(qtbot, workspace, press)
    workspace.revision_desk.revising._tell(Phase.WORKING)
    assert panel.stop.hasFocus()
    press(Qt.Key.Key_Return)
    assert workspace.revision_desk.revising.phase is Phase.WORKING
    press(Qt.Key.Key_Space)
    assert workspace.revision_desk.revising.phase is Phase.ASKING


def test_enter_on_discard_discards(qtbot, workspace, panel, press):
    before = texts(workspace)
    begin(qtbot, workspace, press)
    ask(qtbot, workspace, press, "remove the pantoprazole")
    panel.discard.setFocus()
    press(Qt.Key.Key_Return)
    assert workspace.revision_desk.revising.phase is Phase.ASKING
    assert texts(workspace) == before


@pytest.mark.parametrize("number", range(len(wording.INSTRUCTIONS)))
def test_every_suggestion_has_its_digit(qtbot, workspace, panel, press, application, number):
    begin(qtbot, workspace, press, whole=True)
    press(Qt.Key(Qt.Key.Key_1 + number))
    _, words, complete = wording.INSTRUCTIONS[number]
    assert panel.field.text() == words
    if complete:
        qtbot.waitUntil(lambda: application.runner.asked == [("subjective", (), words)])
    else:
        qtbot.wait(20)
        assert application.runner.asked == []
        press(Qt.Key.Key_1)
        assert panel.field.text() == f"{words}1"


def test_errors_and_nothing_to_change_are_told_in_place(qtbot, workspace, panel, press, application):
    begin(qtbot, workspace, press)
    qtbot.keyClicks(panel.field, "add the unicorns")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.message.message.startswith("Nobody spoke of that"))
    assert panel.field.hasFocus()
    assert panel.field.selectedText() == "add the unicorns"
    qtbot.keyClicks(panel.field, "expand abbreviations")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.message.message.startswith("Nothing here would change."))
    application.runner.revision_error = EngineError("The engine process ended unexpectedly.", "Try again.")
    qtbot.keyClicks(panel.field, "shorter")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.message.message == "The engine process ended unexpectedly. Try again.")
    assert workspace.model.version.number == 1


def test_another_line_is_meant_once_it_is_chosen(qtbot, workspace, panel, press):
    begin(qtbot, workspace, press)
    workspace.page.note.choose("s5")
    assert "Blood pressure" in panel.target.text()
    panel.whole.setChecked(True)
    assert panel.target.text() == "For the whole section Objective, 2 lines."
    panel.whole.setChecked(False)
    assert "Blood pressure" in panel.target.text()


def test_a_note_changed_meanwhile_voids_the_proposal(qtbot, workspace, panel, press):
    begin(qtbot, workspace, press)
    ask(qtbot, workspace, press, "in plain words")
    workspace.model.add("plan", "Rest.")
    qtbot.waitUntil(lambda: panel.message.message.startswith("The note was changed meanwhile."))
    assert workspace.revision_desk.revising.phase is Phase.ASKING


def test_a_line_that_is_gone_is_not_taken_for_its_section(qtbot, workspace, panel, press):
    begin(qtbot, workspace, press)
    workspace.model.edit("s3", "Takes metoprolol.")
    qtbot.waitUntil(lambda: panel.target.text().endswith("Takes metoprolol."))
    workspace.model.remove("s3")
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert workspace.revision_desk.revising.phase is Phase.CLOSED


def test_another_visit_closes_it(qtbot, workspace, panel, press, application):
    begin(qtbot, workspace, press)
    ask(qtbot, workspace, press, "in plain words")
    other = application.add_draft("Brown, Charles")
    workspace.show_visit(other)
    qtbot.waitUntil(lambda: workspace.model.encounter_id == other)
    assert not panel.isVisible()
    assert panel.field.text() == ""
    assert panel.rows.rowCount() == 0


def test_not_for_signed_notes_nor_for_who_may_not_edit(qtbot, window, application, sign_in):
    made = application.add_draft()
    application.store.rows[made] = replace(application.store.rows[made], state=EncounterState.SIGNED)
    sign_in()
    qtbot.waitUntil(lambda: window.workspace.encounters.rowCount() == 1)
    window.workspace.list.choose(made)
    qtbot.waitUntil(lambda: window.workspace.page.note_rows.rowCount() > 0)
    window.workspace.page.note.choose("s3")
    for action in (window.actions_.revise, window.actions_.revise_section):
        assert not action.isEnabled()
        assert not action.isVisible()
    window.workspace.revision_desk._open(whole=False)
    assert window.workspace.revision_desk.panel.isHidden()


def test_the_keys_are_nobody_elses(workspace, window):
    actions: Actions = window.actions_
    for action in (actions.revise, actions.revise_section):
        (key,) = action.shortcuts()
        assert [a for a in actions.all if key in a.shortcuts()] == [action]


@pytest.fixture
def model(application, qapp):
    tasks = FakeTasks()
    application.add_draft()
    visit = VisitModel(application.session, application.reviewing, tasks)
    visit.open("e1")
    return visit, Revising(application.runner, visit, tasks), tasks


def test_the_view_model_walks_its_phases(model, application):
    visit, revising, tasks = model
    section = visit.version.note.sections[0]
    phases = []
    revising.changed.connect(lambda: phases.append(revising.phase))
    revising.open(section, section.statements[2])
    revising.ask("   ")
    revising.ask("remove the pantoprazole")
    revising.accept()
    assert list(dict.fromkeys(phases)) == [Phase.ASKING, Phase.WORKING, Phase.PROPOSED, Phase.TAKING, Phase.CLOSED]
    assert Lane.REVISING in tasks.lanes
    assert application.runner.asked == [("subjective", ("s3",), "remove the pantoprazole")]
    assert visit.version.number == 2


def test_progress_only_grows(model):
    visit, revising, _ = model
    section = visit.version.note.sections[0]
    revising.open(section, None)
    seen = []
    revising.changed.connect(lambda: seen.append(revising.fraction))
    revising.ask("in plain words")
    assert seen == sorted(seen)
    assert max(seen) == 0.25


def test_who_may_not_edit_cannot_begin(application, qapp):
    application.add_draft()
    application.session.user = User("x", "x", "X", frozenset({Role.AUDITOR}))
    visit = VisitModel(application.session, application.reviewing, FakeTasks())
    visit.open("e1")
    revising = Revising(application.runner, visit, FakeTasks())
    revising.open(visit.version.note.sections[0], None)
    assert revising.phase is Phase.CLOSED


def test_cancel_is_at_once_and_its_late_answer_is_dropped(qtbot, application):
    crashes = []
    tasks = ThreadTasks(crashes.append)
    application.runner.waiting = threading.Event()
    application.add_draft()
    visit = VisitModel(application.session, application.reviewing, tasks)
    visit.open("e1")
    qtbot.waitUntil(lambda: visit.version is not None)
    revising = Revising(application.runner, visit, tasks)
    section = visit.version.note.sections[0]
    revising.open(section, section.statements[0])
    revising.ask("in plain words")
    qtbot.waitUntil(lambda: revising.fraction == 0.25)
    assert revising.phase is Phase.WORKING
    revising.step_back()
    assert revising.phase is Phase.ASKING
    application.runner.waiting.set()
    revising.ask("remove the stairs")
    qtbot.waitUntil(lambda: revising.phase is Phase.PROPOSED)
    assert revising.revision.instruction == "remove the stairs"
    assert visit.version.number == 1
    tasks.close()
    assert crashes == []


def test_the_model_begins_to_load_when_the_panel_opens_and_once_only(qtbot, workspace, application, press):
    choose(workspace, "s3")
    press(Qt.Key.Key_I, CTRL)
    assert workspace.revision_desk.revising.phase is Phase.ASKING
    qtbot.waitUntil(lambda: application.runner.made_ready == 1)
    choose(workspace, "s2")
    workspace.revision_desk.panel.field.setFocus()
    assert application.runner.made_ready == 1
    press(Qt.Key.Key_Escape)
    qtbot.wait(20)
    assert application.runner.made_ready == 1
    press(Qt.Key.Key_I, CTRL)
    qtbot.waitUntil(lambda: application.runner.made_ready == 2)


def test_a_model_that_cannot_be_loaded_is_no_error_before_it_is_needed(
    qtbot, workspace, application, press, monkeypatch
):
    tried = []

    def missing():
        tried.append(1)
        raise EngineError("No engine.", "Try again.")

    monkeypatch.setattr(application.runner, "get_ready_to_revise", missing)
    choose(workspace, "s3")
    press(Qt.Key.Key_I, CTRL)
    assert workspace.revision_desk.revising.phase is Phase.ASKING
    qtbot.waitUntil(lambda: bool(tried))
    qtbot.wait(20)
    assert workspace.revision_desk.revising.phase is Phase.ASKING
    assert workspace.revision_desk.panel.message.message == ""
