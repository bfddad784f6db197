"""Watching a live visit from outside."""

from app.domain.live import Alarm, AlarmKind, FinalText, Hypothesis, Levels, Marked, Stopped, StopReason
from app.domain.recording import Mark, MarkKind
from app.insight.live_run import Watch

EVENTS = (
    Levels(0.1, (0.2,), (0.1,)),
    Hypothesis(4.0, "a", "b"),
    FinalText(0.0, 9.0, ()),
    Hypothesis(9.0, "", "c"),
    Alarm(AlarmKind.TEXT_LATE, True, "late"),
    Alarm(AlarmKind.TEXT_LATE, False),
    Alarm(AlarmKind.CLIPPING, False),
    Marked(Mark(MarkKind.LOSS, 3.0, 0.4)),
    Marked(Mark(MarkKind.PAUSE, 5.0, 7.0)),
    Stopped(StopReason.DISK_FULL, "full", "free some"),
)


def test_text_alarms_and_losses_are_noted():
    watch = Watch()
    for event in EVENTS:
        watch(event)
    assert [type(seen.event) for seen in watch.seen] == [Hypothesis, FinalText, Hypothesis]
    assert watch.seen[0].at <= watch.seen[-1].at
    assert watch.until == 9.0
    assert watch.alarm_kinds == ["text-late"]
    assert watch.lost == 0.4
    assert watch.stopped.reason is StopReason.DISK_FULL


def test_a_long_visit_is_not_kept_in_memory():
    watch = Watch(keep=False)
    for event in EVENTS:
        watch(event)
    assert watch.seen == []
    assert watch.until == 9.0
