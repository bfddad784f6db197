"""Two starts for one data folder, as real processes: the second brings the first's window to the front and ends."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).parents[2]
FIRST = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.settings import find_paths
from app.ui import main
from app.ui.widgets.window import MainWindow
from app.wiring import build

come = MainWindow.come_to_front
begin = MainWindow.begin
def raised(window):
    come(window)
    print("raised", window.isMinimized(), flush=True)
def began(window):
    begin(window)
    window.showMinimized()
    print("ready", flush=True)
MainWindow.come_to_front = raised
MainWindow.begin = began
sys.exit(main.run(build(find_paths(Path(sys.argv[1]))), []))
"""


def environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def second(data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "--data-dir", str(data), "--quit-after-show"],
        capture_output=True, text=True, timeout=60, check=False, env=environment(), cwd=ROOT,
    )  # fmt: skip


@pytest.fixture
def first(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", FIRST, str(tmp_path / "data")],
        stdout=subprocess.PIPE, text=True, env=environment(), cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.wait(20)
    process.stdout.close()


def test_second_start_says_so_and_raises_the_first(first: subprocess.Popen[str], tmp_path: Path) -> None:
    done = second(tmp_path / "data")
    assert done.returncode == 0
    assert done.stderr == "anamnesis: Already open for this data folder; its window was brought to the front.\n"
    assert done.stdout == ""
    assert first.stdout is not None
    assert first.stdout.readline() == "raised False\n"
    assert first.poll() is None


def test_another_data_folder_opens_its_own_window(first: subprocess.Popen[str], tmp_path: Path) -> None:
    done = second(tmp_path / "other")
    assert done.returncode == 0, done.stderr
    assert "usable" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files and kill -9 are POSIX")
def test_socket_is_private_and_a_killed_window_leaves_the_way_free(
    first: subprocess.Popen[str], tmp_path: Path
) -> None:
    socket = tmp_path / "data" / "window.socket"
    if socket.exists():  # a longer path lies in the folder of the user's session
        assert stat.S_ISSOCK(socket.stat().st_mode)
        assert stat.S_IMODE(socket.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) & 0o077 == 0
    first.kill()
    first.wait(20)
    done = second(tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert "usable" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP is POSIX")
def test_window_that_does_not_listen_is_told(tmp_path: Path) -> None:
    import filelock

    data = tmp_path / "data"
    data.mkdir()
    lock = filelock.FileLock(data / "window.lock", timeout=0)
    with lock:
        done = second(data)
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert done.stderr.count("\n") == 1


def test_only_the_word_raises(qtbot, tmp_path: Path) -> None:
    from PySide6.QtNetwork import QLocalSocket

    from app.ui.single_instance import SingleInstance

    raised: list[int] = []
    instance = SingleInstance(tmp_path)
    assert instance.claim()
    assert instance.listen(lambda: raised.append(1))
    assert not SingleInstance(tmp_path).claim()
    for words in (b"quit!", b"x" * 5_000, b"raise"):
        socket = QLocalSocket()
        socket.connectToServer(instance.address)
        assert socket.waitForConnected(5_000)
        socket.write(words)
        socket.flush()
        qtbot.waitUntil(lambda s=socket: s.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    assert raised == [1]
    instance.release()
    again = SingleInstance(tmp_path)
    assert again.claim()
    again.release()


def test_long_paths_have_a_short_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.ui.single_instance import SingleInstance

    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    deep = tmp_path / ("d" * 120)
    short = SingleInstance(deep).address
    if sys.platform != "win32":
        assert len(short) <= 100
        assert short.startswith("/run/user/1/anamnesis-")
    assert short == SingleInstance(deep).address != SingleInstance(tmp_path / ("e" * 120)).address


def test_folder_that_cannot_be_made_is_told_later(tmp_path: Path) -> None:
    from app.ui.single_instance import SingleInstance

    (tmp_path / "file").write_text("x")
    assert SingleInstance(tmp_path / "file" / "data").claim()
