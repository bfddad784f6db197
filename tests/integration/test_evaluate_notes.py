"""`anamnesis evaluate notes` with the small real model on one visit of our own words, ours and the plain way."""

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from notes_double import CLINICIAN, TALK, item, write_rows

from app.domain.errors import ModelMissingError, WorkCancelledError
from app.domain.work import CancelToken
from app.insight.labelled_visits import transcript_from_turns
from app.insight.plain_notes import plain_notes
from app.settings import find_paths

MODEL = "qwen2.5-coder-0.5b-q4"
FOLDER = find_paths().models / MODEL
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not list(FOLDER.glob("*.gguf")), reason=f"no model in {FOLDER}: anamnesis models fetch"),
]


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "labelled"
    folder.mkdir()
    write_rows(folder / "primock57.jsonl", {"id": "v1", "transcript": TALK, "note": CLINICIAN})
    items = [item("knee pain"), item("left", depth=1), item("lives with wife", "non-critical", section="SH")]
    write_rows(folder / "primock57_checklists.jsonl", {"id": "v1", "clinician": 1, "variant": 1, "items": items})
    return folder


def test_the_command_scores_ours_and_the_plain_way(data, tmp_path):
    own = tmp_path / "own"
    words = ["evaluate", "notes", "--data", str(data), "--language-model", MODEL, "--json", "--data-dir", str(own)]
    ran = subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env={**os.environ, "ANAMNESIS_MODELS_DIR": str(FOLDER.parent)},
        capture_output=True,
        timeout=280,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stderr == b""
    result = json.loads(ran.stdout)
    assert result["kind"] == "notes"
    assert result["notices"] == []
    for figures in (result["figures"], result["plain"]):
        assert {"rouge1", "rouge2", "rougeLsum", "critical_recall", "noncritical_recall", "seconds"} <= set(figures)
        assert 0.0 < figures["rouge1"] <= 1.0
        assert figures["supported"] + figures["partial"] + figures["unsupported"] + figures["contradicted"] == (
            pytest.approx(1.0, abs=1e-3)
        )
    assert result["figures"]["critical_recall"] > 0.0, "the knee is in the note"
    assert result["figures"]["critical_recall_with_missing"] >= result["figures"]["critical_recall"]
    (only,) = result["items"]
    assert only["id"] == "v1"
    assert "knee" in only["note"].lower()
    assert only["plain_note"].strip()
    assert not [path for path in own.rglob("*") if path.is_file()], "nothing is left on disk"


def test_the_plain_way_is_cancelled_and_its_process_gone():
    cancel = CancelToken()
    talk = transcript_from_turns(TALK * 8)
    before = set(multiprocessing.active_children())
    with plain_notes(FOLDER) as way:
        way.ready(CancelToken())
        (child,) = set(multiprocessing.active_children()) - before
        threading.Timer(0.5, cancel.cancel).start()
        with pytest.raises(WorkCancelledError):
            way.write(talk, cancel)
    assert not child.is_alive()


def test_a_missing_model_is_told(tmp_path):
    with plain_notes(tmp_path) as way, pytest.raises(ModelMissingError):
        way.ready(CancelToken())
