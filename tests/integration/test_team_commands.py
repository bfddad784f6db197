"""Care team, break-glass, leaving colleagues and new keys from the command line, on real files."""

import json

import pytest
from program import anamnesis, is_declared
from team_samples import content, full_encounter, person
from vault_samples import PASSPHRASE, Template, signed_in


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The five people, an encounter of Paul's alone, and one of Anna's."""
    made = Template(tmp_path_factory.mktemp("vault"))
    with signed_in(made.folder, "paul") as session:
        made.own = full_encounter(session, "own")
    with signed_in(made.folder) as session:
        made.visit = full_encounter(session, "Visit")
        session.team.share(made.visit, person(session, "paul"))
    return made


@pytest.fixture
def run(template, tmp_path):
    """Runs a command as one of the people; `run.vault` is the folder."""
    data = tmp_path / "data"
    data.mkdir()
    template.copy(data)
    passphrase = tmp_path / "pass.txt"
    passphrase.write_text(PASSPHRASE + "\n")
    policy = tmp_path / "policy.toml"
    policy.write_text("break_glass = true\n")

    def command(user, *words):
        return anamnesis(
            "--data-dir", data, *words, "--user", user,
            ANAMNESIS_PASSPHRASE_FILE=str(passphrase), ANAMNESIS_POLICY=str(policy),
        )  # fmt: skip

    command.vault = data / "vault"
    return command


def test_team_is_shown_and_changed(run, template):
    visit = template.visit[:10]
    assert run("anna", "encounters", "share", visit, "ines").status == 0
    team = json.loads(run("anna", "encounters", "team", visit, "--json").out)["members"]
    assert [m["name"] for m in team] == ["anna", "paul", "ines"]
    withdrawn = run("anna", "encounters", "withdraw", visit, "INES", "--reason", "left the ward")
    assert withdrawn.status == 0, withdrawn.err
    assert "sealed anew" in withdrawn.out
    assert "ines" not in run("anna", "encounters", "team", visit).out
    assert is_declared(run("ines", "encounters", "show", visit))
    assert is_declared(run("anna", "encounters", "withdraw", visit, "nobody", "--reason", "left"))
    assert run("anna", "encounters", "withdraw", visit, "ines").status == 2


def test_keys_are_rotated(run, template):
    with signed_in(run.vault) as session:
        before = content(session, template.visit)
    rotated = run("anna", "rotate-keys", "--json")
    assert rotated.status == 0, rotated.err
    assert json.loads(rotated.out) == {"asked": 1, "waiting": 0, "resealing": 0}
    assert "1 visits have new keys" in run("paul", "rotate-keys", "--encounter", template.own[:8]).out
    assert run("paul", "rotate-keys", "--resume").status == 0
    assert is_declared(run("adam", "rotate-keys"))
    with signed_in(run.vault) as session:
        assert content(session, template.visit) == before
        assert session.encounters.verify(template.visit, 3).valid


def test_person_who_left(run, template):
    revoked = run("anna", "users", "revoke", "paul", "--reason", "device lost")
    assert revoked.status == 0, revoked.err
    assert "hand-over paul" in revoked.out
    assert is_declared(run("paul", "encounters", "list"))
    assert is_declared(run("anna", "encounters", "show", template.own))
    assert is_declared(run("anna", "users", "revoke", "anna", "--reason", "oops"))
    handed = run("anna", "users", "hand-over", "paul", "--to", "anna", "--reason", "takes over")
    assert handed.status == 0, handed.err
    shown = run("anna", "encounters", "show", template.own)
    assert shown.status == 0
    assert "signature valid" in shown.out
    assert run("anna", "users", "entrust", "adam").status == 0
    assert run("anna", "audit", "verify").status == 0


def test_glass_is_broken(run, template):
    for name in ("anna", "paul"):  # sealing to the emergency key is work of the background: here it is waited for
        assert run(name, "rotate-keys", "--resume").status == 0
    assert "Anna" not in run("paul", "encounters", "break-glass").out
    with signed_in(run.vault) as session:
        session.team.withdraw(template.visit, person(session, "paul"), "left the ward")
    assert run("anna", "rotate-keys", "--resume").status == 0
    there = json.loads(run("paul", "encounters", "break-glass", "--json").out)["encounters"]
    assert [one["id"] for one in there] == [template.visit]
    assert is_declared(run("paul", "encounters", "break-glass", template.visit, "--reason", "short"))
    shown = run("paul", "encounters", "break-glass", template.visit, "--reason", "unconscious in the emergency room")
    assert shown.status == 0, shown.err
    assert "signature valid" in shown.out
    team = run("anna", "encounters", "team", template.visit).out
    assert "emergency access: paul" in team
    assert "unconscious in the emergency room" in team
    assert "unconscious" not in run("olga", "audit", "show").out
