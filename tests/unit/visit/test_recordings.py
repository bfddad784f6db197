"""Starting, going on and finishing recordings: consent first, nothing half, nothing lost."""

import pytest
from visit_doubles import Ears

from app.audio.microphone_choice import MicrophoneChoice
from app.domain.codec import transcript_to_json
from app.domain.encounter import Stage, StageState
from app.domain.errors import ConflictError, DiskFullError, EngineError, InputError, MachineError, SealBrokenError
from app.domain.live import Alarm, AlarmKind, Marked
from app.domain.recording import ConsentDecision, ConsentMethod, HeardWindow, Mark, MarkKind
from app.domain.transcript import Transcript
from app.domain.words import Word
from app.domain.work import CancelToken, no_progress
from app.policy import Policy
from app.visit.choice import Choice
from app.visit.consent import declined, given, load_wording, withdrawn
from app.visit.playback_sound import mono_sound
from app.visit.recorded_text import final_windows, transcribe_recorded
from app.visit.recordings import INTERRUPTED, NothingRecordedError

WORDING = load_wording("en-1")
STEREO = MicrophoneChoice(separate=True)


def test_without_consent_nothing_is_touched(desk, doubles):
    with pytest.raises(ConflictError, match="consent is required"):
        desk.start(consent=None)
    with pytest.raises(ConflictError, match="declined"):
        desk.start(consent=declined(WORDING))
    assert doubles.recorder.made == []
    assert list(desk.store.list()) == []


def test_where_the_policy_asks_for_none_it_may_be_left_out(make_desk):
    desk = make_desk(policy=Policy(consent_required=False))
    visit = desk.start(consent=None)
    assert desk.store.consent(visit.encounter_id) is None


def test_consent_is_stored_before_there_is_any_sound(desk, doubles):
    order = []
    store = desk.store
    for name in ("create", "record_consent", "set_stage", "audio_writer"):
        real = getattr(store, name)
        setattr(store, name, lambda *a, name=name, real=real, **k: (order.append(name), real(*a, **k))[1])
    visit = desk.start()
    assert order[:4] == ["create", "record_consent", "set_stage", "audio_writer"]
    assert doubles.recorder.made[0].calls == ["open", "record"]
    assert doubles.text.made[0].calls == ["start"]
    consent = desk.store.consent(visit.encounter_id)
    assert (consent.decision, consent.method, consent.wording) == (ConsentDecision.GIVEN, ConsentMethod.VERBAL, "en-1")
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == (StageState.RUNNING, None)


@pytest.mark.parametrize("step", ["record_consent", "set_stage", "audio_writer"])
def test_a_start_that_fails_leaves_no_encounter(desk, doubles, step, monkeypatch):
    def fail(*_args, **_options):
        raise DiskFullError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, step, fail)
        with pytest.raises(DiskFullError):
            desk.start()
    assert list(desk.store.list()) == []
    assert doubles.recorder.made[0].calls[-1] == "close"
    assert desk.busy == set()


@pytest.mark.parametrize("step", ["open", "record"])
def test_a_microphone_that_fails_leaves_no_encounter(desk, doubles, step):
    doubles.recorder.fail = {step: MachineError("The microphone is busy.", "Close the other program.")}
    with pytest.raises(MachineError, match="busy"):
        desk.start()
    assert list(desk.store.list()) == []
    doubles.recorder.fail = {}
    assert desk.start().encounter_id


def test_a_microphone_under_test_is_taken_over_and_survives_a_failed_start(desk, doubles, monkeypatch):
    heard = []
    microphone = desk.recordings.open_microphone(MicrophoneChoice(), heard.append)
    microphone.observe("level")
    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "create", lambda _t: (_ for _ in ()).throw(DiskFullError("full")))
        with pytest.raises(DiskFullError):
            desk.start(recorder=microphone)
    assert "close" not in microphone.calls
    desk.start(recorder=microphone)
    microphone.observe("louder")
    assert heard == ["level"]
    assert desk.events == ["louder"]
    assert doubles.recorder.made == [microphone]


def test_a_microphone_under_test_with_other_channels_is_replaced(desk, doubles):
    microphone = desk.recordings.open_microphone(MicrophoneChoice(), desk.events.append)
    visit = desk.start(choice=STEREO, recorder=microphone)
    assert microphone.calls[-1] == "close"
    assert desk.store.audio_info(visit.encounter_id).channels == 2


def test_live_text_that_cannot_start_stops_no_recording(desk, doubles):
    doubles.text.failing_start = EngineError("The engine process could not be started.", "Close other programs.")
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    alarm = next(e for e in desk.events if isinstance(e, Alarm))
    assert alarm.kind is AlarmKind.TEXT_LATE
    assert desk.store.audio_info(visit.encounter_id).duration == 1.0


@pytest.mark.parametrize("refuse", [None, EngineError("The engine process could not be started.")])
def test_the_models_of_live_text_are_loaded_once_with_the_first_microphone(make_desk, refuse):
    ears = Ears()
    ears.refuse = refuse
    desk = make_desk(ears=ears)
    for _ in range(2):
        desk.recordings.open_microphone(MicrophoneChoice(), desk.events.append)
    desk.recordings.close()
    assert ears.loaded == ([] if refuse else [Choice().speech_model])


def test_a_full_disk_is_told_before_anything_is_begun(desk, doubles):
    desk.free = Policy().disk_reserve_mb * 1_000_000 + 30 * 32_000
    with pytest.raises(DiskFullError, match="too full to record"):
        desk.start()
    assert doubles.recorder.made == []


def test_a_refusal_makes_an_encounter_that_can_never_hold_sound(desk):
    encounter = desk.recordings.decline("Knee", declined(WORDING))
    assert desk.store.consent(encounter).decision is ConsentDecision.DECLINED
    with pytest.raises(ConflictError):
        desk.store.audio_writer(encounter)
    assert list(desk.recordings.unfinished()) == []
    with pytest.raises(ConflictError):
        desk.recordings.decline("Knee", given(ConsentMethod.VERBAL, WORDING))


def test_a_running_recording_is_not_unfinished(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    assert list(desk.recordings.unfinished()) == []
    with pytest.raises(ConflictError):
        desk.recordings.discard(visit.encounter_id)


def test_a_crash_leaves_an_unfinished_recording_with_its_length(desk, doubles):
    visit = desk.start("Knee pain")
    doubles.recorder.made[0].hear(2.5)
    desk.crash()
    (found,) = desk.recordings.unfinished()
    assert (found.encounter_id, found.title, found.recorded) == (visit.encounter_id, "Knee pain", 2.5)


def _window(start, end, text="word"):
    return HeardWindow(start, end, (Word(start, end, text, 0.9),))


def test_an_interrupted_visit_goes_on_with_a_mark_and_its_text(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(3.0)
    visit.bookmark()
    doubles.text.made[0].settle(0.0, 2.0, "first")
    desk.crash()
    again = desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
    recorder, text = doubles.recorder.made[1], doubles.text.made[1]
    assert text.earlier == [_window(0.0, 2.0, "first")]
    assert text.options["recorded"] == 3.0
    assert text.gaps == [3.0]
    assert again.elapsed == 3.0
    recorder.hear(2.0, value=200)
    marked = [e.mark for e in desk.events if isinstance(e, Marked)]
    assert [(m.kind, m.at, m.length) for m in marked] == [
        (MarkKind.BOOKMARK, 3.0, 0.0),
        (MarkKind.INTERRUPTION, 3.0, 0.0),
    ]
    assert "continued at" in marked[1].detail
    again.stop(no_progress, CancelToken())
    transcript = desk.store.transcript(visit.encounter_id)
    assert [m.kind for m in transcript.marks] == [MarkKind.BOOKMARK, MarkKind.INTERRUPTION]
    assert "interrupted at 0:03" in transcript.notices[0]
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == (StageState.DONE, None)
    sound = desk.store.read_audio(visit.encounter_id)
    assert sound == b"\x64\x00" * 48_000 + b"\xc8\x00" * 32_000


def test_two_crashes_leave_two_marks(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    for number in (1, 2):
        desk.crash()
        desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
        doubles.recorder.made[number].hear(1.0)
        assert doubles.text.made[number].gaps == [float(n) for n in range(1, number + 1)]
    desk.crash()
    desk.recordings.finish(visit.encounter_id)
    marks = [e for e in desk.store.journal(visit.encounter_id) if isinstance(e, Mark)]
    assert [m.at for m in marks] == [1.0, 2.0, 3.0]
    assert desk.store.audio_info(visit.encounter_id).duration == 3.0


def test_a_failed_resume_changes_nothing_and_may_be_tried_again(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    doubles.recorder.fail = {"open": MachineError("There is no microphone.", "Plug one in.")}
    with pytest.raises(MachineError):
        desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
    doubles.recorder.fail = {}
    assert desk.recordings.unfinished()[0].recorded == 1.0
    desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
    doubles.recorder.made[-1].hear(1.0)
    marks = [e for e in desk.store.journal(visit.encounter_id) if isinstance(e, Mark)]
    assert len(marks) <= 1


def test_a_resume_that_fails_at_the_last_step_can_still_be_finished(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    doubles.recorder.fail = {"record": MachineError("The driver hangs.", "Unplug it.")}
    with pytest.raises(MachineError):
        desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
    assert desk.recordings.unfinished()[0].recorded == 1.0
    desk.recordings.finish(visit.encounter_id)
    assert desk.stages(visit.encounter_id)[Stage.RECORD][0] is StageState.DONE
    assert desk.store.audio_info(visit.encounter_id).duration == 1.0


def test_a_two_channel_visit_goes_on_in_two_channels_whatever_is_plugged_in(desk, doubles):
    visit = desk.start(choice=STEREO)
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    again = desk.recordings.resume(visit.encounter_id, MicrophoneChoice("pulse:mic"), desk.events.append)
    assert again.choice == MicrophoneChoice("pulse:mic", separate=True)
    doubles.recorder.made[1].hear(1.0)
    again.stop(no_progress, CancelToken())
    info = desk.store.audio_info(visit.encounter_id)
    assert (info.channels, info.duration) == (2, 2.0)
    pcm, rate = mono_sound(desk.store, visit.encounter_id)
    assert (len(pcm), rate) == (64_000, 16_000)


def test_consent_that_was_withdrawn_stops_a_resume(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    desk.store.record_consent(visit.encounter_id, withdrawn(WORDING))
    with pytest.raises(ConflictError, match="withdrawn"):
        desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
    assert desk.store.get(visit.encounter_id)


def test_a_withdrawal_that_a_crash_cut_short_is_completed(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    visit._keeper.drain(5)
    desk.store.record_consent(visit.encounter_id, withdrawn(WORDING))
    desk.crash()
    assert list(desk.recordings.unfinished()) == []
    assert list(desk.store.list()) == []
    assert desk.actions()[-1] == "encounter.destroyed"


def test_finishing_marks_the_interruption_once(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.5)
    desk.crash()
    desk.recordings.finish(visit.encounter_id)
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == (StageState.DONE, INTERRUPTED)
    assert desk.store.audio_info(visit.encounter_id).complete
    (mark,) = desk.store.journal(visit.encounter_id)
    assert (mark.kind, mark.at) == (MarkKind.INTERRUPTION, 1.5)
    with pytest.raises(ConflictError):
        desk.recordings.finish(visit.encounter_id)


def test_a_finish_that_was_killed_midway_is_finished_without_a_second_mark(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.5)
    desk.crash()
    desk.store.resume_audio(visit.encounter_id).close()
    desk.store.append_journal(visit.encounter_id, Mark(MarkKind.INTERRUPTION, 1.5))
    desk.crash()
    desk.recordings.finish(visit.encounter_id)
    assert len(desk.store.journal(visit.encounter_id)) == 1
    assert desk.stages(visit.encounter_id)[Stage.RECORD][0] is StageState.DONE


def test_a_recording_that_was_ended_but_not_noted_goes_on_no_more(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    doubles.recorder.made[0].writer.close()
    desk.crash()
    with pytest.raises(ConflictError, match="ended already"):
        desk.recordings.resume(visit.encounter_id, MicrophoneChoice(), desk.events.append)
    desk.recordings.finish(visit.encounter_id)
    assert desk.stages(visit.encounter_id)[Stage.RECORD] == (StageState.DONE, None)
    assert list(desk.store.journal(visit.encounter_id)) == []


def test_a_crash_before_the_first_sound_is_told_and_can_be_discarded_or_continued(desk, doubles):
    first, second = desk.start("a"), None
    desk.crash()
    with pytest.raises(NothingRecordedError):
        desk.recordings.finish(first.encounter_id)
    desk.recordings.discard(first.encounter_id)
    second = desk.start("b")
    desk.crash()
    again = desk.recordings.resume(second.encounter_id, MicrophoneChoice(), desk.events.append)
    doubles.recorder.made[-1].hear(1.0)
    again.stop(no_progress, CancelToken())
    assert desk.store.audio_info(second.encounter_id).duration == 1.0


def test_damaged_sound_is_offered_and_never_discarded_as_empty(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(2.0)
    desk.crash()
    path = next((desk.vault / "audio").glob("*.audio"))
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    (found,) = desk.recordings.unfinished()
    assert found.recorded == 0.0
    with pytest.raises(SealBrokenError):
        desk.recordings.finish(visit.encounter_id)
    assert desk.store.get(visit.encounter_id)


def test_unknown_encounters_are_refused(desk):
    for act in (desk.recordings.finish, desk.recordings.discard):
        with pytest.raises(InputError):
            act("0" * 32)


class _Engine:
    """Transcribes whole recordings, and says what it got."""

    def __init__(self):
        self.requests = []

    def transcribe(self, pcm, **options):
        self.requests.append((len(pcm), options["channels"], list(options["gaps"])))
        return self

    def result(self, _cancel=None):
        return transcript_to_json(Transcript(3.0, "en", "whisper-base", ()))


def _finished(desk, doubles, choice=None):
    visit = desk.start(choice=choice)
    doubles.recorder.made[-1].hear(3.0)
    return visit


def test_what_was_final_is_kept_and_only_the_rest_is_recognised(desk, doubles):
    visit = _finished(desk, doubles)
    doubles.text.made[0].settle(0.0, 2.0, "kept")
    desk.crash()
    desk.recordings.finish(visit.encounter_id)
    engine = _Engine()
    text = transcribe_recorded(desk.store, engine, visit.encounter_id, Choice(), no_progress, CancelToken())
    rest = doubles.text.made[-1]
    assert engine.requests == []
    assert (rest.earlier, rest.options["recorded"]) == ([_window(0.0, 2.0, "kept")], 3.0)
    assert rest.calls == ["start", "finish", "stop"]
    assert rest.gaps == [3.0]
    assert [m.kind for m in text.marks] == [MarkKind.INTERRUPTION]
    assert "interrupted" in text.notices[0]


def test_if_the_rest_fails_the_whole_recording_is_recognised(desk, doubles):
    visit = _finished(desk, doubles, STEREO)
    doubles.text.made[0].settle(0.0, 2.0, "kept")
    desk.crash()
    desk.recordings.finish(visit.encounter_id)
    doubles.text.answer = EngineError("died")
    engine = _Engine()
    transcribe_recorded(desk.store, engine, visit.encounter_id, Choice(), no_progress, CancelToken())
    assert engine.requests == [(192_000, 2, [3.0])]


def test_windows_without_sound_under_them_are_not_trusted():
    windows = [_window(0, 2), _window(2, 4), _window(4, 9)]
    assert final_windows(windows, 4.0) == windows[:2]
    assert final_windows([_window(0, 2), Mark(MarkKind.PAUSE, 1.0), _window(1, 3)], 9.0) == [_window(0, 2)]
    assert final_windows([], 9.0) == []


def test_text_beyond_the_sound_is_cut_there_for_other_sound_follows():
    before, after = _window(2, 4.25, "cut"), _window(4, 9)
    entries = [_window(0, 2), before, Mark(MarkKind.INTERRUPTION, 4.0), after]
    assert final_windows(entries[:2], 4.0) == [_window(0, 2), _window(2, 4.0, "cut")]
    assert final_windows(entries, 20.0) == [_window(0, 2), _window(2, 4.0, "cut"), after]
    assert final_windows([*entries[:2], Mark(MarkKind.PAUSE, 4.0)], 20.0) == entries[:2]
