"""A disk that fills up, is full, or cannot be written while `anamnesis record` runs: told in words, nothing lost."""

import contextlib
import json
import os
import subprocess
import time

import pytest
from program import anamnesis, is_declared
from pulse_server import pulse_server
from recording_process import RecordingProcess, make_vault, opened, wait_for
from spoken_clock import RATE, last_time_told, write_clock

from app.domain.recording import Mark, MarkKind

pytestmark = [
    pytest.mark.pulse,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root"),
]

RECORD = ("record", "--consent", "verbal", "--no-live", "--no-draft", "--speech-model", "whisper-tiny.en")
MEGABYTE = 1_000_000


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 12 MB with a vault, and a policy that leaves 2 MB free."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    (tmp_path / "policy.toml").write_text("disk_reserve_mb = 2\n")
    data, extra = make_vault(folder)
    yield data, {**extra, "ANAMNESIS_POLICY": str(tmp_path / "policy.toml")}
    subprocess.run(["umount", "-l", folder], check=True)


def _free(folder):
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize


def _fill(folder, leave):
    """Take all but `leave` bytes of the disk; return the file that does. The recorder may be quicker."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        file.write(bytes(max(_free(folder) - leave, 0)))
    return ballast


def _show(data, extra):
    (listed,) = json.loads(anamnesis("--data-dir", data, "encounters", "list", "--json", **extra).out)["encounters"]
    return listed


@pytest.mark.models
def test_the_recording_ends_before_the_disk_is_full_and_its_text_still_fits(small_disk, tmp_path):
    data, extra = small_disk
    with pulse_server() as server:
        process = RecordingProcess(data, {**extra, **server.environment}, *RECORD)
        process.wait_until_it_records()
        player = server.play(write_clock(tmp_path / "clock.wav"))
        time.sleep(2.0)
        _fill(data, 2 * MEGABYTE + 8 * 32_000)
        status, _out, err = process.end(200)
        player.kill()
        player.wait(10)
    assert status == 0, err
    assert "less than a minute of recording left" in err
    assert "The disk is full: the recording was stopped, and everything until now is saved." in err
    listed = _show(data, extra)
    assert listed["stages"] == {"record": "done", "transcribe": "done"}
    assert listed["duration"] > 4
    assert _free(data) > MEGABYTE
    assert anamnesis("--data-dir", data, "audit", "verify", **extra).status == 0


def test_a_disk_that_is_suddenly_full_costs_at_most_the_last_second(small_disk, tmp_path):
    data, extra = small_disk
    with pulse_server() as server:
        process = RecordingProcess(data, {**extra, **server.environment}, *RECORD)
        process.wait_until_it_records()
        truth = server.listen(tmp_path / "truth.raw")
        player = server.play(write_clock(tmp_path / "clock.wav"))
        time.sleep(4.0)
        ballast = _fill(data, 0)
        heard = (tmp_path / "truth.raw").stat().st_size
        status, _out, err = process.end(200)
        for other in (player, truth):
            other.kill()
            other.wait(10)
    assert status == 1
    assert "Traceback" not in err
    assert "full" in err
    ballast.unlink()
    extra = {**extra, "ANAMNESIS_MODELS_DIR": str(data / "none")}
    anamnesis("--data-dir", data, "encounters", "recover", "--no-draft", **extra)
    spoken = last_time_told((tmp_path / "truth.raw").read_bytes()[: heard - heard % 2])
    session = opened(data)
    try:
        (encounter,) = session.encounters.list()
        pcm = session.encounters.read_audio(encounter.id)
        info = session.encounters.audio_info(encounter.id)
        marks = [e for e in session.encounters.journal(encounter.id) if isinstance(e, Mark)]
    finally:
        session.close()
    assert info.complete
    assert spoken - last_time_told(pcm) <= 1.0
    assert any(m.kind in {MarkKind.LOSS, MarkKind.INTERRUPTION} for m in marks)


def test_a_disk_without_room_is_refused_before_the_patient_speaks(small_disk):
    data, extra = small_disk
    _fill(data, 3 * MEGABYTE)
    with pulse_server() as server:
        outcome = anamnesis("--data-dir", data, *RECORD, **extra, **server.environment)
    assert is_declared(outcome), outcome
    assert "too full to record" in outcome.err
    listed = json.loads(anamnesis("--data-dir", data, "encounters", "list", "--json", **extra).out)
    assert listed["encounters"] == []


def test_a_folder_for_sound_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path):
    """A read-only mount stands in for it: root may write past all permissions."""
    data, extra = make_vault(tmp_path)
    audio = data / "vault" / "audio"
    audio.mkdir(mode=0o700, exist_ok=True)
    mounted = subprocess.run(["mount", "--bind", audio, audio], check=False).returncode == 0
    if not mounted or subprocess.run(["mount", "-o", "remount,ro,bind", audio], check=False).returncode:
        subprocess.run(["umount", "-l", audio], check=False)
        pytest.skip("this machine does not let root mount a folder read-only")
    try:
        with pulse_server() as server:
            outcome = anamnesis("--data-dir", data, *RECORD, **extra, **server.environment)
        listed = json.loads(anamnesis("--data-dir", data, "encounters", "list", "--json", **extra).out)
    finally:
        subprocess.run(["umount", "-l", audio], check=True)
    assert is_declared(outcome), outcome
    assert listed["encounters"] == []
    with pulse_server() as server:
        process = RecordingProcess(data, {**extra, **server.environment}, *RECORD, "--for", 3)
        process.wait_until_it_records()
        wait_for(lambda: sum(path.stat().st_size for path in audio.glob("*.audio")) > RATE)
        process.kill()
