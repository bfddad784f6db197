"""Retention, holds, destroying, backup and restore from the command line, on real files."""

import json
import shutil
from contextlib import closing

import pytest
from program import anamnesis, is_declared
from vault_samples import make_note, make_transcript

from app.domain.encounter import EncounterState, VersionKind
from app.vault import sign_in

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A vault of one physician with a draft and its recording; data folder, passphrase file, recovery code, id."""
    folder = tmp_path_factory.mktemp("cli")
    passphrase = folder / "pass.txt"
    passphrase.write_text(PASSPHRASE + "\n")
    outcome = anamnesis("--data-dir", folder / "data", "users", "create", "anna", **_given(passphrase))
    assert outcome.status == 0, outcome.err
    code = next(line.strip() for line in outcome.out.splitlines() if line.startswith("    "))
    with closing(sign_in(folder / "data" / "vault", "anna", PASSPHRASE)) as session:
        store = session.encounters
        visit = store.create("Distinctive, Name")
        with store.audio_writer(visit, 100) as writer:
            writer.write(bytes(range(200)) * 2)
        store.save_transcript(visit, make_transcript())
        store.add_version(visit, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
    return folder, code, visit


@pytest.fixture
def vault(made, tmp_path):
    folder, code, visit = made
    shutil.copytree(folder / "data", tmp_path / "data")
    return {"data": tmp_path / "data", "pass": folder / "pass.txt", "code": code, "visit": visit}


def _given(passphrase):
    return {"ANAMNESIS_PASSPHRASE_FILE": str(passphrase)}


def _run(vault, *words, **extra):
    return anamnesis("--data-dir", vault["data"], *words, **_given(vault["pass"]), **extra)


def test_retention_without_a_policy_keeps_everything(vault):
    shown = _run(vault, "retention", "show")
    assert shown.status == 0, shown.err
    assert shown.out.count("kept for ever") == 4
    assert "Distinctive" not in shown.out
    assert "keeps everything" in _run(vault, "retention", "apply").out


def test_retention_with_a_policy_says_what_would_go(vault, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("keep_unsigned_days = 1\n")
    shown = _run(vault, "retention", "show", "--json", ANAMNESIS_POLICY=str(policy))
    data = json.loads(shown.out)
    assert data["limits"]["unsigned"] == 1
    assert [(d["id"], d["kind"], d["held"]) for d in data["due"]] == [(vault["visit"], "unsigned", False)]
    applied = _run(vault, "retention", "apply", "--json", ANAMNESIS_POLICY=str(policy))
    assert json.loads(applied.out)["erased"] == []  # two weeks of notice first


def test_hold_keeps_and_release_lets_go(vault):
    start = vault["visit"][:8]
    assert _run(vault, "hold", "add", start, "--reason", "claim 4711").status == 0
    held = json.loads(_run(vault, "hold", "list", "--json").out)["holds"]
    assert [(h["id"], h["by"], h["reason"]) for h in held] == [(vault["visit"], "anna", "claim 4711")]
    refused = _run(vault, "encounters", "destroy", start, "--reason", "asked for", "--yes")
    assert is_declared(refused)
    assert "legal hold" in refused.err
    assert _run(vault, "hold", "release", start, "--reason", "settled").status == 0
    destroyed = _run(vault, "encounters", "destroy", start, "--reason", "asked for", "--yes")
    assert destroyed.status == 0, destroyed.err
    assert json.loads(_run(vault, "encounters", "list", "--json").out)["encounters"] == []
    erased = json.loads(_run(vault, "retention", "show", "--json").out)["erased"]
    assert [(e["id"], e["part"], e["by"], e["reason"]) for e in erased] == [
        (vault["visit"], "encounter", "anna", "asked for")
    ]


def test_destroying_asks_and_without_a_terminal_needs_yes(vault):
    refused = _run(vault, "encounters", "destroy", vault["visit"][:8], "--reason", "asked for")
    assert is_declared(refused)
    assert "--yes" in refused.err
    assert len(json.loads(_run(vault, "encounters", "list", "--json").out)["encounters"]) == 1
    assert _run(vault, "encounters", "destroy", vault["visit"][:8]).status == 2  # a reason is needed


def test_backup_and_restore_with_the_recovery_code(vault, tmp_path):
    usb = tmp_path / "usb"
    usb.mkdir()
    made = _run(vault, "backup", usb, "--json")
    assert made.status == 0, made.err
    path = json.loads(made.out)["path"]
    assert "no backup" not in made.err
    check = anamnesis("restore", path, "--check", "--json")
    assert (check.status, json.loads(check.out)["intact"]) == (0, True)
    assert is_declared(_run(vault, "restore", path))  # never over a vault
    new = tmp_path / "new.txt"
    new.write_text("a quite different sentence\n")
    other = tmp_path / "other"
    restored = anamnesis(
        "--data-dir", other, "restore", path, "--recovery-code", stdin=vault["code"] + "\n", **_given(new)
    )
    assert restored.status == 0, restored.err
    assert "Restored: 1 visits, 1 files of sound." in restored.out
    shown = anamnesis("--data-dir", other, "encounters", "list", "--json", **_given(new))
    assert [e["title"] for e in json.loads(shown.out)["encounters"]] == ["Distinctive, Name"]


def test_what_was_destroyed_after_the_backup_does_not_come_back(vault, tmp_path):
    usb = tmp_path / "usb"
    usb.mkdir()
    path = json.loads(_run(vault, "backup", usb, "--json").out)["path"]
    assert _run(vault, "encounters", "destroy", vault["visit"][:8], "--reason", "asked", "--yes").status == 0
    restored = anamnesis("--data-dir", tmp_path / "other", "restore", path, **_given(vault["pass"]))
    assert restored.status == 0, restored.err
    assert "Erased again" in restored.out
    shown = anamnesis("--data-dir", tmp_path / "other", "encounters", "list", "--json", **_given(vault["pass"]))
    assert json.loads(shown.out)["encounters"] == []


def test_damaged_backup_is_told_and_restored_in_part(vault, tmp_path):
    path = tmp_path / "b.anabackup"
    assert _run(vault, "backup", path).status == 0
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 20])
    check = anamnesis("restore", path, "--check")
    assert check.status == 1
    assert "DAMAGED OR CUT" in check.out
    refused = anamnesis("--data-dir", tmp_path / "other", "restore", path, **_given(vault["pass"]))
    assert is_declared(refused)
    assert "--partial" in refused.err
    restored = anamnesis("--data-dir", tmp_path / "other", "restore", path, "--partial", **_given(vault["pass"]))
    assert restored.status == 0, restored.err


def test_doctor_reminds_of_backups(vault, tmp_path):
    def backup_line():
        found = json.loads(_run(vault, "doctor", "--json", ANAMNESIS_MODELS_DIR=str(tmp_path)).out)["findings"]
        return next(f for f in found if f["name"] == "backup")

    assert backup_line()["health"] == "note"
    assert _run(vault, "backup", tmp_path / "b").status == 0
    assert backup_line()["health"] == "ok"


@pytest.mark.parametrize(
    "words",
    [("backup", "/nowhere/at/all"), ("restore", "/nowhere"), ("restore", "/nowhere", "--check"),
     ("hold", "add", "zzzz", "--reason", "x"), ("hold", "release", "zzzz", "--reason", "x")],
)  # fmt: skip
def test_bad_input_is_one_declared_line(vault, words):
    assert is_declared(_run(vault, *words))
