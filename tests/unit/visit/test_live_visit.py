"""A running visit: sound sealed first, text second; stop twice, cancel, withdraw, faults on the way."""

import threading

import pytest

from app.domain.encounter import Stage, StageState
from app.domain.errors import (
    ConflictError,
    DiskFullError,
    EngineError,
    InputError,
    MachineError,
    WorkCancelledError,
)
from app.domain.live import Alarm, AlarmKind, Levels, Marked, Stopped, StopReason
from app.domain.recording import Mark, MarkKind
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, no_progress
from app.policy import Policy
from app.visit import disk_watch
from app.visit.consent import declined, load_wording, withdrawn

WORDING = load_wording("en-1")
DONE, PENDING = (StageState.DONE, None), (StageState.PENDING, None)


@pytest.fixture
def visit(desk):
    return desk.start()


@pytest.fixture
def recorder(visit, doubles):
    doubles.recorder.made[0].hear(2.0)
    return doubles.recorder.made[0]


def _stop(visit):
    visit.stop(no_progress, CancelToken())


def test_stop_seals_the_sound_before_it_waits_for_the_text(desk, visit, recorder, doubles):
    seen = []
    doubles.text.finish = lambda _self, _p, _c: (
        seen.append(desk.stages(visit.encounter_id)[Stage.RECORD]),
        seen.append(desk.store.audio_info(visit.encounter_id).complete),
        Transcript(2.0, "en", "whisper-base", ()),
    )[-1]
    visit.bookmark()
    _stop(visit)
    assert seen == [DONE, True]
    assert recorder.calls == ["open", "record", "finish", "close"]
    assert desk.stages(visit.encounter_id)[Stage.TRANSCRIBE] == DONE
    assert [m.kind for m in desk.store.transcript(visit.encounter_id).marks] == [MarkKind.BOOKMARK]
    assert desk.busy == set()


def test_stop_twice_is_one_stop(visit, recorder):
    _stop(visit)
    _stop(visit)
    assert recorder.calls.count("finish") == 1


def test_pause_mute_and_other_microphones_reach_the_recorder(visit, recorder, doubles):
    visit.pause()
    assert visit.paused
    visit.resume()
    visit.mute(True)
    assert visit.muted
    visit.use(type(visit.choice)("pulse:other"))
    assert recorder.choice == visit.choice == type(visit.choice)("pulse:other")
    recorder.fail = {"use": MachineError("busy")}
    with pytest.raises(MachineError):
        visit.use(type(visit.choice)("pulse:third"))
    assert visit.choice.device == "pulse:other"
    assert visit.elapsed == 2.0


def test_marks_are_in_the_journal_while_the_visit_runs(desk, visit, recorder):
    visit.bookmark()
    visit.pause()
    visit.resume()
    assert visit._keeper.drain(10)
    assert [(m.kind, m.length) for m in desk.store.journal(visit.encounter_id)] == [
        (MarkKind.BOOKMARK, 0.0),
        (MarkKind.PAUSE, 4.0),
    ]
    assert [type(e) for e in desk.events] == [Marked, Marked]


def test_live_text_learns_of_every_gap_and_of_nothing_else(visit, recorder, doubles):
    for second, kind in enumerate(MarkKind):
        recorder.observe(Marked(Mark(kind, float(second), 1.0)))
    kinds = [list(MarkKind)[int(at)] for at in doubles.text.made[0].gaps]
    assert kinds == [MarkKind.LOSS, MarkKind.PAUSE, MarkKind.INTERRUPTION, MarkKind.DEVICE]


def test_a_failing_journal_costs_neither_sound_nor_marks(desk, visit, recorder, monkeypatch):
    monkeypatch.setattr("app.visit.live_visit._DRAIN", 0.1)

    def full(*_a):
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr(desk.store, "append_journal", full)
    visit.bookmark()
    recorder.hear(1.0)
    _stop(visit)
    assert desk.store.audio_info(visit.encounter_id).duration == 3.0
    assert len(desk.store.transcript(visit.encounter_id).marks) == 1


def test_failed_live_text_leaves_the_transcription_for_later(desk, visit, recorder, doubles):
    doubles.text.answer = EngineError("The live text failed again and again.", "Transcribe the visit.")
    _stop(visit)
    assert desk.stages(visit.encounter_id) == {
        **desk.stages(visit.encounter_id), Stage.RECORD: DONE, Stage.TRANSCRIBE: PENDING,
    }  # fmt: skip
    assert [e.kind for e in desk.events if isinstance(e, Alarm)] == [AlarmKind.TEXT_LATE]
    _stop(visit)


def test_a_transcript_that_cannot_be_stored_is_an_error(desk, visit, recorder, monkeypatch):
    def full(*_a):
        raise DiskFullError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "save_transcript", full)
        with pytest.raises(DiskFullError):
            _stop(visit)
    assert desk.stages(visit.encounter_id)[Stage.TRANSCRIBE] == PENDING
    assert desk.store.audio_info(visit.encounter_id).complete


def test_a_bug_in_the_text_keeps_the_sound_and_is_heard_of(desk, visit, recorder, doubles):
    doubles.text.answer = ValueError("bug")
    with pytest.raises(ValueError, match="bug"):
        _stop(visit)
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == DONE
    assert desk.stages(visit.encounter_id)[Stage.TRANSCRIBE] == PENDING


def test_sealing_that_fails_can_be_tried_again(desk, visit, recorder, monkeypatch):
    real, failures = desk.store.set_stage, [DiskFullError("The disk is full.")]

    def once(*args):
        if failures:
            raise failures.pop()
        real(*args)

    monkeypatch.setattr(desk.store, "set_stage", once)
    with pytest.raises(DiskFullError):
        _stop(visit)
    _stop(visit)
    assert desk.stages(visit.encounter_id)[Stage.TRANSCRIBE] == DONE


def test_without_live_text_the_transcription_stays_pending(make_desk, doubles):
    desk = make_desk(ears=None)
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    _stop(visit)
    assert doubles.text.made == []
    assert Stage.TRANSCRIBE not in {s for s, state in desk.stages(visit.encounter_id).items() if state == DONE}


def test_cancelled_stop_keeps_the_sound_and_leaves_the_text(desk, visit, recorder, doubles):
    doubles.text.answer = "wait"
    token = CancelToken()
    threading.Timer(0.1, token.cancel).start()
    with pytest.raises(WorkCancelledError):
        visit.stop(no_progress, token)
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == DONE
    assert desk.stages(visit.encounter_id)[Stage.TRANSCRIBE] == PENDING
    with pytest.raises(ConflictError):
        visit.cancel()


def test_cancel_destroys_everything(desk, visit, recorder):
    visit.cancel()
    visit.cancel()
    assert recorder.calls[-2:] == ["abandon", "close"]
    with pytest.raises(InputError, match="destroyed"):
        desk.store.get(visit.encounter_id)
    assert list((desk.vault / "audio").glob("*")) == []
    with pytest.raises(WorkCancelledError):
        _stop(visit)
    assert desk.busy == set()


def test_cancel_while_the_text_is_being_finished(desk, visit, recorder, doubles):
    doubles.text.answer = "wait"
    outcome = []

    def stop():
        try:
            _stop(visit)
        except WorkCancelledError as error:
            outcome.append(error)

    thread = threading.Thread(target=stop)
    thread.start()
    while "finish" not in doubles.text.made[0].calls:
        pass
    visit.cancel()
    thread.join(10)
    assert len(outcome) == 1
    assert list(desk.store.list()) == []


def test_a_stopped_visit_is_not_cancelled_by_a_late_click(desk, visit, recorder):
    _stop(visit)
    with pytest.raises(ConflictError, match="kept"):
        visit.cancel()
    assert desk.store.transcript(visit.encounter_id)


def test_withdrawal_destroys_and_is_on_the_record(desk, visit, recorder):
    visit.withdraw(withdrawn(WORDING))
    actions = desk.actions()
    assert actions.index("consent.given") < actions.index("consent.withdrawn") < actions.index("encounter.destroyed")
    with pytest.raises(InputError, match="destroyed"):
        desk.store.read_audio(visit.encounter_id)
    visit.withdraw(withdrawn(WORDING))


def test_withdrawal_after_the_stop_still_destroys(desk, visit, recorder):
    _stop(visit)
    visit.withdraw(withdrawn(WORDING))
    assert list(desk.store.list()) == []


def test_withdrawal_needs_a_withdrawal(desk, visit, recorder):
    with pytest.raises(ConflictError):
        visit.withdraw(declined(WORDING))
    recorder.hear(1.0)
    assert desk.store.audio_info(visit.encounter_id).duration == 3.0


def test_withdrawal_on_a_full_disk_still_destroys(desk, visit, recorder, monkeypatch):
    def full(*_a):
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr(desk.store, "record_consent", full)
    visit.withdraw(withdrawn(WORDING))
    assert list(desk.store.list()) == []


def test_the_disk_ends_the_recording_with_everything_saved(make_desk, doubles, monkeypatch):
    monkeypatch.setattr(disk_watch, "PERIOD", 0.02)
    desk = make_desk()
    stopped = threading.Event()
    events = []

    def observe(event):
        events.append(event)
        if isinstance(event, Stopped):
            stopped.set()

    desk.events = type("Sink", (list,), {"append": lambda _self, e: observe(e)})()
    visit = desk.start()
    doubles.recorder.made[0].hear(2.0)
    reserve = Policy().disk_reserve_mb * 1_000_000
    desk.free = reserve + 10 * 60 * 32_000
    while not events:
        pass
    desk.free = reserve
    assert stopped.wait(10)
    assert [(type(e), getattr(e, "kind", None)) for e in events] == [(Alarm, AlarmKind.DISK_LOW), (Stopped, None)]
    assert events[-1].reason is StopReason.DISK_FULL
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == DONE
    assert desk.store.audio_info(visit.encounter_id).complete
    _stop(visit)
    assert desk.stages(visit.encounter_id)[Stage.TRANSCRIBE] == DONE
    assert doubles.recorder.made[0].calls.count("finish") == 1


def test_only_the_first_reason_of_a_stop_is_told(desk, visit, recorder):
    recorder.observe(Stopped(StopReason.STORAGE_FAILED, "The disk refuses.", ""))
    visit.stop_by_itself(StopReason.DISK_FULL, "The disk is full.", "")
    assert [e.message for e in desk.events if isinstance(e, Stopped)] == ["The disk refuses."]
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == DONE


def test_a_watcher_with_a_bug_disturbs_no_sound(desk, doubles, monkeypatch):
    reported = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))

    def broken(_event):
        raise KeyError("bug of the window")

    visit = desk.recordings.start("x", desk_consent(), _mono(), broken)
    recorder = doubles.recorder.made[0]
    recorder.observe(Levels(0.0, (0.1,), (0.1,)))
    visit.bookmark()
    recorder.hear(1.0)
    _stop(visit)
    assert reported == [KeyError]
    assert len(desk.store.transcript(visit.encounter_id).marks) == 1


def desk_consent():
    from app.domain.recording import ConsentMethod
    from app.visit.consent import given

    return given(ConsentMethod.VERBAL, WORDING)


def _mono():
    from app.audio.microphone_choice import MicrophoneChoice

    return MicrophoneChoice()


def test_closing_the_program_seals_what_runs_and_leaves_the_text(desk, visit, recorder, doubles):
    desk.recordings.close()
    desk.recordings.close()
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == DONE
    assert desk.store.audio_info(visit.encounter_id).complete
    assert "finish" not in doubles.text.made[0].calls
    assert list(desk.recordings.unfinished()) == []
