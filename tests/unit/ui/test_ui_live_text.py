"""The growing transcript, the level's words, and events that come from other threads."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from recording_doubles import MemoryRecordings
from window_doubles import T0, MemoryStore

from app.domain.live import Correction, FinalText, Hypothesis, Levels
from app.domain.people import Role, User
from app.domain.recording import Consent, ConsentDecision, ConsentMethod, Mark, MarkKind
from app.domain.transcript import Speaker, Utterance
from app.ui.preferences import Preferences
from app.ui.tasks import ThreadTasks
from app.ui.viewmodels.event_inbox import EventInbox
from app.ui.viewmodels.live_text import LiveRows
from app.ui.viewmodels.meter import Meter
from app.ui.viewmodels.microphones import Microphones
from app.ui.viewmodels.recording import Recording
from app.ui.viewmodels.recording_phase import Phase
from app.ui.widgets.live_rows import LiveView, NowLine


def said(start, words="words", speaker=Speaker.PATIENT):
    return Utterance(f"u{start}", start, start + 0.8, speaker, words)


def shown(rows):
    return [row.utterance.text if row.utterance is not None else row.mark.kind.value for row in rows.rows]


@pytest.fixture
def rows(qtbot):
    made = LiveRows()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield made
    tester.deleteLater()


def test_final_text_replaces_from_its_time_and_nothing_before(rows):
    rows.take(FinalText(0, 3, (said(0, "one"), said(1, "two"), said(2, "thre"))))
    rows.take(FinalText(2, 5, (said(2, "three"), said(3, "four"))))
    assert shown(rows) == ["one", "two", "three", "four"]


def test_text_that_stays_the_same_is_left_in_place(rows, qtbot):
    rows.take(FinalText(0, 3, (said(0, "one"), said(1, "two"))))
    removed = []
    rows.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
    rows.take(FinalText(0, 5, (said(0, "one"), said(1, "two"), said(2, "three"))))
    assert removed == []
    assert shown(rows) == ["one", "two", "three"]


def test_marks_stand_at_their_time_and_survive_new_text(rows):
    rows.take(FinalText(0, 3, (said(0, "one"), said(2, "two"))))
    rows.add_mark(Mark(MarkKind.BOOKMARK, 1.0))
    rows.add_mark(Mark(MarkKind.PAUSE, 5.0, 30.0))
    rows.add_mark(Mark(MarkKind.PAUSE, 5.0, 30.0))
    rows.take(FinalText(2, 7, (said(2, "two"), said(6, "three"))))
    assert shown(rows) == ["one", "bookmark", "two", "pause", "three"]


def test_a_correction_is_shown_as_one(rows):
    fixed = Correction(1.2, "fifteen", "fifty")
    rows.take(FinalText(0, 3, (said(0, "one"), said(1, "fifty milligrams")), (fixed,)))
    row = rows.rows[1]
    assert row.corrections == (fixed,)
    index = rows.index(1)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Corrected, before: “fifteen”"
    assert "Corrected, before: “fifteen”" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    rows.take(FinalText(1, 5, (said(1, "fifty milligrams"), said(3, "more"))))
    assert rows.rows[1].corrections == (fixed,)  # the speaker or the cut may change later; the correction stays shown


def test_a_word_that_was_not_shown_before_is_told_as_added(rows):
    fixed = (Correction(1.2, "", "had"), Correction(1.4, "days", "weeks"))
    rows.take(FinalText(0, 3, (said(1, "i had it for weeks"),), fixed[:1]))
    assert rows.rows[0].correction == "Corrected, added: “had”"
    rows.take(FinalText(0, 3, (said(1, "i had it for weeks"),), fixed))
    assert "before: “days”; added: “had”" in rows.rows[0].correction


def test_speakers_are_named_where_they_change(rows):
    doctor = Speaker.CLINICIAN
    rows.take(FinalText(0, 4, (said(0, "a", doctor), said(1, "b", doctor), said(2, "c"), said(3, "d", doctor))))
    assert [row.named for row in rows.rows] == [True, False, True, True]
    rows.take(FinalText(2, 6, (said(2, "c", doctor),)))
    assert [row.named for row in rows.rows] == [True, False, False]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.booleans()), max_size=25))
def test_rows_are_always_in_order_and_marks_never_lost(steps):
    rows, marks = LiveRows(), set()
    for at, length, mark in steps:
        if mark:
            rows.add_mark(Mark(MarkKind.BOOKMARK, at + 0.5))
            marks.add(at + 0.5)
        else:
            rows.take(FinalText(at, at + length, tuple(said(at + n) for n in range(length))))
    times = [row.at for row in rows.rows]
    assert times == sorted(times)
    assert {row.mark.at for row in rows.rows if row.mark is not None} == marks


def test_what_is_heard_now_is_told_apart_from_what_may_change(rows, theme, qtbot):
    line = NowLine(rows, theme)
    qtbot.addWidget(line)
    assert "Listening" in line.words.text()
    rows.listen(Hypothesis(0, "take fifty", "milli <grams>"))
    html = line.words.text()
    assert html.startswith("take fifty <i ")
    assert "milli &lt;grams&gt;" in html  # never read as markup
    assert line.words.accessibleName() == "take fifty milli <grams>"
    rows.take(FinalText(0, 1, (said(0, "take fifty milligrams"),)))
    assert "take fifty" not in line.words.text()


def test_the_view_follows_unless_the_reader_scrolled_up(rows, theme, qtbot):
    view = LiveView(rows, theme)
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    rows.take(FinalText(0, 60, tuple(said(n) for n in range(60))))
    bar = view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(10)
    assert not view.following
    rows.take(FinalText(60, 90, tuple(said(n) for n in range(60, 90))))
    qtbot.wait(20)
    assert bar.value() < bar.maximum() / 2
    view.to_now()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    assert view.following


def test_level_words():
    meter = Meter()
    assert meter.word == "Silent"
    meter.take(Levels(0, (0.005,), (0.002,)))
    assert meter.word == "Quiet"
    assert not meter.heard
    meter.take(Levels(0, (0.2,), (0.05,)))
    assert meter.word == "Good level"
    assert meter.heard
    meter.take(Levels(0, (0.001,), (0.0,)))
    assert meter.word == "Good level"  # it outlasts the pause between two sentences
    for _ in range(60):
        meter.take(Levels(0, (0.0,), (0.0,)))
    assert meter.word == "Silent"
    meter.take(Levels(0, (1.0, 0.1), (0.7, 0.01)))
    assert meter.too_loud
    assert len(meter.bars) == 2


@given(st.lists(st.floats(0, 1), min_size=1, max_size=2))
def test_bars_stay_within_their_frame(levels):
    meter = Meter()
    meter.take(Levels(0, tuple(levels), tuple(levels)))
    assert all(0 <= bar <= 1 for bar in meter.bars + meter.peaks)


class PatientTasks:
    """Keeps what is posted until the test lets it through."""

    def __init__(self):
        self.posted = []

    def post(self, call):
        self.posted.append(call)


def test_a_busy_window_gets_one_delivery_with_the_latest_level():
    tasks, got = PatientTasks(), []
    inbox = EventInbox(tasks, got.extend)
    texts = [FinalText(n, n + 1, (said(n),)) for n in range(3)]
    for n in range(1000):
        inbox(Levels(n / 10, (0.1,), (0.1,)))
        inbox(Hypothesis(0, "", str(n)))
        if n % 400 == 0:
            inbox(texts[n // 400])
    assert len(tasks.posted) == 1
    tasks.posted.pop()()
    assert [e for e in got if isinstance(e, FinalText)] == texts
    assert [e.elapsed for e in got if isinstance(e, Levels)] == [99.9]
    assert [e.tentative for e in got if isinstance(e, Hypothesis)] == ["999"]
    inbox(texts[0])
    assert len(tasks.posted) == 1
    inbox.close()
    tasks.posted.pop()()
    assert len(got) == 5  # what came before closing is for a visit that is gone


def test_events_from_other_threads_arrive_whole_in_order_and_on_the_interface_thread(qtbot, tmp_path):
    crashes = []
    tasks = ThreadTasks(crashes.append)
    user = User("p1", "anna", "Dr. Anna", frozenset({Role.PHYSICIAN}))
    rooms = MemoryRecordings(MemoryStore(user))
    recording = Recording(rooms, Microphones(rooms, tasks, Preferences(tmp_path), user.id), tasks)
    consent = Consent(ConsentDecision.GIVEN, ConsentMethod.VERBAL, "patient", "en-1", T0)
    recording.start("Jane", consent)
    qtbot.waitUntil(lambda: recording.phase is Phase.RUNNING)
    threads = set()
    recording.measured.connect(lambda: threads.add(threading.current_thread()))

    def speak():
        for n in range(200):
            rooms.live.say(Levels(n + 1.0, (0.2,), (0.1,)), FinalText(n, n + 1, (said(n, f"Sentence {n}."),)))

    speaker = threading.Thread(target=speak)
    speaker.start()
    qtbot.waitUntil(lambda: recording.rows.rowCount() == 200)
    speaker.join()
    assert shown(recording.rows) == [f"Sentence {n}." for n in range(200)]
    assert recording.elapsed == 200
    assert threads == {threading.main_thread()}
    tasks.close()
    assert not crashes
