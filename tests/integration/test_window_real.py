"""The window on the real vault, review, engine process and exchange; and its start as a process of its own."""

import json
import math
import os
import struct
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.encounter import EncounterState, VersionKind
from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.settings import Paths
from app.ui.main import _export_markdown
from app.ui.preferences import Preferences
from app.ui.tasks import ThreadTasks
from app.ui.theme import Theme, ThemeChoice
from app.ui.viewmodels.unnoted import Comparison
from app.ui.widgets.export_sheet import ExportSheet
from app.ui.widgets.signing import AddendumDialog, SignDialog
from app.ui.widgets.statement_editor import StatementEditor
from app.ui.widgets.window import MainWindow
from app.wiring import build

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PASSPHRASE = "seven blue ladders hum"
WAIT = 60_000  # ms; Argon2id and the engine's start take their time on a busy machine

TRANSCRIPT = Transcript(
    3.0,
    "en",
    "whisper-base",
    (
        Utterance("u1", 0.0, 1.2, Speaker.PATIENT, "I take metoprolol, fifty milligrams, every morning."),
        Utterance("u2", 1.4, 2.8, Speaker.CLINICIAN, "Your blood pressure is one forty-two over eighty-eight."),
    ),
)
NOTE = Note(
    "soap",
    (
        Section(
            "subjective",
            "Subjective",
            (
                Statement(
                    "s1",
                    "Takes metoprolol 500 mg every morning.",
                    ("u1",),
                    Support.CONTRADICTED,
                    ("dose: note 500 mg, transcript 50 mg",),
                ),
            ),
        ),
        Section("objective", "Objective", (Statement("s2", "BP 142/88 mmHg.", ("u2",), Support.SUPPORTED),)),
        Section("assessment", "Assessment"),
        Section("plan", "Plan"),
    ),
)


class Player:
    """Stands in for the loudspeaker."""

    def __init__(self):
        self.heard = []

    def play(self, pcm, _rate, _on_end):
        self.heard.append(pcm)

    def stop(self):
        """Nothing plays."""


class Picker:
    """Answers with a prepared file."""

    def __init__(self, target):
        self.target = target

    def recording(self, _parent):
        return None

    def export(self, _parent, _suggested):
        return self.target


@pytest.fixture
def program(tmp_path):
    made = build(Paths(tmp_path / "data", tmp_path / "models"))
    yield made
    made.close()


@pytest.fixture
def player():
    return Player()


@pytest.fixture
def window(qtbot, qapp, program, player, tmp_path):
    crashes = []
    tasks = ThreadTasks(crashes.append)
    theme = Theme(qapp, ThemeChoice.LIGHT)
    preferences = Preferences(tmp_path / "data")
    made = MainWindow(program, tasks, theme, preferences, Picker(tmp_path / "out.md"), lambda: player, _export_markdown)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.begin()
    yield made
    made.close()
    qtbot.waitUntil(lambda: not made.isVisible(), timeout=WAIT)
    tasks.close()
    made.deleteLater()
    qapp.styleHints().colorSchemeChanged.disconnect(theme._apply)
    assert not crashes


@pytest.fixture
def recording(tmp_path):
    file = tmp_path / "visit.wav"
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        tone = (int(9_000 * math.sin(n / 6)) for n in range(48_000))
        out.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    return file


def set_up(qtbot, window):
    qtbot.waitUntil(lambda: window.create_page is not None, timeout=WAIT)
    page = window.create_page
    page.display_name.setText("Dr. Anna Weber")
    page.name.setText("anna")
    page.passphrases.first.setText(PASSPHRASE)
    page.passphrases.second.setText(PASSPHRASE)
    page.submit()
    qtbot.waitUntil(window.code_page.isVisible, timeout=WAIT)
    code = window.code_page.code.text()
    window.code_page.typed.setText(code)
    window.code_page.submit()
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=WAIT)
    return code


def sheet(qtbot, window, kind):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(kind)), timeout=WAIT)
    return next(d for d in window.findChildren(kind) if d.isVisible())


def test_visit_from_first_run_to_signed_export(qtbot, window, recording, player, tmp_path):
    code = set_up(qtbot, window)
    desk = window.workspace
    desk.work.open_recording(recording, "Zaphod Beeblebrox")
    # There are no models here: the transcript fails, says why, and the sound is safe.
    qtbot.waitUntil(lambda: "The transcript could not be made." in desk.page.status.message, timeout=WAIT)
    assert desk.page.status.button.text() == "Retry"
    session, visit = window._session, desk.model.encounter_id
    assert session.encounters.audio_info(visit).duration == pytest.approx(3, abs=0.1)

    session.encounters.save_transcript(visit, TRANSCRIPT)
    session.encounters.add_version(visit, NOTE, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    for stage in session.encounters.get(visit).stages:
        session.encounters.set_stage(visit, stage.stage, type(stage.state)("done"))
    desk.model.reload()
    qtbot.waitUntil(lambda: desk.model.version is not None, timeout=WAIT)

    note = desk.page.note
    note.choose("s1")
    desk.commands.play_or_stop()
    qtbot.waitUntil(lambda: bool(player.heard), timeout=WAIT)
    assert len(player.heard[0]) == pytest.approx(2 * 16_000 * 1.45, abs=4)

    note.edit_current()
    editor = note.findChild(StatementEditor)
    QTest.keyClicks(editor, "Takes metoprolol 50 mg every morning.")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.model.version.number == 2 and not desk.model.saving, timeout=WAIT)
    edited = desk.model.version.note.statement("s1")
    assert (edited.text, edited.author) == ("Takes metoprolol 50 mg every morning.", "Dr. Anna Weber")
    assert edited.support is not Support.CONTRADICTED  # checked again

    window.actions_.undo.trigger()
    qtbot.waitUntil(lambda: desk.model.version.number == 3 and not desk.model.saving, timeout=WAIT)
    assert desk.model.version.note.statement("s1") == NOTE.statement("s1")
    window.actions_.redo.trigger()
    qtbot.waitUntil(lambda: desk.model.version.number == 4 and not desk.model.saving, timeout=WAIT)
    window.actions_.mark_reviewed.trigger()
    qtbot.waitUntil(lambda: desk.model.loaded.encounter.state is EncounterState.REVIEWED, timeout=WAIT)
    qtbot.waitUntil(window.actions_.sign.isEnabled, timeout=WAIT)

    window.actions_.sign.trigger()
    dialog = sheet(qtbot, window, SignDialog)
    dialog.acknowledged.setChecked(True)
    qtbot.waitUntil(lambda: desk.unnoted.state is Comparison.DONE, timeout=WAIT)
    dialog.missing.acknowledged.setChecked(dialog.missing.asks)
    dialog.passphrase.setText("not my passphrase")
    dialog.submit()
    qtbot.waitUntil(lambda: bool(dialog.message.message), timeout=WAIT)
    assert desk.model.loaded.encounter.state is EncounterState.REVIEWED
    dialog.passphrase.setText(PASSPHRASE)
    dialog.submit()
    qtbot.waitUntil(lambda: desk.model.loaded.encounter.state is EncounterState.SIGNED, timeout=WAIT)
    qtbot.waitUntil(lambda: "The signature is valid." in desk.page.status.message, timeout=WAIT)

    window.actions_.addendum.trigger()
    dialog = sheet(qtbot, window, AddendumDialog)
    dialog.content.setPlainText("Called the patient.")
    dialog.passphrase.setText(PASSPHRASE)
    dialog.submit()
    qtbot.waitUntil(lambda: "All signatures are valid." in desk.page.status.message, timeout=WAIT)

    window.actions_.export.trigger()
    dialog = sheet(qtbot, window, ExportSheet)
    dialog.passphrase.setText(PASSPHRASE)
    dialog.submit()
    qtbot.waitUntil((tmp_path / "out.md").exists, timeout=WAIT)
    assert "Called the patient." in (tmp_path / "out.md").read_text(encoding="utf-8")
    assert any(e.action == "export" for e in session.audit.entries())

    window.actions_.sign_out.trigger()
    qtbot.waitUntil(window.sign_in_page.isVisible, timeout=WAIT)
    stored = b"".join(f.read_bytes() for f in (tmp_path / "data").rglob("*") if f.is_file())
    for secret in (b"Zaphod", b"Beeblebrox", b"metoprolol", b"Called the patient", code.encode(), PASSPHRASE.encode()):
        assert secret not in stored


def test_sign_in_after_a_restart_and_wrong_passphrase(qtbot, window, program):
    set_up(qtbot, window)
    window.actions_.sign_out.trigger()
    qtbot.waitUntil(lambda: window.sign_in_page.isVisible() and window.sign_in_page.names.count() == 1, timeout=WAIT)
    page = window.sign_in_page
    page.passphrase.setText("wrong")
    page.submit()
    qtbot.waitUntil(lambda: bool(page.message.message), timeout=WAIT)
    assert window.workspace is None
    page.passphrase.setText(PASSPHRASE)
    page.submit()
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=WAIT)


def start(arguments, data, environment=None):
    code = (
        "import sys; from pathlib import Path; from app.settings import find_paths; from app.ui.main import run; "
        "from app.wiring import build; sys.exit(run(build(find_paths(Path(sys.argv[1]))), sys.argv[2:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, str(data), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **(environment or {})},
        cwd=Path(__file__).parents[2],
    )


def test_window_opens_without_loading_models_or_database(tmp_path):
    done = start(["--quit-after-show"], tmp_path, {"QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert 0 < figures["first_paint"] <= figures["usable"]
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import app.wiring, app.ui.main, app.ui.widgets.window; "
            "print([m for m in ('sqlalchemy', 'av', 'numpy', 'ctranslate2', 'xllamacpp', 'sounddevice') "
            "if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert loaded.stdout.strip() == "[]"


def test_no_screen_is_a_declared_error(tmp_path, monkeypatch):
    from app.domain.errors import MachineError
    from app.ui.main import run

    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(MachineError, match="no screen"):
        run(build(Paths(tmp_path, tmp_path)), [])
