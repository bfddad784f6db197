"""The system's clock is set back an hour while a visit is recorded: no sound is lost, doubled or moved."""

import datetime as real
import time

import pytest
from recording_process import make_vault, opened, wait_for
from spoken_clock import RATE, time_told, write_clock

from app.audio.microphone_choice import MicrophoneChoice
from app.audio.replay import ReplaySource
from app.domain.live import Alarm, Marked
from app.domain.recording import ConsentMethod, MarkKind
from app.domain.work import CancelToken, no_progress
from app.policy import Policy
from app.visit.consent import given, load_wording
from app.visit.recordings import Recordings

pytestmark = pytest.mark.real_time

WORDING = load_wording("en-1")


class WallClock:
    """The system's clock as the program sees it; `back` seconds behind the true one."""

    def __init__(self, monkeypatch):
        self.back = 0.0
        clock, true = self, time.time

        class Moment(real.datetime):
            @classmethod
            def now(cls, tz=None):
                return real.datetime.fromtimestamp(true() - clock.back, tz)

        monkeypatch.setattr(time, "time", lambda: true() - clock.back)
        for module in ("app.vault.moments", "app.visit.unfinished", "app.visit.consent"):
            monkeypatch.setattr(f"{module}.datetime", Moment)


@pytest.fixture
def wall_clock(monkeypatch):
    return WallClock(monkeypatch)


def _recordings(session, source):
    return Recordings(
        session.encounters, Policy(), WORDING, ears=None, free=lambda: 10**12, busy=set(), source=lambda _c: source
    )


def test_an_hour_back_in_the_middle_of_a_recording(tmp_path, wall_clock):
    clock = write_clock(tmp_path / "clock.wav", 24.0)
    data, _extra = make_vault(tmp_path)
    session = opened(data)
    events = []
    try:
        source = ReplaySource(clock, 3.0)
        visit = _recordings(session, source).start(
            "x", given(ConsentMethod.VERBAL, WORDING), MicrophoneChoice(), events.append
        )
        wait_for(lambda: source.played > 8)
        wall_clock.back = 3600.0
        wait_for(lambda: source.played > 16)
        visit.bookmark()
        assert source.ended.wait(60)
        time.sleep(0.3)
        visit.stop(no_progress, CancelToken())
        pcm = session.encounters.read_audio(visit.encounter_id)
        journal = session.encounters.journal(visit.encounter_id)
        first = session.encounters.get(visit.encounter_id)
        assert session.audit.verify().first_bad is None
    finally:
        session.close()
    assert 23.9 < len(pcm) / 2 / RATE < 27
    for at in (0.5, 6.0, 8.0, 9.5, 16.0, 23.0):
        assert time_told(pcm, at) == pytest.approx(at, abs=0.05)
    assert [m.kind for m in journal] == [MarkKind.BOOKMARK]
    assert 15.9 < journal[0].at < 20
    assert [e for e in events if isinstance(e, Alarm)] == []
    assert [e.mark for e in events if isinstance(e, Marked)] == list(journal)
    assert first.created_at.tzinfo is not None


def test_a_visit_interrupted_before_the_hour_goes_on_after_it(tmp_path, wall_clock):
    data, _extra = make_vault(tmp_path)
    clock = write_clock(tmp_path / "clock.wav", 12.0)
    session = opened(data)
    source = ReplaySource(clock, 3.0)
    visit = _recordings(session, source).start(
        "x", given(ConsentMethod.VERBAL, WORDING), MicrophoneChoice(), lambda _e: None
    )
    wait_for(lambda: source.played > 4)
    visit._recorder.abandon()
    visit._watch.stop()
    visit._keeper.close()
    session._recordings._writers[visit.encounter_id].abandon()
    session.close()
    wall_clock.back = 3600.0
    session = opened(data)
    try:
        recordings = _recordings(session, ReplaySource(clock, 3.0))
        (found,) = recordings.unfinished()
        again = recordings.resume(found.encounter_id, MicrophoneChoice(), lambda _e: None)
        wait_for(lambda: again.elapsed > found.recorded + 3)
        again.stop(no_progress, CancelToken())
        (mark,) = session.encounters.journal(found.encounter_id)
        pcm = session.encounters.read_audio(found.encounter_id)
        assert (mark.kind, mark.at) == (MarkKind.INTERRUPTION, found.recorded)
        assert time_told(pcm, found.recorded + 2.0) == pytest.approx(2.0, abs=0.05)
        assert session.audit.verify().first_bad is None
    finally:
        session.close()
