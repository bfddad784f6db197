"""What consent means on a visit's page: told, taken back, or declined with a note by hand."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.encounter import EncounterState, Stage, StageState
from app.domain.recording import Consent, ConsentDecision, ConsentMethod
from app.ui import wording
from app.ui.viewmodels.note import NoteRole
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.signing import SignDialog
from app.ui.widgets.statement_editor import StatementEditor

AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
HOUR = f"{AT.astimezone():%H:%M}"
VERBAL = Consent(ConsentDecision.GIVEN, ConsentMethod.VERBAL, "patient", "en-1", AT)
DECLINED = Consent(ConsentDecision.DECLINED, None, "patient", "en-1", AT)


def dialog(qtbot, window, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(kind)))
    found = next(d for d in window.findChildren(kind) if d.isVisible())
    found.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is found)
    return found


@pytest.fixture
def declined(qtbot, window, application, sign_in):
    """Signed in, with the visit of a patient who did not want to be recorded."""
    application.recording.decline("Miller, Jane", DECLINED)
    sign_in()
    desk = window.workspace
    desk.list.choose("e1")
    qtbot.waitUntil(lambda: desk.model.loaded is not None)
    return desk


@pytest.mark.parametrize(
    ("consent", "words"),
    [
        (None, ""),
        (VERBAL, f"Consent: verbal, patient, {HOUR}"),
        (
            Consent(ConsentDecision.GIVEN, ConsentMethod.GUARDIAN, "Maria Miller", "en-1", AT),
            f"Consent: guardian, Maria Miller, {HOUR}",
        ),
        (DECLINED, f"Recording declined, {HOUR}"),
        (Consent(ConsentDecision.WITHDRAWN, None, "patient", "en-1", AT), f"Consent withdrawn, {HOUR}"),
    ],
)
def test_consent_is_told_in_words(consent, words):
    assert wording.consent_words(consent) == words


def test_page_tells_who_agreed_and_how(qtbot, desk, application):
    application.store.record_consent("e1", VERBAL)
    desk.model.reload()
    qtbot.waitUntil(lambda: f"Consent: verbal, patient, {HOUR}" in desk.page.detail.text())


def test_withdrawal_asks_first_and_then_destroys(qtbot, desk, window, application):
    application.store.record_consent("e1", VERBAL)
    desk.model.reload()
    window.actions_.withdraw.trigger()
    dialog(qtbot, window, ConfirmDialog).reject()
    qtbot.wait(20)
    assert not application.store.destroyed
    window.actions_.withdraw.trigger()
    sheet = dialog(qtbot, window, ConfirmDialog)
    assert sheet.stay.isDefault()  # Enter destroys nothing
    sheet.go.click()
    qtbot.waitUntil(lambda: application.store.destroyed == [("e1", "consent withdrawn")])
    assert application.store.consents["e1"].decision is ConsentDecision.WITHDRAWN
    assert application.store.consents["e1"].wording == "en-1"
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 0)
    assert desk.model.encounter_id is None
    assert desk.stack.currentWidget() is desk.welcome
    assert "destroyed" in desk.message.message


def test_withdrawal_stops_the_work_on_the_visit_first(qtbot, desk, window, application):
    application.store.set_stage("e1", Stage.CHECK, StageState.PENDING)
    seen = []

    def hold(_stage):
        window.actions_.withdraw.trigger()
        seen.append(desk.work.job("e1") is not None)
        next(d for d in window.findChildren(ConfirmDialog) if d.isVisible()).accept()
        assert not application.store.destroyed  # the work still runs
        seen.append(desk.work.job("e1").cancelling)

    application.runner.hold = hold
    desk.work.process("e1", "Jane")
    qtbot.waitUntil(lambda: application.store.destroyed == [("e1", "consent withdrawn")])
    assert seen == [True, True]


def test_no_command_touches_the_visit_behind_a_recording(qtbot, desk, window, application):
    assert window.actions_.withdraw.isEnabled()
    desk.recording.start("Garcia, Maria", VERBAL)
    qtbot.waitUntil(lambda: desk.recording_desk.live.isVisible() and desk.recording.encounter_id is not None)
    desk.model.reload()
    qtbot.wait(20)
    a = window.actions_
    for action in (a.withdraw, a.sign, a.export, a.rename, a.mark_reviewed, a.undo, a.add, a.play, a.next_doubtful):
        assert not action.isEnabled(), action.text()
    desk.list.choose("e1")
    qtbot.waitUntil(a.sign.isEnabled)
    assert a.withdraw.isEnabled()


def test_signed_visits_are_not_withdrawn(qtbot, desk, window, application, samples):
    application.reviewing.sign("e1", samples["passphrase"], "authorship", 1)
    desk.model.reload()
    qtbot.waitUntil(lambda: desk.model.loaded.encounter.state is EncounterState.SIGNED)
    assert not window.actions_.withdraw.isEnabled()


def test_declined_visit_says_what_to_do(declined, window):
    page = declined.page
    assert f"Recording declined, {HOUR}" in page.detail.text()
    assert (
        page.status.message
        == "The patient declined the recording. Write the note by hand: choose a section, then Add (Ctrl+N)."
    )
    assert not page.transcript_pane.isVisible()
    assert page.note_rows.rowCount() == 8  # four sections with nothing noted
    assert window.actions_.add.isEnabled()
    assert not window.actions_.resume.isEnabled()
    assert not window.actions_.withdraw.isEnabled()
    assert not window.actions_.play.isEnabled()
    assert wording.state_of(declined.model.loaded.encounter) == "No note yet"


def test_declined_visit_is_written_reviewed_and_signed_with_the_keyboard(qtbot, declined, window, samples):
    note = declined.page.note
    note.setFocus()
    shown = []
    declined.model.changed.connect(lambda: shown.append(len(declined.model.note.sections)))
    window.actions_.add.trigger()
    QTest.keyClicks(note.findChild(StatementEditor), "Sore throat for three days.")
    QTest.keyClick(note.findChild(StatementEditor), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: declined.model.version is not None and not declined.model.saving)
    rows = declined.page.note_rows
    assert rows.rowCount() == 8  # the other sections can still be written
    assert set(shown) == {4}  # and never went away meanwhile
    row = next(rows.index(n) for n in range(rows.rowCount()) if rows.index(n).data(NoteRole.ROW).statement)
    spoken = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Written by hand. Sore throat for three days. Written by Dr. Anna Weber."
    assert declined.page.note_side.text() == "1 statement"
    assert not declined.page.status.message
    window.actions_.mark_reviewed.trigger()
    qtbot.waitUntil(lambda: declined.model.loaded.encounter.state is EncounterState.REVIEWED)
    qtbot.waitUntil(window.actions_.sign.isEnabled)
    window.actions_.sign.trigger()
    sheet = dialog(qtbot, window, SignDialog)
    sheet.passphrase.setText(samples["passphrase"])
    sheet.submit()
    qtbot.waitUntil(lambda: declined.model.loaded.encounter.state is EncounterState.SIGNED)
    assert "The signature is valid." in declined.page.status.message


def test_recorded_visit_still_says_not_in_recording(qtbot, desk):
    desk.model.edit("s7", "Stable angina, to be confirmed.")
    qtbot.waitUntil(lambda: not desk.model.saving and desk.model.version.number == 2)
    row = desk.page.note_rows.index_of("s7")
    assert row.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Not in recording. Stable angina")


def test_two_channels_are_played_as_one(qtbot, desk, application, player):
    application.store.channels = 2
    desk.page.note.choose("s4")
    desk.commands.play_or_stop()
    qtbot.waitUntil(lambda: bool(player.played))
    seconds = 4.2 + 2 * 0.25
    assert len(player.played[0]) == 2 * round(seconds * 16_000)
