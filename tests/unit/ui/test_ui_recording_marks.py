"""Gaps, pauses and important moments stand between the utterances, are told in words, and change nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from app.domain.recording import Mark, MarkKind
from app.ui import marks, wording
from app.ui.viewmodels.transcript import TranscriptRows, UtteranceRole, in_order

MARKS = (
    Mark(MarkKind.BOOKMARK, 8.0),
    Mark(MarkKind.PAUSE, 15.0, 120.0),
    Mark(MarkKind.LOSS, 30.0, 20.0, "the microphone was gone"),
    Mark(MarkKind.MUTE, 40.0, 8.0),
    Mark(MarkKind.DEVICE, 41.0, 0.0, "Built-in microphone"),
    Mark(MarkKind.BOOKMARK, 45.0),
    Mark(MarkKind.INTERRUPTION, 60.0, 240.0),
)


@pytest.fixture
def rows(qapp, samples):
    made = TranscriptRows()
    made.show(replace(samples["transcript"], marks=MARKS))
    return made


def spoken(rows):
    return [rows.index(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(rows.rowCount())]


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (Mark(MarkKind.LOSS, 1, 20, "the microphone was gone"), "20 s not recorded: the microphone was gone"),
        (Mark(MarkKind.LOSS, 1, 0.3), "less than 1 s not recorded"),
        (Mark(MarkKind.PAUSE, 1, 120), "Paused for 2 min"),
        (Mark(MarkKind.PAUSE, 1, 3_725), "Paused for 1 h 02 min"),
        (Mark(MarkKind.MUTE, 1, 8), "Muted for 8 s"),
        (Mark(MarkKind.BOOKMARK, 1), "Important"),
        (Mark(MarkKind.INTERRUPTION, 1), "Interrupted here"),
        (Mark(MarkKind.INTERRUPTION, 1, 240), "Interrupted here, about 4 min missing"),
        (Mark(MarkKind.INTERRUPTION, 1, 0, "interrupted, not continued"), "Interrupted here, not continued"),
        (
            Mark(MarkKind.INTERRUPTION, 1, 0, "interrupted, continued at 2026-11-21 08:11 UTC"),
            f"Interrupted here, continued at {datetime(2026, 11, 21, 8, 11, tzinfo=UTC).astimezone():%H:%M}",
        ),
        (Mark(MarkKind.DEVICE, 1, 0, "Jabra"), "Microphone changed: Jabra"),
    ],
)
def test_marks_say_what_happened(mark, words):
    assert wording.mark_words(mark) == words


def test_marks_stand_at_their_time(rows, samples):
    said = samples["transcript"].utterances
    order = in_order(said, MARKS)
    assert [row for row in order if row in said] == list(said)
    for n, row in enumerate(order):
        if isinstance(row, Mark):
            assert all(before.start < row.at for before in order[:n] if before in said)
            assert all(after.start >= row.at for after in order[n:] if after in said)
    assert spoken(rows)[2] == "Important, 0:08"
    assert spoken(rows)[-1] == "Interrupted here, about 4 min missing, 1:00"


def test_evidence_and_playing_skip_the_marks(rows):
    lit = rows.set_evidence(frozenset({"u3", "u9"}))
    assert [rows.utterance(rows.index(n)).id for n in lit] == ["u3", "u9"]
    assert rows.utterance(rows.index(2)) is None
    assert rows.nearest(rows.index(2)).id == "u2"


def test_speaker_is_named_again_after_a_mark(qapp, samples):
    one = replace(samples["transcript"].utterances[1], id="a")
    rows = TranscriptRows()
    rows.show(replace(samples["transcript"], utterances=(one, replace(one, id="b", start=9.0)), marks=()))
    assert not rows.index(1).data(UtteranceRole.NAMED)
    rows.show(
        replace(
            samples["transcript"], utterances=(one, replace(one, id="b", start=9.0)), marks=(Mark(MarkKind.PAUSE, 9.0),)
        )
    )
    assert rows.index(2).data(UtteranceRole.NAMED)


def test_important_moments_are_walked_round(rows):
    first = rows.next_bookmark(-1).row()
    second = rows.next_bookmark(first).row()
    assert spoken(rows)[second] == "Important, 0:45"
    assert rows.next_bookmark(second).row() == first
    assert rows.next_bookmark(first, -1).row() == second


def test_shapes_of_marks_differ_without_colour(qapp):
    drawn = []
    for kind in MarkKind:
        image = QImage(QSize(32, 32), QImage.Format.Format_Grayscale8)
        image.fill(255)
        painter = QPainter(image)
        marks.paint(painter, marks.shape_of_mark(kind), QRectF(0, 0, 32, 32), "#000000", "#FFFFFF")
        painter.end()
        drawn.append(bytes(image.constBits()))
    for n, one in enumerate(drawn):
        assert sum(pixel < 128 for pixel in one) > 40
        for other in drawn[n + 1 :]:
            assert sum(abs(a - b) > 128 for a, b in zip(one, other, strict=True)) > 60


def test_marks_in_the_window_by_keyboard(qtbot, desk, window, application, samples):
    application.store.transcripts["e1"] = replace(samples["transcript"], marks=MARKS)
    desk.model.reload()
    qtbot.waitUntil(lambda: desk.page.transcript_rows.rowCount() == 11 + len(MARKS))
    window.actions_.next_bookmark.trigger()
    view = desk.page.transcript
    assert view.hasFocus()
    assert view.currentIndex().data() == "Important"
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.playback.playing == {"u2"})
    desk.playback.stop()
    place = view.visualRect(view.currentIndex()).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not desk.playback.playing  # a mark has no sound of its own
    desk.page.note.choose("s2")
    lit = [n for n in range(view.model().rowCount()) if view.model().index(n, 0).data(UtteranceRole.EVIDENCE)]
    assert [view.model().utterance(view.model().index(n, 0)).id for n in lit] == ["u3", "u4"]
