"""The N-th call to files or database fails, as the machine would have it."""

import errno
import os
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlcipher3 import dbapi2

FILE_CALLS = ("open", "write", "fsync", "fdatasync", "replace")


class Fault:
    """Fails the N-th watched call, once or from then on."""

    def __init__(self, number, error, *, lasting):
        self.number = number
        self.error = error
        self.lasting = lasting
        self.calls = 0

    @property
    def reached(self):
        return self.calls >= self.number

    def strike(self):
        self.calls += 1
        if self.calls == self.number or (self.lasting and self.reached):
            raise self.error()


@contextmanager
def failing_files(fault):
    """`os` calls on files fail; half of a failing write reaches the file."""
    with pytest.MonkeyPatch.context() as patch:
        for name in FILE_CALLS:
            real = getattr(os, name)

            def call(*args, _real=real, _name=name, **kwargs):
                try:
                    fault.strike()
                except OSError:
                    if _name == "write":
                        _real(args[0], bytes(args[1])[: len(args[1]) // 2])
                    raise
                return _real(*args, **kwargs)

            patch.setattr(os, name, call)
        yield


@contextmanager
def failing_database(fault):
    """Statements and commits of every engine fail with SQLite's own errors."""

    def execute(_cursor, _statement, _parameters, _context):
        fault.strike()

    def commit(_connection):
        fault.strike()

    event.listen(Engine, "do_execute", execute)
    event.listen(Engine, "commit", commit)
    try:
        yield
    finally:
        event.remove(Engine, "do_execute", execute)
        event.remove(Engine, "commit", commit)


def disk_full():
    return OSError(errno.ENOSPC, "No space left on device")


def io_error():
    return OSError(errno.EIO, "Input/output error")


def database_full():
    return dbapi2.OperationalError("database or disk is full")


def database_broken():
    return dbapi2.OperationalError("disk I/O error")


FAULTS = {
    "disk full": (failing_files, disk_full),
    "I/O error": (failing_files, io_error),
    "database full": (failing_database, database_full),
    "database I/O error": (failing_database, database_broken),
}
