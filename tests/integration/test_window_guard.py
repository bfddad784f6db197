"""The guards of the window on the real vault: an interrupted recording, the lock, withdrawn and declined consent."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import InputError
from app.domain.note import Note, Section, Statement, Support
from app.domain.recording import Consent, ConsentDecision, ConsentMethod
from app.domain.transcript import Speaker, Transcript, Utterance
from app.settings import Paths
from app.ui.main import _export_markdown
from app.ui.preferences import Preferences
from app.ui.tasks import ThreadTasks
from app.ui.theme import Theme, ThemeChoice
from app.ui.widgets.dialogs import ConfirmDialog
from app.ui.widgets.signing import SignDialog
from app.ui.widgets.statement_editor import StatementEditor
from app.ui.widgets.window import MainWindow
from app.wiring import build

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
ROOT = Path(__file__).parents[2]
PASSPHRASE = "seven blue ladders hum"
WAIT = 90_000  # ms; Argon2id takes its time on a busy machine

POWER_CUT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from app.domain.encounter import Stage, StageState
from app.domain.recording import Consent, ConsentDecision, ConsentMethod, Mark, MarkKind
from app.settings import Paths
from app.wiring import build
data, passphrase = Path(sys.argv[1]), sys.argv[2]
store = build(Paths(data, data / "models")).sign_in("anna", passphrase).encounters
visit = store.create("Zaphod Beeblebrox")
consent = Consent(ConsentDecision.GIVEN, ConsentMethod.VERBAL, "patient", "en-1", datetime.now(UTC))
store.record_consent(visit, consent)
store.set_stage(visit, Stage.RECORD, StageState.RUNNING)
writer = store.audio_writer(visit)
for _ in range(13):
    writer.write(bytes(range(250)) * 32)
store.append_journal(visit, Mark(MarkKind.BOOKMARK, 1.0))
os._exit(9)
"""


class Picker:
    """No file is asked for."""

    def recording(self, _parent):
        return None

    def export(self, _parent, _suggested):
        return None


class Player:
    """Nothing is heard."""

    def play(self, _pcm, _rate, _on_end):
        """Silence."""

    def stop(self):
        """Silence."""


@pytest.fixture
def program(tmp_path):
    made = build(Paths(tmp_path / "data", tmp_path / "models"))
    session, _code = made.create_vault("anna", "Dr. Anna Weber", PASSPHRASE)
    session.close()
    yield made
    made.close()


@pytest.fixture
def open_window(qtbot, qapp, program, tmp_path):
    """Call it to open the window and sign in."""
    crashes, opened = [], []
    tasks = ThreadTasks(crashes.append)
    theme = Theme(qapp, ThemeChoice.LIGHT)

    def go():
        window = MainWindow(
            program, tasks, theme, Preferences(tmp_path / "data"), Picker(), Player, _export_markdown
        )  # fmt: skip
        opened.append(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.begin()
        qtbot.waitUntil(lambda: window.sign_in_page.names.count() == 1, timeout=WAIT)
        window.sign_in_page.passphrase.setText(PASSPHRASE)
        window.sign_in_page.submit()
        qtbot.waitUntil(lambda: window.workspace is not None, timeout=WAIT)
        return window

    yield go
    for window in opened:
        window.close()
        qtbot.waitUntil(lambda w=window: not w.isVisible(), timeout=WAIT)
        window.deleteLater()
    tasks.close()
    qapp.styleHints().colorSchemeChanged.disconnect(theme._apply)
    assert not crashes


def audit(window):
    return [(e.action, e.detail) for e in window._session.audit.entries()]


def confirm(qtbot, window):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(ConfirmDialog)), timeout=WAIT)
    next(d for d in window.findChildren(ConfirmDialog) if d.isVisible()).go.click()


@pytest.fixture
def cut_off(program, tmp_path):
    """A recording of 3.25 s whose process was ended in the middle."""
    done = subprocess.run(
        [sys.executable, "-c", POWER_CUT, str(tmp_path / "data"), PASSPHRASE], cwd=ROOT, timeout=120, check=False
    )
    assert done.returncode == 9


def test_power_cut_is_offered_and_finished_with_its_sound(qtbot, cut_off, open_window):
    window = open_window()
    desk = window.workspace
    panel = desk.recovery_offer.panel
    qtbot.waitUntil(panel.isVisible, timeout=WAIT)
    assert panel.rows[0].words.text().startswith("Zaphod Beeblebrox, today ")
    assert panel.rows[0].words.text().endswith("3 s are safe.")
    panel.rows[0].finish.click()
    store = window._session.encounters
    visit = store.list()[0]
    qtbot.waitUntil(lambda: visit.id in desk.work.errors, timeout=WAIT)  # there is no model here
    assert next(s.state for s in store.get(visit.id).stages if s.stage is Stage.RECORD) is StageState.DONE
    assert not panel.isVisible()
    sound = store.read_audio(visit.id)
    assert sound == (bytes(range(250)) * 32 * 13)[: len(sound)]
    assert len(sound) >= 2 * 16_000 * 2.25  # a second at most is missing
    desk.list.choose(visit.id)
    qtbot.waitUntil(lambda: "The transcript could not be made." in desk.page.status.message, timeout=WAIT)
    assert "Consent: verbal, patient" in desk.page.detail.text()


def test_power_cut_is_discarded_for_good(qtbot, cut_off, open_window):
    window = open_window()
    desk = window.workspace
    qtbot.waitUntil(desk.recovery_offer.panel.isVisible, timeout=WAIT)
    desk.recovery_offer.panel.rows[0].discard.click()
    confirm(qtbot, window)
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 0, timeout=WAIT)
    assert not desk.recovery_offer.panel.isVisible()
    assert not window._session.encounters.list()


def test_lock_asks_for_the_passphrase_of_the_session(qtbot, open_window):
    window = open_window()
    window.lock.lock()
    page = window.lock.page
    page.passphrase.setText("not my passphrase")
    page.submit()
    qtbot.waitUntil(lambda: bool(page.message.message), timeout=WAIT)
    assert window.lock.locked
    page.passphrase.setText(PASSPHRASE)
    page.submit()
    qtbot.waitUntil(lambda: not window.lock.locked, timeout=WAIT)
    assert window.workspace.isVisible()


def test_locked_window_can_be_closed_and_opened_again(qtbot, open_window):
    window = open_window()
    window.lock.lock()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    again = open_window()
    assert not again.lock.locked


def test_withdrawn_consent_destroys_the_visit_and_is_audited(qtbot, open_window):
    window = open_window()
    desk, store = window.workspace, window._session.encounters
    visit = store.create("Zaphod Beeblebrox")
    given = Consent(ConsentDecision.GIVEN, ConsentMethod.WRITTEN, "patient", "en-1", datetime.now(UTC))
    store.record_consent(visit, given)
    with store.audio_writer(visit) as writer:
        writer.write(bytes(64_000))
    for stage in Stage:
        store.set_stage(visit, stage, StageState.DONE)
    said = Utterance("u1", 0.0, 1.0, Speaker.PATIENT, "I take metoprolol.")
    store.save_transcript(visit, Transcript(2.0, "en", "whisper-base", (said,)))
    statement = Statement("s1", "Takes metoprolol.", ("u1",), Support.SUPPORTED)
    note = Note("soap", (Section("subjective", "Subjective", (statement,)),))
    store.add_version(visit, note, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    desk.show_visit(visit)
    qtbot.waitUntil(lambda: desk.model.version is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 1, timeout=WAIT)
    window.actions_.withdraw.trigger()
    confirm(qtbot, window)
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 0, timeout=WAIT)
    with pytest.raises(InputError):
        store.get(visit)
    actions = [action for action, _ in audit(window)]
    assert "consent.withdrawn" in actions
    assert actions.index("consent.withdrawn") < max(n for n, a in enumerate(actions) if "destroy" in a or "delete" in a)


def test_declined_visit_is_written_by_hand_and_signed(qtbot, program, open_window):
    window = open_window()
    desk = window.workspace
    declined = Consent(ConsentDecision.DECLINED, None, "patient", "en-1", datetime.now(UTC))
    visit = program.recordings(window._session).decline("Zaphod Beeblebrox", declined)
    desk.show_visit(visit)
    qtbot.waitUntil(lambda: desk.page.note_rows.rowCount() == 8, timeout=WAIT)
    note = desk.page.note
    for key, words in (("subjective", "Sore throat."), ("plan", "Paracetamol.")):
        note.setCurrentIndex(
            next(
                i
                for n in range(note.rows.rowCount())
                if (i := note.rows.index(n)) and note.rows.row(i).section.key == key
            )
        )
        note.add_statement()
        QTest.keyClicks(note.findChild(StatementEditor), words)
        QTest.keyClick(note.findChild(StatementEditor), Qt.Key.Key_Return)
        qtbot.waitUntil(
            lambda w=words: desk.model.version is not None and w in str(desk.model.version.note), timeout=WAIT
        )
        qtbot.waitUntil(lambda: not desk.model.saving, timeout=WAIT)
    qtbot.waitUntil(window.actions_.sign.isEnabled, timeout=WAIT)
    window.actions_.sign.trigger()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(SignDialog)), timeout=WAIT)
    sheet = next(d for d in window.findChildren(SignDialog) if d.isVisible())
    sheet.passphrase.setText(PASSPHRASE)
    sheet.submit()
    qtbot.waitUntil(lambda: "The signature is valid." in desk.page.status.message, timeout=WAIT)
    assert [s.text for s in desk.model.version.note.statements()] == ["Sore throat.", "Paracetamol."]
