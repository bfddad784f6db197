"""A server on loopback that does exactly what a test tells it, byte by byte; and TLS in front of another server."""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Asked:
    """One request: its first line, its headers (names in small letters), its body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


Script = Callable[["Line"], None]


class Line:
    """A connection in the hands of a script."""

    def __init__(self, connection: socket.socket, asked: Asked) -> None:
        self._connection = connection
        self.asked = asked

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def wait_until_closed(self, seconds: float = 20.0) -> bool:
        """Whether the other side closes within this time."""
        self._connection.settimeout(seconds)
        try:
            return self._connection.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    def answer(self, *pieces: str) -> None:
        """A whole answer, as it should be."""
        self.send(HEAD)
        for piece in frames(*pieces):
            self.send(piece)


class LoopbackServer:
    """Serves each connection by the script, on a thread of its own; counts what came."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self.asked: list[Asked] = []
        self.connections = 0
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    @property
    def serving(self) -> bool:
        """Whether a connection is still open."""
        return any(thread.is_alive() for thread in self._threads)

    def join(self, seconds: float) -> None:
        """Wait until the connections have ended."""
        for thread in self._threads:
            thread.join(seconds)

    def close(self) -> None:
        self._ending.set()
        self._acceptor.join()
        self.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            if self._tls is not None:
                try:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                except OSError:
                    return
                stack.callback(connection.close)
            asked = _read_request(connection)
            self.asked.append(asked)
            self._script(Line(connection, asked))


@contextlib.contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[LoopbackServer]:
    """A server for the length of a block."""
    server = LoopbackServer(script, tls)
    try:
        yield server
    finally:
        server.close()


def frames(*pieces: str, done: bool = True) -> list[bytes]:
    """The chunks of an answer: one for each piece, then the reason, the mark of the end and the last chunk."""
    events = [{"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]} for piece in pieces]
    found = [event(data) for data in events]
    if done:
        found += [event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}), chunk(b"data: [DONE]\n\n")]
    return [*found, b"0\r\n\r\n"]


def event(data: object) -> bytes:
    """One event as a chunk."""
    return chunk(b"data: " + json.dumps(data).encode() + b"\n\n")


def chunk(data: bytes) -> bytes:
    """One chunk of HTTP/1.1."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def status(number: int, body: bytes = b"no", **headers: str) -> bytes:
    """A whole answer with another status."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {number} X\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def forward(port: int) -> Script:
    """A script that hands the request on to a plain HTTP server on loopback and its answer back."""

    def script(line: Line) -> None:
        headers = "".join(f"{k}: {v}\r\n" for k, v in line.asked.headers.items() if k != "host")
        head = f"{line.asked.line}\r\nhost: 127.0.0.1:{port}\r\n{headers}\r\n".encode()
        with socket.create_connection(("127.0.0.1", port), timeout=120) as inner:
            inner.sendall(head + line.asked.body)
            while piece := inner.recv(65536):
                line.send(piece)

    return script


def tunnel(line: Line) -> None:
    """A script of an HTTP proxy: connect to where it is asked to, then pass bytes on in both directions."""
    host, _, port = line.asked.line.split()[1].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=20) as there:
        line.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=_pump, args=(there, line._connection), daemon=True)
        back.start()
        _pump(line._connection, there)
        back.join(5)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _read_request(connection: socket.socket) -> Asked:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _more(connection)
    return Asked(first, headers, body)


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionAbortedError
    return piece


def drip(line: Line, piece: bytes, pause: float, ending: threading.Event) -> None:
    """Send the same bytes again and again until the other side closes or the test ends."""
    while not ending.is_set():
        line.send(piece)
        time.sleep(pause)
