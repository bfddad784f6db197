"""The main job on the sample visit with real models: demo, show, sign, export, tampering, and what lies on disk."""

import json
import re
import sqlite3

import pytest
from program import REPOSITORY, anamnesis, environment, is_declared

pytestmark = [pytest.mark.models, pytest.mark.timeout(600)]

PASSPHRASE = "correct horse battery staple"
SAMPLE = REPOSITORY / "resources" / "sample"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """One run of `demo` into a vault that is kept; sockets are forbidden to every process of it."""
    root = tmp_path_factory.mktemp("demo")
    (root / "tmp").mkdir()
    (root / "pass.txt").write_text(PASSPHRASE + "\n")
    extra = {
        "ANAMNESIS_PASSPHRASE_FILE": str(root / "pass.txt"),
        "TMPDIR": str(root / "tmp"),
        "PYTHONPATH": str(REPOSITORY / "tests" / "support" / "no_network"),
        "ANAMNESIS_TEST_SOCKETS": str(root / "sockets"),
    }
    outcome = anamnesis("--data-dir", root / "data", "demo", "--json", timeout=500, **extra)
    assert outcome.status == 0, outcome.err
    return {"root": root, "result": json.loads(outcome.out), "extra": extra}


def _run(demo, *words, **more):
    return anamnesis("--data-dir", demo["root"] / "data", *words, **{**demo["extra"], **more})


def _show(demo):
    return json.loads(_run(demo, "encounters", "show", demo["result"]["encounter"], "--json").out)


def _statements(demo):
    return [s for section in demo["result"]["note"]["sections"] for s in section["statements"]]


def test_no_network_socket_is_opened(demo):
    assert not (demo["root"] / "sockets").exists()


def test_every_statement_has_evidence_that_exists_or_is_unsupported(demo):
    known = {u["id"] for u in _show(demo)["transcript"]["utterances"]}
    assert _statements(demo)
    for statement in _statements(demo):
        assert statement["evidence"] or statement["support"] in {"unsupported", "contradicted"}
        assert set(statement["evidence"]) <= known


def test_note_holds_what_matters_of_the_visit(demo):
    text = " ".join(s["text"] for s in _statements(demo)).lower()
    for fact in ("lisinopril", "penicillin", "148"):
        assert fact in text
    assert len(demo["result"]["note"]["sections"]) == 4


def test_transcript_tells_the_two_voices_apart(demo):
    truth = json.loads((SAMPLE / "visit.transcript.json").read_text())["utterances"]
    right = wrong = 0
    for u in _show(demo)["transcript"]["utterances"]:
        middle = (u["start"] + u["end"]) / 2
        speaker = next((t["speaker"] for t in truth if t["start"] - 0.3 <= middle <= t["end"] + 0.3), None)
        if speaker is not None:
            right, wrong = right + (u["speaker"] == speaker), wrong + (u["speaker"] != speaker)
    assert right >= 9 * wrong


def test_no_word_of_the_visit_lies_readable_on_disk(demo):
    shown = _show(demo)
    spoken = " ".join(u["text"] for u in shown["transcript"]["utterances"]).lower()
    words = sorted(set(re.findall(r"[a-z]{8,}", spoken)), key=len)[-12:]
    assert len(words) >= 10
    files = [path for path in demo["root"].rglob("*") if path.is_file() and path.name != "pass.txt"]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        content = path.read_bytes()
        for word in words:
            assert word.encode() not in content.lower(), f"{word} in {path.name}"
            assert word.encode("utf-16-le") not in content.lower(), f"{word} in {path.name}"


def test_temporary_folder_is_left_empty(demo):
    assert list((demo["root"] / "tmp").rglob("*")) == []


def test_database_is_no_plain_sqlite(demo):
    database = next((demo["root"] / "data").rglob("*.db"))
    connection = sqlite3.connect(database)
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute("select name from sqlite_master").fetchall()
    connection.close()


def test_files_are_the_owners_alone(demo):
    for path in (demo["root"] / "data").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_sign_then_export_then_flip_a_byte(demo, tmp_path):
    encounter = demo["result"]["encounter"]
    wrong = demo["root"] / "wrong.txt"
    wrong.write_text("not the passphrase\n")
    assert is_declared(_run(demo, "encounters", "sign", encounter, ANAMNESIS_PASSPHRASE_FILE=str(wrong)))
    signed = _run(demo, "encounters", "sign", encounter, "--acknowledge")
    assert signed.status == 0, signed.err
    shown = _show(demo)
    assert shown["state"] == "signed"
    assert shown["versions"][-1]["signature"]["valid"] is True
    assert is_declared(_run(demo, "encounters", "review", encounter))
    target = tmp_path / "note.md"  # outside: an export is readable on purpose
    assert _run(demo, "export", encounter, "--output", target).status == 0
    assert "Signed by" in target.read_text()
    assert is_declared(_run(demo, "export", encounter, "--output", target))
    verified = json.loads(_run(demo, "audit", "verify", "--json").out)
    assert verified["first_bad"] is None
    actions = {e["action"] for e in json.loads(_run(demo, "audit", "show", "--json").out)["entries"]}
    assert any("sign" in action for action in actions)
    assert any("export" in action for action in actions)

    database = next((demo["root"] / "data").rglob("*.db"))
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    outcomes = [_run(demo, "encounters", "show", encounter), _run(demo, "audit", "verify")]
    assert any(is_declared(outcome) for outcome in outcomes), outcomes
    assert all("Traceback" not in outcome.err for outcome in outcomes)
    content[len(content) // 2] ^= 1
    database.write_bytes(content)


def test_environment_of_a_user_holds_no_test_variables():
    assert not any(name.startswith("PYTEST") for name in environment())
