"""The draft while it is prepared and written: a quiet line during the visit, sections as they come afterwards."""

from recording_steps import record

from app.domain.encounter import EncounterState, Stage, StageState
from app.domain.errors import EngineError
from app.domain.live import Prepared
from app.domain.note import Section
from app.ui.viewmodels.event_inbox import EventInbox
from app.ui.viewmodels.recording_phase import Phase
from app.ui.viewmodels.work import VisitWork
from app.ui.widgets import recording_desk


def _open_unfinished(qtbot, desk, application, samples):
    steps = samples["stages"](StageState.DONE, StageState.DONE)
    visit = application.store.add("Miller, Jane", EncounterState.OPEN, steps)
    application.store.transcripts[visit] = samples["transcript"]
    desk.model.open(visit)
    qtbot.waitUntil(lambda: desk.model.loaded is not None)
    return visit


def test_the_live_page_says_how_far_the_draft_is_prepared(qtbot, window, application, sign_in, samples, monkeypatch):
    monkeypatch.setattr(recording_desk, "BOUNCE", 0.0)
    application.recording.make_transcript = lambda: samples["transcript"]
    sign_in()
    live = record(qtbot, window, application)
    page = window.workspace.recording_desk.live
    assert page.prepared.text().strip() == ""
    height = page.prepared.height()
    live.say(Prepared(62.0, 1), Prepared(200.5, 3))
    assert page.prepared.text() == "Draft prepared up to 3:20"
    assert page.prepared.height() == height
    window.actions_.record.trigger()
    qtbot.waitUntil(lambda: window.workspace.recording.phase is Phase.IDLE)
    record(qtbot, window, application)
    assert page.prepared.text().strip() == ""
    window.workspace.recording_desk.strip.hide()


def test_a_flood_of_progress_is_one_event(tasks):
    posted, got = [], []
    tasks.post = posted.append
    inbox = EventInbox(tasks, got.extend)
    for number in range(100):
        inbox(Prepared(float(number), number))
    for call in posted:
        call()
    assert got == [Prepared(99.0, 99)]


def test_sections_fill_the_note_page_as_they_are_written(qtbot, window, application, sign_in, samples):
    sign_in()
    desk = window.workspace
    visit = _open_unfinished(qtbot, desk, application, samples)
    seen = []

    def look(stage):
        if stage is Stage.CHECK:
            rows = desk.page.note_rows
            seen.append((rows.note.sections, rows.editable, desk.page.note_side.text(), desk.page.note.isVisible()))

    application.runner.hold = look
    desk.work.process(visit, "Miller, Jane")
    qtbot.waitUntil(lambda: desk.model.version is not None)
    assert seen == [(samples["note"].sections, False, "Being written…", True)]
    qtbot.waitUntil(lambda: desk.page.note_rows.editable)
    assert desk.page.note_side.text() != "Being written…"


def test_sections_keep_the_order_of_the_note_and_empty_ones_wait(application, tasks, samples):
    work, note, seen = VisitWork(application.runner, tasks), samples["note"], []
    visit = application.store.add("Miller, Jane", EncounterState.OPEN, samples["stages"](StageState.DONE))
    first, second = note.sections[:2]

    def process(_id, _progress, _cancel, _on_change, on_section, **_more):
        for section in (Section(first.key, first.title), second, first, Section(second.key, second.title)):
            on_section(section)

    application.runner.process = process
    work.written.connect(lambda _id: seen.append(work.job(visit).note))
    work.process(visit, "Miller, Jane")
    assert [None if shown is None else shown.sections for shown in seen] == [
        None,
        (second,),
        (first, second),
        (first,),
    ]


def test_sections_of_a_draft_that_fails_do_not_stay(qtbot, window, application, sign_in, samples):
    sign_in()
    desk = window.workspace
    visit = _open_unfinished(qtbot, desk, application, samples)
    application.runner.failing[Stage.CHECK] = EngineError("The engine stopped.", "Retry.")
    desk.work.process(visit, "Miller, Jane")
    qtbot.waitUntil(lambda: desk.work.job(visit) is None and desk.model.may_write)
    qtbot.waitUntil(lambda: not any(s.statements for s in desk.page.note_rows.note.sections))


def test_what_was_prepared_goes_with_a_withdrawn_visit(qtbot, window, application, sign_in):
    sign_in()
    visit = application.add_draft()
    window.workspace.model.withdraw(visit, None)
    qtbot.waitUntil(lambda: application.runner.forgotten == [visit])
