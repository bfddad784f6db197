"""Recordings that were cut off and resumed: several segments, one stretch of sound."""

import itertools
import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vault_samples import KEY, assert_declared, cuts, flips

from app.domain.errors import AnamnesisError, ConflictError, DiskFullError, SealBrokenError
from app.vault.audio_format import HEADER_SIZE, RECORD_HEAD, TAG
from app.vault.recordings import Recordings

VISIT, OTHER = "a" * 32, "b" * 32
RATE = 80
BLOCK = RATE // 2
RECORD = RECORD_HEAD + BLOCK + TAG
PIECES = (bytes(range(1, 101)), bytes(range(101, 201)), bytes(range(50, 150)))
KEPT = (PIECES[0][:80], PIECES[1][:80], PIECES[2])  # half a block was never sealed before each cut


class Shelf:
    """Recordings in a folder, as a session has them; `again` is what the next start of the program has."""

    def __init__(self, folder):
        self.folder = folder
        self.recordings = Recordings(folder)
        self.told = []

    def again(self):
        self.recordings = Recordings(self.folder)

    def start(self, encounter=VISIT, channels=1):
        return self.recordings.start(KEY, encounter, RATE, channels, self.told.append)

    def resume(self, encounter=VISIT, known=0):
        return self.recordings.resume(KEY, encounter, known, self.told.append)[0]

    def reader(self, encounter=VISIT, known=0):
        return self.recordings.reader(KEY, encounter, known)

    def path(self, segment=0, encounter=VISIT):
        return self.folder / "audio" / (f"{encounter}.{segment}.audio" if segment else f"{encounter}.audio")

    def crash(self, writer):
        writer.abandon()
        self.again()

    def record_twice_cut(self, encounter=VISIT):
        """Three segments: two cut off, the third with its end mark."""
        writer = self.start(encounter)
        for piece in PIECES[:2]:
            writer.write(piece)
            self.crash(writer)
            writer = self.resume(encounter)
        writer.write(PIECES[2])
        writer.close()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


def test_segments_are_one_stretch_of_sound(shelf):
    shelf.record_twice_cut()
    sound = b"".join(KEPT)
    reader = shelf.reader(known=3)
    assert reader.read(0, None) == sound
    assert reader.info().complete
    assert reader.info().duration == len(sound) / 2 / RATE
    assert shelf.told == [len(sound) / 2 / RATE]
    for start, end in itertools.combinations_with_replacement(range(0, len(sound) // 2 + 3, 3), 2):
        assert reader.read(start / RATE, end / RATE) == sound[2 * start : 2 * end]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.binary(max_size=200).map(lambda b: b[: len(b) // 4 * 4]), max_size=3), max_size=4))
def test_any_cuts_leave_every_whole_block(tmp_path_factory, parts):
    shelf = Shelf(tmp_path_factory.mktemp("audio"))
    writer, kept = shelf.start(channels=2), b""
    for part in parts:
        for piece in part:
            writer.write(piece)
        kept += b"".join(part)[: sum(map(len, part)) // (2 * BLOCK) * 2 * BLOCK]
        shelf.crash(writer)
        writer = shelf.resume()
    assert not shelf.reader().info().complete
    writer.close()
    assert shelf.reader().read(0, None) == kept
    assert shelf.told == [len(kept) / 4 / RATE]


@pytest.mark.parametrize("torn", range(1, RECORD))
def test_torn_block_is_left_as_it_lies_and_is_not_there(shelf, torn):
    writer = shelf.start()
    writer.write(PIECES[0][:120])
    shelf.crash(writer)
    path = shelf.path()
    path.write_bytes(path.read_bytes()[: HEADER_SIZE + 2 * RECORD + torn])
    before = path.read_bytes()
    with shelf.resume() as writer:
        writer.write(PIECES[1])
    assert path.read_bytes() == before
    assert shelf.reader().read(0, None) == PIECES[0][:80] + PIECES[1]


def test_no_key_or_nonce_is_used_twice(shelf):
    """The same sound at the same place of another segment gives other bytes."""
    for _ in range(3):
        writer = shelf.start() if not shelf.path().exists() else shelf.resume()
        writer.write(PIECES[0][:40])
        shelf.crash(writer)
    files = [shelf.path(n).read_bytes() for n in range(3)]
    assert len({data[22:54] for data in files}) == 3
    assert len({data[HEADER_SIZE:] for data in files}) == 3


def test_closing_at_once_marks_the_end(shelf):
    writer = shelf.start()
    writer.write(PIECES[0])
    shelf.crash(writer)
    shelf.resume().close()
    assert shelf.told == [0.5]
    assert shelf.reader().info().complete
    assert shelf.reader().read(0, None) == PIECES[0][:80]
    assert shelf.path(1).stat().st_size == HEADER_SIZE + RECORD_HEAD + TAG


def test_empty_segments_are_borne(shelf):
    shelf.crash(shelf.start())
    for _ in range(3):
        shelf.crash(shelf.resume())
    with shelf.resume() as writer:
        writer.write(PIECES[0])
    assert shelf.reader(known=5).read(0, None) == PIECES[0]


def test_only_a_recording_that_was_cut_off_is_resumed(shelf):
    with pytest.raises(ConflictError):
        shelf.resume()
    writer = shelf.start()
    with pytest.raises(ConflictError):
        shelf.resume()
    writer.write(PIECES[0])
    writer.close()
    with pytest.raises(ConflictError):
        shelf.resume()
    shelf.again()
    with pytest.raises(ConflictError):
        shelf.resume()
    assert not shelf.path(1).exists()


def test_the_same_session_may_resume_what_it_gave_up(shelf):
    writer = shelf.start()
    writer.write(PIECES[0])
    writer.abandon()
    again = shelf.resume()
    with pytest.raises(ConflictError):
        shelf.resume()
    again.write(PIECES[1])
    again.close()
    assert shelf.reader().read(0, None) == KEPT[0] + PIECES[1]


def test_what_was_counted_on_is_brought_to_the_disk_first(shelf, monkeypatch):
    writer = shelf.start()
    writer.write(PIECES[0])
    shelf.crash(writer)
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_ino), real(handle)))
    shelf.resume().abandon()
    assert synced[0] == shelf.path().stat().st_ino
    assert shelf.path(1).stat().st_ino in synced[1:]


def test_reading_while_it_is_written_gives_what_is_sealed(shelf, monkeypatch):
    """Even half a record, or one that is not synced yet, in the file does not show."""
    writer = shelf.start()
    writer.write(PIECES[0][:80])
    seen = []

    def look(_handle):
        seen.append(shelf.reader().read(0, None))

    monkeypatch.setattr("app.vault.audio_writer.sync_data", look)
    writer.write(PIECES[0][:40])
    assert seen == [PIECES[0][:80]]
    assert shelf.reader().read(0, None) == PIECES[0][:80] + PIECES[0][:40]
    assert not shelf.reader().info().complete
    writer.close()
    assert shelf.reader().info().complete


def test_removing_takes_every_segment(shelf):
    shelf.record_twice_cut()
    shelf.record_twice_cut(OTHER)
    shelf.path().with_name(f"{VISIT}.3.audio.new").write_bytes(b"left by a crash")
    assert shelf.recordings.ids() == {VISIT, OTHER}
    shelf.recordings.remove(VISIT)
    assert shelf.recordings.ids() == {OTHER}
    assert len(list((shelf.folder / "audio").iterdir())) == 3
    assert shelf.reader(OTHER).info().complete
    shelf.recordings.remove(VISIT)


def test_flip_at_every_byte_of_every_segment_is_noticed(shelf):
    shelf.record_twice_cut()
    whole = shelf.reader().read(0, None)
    for segment in range(3):
        path = shelf.path(segment)
        data = path.read_bytes()
        for damaged in flips(data):
            path.write_bytes(damaged)
            with pytest.raises(AnamnesisError):
                shelf.reader().read(0, None)
        path.write_bytes(data)
    assert shelf.reader().read(0, None) == whole


def test_cut_at_every_byte_of_an_earlier_segment_is_noticed(shelf):
    shelf.record_twice_cut()
    for segment in range(2):
        path = shelf.path(segment)
        data = path.read_bytes()
        for cut in cuts(data):
            path.write_bytes(cut)
            with pytest.raises(SealBrokenError):
                shelf.reader()
        path.write_bytes(data)


def test_cut_at_every_byte_of_the_last_segment_leaves_an_unfinished_recording(shelf):
    """Nobody can tell a cut from a crash there; but it never counts as complete, and the blocks before it open."""
    shelf.record_twice_cut()
    path = shelf.path(2)
    for cut in cuts(path.read_bytes()):
        path.write_bytes(cut)
        if len(cut) < HEADER_SIZE:
            assert_declared(shelf.reader)
            continue
        blocks = min((len(cut) - HEADER_SIZE) // RECORD, 2)
        assert shelf.reader().read(0, None) == b"".join(KEPT[:2]) + KEPT[2][: BLOCK * blocks]
        assert not shelf.reader().info().complete


def test_added_bytes_are_noticed(shelf):
    shelf.record_twice_cut()
    for segment in range(3):
        path = shelf.path(segment)
        data = path.read_bytes()
        last = data[HEADER_SIZE : HEADER_SIZE + RECORD]
        for more in (last, data[HEADER_SIZE:], bytes(RECORD + 1), b"x" * RECORD_HEAD, b"x" * (RECORD - 1)):
            path.write_bytes(data + more)
            with pytest.raises(SealBrokenError):
                shelf.reader()
        path.write_bytes(data)


@pytest.mark.parametrize("order", [p for p in itertools.product(range(3), repeat=3) if p != (0, 1, 2)])
def test_exchanged_and_repeated_segments_are_noticed(shelf, order):
    shelf.record_twice_cut()
    data = [shelf.path(n).read_bytes() for n in range(3)]
    for place, taken in enumerate(order):
        shelf.path(place).write_bytes(data[taken])
    with pytest.raises(SealBrokenError):
        shelf.reader()


@pytest.mark.parametrize("gone", [{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}, {0, 1, 2}])
def test_segments_that_are_left_out_are_noticed(shelf, gone):
    """Moved up or not; the last ones because the database knows how many there are."""
    shelf.record_twice_cut()
    for segment in gone:
        shelf.path(segment).unlink()
    with pytest.raises(SealBrokenError):
        shelf.reader(known=3)
    left = [shelf.path(n) for n in range(3) if n not in gone]
    for place, path in enumerate(left):
        path.rename(shelf.path(place))
    with pytest.raises(SealBrokenError):
        shelf.reader(known=3)


def test_later_segment_does_not_stand_for_the_first(shelf):
    """Even where nobody counted the segments."""
    shelf.record_twice_cut()
    last = shelf.path(2).read_bytes()
    shelf.path(1).unlink()
    shelf.path(2).unlink()
    shelf.path(0).write_bytes(last)
    with pytest.raises(SealBrokenError):
        shelf.reader()


def test_nothing_follows_a_segment_that_has_its_end_mark(shelf):
    """Two copies of a folder: one recording was ended, the other resumed; a mixture of both is none."""
    writer = shelf.start()
    writer.write(PIECES[0])
    cut = shelf.path().read_bytes()
    writer.close()
    ended = shelf.path().read_bytes()
    shelf.path().write_bytes(cut)
    shelf.again()
    shelf.resume().close()
    assert shelf.reader().info().complete
    shelf.path().write_bytes(ended)
    with pytest.raises(SealBrokenError):
        shelf.reader()


def test_segments_of_another_encounter_do_not_open(shelf):
    shelf.record_twice_cut()
    shelf.record_twice_cut(OTHER)
    for segment in range(3):
        own = shelf.path(segment).read_bytes()
        shutil.copy(shelf.path(segment, OTHER), shelf.path(segment))
        with pytest.raises(SealBrokenError):
            shelf.reader()
        shelf.path(segment).write_bytes(own)


def test_segment_of_another_run_does_not_fit(shelf):
    """A copy of the folder was resumed too: its second segment is not the one that follows here."""
    writer = shelf.start()
    writer.write(PIECES[0])
    shelf.crash(writer)
    aside = shelf.folder / "aside.audio"
    shelf.resume().abandon()
    shelf.path(1).rename(aside)
    shelf.path().write_bytes(shelf.path().read_bytes()[:-RECORD])
    shelf.resume().abandon()
    shutil.copy(aside, shelf.path(1))
    with pytest.raises(SealBrokenError):
        shelf.reader()


def test_full_disk_when_resuming_leaves_what_was_there(shelf, monkeypatch):
    writer = shelf.start()
    writer.write(PIECES[0])
    shelf.crash(writer)

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(DiskFullError):
            shelf.resume()
    assert [p.name for p in (shelf.folder / "audio").iterdir()] == [f"{VISIT}.audio"]
    assert shelf.reader().read(0, None) == KEPT[0]
    shelf.resume().close()
    assert shelf.reader().info().complete


def test_end_mark_seals_the_same_sound_at_every_try(shelf, monkeypatch):
    """Its nonce is spent at the first try, so nothing is added after that."""
    writer = shelf.start()
    writer.write(PIECES[0])
    tried = []

    def refuse(handle, data):
        tried.append(bytes(data))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("app.vault.audio_writer.write_all", refuse)
        for _ in range(2):
            with pytest.raises(DiskFullError):
                writer.close()
    with pytest.raises(ConflictError):
        writer.write(PIECES[1])
    assert len(tried) == 2
    assert tried[0] == tried[1]
    writer.close()
    assert shelf.reader().read(0, None) == PIECES[0]
