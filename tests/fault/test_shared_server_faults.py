"""The exchange with the shared server fails at every statement, and is killed: declared errors only, nothing twice."""

import multiprocessing
import os
import signal
import time

import pytest
from shared_vaults import SharedVault
from sqlalchemy import Engine, event, select
from sqlcipher3 import dbapi2
from vault_samples import Template, make_note, make_transcript

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError
from app.vault.models import OutboxRow

DRAFT = EncounterState.DRAFT


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("vault"))


@pytest.fixture
def shared(template, tmp_path):
    made = SharedVault(template, tmp_path)
    made.a.sign_in()
    made.b.sign_in()
    made.settle()
    yield made
    made.close()


class Fault:
    """The N-th statement or commit of any database fails."""

    def __init__(self, number):
        self.number = number
        self.calls = 0

    def strike(self, *_):
        self.calls += 1
        if self.calls == self.number:
            raise dbapi2.OperationalError("disk I/O error")

    def __enter__(self):
        event.listen(Engine, "do_execute", self.strike)
        event.listen(Engine, "commit", self.strike)
        return self

    def __exit__(self, *_):
        event.remove(Engine, "do_execute", self.strike)
        event.remove(Engine, "commit", self.strike)


def work(shared, number):
    """Both machines change the same note: sending, receiving, setting aside and merging all come to pass."""
    visit = shared.a.store.create(f"visit {number}")
    shared.a.store.save_transcript(visit, make_transcript())
    shared.a.store.add_version(visit, make_note("one"), VersionKind.DRAFT, DRAFT, 0)
    shared.settle()
    shared.a.store.add_version(visit, make_note("one"), VersionKind.REVIEW, EncounterState.REVIEWED, 1)
    shared.b.store.add_version(visit, make_note("two"), VersionKind.EDIT, DRAFT, 1)
    shared.a.sync()
    return visit


def test_every_statement_may_fail(shared):
    number, failed = 1, 0
    while True:
        visit = work(shared, number)
        with Fault(number) as fault:
            try:
                shared.b.sync()
            except AnamnesisError:
                failed += 1
        shared.settle()
        a, b = shared.a.store, shared.b.store
        assert list(a.versions(visit)) == list(b.versions(visit))
        assert [v.note for v in a.versions(visit)] == [make_note("one"), make_note("one"), make_note("two")]
        assert a.get(visit) == b.get(visit)
        if fault.calls < number:
            break
        number += 7  # a sample of the statements: each takes a whole exchange
    assert failed > 5
    for machine in (shared.a, shared.b):
        assert machine.session.audit.verify().first_bad is None
        with machine.session._vault.database.transaction() as connection:
            waiting = connection.execute(select(OutboxRow.row)).scalars().all()
            assert all(row.startswith("audit ") for row in waiting)  # of having looked just now


def _exchange_until_killed(machine, started):
    machine.sign_in()
    started.set()
    while True:
        machine.store.create("made while dying")
        machine.sync()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2])
def test_killed_at_any_moment(shared, delay):
    shared.a.sign_out()
    context = multiprocessing.get_context("fork")
    started = context.Event()
    child = context.Process(target=_exchange_until_killed, args=(shared.a, started))
    child.start()
    assert started.wait(60)
    time.sleep(delay)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    shared.a.sign_in()
    shared.settle()
    assert shared.a.store.list() == shared.b.store.list()
    for machine in (shared.a, shared.b):
        assert machine.session.audit.verify().first_bad is None
