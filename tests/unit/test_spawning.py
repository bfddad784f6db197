"""What a killed child leaves in the temporary folder goes with it; what others have there stays."""

import multiprocessing
import os
import signal
import threading
import time

import pytest

from app import spawning


def _make_and_wait(connection) -> None:
    connection.send(str(spawning.scratch_folder()))
    time.sleep(60)


def _make_and_end_with_the_program(connection) -> None:
    (spawning.scratch_folder() / "socket").touch()
    connection.send("made")
    try:
        connection.recv()
    except EOFError:
        spawning.end_orphan()


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(spawning.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_scratch_of_a_killed_child_is_removed(temporary):
    (temporary / "anamnesis-other").mkdir()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_make_and_wait, args=(theirs,))
    with spawning.ctrl_c_blocked():
        child.start()
    folder = spawning.Path(ours.recv())
    (folder / "socket").touch()
    assert folder.parent == temporary
    assert os.name == "nt" or folder.stat().st_mode & 0o077 == 0
    child.kill()
    spawning.reap(child)
    assert [path.name for path in temporary.iterdir()] == ["anamnesis-other"]
    ours.close()
    theirs.close()
    child.close()


def test_child_whose_program_is_gone_leaves_nothing(temporary):
    """As after `kill -9` of the window: nobody reaps the engine, which sees its pipe closed."""
    (temporary / "anamnesis-other").mkdir()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_make_and_end_with_the_program, args=(theirs,))
    with spawning.ctrl_c_blocked():
        child.start()
    theirs.close()
    assert ours.recv() == "made"
    ours.close()
    child.join(20)
    assert child.exitcode == 0
    assert [path.name for path in temporary.iterdir()] == ["anamnesis-other"]
    child.close()


def test_start_of_a_child_is_not_torn_apart_by_ctrl_c():
    """Another thread may be the one that hears it; Python raises in the main thread all the same."""
    begun, started = threading.Event(), []

    def press():
        begun.wait(10)
        signal.raise_signal(signal.SIGINT)

    presser = threading.Thread(target=press)  # begun outside: it would take over that Ctrl-C is blocked
    presser.start()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), spawning.ctrl_c_blocked():  # noqa: PT012 - how far it came is the point
            begun.set()
            presser.join()
            started.append(True)
    finally:
        signal.signal(signal.SIGINT, before)
    assert started


def test_ctrl_c_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with spawning.ctrl_c_blocked():
            pass
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
