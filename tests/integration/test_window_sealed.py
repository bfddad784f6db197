"""Care teams, emergency access, people, records and account on the real vault, from window to database."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.note import Note, Section, Statement
from app.domain.people import Role
from app.settings import Paths
from app.ui.main import _export_markdown
from app.ui.preferences import Preferences
from app.ui.tasks import ThreadTasks
from app.ui.theme import Theme, ThemeChoice
from app.ui.widgets.forms.passphrase_sheet import PassphraseSheet
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.office.account_sheets import NewCodeSheet
from app.ui.widgets.office.people_sheets import AddPersonSheet, HandOutSheet
from app.ui.widgets.team.care_team_sheet import CareTeamSheet
from app.ui.widgets.team.emergency_sheet import EmergencySheet
from app.ui.widgets.window import MainWindow
from app.wiring import build

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PASSPHRASE = "seven blue ladders hum"
WAIT = 60_000  # ms; Argon2id takes its time on a busy machine
NOTE = Note("soap", (Section("plan", "Plan", (Statement("s1", "Zaphod takes warfarin in the evening."),)),))


class Picker:
    """Answers with a prepared place."""

    def __init__(self, target: Path):
        self.target = target

    def folder(self, _parent, _title):
        return self.target

    def audit(self, _parent, _suggested):
        return self.target / "audit.csv"


@pytest.fixture
def program(tmp_path, monkeypatch):
    policy = tmp_path / "policy.toml"
    policy.write_text("break_glass = true\n", encoding="utf-8")
    monkeypatch.setenv("ANAMNESIS_POLICY", str(policy))
    made = build(Paths(tmp_path / "data", tmp_path / "models"))
    yield made
    made.close()


@pytest.fixture
def people(program):
    """A physician who is administrator too, with one visit; a nurse, another physician, an auditor."""
    session, _code = program.create_vault("anna", "Dr. Anna Weber", PASSPHRASE)
    session.users.add("nadia", "Nadia Lee", frozenset({Role.NURSE}), PASSPHRASE)
    session.users.add("mark", "Dr. Mark Osei", frozenset({Role.PHYSICIAN}), PASSPHRASE)
    session.users.add("ines", "Ines Roth", frozenset({Role.AUDITOR}), PASSPHRASE)
    visit = session.encounters.create("Zaphod Beeblebrox")
    for stage in Stage:
        session.encounters.set_stage(visit, stage, StageState.DONE)
    session.encounters.add_version(visit, NOTE, VersionKind.DRAFT, EncounterState.DRAFT, 0)
    session.close()
    return visit


@pytest.fixture
def window(qtbot, qapp, program, people, tmp_path):
    crashes = []
    tasks = ThreadTasks(crashes.append)
    theme = Theme(qapp, ThemeChoice.LIGHT)
    made = MainWindow(
        program, tasks, theme, Preferences(tmp_path), Picker(tmp_path / "out"), lambda: None, _export_markdown
    )
    (tmp_path / "out").mkdir()
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
def steps(qtbot, window):
    return Steps(qtbot, window)


class Steps:
    """What a person does, in short words."""

    def __init__(self, qtbot, window):
        self.qtbot, self.window = qtbot, window

    def until(self, reached):
        self.qtbot.waitUntil(reached, timeout=WAIT)

    def sign_in(self, name):
        page = self.window.sign_in_page
        self.until(lambda: page.isVisible() and page.names.count() == 4)
        page.names.setCurrentText(name)
        page.passphrase.setText(PASSPHRASE)
        page.submit()
        self.until(lambda: (self.window.workspace or self.window.office) is not None)
        return self.window.workspace

    def sign_out(self):
        self.window.actions_.sign_out.trigger()
        self.until(lambda: self.window.workspace is None and self.window.office is None)

    def open(self, visit):
        desk = self.window.workspace
        self.until(lambda: desk.encounters.row_of(visit) >= 0)
        desk.list.choose(visit)
        self.until(lambda: desk.model.loaded is not None)
        return desk

    def sheet(self, kind):
        def shown():
            return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

        self.until(lambda: len(shown()) == 1)
        return shown()[0]


def test_sharing_and_withdrawing(steps, window, people):
    steps.sign_in("anna")
    steps.open(people)
    steps.until(window.actions_.care_team.isEnabled)
    window.actions_.care_team.trigger()
    team = steps.sheet(CareTeamSheet)
    team.people.search.setText("nadia")
    steps.until(lambda: team.people.current() is not None)
    team.share()
    steps.until(lambda: "Nadia Lee can open" in team.message.message)
    team.accept()
    steps.sign_out()

    steps.sign_in("nadia")
    desk = steps.open(people)
    assert desk.page.title.text() == "Zaphod Beeblebrox"
    assert desk.model.may_edit
    assert not desk.model.may_sign
    desk.search.setText("warfarin")
    steps.until(lambda: desk.list.model().rowCount() == 1 and not desk.searching.busy)
    steps.sign_out()

    steps.sign_in("anna")
    steps.open(people)
    steps.until(window.actions_.care_team.isEnabled)
    window.actions_.care_team.trigger()
    team = steps.sheet(CareTeamSheet)
    steps.until(lambda: len(team.members) == 2)
    next(row for row in team.members if row.button.isVisibleTo(row)).button.click()
    asking = steps.sheet(ReasonSheet)
    asking.reason.setPlainText("left the ward")
    asking.submit()
    steps.until(lambda: len(team.members) == 1)
    team.accept()
    steps.sign_out()

    desk = steps.sign_in("nadia")
    steps.until(lambda: desk.welcome.title.text() == "No visits yet")


def test_emergency_access_is_seen_by_the_care_team(steps, window, people):
    steps.sign_in("anna")  # makes the emergency keys and seals her visits to them
    steps.sign_out()
    desk = steps.sign_in("mark")
    assert desk.encounters.rowCount() == 0
    assert window.actions_.emergency.isVisible()
    window.actions_.emergency.trigger()
    asking = steps.sheet(EmergencySheet)
    steps.until(lambda: asking.visits.rows.rowCount() == 1)
    asking.visits.list.choose(0)
    asking.reason.setPlainText("Unconscious in the ward, allergies not known.")
    asking.submit()
    steps.until(lambda: desk.model.loaded is not None)
    assert desk.page.title.text() == "Zaphod Beeblebrox"
    assert "reading only" in desk.page.emergency.message
    assert not desk.model.may_edit
    desk.page.emergency.button.click()
    steps.until(lambda: desk.model.encounter_id is None)
    steps.sign_out()

    steps.sign_in("anna")
    desk = steps.open(people)
    steps.until(lambda: "Dr. Mark Osei" in desk.page.emergency.message)
    assert "allergies not known" in desk.page.emergency.message


def test_administrator_adds_and_revokes_and_the_trail_is_whole(steps, window, tmp_path):
    steps.sign_in("anna")
    window.actions_.people.trigger()
    page = window.workspace.office.pages["people"]
    steps.until(lambda: page.rows.rowCount() == 4)
    page.add.click()
    adding = steps.sheet(AddPersonSheet)
    adding.display_name.setText("Tom Brandt")
    adding.name.setText("tom")
    adding.roles[Role.NURSE].setChecked(True)
    for field in (adding.pair.first, adding.pair.second):
        field.setText(PASSPHRASE)
    adding.submit()
    handing = steps.sheet(HandOutSheet)
    assert len(handing.code.text()) > 20
    handing.written.setChecked(True)
    handing.close_button.click()
    steps.until(lambda: page.rows.rowCount() == 5)
    page.list.choose(next(n for n in range(5) if page.rows.line(n).title == "Tom Brandt"))
    page.revoke.click()
    asking = steps.sheet(ReasonSheet)
    asking.reason.setPlainText("left the practice")
    asking.submit()
    steps.until(lambda: any(page.rows.line(n).tag == "Access revoked" for n in range(page.rows.rowCount())))

    window.actions_.audit_trail.trigger()
    trail = window.workspace.office.pages["audit"]
    steps.until(trail.verify.isEnabled)
    trail.verify.click()
    steps.until(lambda: "The trail is whole" in trail.message.message)
    steps.until(trail.verify.isEnabled)
    shown = {trail.table.model().entry(n).action for n in range(trail.table.model().rowCount())}
    assert {"user.added", "user.revoked", "audit.verified"} <= shown
    trail.export.click()
    exporting = steps.sheet(PassphraseSheet)
    exporting.passphrase.setText(PASSPHRASE)
    exporting.submit()
    steps.until((tmp_path / "out" / "audit.csv").exists)
    assert "Zaphod" not in (tmp_path / "out" / "audit.csv").read_text(encoding="utf-8")


def test_hold_backup_and_new_recovery_code(steps, window, people, tmp_path):
    steps.sign_in("anna")
    desk = steps.open(people)
    steps.until(window.actions_.hold.isEnabled)
    window.actions_.hold.trigger()
    asking = steps.sheet(ReasonSheet)
    asking.reason.setPlainText("Case 118")
    asking.submit()
    steps.until(lambda: desk.page.hold.text() == "Legal hold: Case 118")
    assert not window.actions_.destroy_visit.isEnabled()

    window.actions_.records.trigger()
    records = desk.office.pages["records"]
    steps.until(lambda: records.holds.rows.rowCount() == 1)
    assert records.holds.rows.line(0).title == "Zaphod Beeblebrox"
    steps.until(records.back_up.isVisible)
    records.back_up.click()
    steps.until(lambda: "Backed up to" in records.message.message)
    assert any((tmp_path / "out").iterdir())
    steps.until(lambda: records.backup_row.state.text().startswith("Last backup: today"))

    window.actions_.account.trigger()
    account = desk.office.pages["account"]
    account.new_code.click()
    proving = steps.sheet(PassphraseSheet)
    proving.passphrase.setText(PASSPHRASE)
    proving.submit()
    showing = steps.sheet(NewCodeSheet)
    showing.typed.setText(showing.code.text().lower().replace("-", " "))
    showing.submit()
    steps.until(lambda: "in force" in account.message.message)


def test_auditor_sees_the_trail_and_no_visit(steps, window):
    steps.sign_in("ines")
    assert window.workspace is None
    trail = window.office.pages["audit"]
    steps.until(lambda: trail.table.model().rowCount() > 0)
    cells = " ".join(
        str(trail.table.model().data(trail.table.model().index(row, column)))
        for row in range(trail.table.model().rowCount())
        for column in range(6)
    )
    assert "Zaphod" not in cells
    steps.sign_out()
