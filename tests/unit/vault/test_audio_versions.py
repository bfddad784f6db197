"""Files of earlier versions of the format open for ever, and are resumed in the newest one."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from vault_samples import KEY, assert_declared, cuts, flips

from app.domain.errors import AnamnesisError, VersionError
from app.vault.audio_format import FIRST_HEADER_SIZE, RECORD_HEAD, TAG
from app.vault.audio_reader import SealedAudioReader
from app.vault.audio_segment import AudioSegment
from app.vault.recordings import Recordings

GOLDEN = Path(__file__).parent / "golden"
SOUND = bytes(range(1, 101))


@pytest.mark.parametrize(
    ("name", "digest", "sound", "complete"),
    [
        ("finished-v1", "35c715537d149bdd", SOUND, True),
        ("cut-v1", "7a39e35813d120f0", SOUND[:80], False),
        ("finished-v2", "818b3c3b95dcc10f", SOUND, True),
        ("cut-v2", "078518942cc827ae", SOUND[:80], False),
    ],
)
def test_files_of_earlier_versions_open_for_ever(name, digest, sound, complete):
    """Version 1: blocks of a second at 20 Hz. Version 2: blocks of a quarter of a second at 80 Hz."""
    path = GOLDEN / f"{name}.audio"
    assert hashlib.sha256(path.read_bytes()).hexdigest()[:16] == digest, "this file must never be made again"
    reader = SealedAudioReader([AudioSegment(path, KEY, "visit")])
    assert reader.read(0, None) == sound
    assert reader.info().complete == complete
    assert (reader.rate, reader.channels) == ((20, 1) if name.endswith("1") else (80, 1))


def test_damage_to_a_file_of_version_1_is_noticed(tmp_path):
    path = tmp_path / "visit.audio"
    whole = (GOLDEN / "finished-v1.audio").read_bytes()
    for damaged in flips(whole):
        path.write_bytes(damaged)
        with pytest.raises(AnamnesisError):
            SealedAudioReader([AudioSegment(path, KEY, "visit")]).read(0, None)
    for cut in cuts(whole):
        path.write_bytes(cut)
        if len(cut) < FIRST_HEADER_SIZE:
            assert_declared(lambda: AudioSegment(path, KEY, "visit"))
            continue
        reader = SealedAudioReader([AudioSegment(path, KEY, "visit")])
        blocks = min((len(cut) - FIRST_HEADER_SIZE) // (RECORD_HEAD + 40 + TAG), 2)
        assert reader.read(0, None) == SOUND[: 40 * blocks]
        assert not reader.complete


def test_recording_of_version_1_is_resumed_in_version_2(tmp_path, monkeypatch):
    monkeypatch.setattr("app.vault.recordings._ID", re.compile("visit"))
    recordings = Recordings(tmp_path)
    (tmp_path / "audio").mkdir()
    shutil.copy(GOLDEN / "cut-v1.audio", tmp_path / "audio" / "visit.audio")
    with recordings.resume(KEY, "visit", 1, lambda _: None)[0] as writer:
        writer.write(SOUND)
    reader = recordings.reader(KEY, "visit", 2)
    assert reader.read(0, None) == SOUND[:80] + SOUND
    assert reader.info().duration == 4.5


@pytest.mark.parametrize("version", [0, 4, 255])
def test_unknown_versions_are_declared(tmp_path, version):
    data = bytearray((GOLDEN / "finished-v2.audio").read_bytes())
    data[4] = version
    path = tmp_path / "visit.audio"
    path.write_bytes(data)
    with pytest.raises(VersionError):
        AudioSegment(path, KEY, "visit")
