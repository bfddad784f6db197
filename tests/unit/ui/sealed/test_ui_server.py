"""The shared server: a quiet sign, a visit changed elsewhere, versions that were set aside."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.encounter import VersionKind
from app.domain.errors import AnamnesisError
from app.domain.note import Note, Section, Statement
from app.domain.revision import DifferenceKind, difference
from app.domain.syncing import AsideReason, ServerUnreachableError, SetAside, SyncState, SyncStatus
from app.ui import server_words
from app.ui.viewmodels.note_difference import as_revision
from app.ui.widgets.forms.reason_sheet import ReasonSheet
from app.ui.widgets.team.aside_sheet import AsideSheet
from app.ui.widgets.team.server_sign import ServerSheet

THEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def aside(note: Note | None, reason: AsideReason = AsideReason.CONFLICT) -> SetAside:
    return SetAside("a1", "e1", 1, VersionKind.EDIT, "Nadia Lee", THEN, reason, note)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (SyncStatus(SyncState.NOT_LINKED), ("", "")),
        (SyncStatus(SyncState.CURRENT), ("Connected", "good")),
        (SyncStatus(SyncState.SYNCING, waiting=2), ("Exchanging changes", "")),
        (SyncStatus(SyncState.OFFLINE), ("Working offline", "warning")),
        (SyncStatus(SyncState.OFFLINE, waiting=1), ("Working offline, 1 change waits", "warning")),
        (SyncStatus(SyncState.OFFLINE, waiting=3), ("Working offline, 3 changes wait", "warning")),
        (SyncStatus(SyncState.REFUSED), ("Server: needs attention", "error")),
    ],
)
def test_sign_in_words(status, words):
    assert server_words.sign(status) == words


def test_sign_follows_the_server(qtbot, rooms, desk):
    sign = desk.sealed.sign
    qtbot.waitUntil(lambda: sign.isVisible() and sign.text() == "Connected")
    rooms.syncing.state = replace(rooms.syncing.state, state=SyncState.OFFLINE, waiting=3)
    rooms.syncing.say()
    qtbot.waitUntil(lambda: sign.text() == "Working offline, 3 changes wait")
    assert sign.accessibleName() == sign.text()


def test_sheet_tells_trouble_and_tries_again(qtbot, rooms, desk, sheet):
    problem = "The server's certificate is not the right one. Ask your IT."
    rooms.syncing.state = replace(rooms.syncing.state, state=SyncState.REFUSED, problem=problem)
    rooms.syncing.say()
    qtbot.waitUntil(lambda: desk.sealed.sign.text() == "Server: needs attention")
    desk.sealed.sign.click()
    telling = sheet(ServerSheet)
    assert problem in telling.message.message
    rooms.syncing.broken = ServerUnreachableError("The server does not answer.", "Check the network.")
    telling.again.click()
    qtbot.waitUntil(lambda: "Check the network." in telling.message.message)
    rooms.syncing.broken = None
    telling.again.click()
    qtbot.waitUntil(lambda: telling.message.message == "")
    assert telling.again.isEnabled()
    telling.close()


def test_visit_changed_elsewhere_is_loaded_when_the_person_wants(qtbot, rooms, desk, application):
    store = application.store
    note = store.notes["e1"][-1].note
    changed = note.with_statement(replace(note.statement("s1"), text="Since Monday.", author="Nadia Lee"))
    store.append("e1", changed, VersionKind.EDIT, store.rows["e1"].state, 1)
    rooms.syncing.say("e1")
    bar = desk.page.elsewhere
    qtbot.waitUntil(lambda: "changed on another computer" in bar.message)
    assert desk.model.version.number == 1
    bar.button.click()
    qtbot.waitUntil(lambda: desk.model.version.number == 2)
    assert bar.message == ""


def test_another_visit_changed_elsewhere_only_reads_the_list(qtbot, rooms, desk, application):
    application.add_draft("Garcia, Maria")
    rooms.syncing.say("e2")
    qtbot.waitUntil(lambda: desk.encounters.rowCount() == 2)
    assert desk.page.elsewhere.message == ""


def test_set_aside_version_is_compared_and_adopted(qtbot, rooms, desk, application, sheet):
    note = application.store.notes["e1"][-1].note
    other = note.with_statement(replace(note.statement("s1"), text="Chest tightness since Monday."))
    rooms.syncing.aside = [aside(other)]
    rooms.syncing.say("e1")
    qtbot.waitUntil(lambda: desk.page.elsewhere.message.startswith("This visit was changed"))
    desk.page.elsewhere.button.click()
    qtbot.waitUntil(lambda: "Nadia Lee" in desk.page.elsewhere.message)
    desk.page.elsewhere.button.click()
    comparing = sheet(AsideSheet)
    assert any("Monday." in comparing.rows._rows[n].text for n in range(comparing.rows.rowCount()))
    comparing.go.click()
    qtbot.waitUntil(lambda: rooms.syncing.adopted == ["a1"])
    qtbot.waitUntil(lambda: desk.page.elsewhere.message == "")


def test_set_aside_version_is_dropped_with_a_reason(qtbot, rooms, desk, application, sheet):
    rooms.syncing.aside = [aside(application.store.notes["e1"][-1].note, AsideReason.SIGNED_MEANWHILE)]
    desk.sealed.server.server.look_aside()
    qtbot.waitUntil(lambda: "signed on another computer first" in desk.page.elsewhere.message)
    desk.page.elsewhere.button.click()
    comparing = sheet(AsideSheet)
    assert not comparing.go.isVisible()  # after a signature it can only be added as an addendum
    comparing.drop.click()
    asking = sheet(ReasonSheet)
    asking.reason.setPlainText("nothing new in it")
    asking.submit()
    qtbot.waitUntil(lambda: rooms.syncing.dropped == [("a1", "nothing new in it")])
    qtbot.waitUntil(lambda: desk.page.elsewhere.message == "")


def test_version_that_does_not_open_is_said_so(qtbot, rooms, desk, sheet):
    rooms.syncing.aside = [aside(None)]
    desk.sealed.server.server.look_aside()
    qtbot.waitUntil(lambda: bool(desk.page.elsewhere.message))
    desk.page.elsewhere.button.click()
    comparing = sheet(AsideSheet)
    assert not comparing.view.isVisible()
    assert not comparing.go.isVisible()
    comparing.close()


def test_leaving_ends_the_listening(qtbot, rooms, desk, window):
    assert len(rooms.syncing.listeners) == 1
    window.actions_.sign_out.trigger()
    qtbot.waitUntil(lambda: window.workspace is None)
    assert rooms.syncing.listeners == []


def test_lines_of_two_notes_are_matched_by_their_ids():
    def note(*lines: tuple[str, str]) -> Note:
        return Note("soap", (Section("plan", "Plan", tuple(Statement(i, t) for i, t in lines)),))

    rows = difference(
        as_revision(note(("s1", "ECG today."), ("s2", "Rest.")), note(("s1", "ECG now."), ("s9", "Call.")))
    )
    kinds = [(row.kind, row.line.text if row.line else row.before.text) for row in rows]
    assert kinds == [
        (DifferenceKind.CHANGED, "ECG now."),
        (DifferenceKind.ADDED, "Call."),
        (DifferenceKind.REMOVED, "Rest."),
    ]


def test_details_name_what_waits():
    status = SyncStatus(SyncState.OFFLINE, "db:5432/anamnesis", "room-3", THEN - timedelta(days=300), waiting=2, held=1)
    said = " ".join(server_words.details(status, THEN))
    assert "2 changes of this computer" in said
    assert "1 entry from the server" in said
    assert "exchanged by itself later" in said
    assert issubclass(ServerUnreachableError, AnamnesisError)


def test_sound_on_another_computer_is_told(qtbot, rooms, desk, application):
    assert not desk.page.sound_place.isVisible()
    rooms.syncing.sound_at = {"e1": "room-2"}
    desk.sealed.server.server.look_aside()
    qtbot.waitUntil(lambda: desk.page.sound_place.text() == "The sound of this visit is on the computer room-2.")
