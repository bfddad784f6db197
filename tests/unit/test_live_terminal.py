"""What a running recording shows on a terminal, and that it stays quiet where none is."""

import io

import pytest

from app.commands.live_terminal import LiveTerminal
from app.domain.live import (
    Alarm,
    AlarmKind,
    Correction,
    FinalText,
    Hypothesis,
    Levels,
    Marked,
    Stopped,
    StopReason,
)
from app.domain.recording import Mark, MarkKind
from app.domain.transcript import Speaker, Utterance
from app.domain.words import Word


class Screen(io.StringIO):
    """A terminal that keeps what is written."""

    def isatty(self):
        return True

    def lines(self):
        """What stands there after carriage returns have done their work."""
        shown = []
        for line in self.getvalue().split("\n"):
            row = ""
            for part in line.split("\r"):
                row = part + row[len(part) :]
            shown.append(row.rstrip())
        return [line for line in shown if line]


def _final(since, until, *words):
    placed = tuple(Word(start, start + 0.5, f" {text}", 0.9) for start, text in words)
    text = "".join(w.text for w in placed).strip()
    return FinalText(since, until, (Utterance("u1", since, until, Speaker.UNKNOWN, text, placed),))


@pytest.fixture
def screens():
    return Screen(), Screen()


def test_final_words_are_printed_once_though_utterances_are_cut_anew(screens):
    out, err = screens
    terminal = LiveTerminal(out, err)
    terminal(_final(0.0, 2.0, (0.5, "My"), (1.0, "knee")))
    terminal(_final(0.0, 4.0, (0.5, "My"), (1.0, "knee"), (2.5, "hurts.")))
    assert out.lines() == ["  0:00  My knee", "  0:02  hurts."]


def test_the_changing_line_tells_time_level_and_the_newest_guess(screens):
    out, err = screens
    terminal = LiveTerminal(out, err)
    terminal(Hypothesis(2.0, "It started", "last week"))
    terminal(Levels(75.0, (0.25,), (0.1,)))
    assert err.lines() == ["1:15 [######      ] It started last week"]
    terminal(_final(0.0, 80.0, (76.0, "It")))
    assert err.lines() == []
    assert out.lines() == ["  1:16  It"]
    terminal.end()


def test_warnings_are_lines_of_their_own_and_never_lost_when_piped():
    out, err = io.StringIO(), io.StringIO()
    terminal = LiveTerminal(out, err)
    terminal(Levels(1.0, (0.5,), (0.1,)))
    terminal(Hypothesis(0.0, "secret", "words"))
    terminal(_final(0.0, 2.0, (0.5, "secret")))
    terminal(Alarm(AlarmKind.DEVICE_GONE, True, "The microphone is gone.", "Plug it in."))
    terminal(Alarm(AlarmKind.DEVICE_GONE, False, "Recording goes on with USB."))
    terminal(Alarm(AlarmKind.CLIPPING, False))
    terminal(Marked(Mark(MarkKind.BOOKMARK, 1.0)))
    assert out.getvalue() == ""
    assert err.getvalue() == (
        "anamnesis: warning: The microphone is gone. Plug it in.\nanamnesis: Recording goes on with USB.\n"
    )


def test_a_correction_is_shown_as_one(screens):
    out, err = screens
    terminal = LiveTerminal(out, err)
    terminal(FinalText(0.0, 9.0, (), (Correction(4.0, "fifty", "fifteen"),)))
    assert out.lines() == ["  0:04  corrected: fifty -> fifteen"]


def test_a_stop_by_itself_is_told_and_ends_the_waiting(screens):
    out, err = screens
    terminal = LiveTerminal(out, err)
    terminal(Stopped(StopReason.DISK_FULL, "The disk is full.", "Free some space."))
    assert terminal.stopped.is_set()
    assert terminal.reason.reason is StopReason.DISK_FULL
    assert err.lines() == ["anamnesis: warning: The disk is full. Free some space."]
