"""One window per data folder: a lock decides who is first; a local socket asks the first to come to the front."""

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import filelock
from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

LOCK = "window.lock"
SOCKET = "window.socket"
MESSAGE = b"raise"
PATIENCE = 5.0  # seconds
_STEP = 1_000  # ms
_LONGEST_PATH = 100  # bytes; a Unix socket's address holds 108, or 104 on macOS


class SingleInstance(QObject):
    """The lock is the operating system's and is given back even after kill -9. The only message is `raise`."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._lock = filelock.FileLock(folder / LOCK, timeout=0, mode=0o600, thread_local=False)
        self._server: QLocalServer | None = None
        self._on_raise: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        """A path in the data folder; where paths do not fit or are no addresses, a name that only this user has."""
        path = str(self._folder / SOCKET)
        if sys.platform != "win32" and len(os.fsencode(path)) <= _LONGEST_PATH:
            return path
        name = "anamnesis-" + hashlib.sha256(os.fsencode(self._folder.resolve())).hexdigest()[:24]
        if sys.platform == "win32":
            return name
        return str(Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"{name}-{os.getuid()}")

    def claim(self) -> bool:
        """Become the first. False if another window has the folder.

        A folder that cannot be written is not claimed and not refused: it can hold no vault, which is told later.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except filelock.Timeout:
            return False
        except OSError:
            return True
        return True

    def ask_to_raise(self) -> bool:
        """Ask the first window to come to the front; False if it does not answer within `PATIENCE`.

        It may have the lock but not yet its socket, so a refusal is tried again.
        """
        until = time.monotonic() + PATIENCE
        while not self._ask():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _ask(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self.address)
        if not socket.waitForConnected(_STEP):
            return False
        socket.write(MESSAGE)
        sent = socket.waitForBytesWritten(_STEP)
        socket.disconnectFromServer()
        if socket.state() is not QLocalSocket.LocalSocketState.UnconnectedState:
            socket.waitForDisconnected(_STEP)
        return sent

    def listen(self, on_raise: Callable[[], None]) -> bool:
        """Call `on_raise` whenever a later start asks. Only the holder of the lock may; returns whether it works."""
        self._on_raise = on_raise
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self.address)  # left by a crash: the lock says that nobody listens there
        server.newConnection.connect(self._on_connection)
        self._server = server
        return server.listen(self.address)

    def release(self) -> None:
        """Let the next start be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.release(force=True)

    def _on_connection(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        said = bytes(socket.read(len(MESSAGE)).data())
        socket.abort()
        if said == MESSAGE:
            self._on_raise()
