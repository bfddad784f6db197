"""Loaded by Python at start when its folder is on PYTHONPATH: any use of a network socket ends the process."""

import os
import sys

_FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def _forbid(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _FORBIDDEN:
        return
    address = arguments[1] if len(arguments) > 1 else None
    if event in {"socket.connect", "socket.bind"} and isinstance(address, str | bytes):
        return  # a Unix socket: a file of this user, no network
    with open(os.environ["ANAMNESIS_TEST_SOCKETS"], "a", encoding="utf-8") as file:
        file.write(f"{event}\n")
    os._exit(99)


sys.addaudithook(_forbid)
