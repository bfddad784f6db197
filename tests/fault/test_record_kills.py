"""kill -9 at random moments of a recording: at most a second of sound is lost, and everything before it opens.

ANAMNESIS_KILLS is the number of kills (3).
"""

import os
import random
import time

import numpy as np
import pytest
from pulse_server import pulse_server
from recording_process import RecordingProcess, make_vault, opened
from spoken_clock import RATE, last_time_told, time_told, write_clock

from app.domain.recording import Mark, MarkKind
from app.policy import Policy
from app.visit.consent import load_wording
from app.visit.recordings import Recordings

KILLS = int(os.environ.get("ANAMNESIS_KILLS", "3"))

pytestmark = [pytest.mark.pulse, pytest.mark.timeout(60 + 40 * KILLS)]

RECORD = ("record", "--consent", "verbal", "--no-live", "--no-draft")


def _recordings(session):
    return Recordings(session.encounters, Policy(), load_wording("en-1"), ears=None, free=lambda: 10**12, busy=set())


def _lost(marks, position):
    return sum(m.length for m in marks if m.kind is MarkKind.LOSS and m.at <= position)


def _assert_whole(pcm, marks):
    """The clock never jumps ahead without a mark; it may fall behind, for a busy machine stutters while it plays."""
    shifts = []
    for at in np.arange(0.2, len(pcm) / 2 / RATE - 0.2, 0.25):
        told = time_told(pcm, at)
        if told is not None:
            shifts.append(told - at - _lost(marks, at))
    steady = [
        float(np.median(shifts[i : i + 3])) for i in range(len(shifts) - 2)
    ]  # a reading across a stutter is wrong
    assert max(np.array(steady) - np.minimum.accumulate(steady), default=0.0) < 0.25, steady


def test_kills_cost_a_second_at_most(tmp_path):
    clock = write_clock(tmp_path / "clock.wav")
    lost = []
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        data, extra = make_vault(folder)
        with pulse_server() as server:
            process = RecordingProcess(data, {**extra, **server.environment}, *RECORD)
            process.wait_until_it_records()
            truth = server.listen(folder / "truth.raw")
            player = server.play(clock)
            time.sleep(random.uniform(1.5, 7.0))  # noqa: S311 - no secret
            heard = (folder / "truth.raw").stat().st_size
            alive = process.kill()
            player.kill()
            truth.kill()
            player.wait(10)
            truth.wait(10)
        assert alive == []
        spoken = last_time_told((folder / "truth.raw").read_bytes()[: heard - heard % 2])
        session = opened(data)
        try:
            recordings = _recordings(session)
            (found,) = recordings.unfinished()
            recordings.finish(found.encounter_id)
            pcm = session.encounters.read_audio(found.encounter_id)
            marks = [e for e in session.encounters.journal(found.encounter_id) if isinstance(e, Mark)]
            assert found.recorded == pytest.approx(len(pcm) / 2 / RATE)
            assert list(recordings.unfinished()) == []
        finally:
            session.close()
        lost.append(round(spoken - last_time_told(pcm), 3))
        _assert_whole(pcm, marks)
    print(f"kills {KILLS}, seconds lost at the end: median {np.median(lost):.2f}, most {max(lost):.2f}")
    assert max(lost) <= 1.0, lost
