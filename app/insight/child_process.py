"""A spawned process with a pipe, gone when its block ends, whatever happens."""

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from app.spawning import ctrl_c_blocked, reap, settle_child


@contextlib.contextmanager
def child_process(serve: Callable[[Connection], None]) -> Iterator[tuple[BaseProcess, Connection]]:
    """Run `serve(connection)` in a process of its own; yield the process and our end of the pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_alone, args=(serve, theirs), daemon=False)
    try:
        with ctrl_c_blocked():
            process.start()
        theirs.close()
        yield process, ours
    finally:
        if process.pid is not None:
            process.kill()
            reap(process)
        ours.close()


def _alone(serve: Callable[[Connection], None], connection: Connection) -> None:
    settle_child()
    serve(connection)
