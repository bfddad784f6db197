"""The audit trail: newest first, narrowed, verified with a finding in words."""

import re
from datetime import date
from pathlib import Path

import pytest

import app.vault
from app.domain.errors import SealBrokenError
from app.domain.people import Role
from app.ui import audit_words
from app.ui.viewmodels.office.audit import Narrowing
from app.ui.widgets.forms.passphrase_sheet import PassphraseSheet


@pytest.fixture
def page(qtbot, as_roles, application, sign_in, window):
    as_roles(Role.PHYSICIAN, Role.AUDITOR)
    sign_in()
    window.actions_.audit_trail.trigger()
    made = window.workspace.office.pages["audit"]
    qtbot.waitUntil(lambda: made.table.model().rowCount() == 120)
    return made


def cells(page, row):
    model = page.table.model()
    return [model.data(model.index(row, column)) for column in range(model.columnCount())]


def test_newest_stands_first_in_words_without_names_of_patients(page):
    shown = cells(page, 0)
    assert shown[0] == "120"
    assert shown[2:] == ["ines.roth", "Person added", "tom.brandt", "nurse"]
    assert cells(page, 3)[4] == "Visit 77b0c1d2"


def test_narrowing_by_person_act_and_day(qtbot, page):
    page.person.setCurrentIndex(page.person.findData("nadia.lee"))
    page.group.setCurrentIndex(page.group.findData("Signing in"))
    model = page.table.model()
    assert model.rowCount() == 24
    assert {model.entry(n).action for n in range(24)} == {"sign-in", "sign-in.failed"}
    assert page.count.text() == "24 of 120 entries."
    page.dated.setChecked(True)
    page.first.setDate(page.first.date().fromString("2020-01-01", "yyyy-MM-dd"))
    page.last.setDate(page.last.date().fromString("2020-01-02", "yyyy-MM-dd"))
    assert model.rowCount() == 0
    assert page.empty.text() == "No entry fits."
    page.dated.setChecked(False)
    assert model.rowCount() == 24


def test_days_are_inclusive(application, page):
    entry = page.table.model().entry(0)
    day = entry.at.astimezone().date()
    assert Narrowing(first=day, last=day).fits(entry)
    assert not Narrowing(first=date(day.year + 1, 1, 1)).fits(entry)


def test_whole_trail_is_said_to_be_whole(qtbot, page):
    page.verify.click()
    assert page.bar.isVisible()
    assert not page.verify.isEnabled()
    qtbot.waitUntil(lambda: "The trail is whole: 120 entries." in page.message.message)
    qtbot.waitUntil(page.verify.isEnabled)
    assert not page.bar.isVisible()


def test_bad_entry_is_named_and_can_be_shown(qtbot, page, application):
    application.session.audit.bad = (57, "entry 57 was edited")
    page.person.setCurrentIndex(2)
    page.verify.click()
    qtbot.waitUntil(lambda: "From entry 57 on" in page.message.message)
    assert "tell your security office" in page.message.message
    qtbot.waitUntil(page.verify.isEnabled)
    page.message.button.click()
    assert page.table.model().entry(page.table.currentIndex().row()).sequence == 57


def test_damaged_page_is_told(qtbot, page, application, monkeypatch):
    def broken():
        raise SealBrokenError("A page of the database is damaged.", "Restore a backup.")

    monkeypatch.setattr(application.session.audit, "verify", broken)
    page.verify.click()
    qtbot.waitUntil(lambda: "Restore a backup." in page.message.message)
    assert page.verify.isEnabled()


def test_long_trail_is_read_in_two_steps(qtbot, page, application, monkeypatch):
    monkeypatch.setattr("app.ui.viewmodels.office.audit.FIRST", 50)
    page.refresh()
    qtbot.waitUntil(lambda: page.table.model().rowCount() == 50)
    assert page.count.text() == "50 entries; older ones were not read."
    page.older.click()
    qtbot.waitUntil(lambda: page.table.model().rowCount() == 120)
    assert not page.older.isVisible()


def test_every_word_of_a_failure_is_marked(page):
    model = page.table.model()
    failed = next(n for n in range(120) if model.entry(n).action == "sign-in.failed")
    assert model.data(model.index(failed, 3)) == "Sign-in failed"
    assert audit_words.is_trouble(model.entry(failed))
    assert not audit_words.is_trouble(model.entry(failed - 1))


def test_unknown_act_is_shown_as_it_is_stored():
    assert audit_words.action("some-new.act") == "Some new act"


def test_export_asks_for_the_passphrase_and_writes_a_table(qtbot, page, picker, sheet, tmp_path, samples, application):
    page.export.click()  # no file chosen
    picker.target = tmp_path / "audit.csv"
    page.export.click()
    asking = sheet(PassphraseSheet)
    asking.passphrase.setText("wrong")
    asking.submit()
    qtbot.waitUntil(lambda: "The passphrase is wrong." in asking.message.message)
    assert not picker.target.exists()
    asking.passphrase.setText(samples["passphrase"])
    asking.submit()
    qtbot.waitUntil(lambda: "120 entries are saved as audit.csv." in page.message.message)
    assert len(picker.target.read_text(encoding="utf-8").splitlines()) == 121
    assert application.session.audit.recorded == [("audit.exported", "audit", "csv")]


def test_every_act_of_the_vault_has_words():
    vault = Path(app.vault.__file__).parent
    written = {
        action
        for file in vault.rglob("*.py")
        for action in re.findall(
            r"\baudit(?:_view)?\(\s*\w+(?:\[0\])?,\s*\"([a-z.-]+)\"", file.read_text(encoding="utf-8")
        )
    }
    assert len(written) > 30
    assert written - set(audit_words.ACTIONS) == set()


def test_every_group_holds_something():
    for group in audit_words.GROUPS:
        assert any(audit_words.in_group(action, group) for action in audit_words.ACTIONS), group
