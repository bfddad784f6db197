"""The vault from the command line, on real files with the real passphrase function."""

import json
from contextlib import closing

import pytest
from program import anamnesis, is_declared
from vault_samples import make_note

from app.domain.encounter import EncounterState, VersionKind
from app.vault import sign_in


@pytest.fixture
def vault(tmp_path):
    """A vault of one physician: its folder and the environment that signs in."""
    passphrase = tmp_path / "pass.txt"
    passphrase.write_text("correct horse battery staple\n")
    data = tmp_path / "data"
    made = anamnesis(
        "--data-dir", data, "users", "create", "anna", "--display-name", "Anna Ek, MD",
        ANAMNESIS_PASSPHRASE_FILE=str(passphrase),
    )  # fmt: skip
    assert made.status == 0, made.err
    code = next(line.strip() for line in made.out.splitlines() if line.startswith("    "))
    return {"data": data, "pass": passphrase, "code": code}


def _run(vault, *words, **extra):
    return anamnesis("--data-dir", vault["data"], *words, ANAMNESIS_PASSPHRASE_FILE=str(vault["pass"]), **extra)


def test_people_are_listed_with_their_roles(vault):
    people = json.loads(_run(vault, "users", "list", "--json").out)["users"]
    assert people == [{"name": "anna", "display_name": "Anna Ek, MD", "roles": ["administrator", "physician"]}]


def test_second_vault_over_the_first_is_refused(vault):
    assert is_declared(_run(vault, "users", "create", "bo"))


def test_wrong_passphrase_is_refused_and_recorded(vault, tmp_path):
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("not the passphrase\n")
    outcome = anamnesis("--data-dir", vault["data"], "encounters", "list", ANAMNESIS_PASSPHRASE_FILE=str(wrong))
    assert is_declared(outcome)
    shown = json.loads(_run(vault, "audit", "show", "--json").out)["entries"]
    assert any("fail" in entry["action"] for entry in shown)


def test_recovery_code_sets_a_new_passphrase(vault, tmp_path):
    new = tmp_path / "new.txt"
    new.write_text("a quite different sentence\n")
    outcome = anamnesis(
        "--data-dir", vault["data"], "users", "recover", "anna",
        stdin=vault["code"] + "\n", ANAMNESIS_PASSPHRASE_FILE=str(new),
    )  # fmt: skip
    assert outcome.status == 0, outcome.err
    assert is_declared(_run(vault, "encounters", "list"))
    vault["pass"] = new
    assert _run(vault, "encounters", "list").status == 0


def test_nurse_is_added_and_signs_in(vault, tmp_path):
    nurse = tmp_path / "nurse.txt"
    nurse.write_text("nurse passphrase for tests\n")
    added = _run(vault, "users", "add", "ines", "--role", "nurse", "--passphrase-file", nurse)
    assert added.status == 0, added.err
    vault["pass"] = nurse
    assert _run(vault, "encounters", "list", "--user", "ines").status == 0
    assert is_declared(
        _run(vault, "users", "add", "olaf", "--role", "nurse", "--passphrase-file", nurse, "--user", "ines")
    )


def test_audit_chain_verifies(vault):
    outcome = _run(vault, "audit", "verify", "--json")
    assert outcome.status == 0
    assert json.loads(outcome.out)["first_bad"] is None


@pytest.mark.parametrize("words", [["encounters", "show", "zz"], ["export", "zz"], ["encounters", "sign", "zz"]])
def test_unknown_visit_is_refused(vault, words):
    assert is_declared(_run(vault, *words))


def test_visit_is_found_by_its_words(vault):
    with closing(sign_in(vault["data"] / "vault", "anna", "correct horse battery staple")) as session:
        visit = session.encounters.create("Åsa Öberg")
        session.encounters.add_version(
            visit, make_note("Takes metoprolol."), VersionKind.DRAFT, EncounterState.DRAFT, 0
        )
    assert "Takes metoprolol." in _run(vault, "encounters", "find", "asa", "metop").out
    found = json.loads(_run(vault, "encounters", "find", "-", "--json", stdin="OBERG\n").out)["found"]
    assert [(one["id"], one["in_title"], one["snippet"]) for one in found] == [(visit, True, "")]
    nothing = _run(vault, "encounters", "find", "aspirin")
    assert (nothing.status, nothing.out.strip()) == (0, "No visit holds all of these words.")


@pytest.mark.parametrize("form", ["json", "csv"])
def test_audit_trail_is_exported_for_its_owner_alone(vault, tmp_path, form):
    file = tmp_path / f"audit.{form}"
    done = _run(vault, "audit", "export", file, f"--{form}")
    assert done.status == 0, done.err
    text = file.read_text()
    assert "vault.created" in text
    assert "policy.in-force" in text
    assert file.stat().st_mode & 0o077 == 0
    assert is_declared(_run(vault, "audit", "export", file, f"--{form}"))
    assert file.read_text() == text
    shown = json.loads(_run(vault, "audit", "show", "--json").out)["entries"]
    assert [(e["action"], e["detail"]) for e in shown if e["action"] == "audit.exported"] == [("audit.exported", form)]
