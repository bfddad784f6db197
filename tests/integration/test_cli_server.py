"""Two machines share a vault from the command line alone."""

import json

import pytest
from postgres_server import PASSWORD, USER, PostgresServer
from program import anamnesis, is_declared


@pytest.fixture(scope="module")
def server():
    made = PostgresServer()
    yield made
    made.stop()


@pytest.fixture
def run(server, tmp_path):
    """Runs the program on machine a or b, under the clinic's policy."""
    database = server.new_database()
    for name, line in (("pass", "correct horse battery staple"), ("word", PASSWORD)):
        (tmp_path / name).write_text(line + "\n")
    (tmp_path / "policy.toml").write_text(
        f'[shared_database]\nhost = "127.0.0.1"\nport = {server.port}\ndatabase = "{database}"\n'
        f'ca_file = "{server.authority.file}"\n'
    )
    (tmp_path / "dsn.toml").write_text(f'user = "{USER}"\n')

    def run(machine, *words, **extra):
        return anamnesis(
            "--data-dir", tmp_path / machine, *words,
            ANAMNESIS_PASSPHRASE_FILE=str(tmp_path / "pass"), ANAMNESIS_SERVER_PASSWORD_FILE=str(tmp_path / "word"),
            ANAMNESIS_POLICY=str(tmp_path / "policy.toml"), **extra,
        )  # fmt: skip

    return run


def test_connect_invite_join_and_sync(run, tmp_path):
    assert run("a", "users", "create", "anna").status == 0
    assert json.loads(run("a", "server", "status", "--json").out)["state"] == "not-linked"
    linked = run("a", "server", "connect", "--dsn-file", tmp_path / "dsn.toml", "--machine", "front desk")
    assert linked.status == 0, linked.err
    assert "0 rows wait" in linked.out
    invited = run("a", "server", "invite", tmp_path / "ward.enrol")
    assert invited.status == 0, invited.err
    code = next(line.strip() for line in invited.out.splitlines() if line.startswith("    "))
    (tmp_path / "code").write_text(code + "\n")
    assert PASSWORD not in linked.out + linked.err + invited.out + invited.err
    joined = run("b", "server", "join", tmp_path / "ward.enrol", "--user", "anna", "--code-file", tmp_path / "code")
    assert joined.status == 0, joined.err
    synced = run("b", "server", "sync", "--json")
    assert synced.status == 0, synced.err
    status = json.loads(synced.out)
    assert (status["state"], status["waiting"], status["held"]) == ("current", 0, 0)
    assert run("b", "server", "sync", "--all").status == 0
    assert run("b", "audit", "verify").status == 0
    assert is_declared(run("b", "server", "disconnect"))
    assert run("b", "server", "disconnect", "--yes").status == 0
    assert json.loads(run("b", "server", "status", "--json").out)["state"] == "not-linked"


def test_without_a_server_in_the_policy_nothing_is_linked(run, tmp_path):
    assert run("a", "users", "create", "anna").status == 0
    (tmp_path / "policy.toml").write_text("")
    assert is_declared(run("a", "server", "connect", "--dsn-file", tmp_path / "dsn.toml"))
    assert is_declared(run("a", "server", "sync"))
    (tmp_path / "dsn.toml").write_text('password = "x"\n')
    assert is_declared(run("a", "server", "connect", "--dsn-file", tmp_path / "dsn.toml"))


def test_doctor_tells_of_the_server(run):
    found = {f["name"]: f for f in json.loads(run("a", "doctor", "--json").out)["findings"]}
    assert found["shared database"]["health"] == "ok"
    assert "certificate" in found["shared database"]["detail"]
