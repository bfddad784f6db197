"""Sealed recordings: whole, cut, torn, altered."""

import itertools
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vault_samples import KEY, assert_declared

from app.domain.errors import AnamnesisError, ConflictError, DiskFullError, InputError, SealBrokenError
from app.vault.audio_format import HEADER_SIZE, RECORD_HEAD, TAG
from app.vault.audio_reader import SealedAudioReader
from app.vault.audio_segment import AudioSegment
from app.vault.audio_writer import start_recording
from app.vault.field_blob import DataKey

RATE = 80  # Hz: a quarter of a second is 40 bytes, so that every byte of a file can be tried
BLOCK = RATE // 2
RECORD = RECORD_HEAD + BLOCK + TAG
PCM = bytes(range(1, 101))  # two and a half quarters of a second


@pytest.fixture
def path(tmp_path):
    return tmp_path / "visit.audio"


def record(path, pcm, *, rate=RATE, channels=1, end=True):
    told = []
    writer = start_recording(path, KEY, "visit", rate, channels, told.append)
    writer.write(pcm)
    if end:
        writer.close()
    else:
        writer.abandon()
    return told


def open_audio(path, key=KEY, encounter="visit"):
    return SealedAudioReader([AudioSegment(path, key, encounter)])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.binary(max_size=150).map(lambda b: b[: len(b) // 4 * 4]), max_size=6), st.data())
def test_what_was_written_is_read(tmp_path_factory, pieces, data):
    path = tmp_path_factory.mktemp("audio") / "a"
    with start_recording(path, KEY, "visit", RATE, 2, lambda _: None) as writer:
        for piece in pieces:
            writer.write(piece)
    pcm = b"".join(pieces)
    reader = open_audio(path)
    assert reader.read(0, None) == pcm
    assert reader.info().complete
    assert reader.info().duration == pytest.approx(len(pcm) / 4 / RATE)
    start, end = sorted((data.draw(st.floats(0, 10)), data.draw(st.floats(0, 10))))
    assert reader.read(start, end) == pcm[round(start * RATE) * 4 : round(end * RATE) * 4]


def test_every_block_is_on_disk_before_write_returns(path, monkeypatch):
    synced = []
    monkeypatch.setattr("app.vault.audio_writer.sync_data", lambda handle: synced.append(os.fstat(handle).st_size))
    writer = start_recording(path, KEY, "visit", RATE, 1, lambda _: None)
    writer.write(PCM)
    assert synced == [HEADER_SIZE + RECORD, HEADER_SIZE + 2 * RECORD]
    assert open_audio(path).read(0, None) == PCM[:80]
    assert not open_audio(path).info().complete
    writer.abandon()


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_only_the_owner_may_read(path):
    record(path, PCM)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_recording_is_sealed(path):
    record(path, PCM)
    assert PCM[:8] not in path.read_bytes()


def test_duration_is_told_once(path):
    told = []
    writer = start_recording(path, KEY, "visit", RATE, 1, told.append)
    writer.write(PCM)
    writer.close()
    writer.close()
    assert told == [0.625]
    with pytest.raises(ConflictError):
        writer.write(PCM)


def test_second_recording_is_refused(path):
    record(path, PCM)
    before = path.read_bytes()
    with pytest.raises(ConflictError):
        record(path, PCM)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("rate", "channels"), [(0, 1), (-1, 1), (16_000, 0), (16_000, 99), (10**9, 1)])
def test_impossible_shape_is_refused(path, rate, channels):
    with pytest.raises(InputError):
        start_recording(path, KEY, "visit", rate, channels, lambda _: None)
    assert not path.exists()


def test_half_a_frame_is_refused(path):
    with pytest.raises(InputError):
        record(path, b"123")


def test_cut_at_every_byte_gives_what_was_whole(path):
    """Whatever is cut: the whole blocks before it open, and nobody is told that the recording is complete."""
    record(path, PCM)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        if size < HEADER_SIZE:
            assert_declared(lambda: open_audio(path))
            continue
        reader = open_audio(path)
        blocks = min((size - HEADER_SIZE) // RECORD, 2)
        assert reader.read(0, None) == PCM[: BLOCK * blocks], size
        assert not reader.info().complete
        assert reader.info().duration == blocks / 4


@pytest.mark.parametrize("end", [True, False])
def test_flip_at_every_byte_is_noticed(path, end):
    record(path, PCM, end=end)
    whole = path.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        with pytest.raises(AnamnesisError):
            open_audio(path).read(0, None)


def test_flip_leaves_other_blocks_readable(path):
    record(path, PCM)
    damaged = bytearray(path.read_bytes())
    damaged[HEADER_SIZE + RECORD_HEAD] ^= 1
    path.write_bytes(damaged)
    assert open_audio(path).read(0.25, None) == PCM[40:]
    with pytest.raises(SealBrokenError):
        open_audio(path).read(0.2, 0.3)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 0, 1, 2), (0, 2), (1, 2), (0, 1, 2, 2), (2,), (0, 1, 2, 0)])
def test_exchanged_repeated_or_dropped_blocks_are_noticed(path, order):
    record(path, PCM)
    whole = path.read_bytes()
    body = whole[HEADER_SIZE:]
    parts = [body[:RECORD], body[RECORD : 2 * RECORD], body[2 * RECORD :]]
    path.write_bytes(whole[:HEADER_SIZE] + b"".join(parts[i] for i in order))
    with pytest.raises(SealBrokenError):
        open_audio(path).read(0, None)


def test_bytes_after_the_end_are_noticed(path):
    record(path, PCM)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(SealBrokenError):
        open_audio(path)


def test_end_that_never_reached_the_disk_counts_as_cut(path):
    """After a power cut a file may have its length but zeros in it."""
    record(path, PCM, end=False)
    whole = path.read_bytes()
    for size in (1, RECORD_HEAD, RECORD - 1, RECORD):
        path.write_bytes(whole + bytes(size))
        assert open_audio(path).read(0, None) == PCM[:80]


@pytest.mark.parametrize("end", [True, False])
def test_sectors_that_never_reached_the_disk_count_as_cut(tmp_path, end):
    """Any of the last record's sectors, also one of which it fills a few bytes; the blocks before it open."""
    path = tmp_path / "visit.audio"
    sound = bytes(range(1, 201)) * 40
    rate = 4000 if end else 4280  # the last record is an end mark with sound, or a whole block
    record(path, sound[: 4000 + (1900 if end else 2420)], rate=rate, end=end)
    whole = path.read_bytes()
    size = RECORD_HEAD + rate // 4 * 2 + TAG
    begin = HEADER_SIZE + 2 * size
    assert (len(whole) > begin + 512) if end else (len(whole) == begin + size)
    edges = [begin, *range(begin // 512 * 512 + 512, len(whole), 512), len(whole)]
    assert len(edges) > 4
    for first, last in itertools.combinations(edges, 2):
        path.write_bytes(whole[:first] + bytes(last - first) + whole[last:])
        reader = open_audio(path)
        assert reader.read(0, None) == sound[: rate // 4 * 4]
        assert not reader.info().complete


@pytest.mark.parametrize(
    ("key", "encounter"),
    [(DataKey(KEY.id, b"x" * 32), "visit"), (KEY, "another"), (DataKey(b"x" * 16, KEY.secret), "visit")],
)
def test_recording_of_another_encounter_does_not_open(path, key, encounter):
    record(path, PCM)
    with pytest.raises(SealBrokenError):
        open_audio(path, key, encounter)


@pytest.mark.parametrize(("start", "end"), [(-1.0, None), (0.5, 0.25), (float("nan"), None), (0.0, float("nan"))])
def test_impossible_times_are_refused(path, start, end):
    record(path, PCM)
    with pytest.raises(InputError):
        open_audio(path).read(start, end)


def test_times_beyond_the_end_give_what_is_there(path):
    record(path, PCM)
    assert open_audio(path).read(0.5, float("inf")) == PCM[80:]
    assert open_audio(path).read(1e300, None) == b""


def test_full_disk_keeps_the_sound_until_there_is_space(path, monkeypatch):
    """Half a record is written, then the disk is full: the half is taken back, and the next call writes all of it."""
    writer = start_recording(path, KEY, "visit", RATE, 1, lambda _: None)
    writer.write(PCM[:40])
    real = os.write

    def full(handle, data):
        real(handle, bytes(data)[:7])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskFullError):
        writer.write(PCM[40:])
    with pytest.raises(DiskFullError):
        writer.close()
    assert path.stat().st_size == HEADER_SIZE + RECORD
    monkeypatch.setattr(os, "write", real)
    writer.close()
    assert open_audio(path).read(0, None) == PCM
    assert open_audio(path).info().complete


def test_error_in_the_block_is_the_one_heard(path):
    def fail():
        with start_recording(path, KEY, "visit", RATE, 1, lambda _: None) as writer:
            writer.write(PCM)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert open_audio(path).read(0, None) == PCM
