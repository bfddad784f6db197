"""A vault of five people, copied for each test; on both kinds of database for tests that ask for it."""

import pytest
from postgres_server import PostgresServer
from vault_samples import Template, signed_in

from app.vault.server.on_server import OnServer
from app.vault.storage import lying_on


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("vault"))


@pytest.fixture(scope="session")
def postgres():
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server_template(tmp_path_factory, postgres):
    """The same vault with its database on a server, and that database's name."""
    name = postgres.new_database()
    with lying_on(OnServer(postgres.settings(name))):
        made = Template(tmp_path_factory.mktemp("vault-on-server"))
    return made, name


@pytest.fixture
def folder(request, tmp_path):
    """The vault's folder. A module that sets `KINDS = ("embedded", "postgres")` runs on both."""
    if getattr(request, "param", "embedded") == "embedded":
        yield request.getfixturevalue("template").copy(tmp_path)
        return
    made, database = request.getfixturevalue("server_template")
    server = request.getfixturevalue("postgres")
    with lying_on(OnServer(server.settings(server.new_database(database)))):
        yield made.copy(tmp_path)


def pytest_generate_tests(metafunc):
    kinds = getattr(metafunc.module, "KINDS", None)
    embedded_only = metafunc.definition.get_closest_marker("embedded")
    if kinds and "folder" in metafunc.fixturenames and not embedded_only:
        metafunc.parametrize("folder", kinds, indirect=True)


@pytest.fixture
def session(folder):
    with signed_in(folder) as opened:
        yield opened
