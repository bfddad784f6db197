"""The measurement of sharing runs, leaves nothing behind, and touches no database that holds something."""

import pytest
from postgres_server import PASSWORD, USER, PostgresServer

from app.domain.errors import ConflictError
from app.domain.work import CancelToken, no_progress
from app.insight.bench_server import bench_server


@pytest.fixture(scope="module")
def server():
    made = PostgresServer()
    yield made
    made.stop()


def bench(server, database, encounters=0):
    return bench_server(
        server.address(database), USER, PASSWORD, drafts=2, encounters=encounters, progress=no_progress,
        cancel=CancelToken(),
    )  # fmt: skip


def tables(server, database):
    return server.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'", database)


def test_figures_are_there_and_the_database_is_empty_again(server):
    database = server.new_database()
    figures = bench(server, database, encounters=10)
    assert figures["draft_to_other_machine_ms"]["max"] > 0
    assert figures["on_server"]["encounters"] == figures["embedded"]["encounters"] == 10
    assert tables(server, database) == []


def test_a_database_that_holds_something_is_not_touched(server):
    database = server.new_database()
    server.sql("CREATE TABLE precious (a int)", database)
    with pytest.raises(ConflictError):
        bench(server, database)
    assert tables(server, database) == [("precious",)]
