"""One end of the pipe to an engine process: messages from any thread, never half of one."""

import threading
from multiprocessing.connection import Connection

from app.engine.messages import Message, decode, encode


class Channel:
    """Sends whole messages one after the other; one thread receives, and that thread closes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: Message) -> None:
        """Send, waiting while the pipe is full. Raises `OSError` if the process is gone."""
        with self._sending:
            self._connection.send_bytes(encode(message))

    def receive(self) -> Message:
        """Wait for the next message. Raises `EOFError` or `OSError` at the end, `EngineError` for babble."""
        return decode(self._connection.recv_bytes())

    def close(self) -> None:
        """Close after the last whole message. Only once the process is gone or is being ended: a full pipe waits."""
        with self._sending:
            self._connection.close()
