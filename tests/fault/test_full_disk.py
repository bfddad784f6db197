"""A really full disk under the program: one line, and the vault is as it was."""

import json
import os
import subprocess

import pytest
from program import anamnesis, is_declared
from sample_cut import SAMPLE, sample_cut

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root"),
]


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 4 MB: room for a vault, not for the sample's eight megabytes of sealed sound."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_import_on_a_full_disk_leaves_the_vault_as_it_was(small_disk, tmp_path):
    (tmp_path / "pass.txt").write_text("correct horse battery staple\n")
    extra = {"ANAMNESIS_PASSPHRASE_FILE": str(tmp_path / "pass.txt")}
    data = small_disk / "data"
    assert anamnesis("--data-dir", data, "users", "create", "anna", **extra).status == 0
    outcome = anamnesis("--data-dir", data, "demo", SAMPLE, **extra)
    assert is_declared(outcome), outcome
    assert "full" in outcome.err
    listed = anamnesis("--data-dir", data, "encounters", "list", "--json", **extra)
    assert json.loads(listed.out)["encounters"] == []
    assert anamnesis("--data-dir", data, "audit", "verify", **extra).status == 0
    assert sum(path.stat().st_size for path in data.rglob("*") if path.is_file()) < 3_000_000


def test_transcription_needs_no_disk_at_all(small_disk, tmp_path):
    """Its temporary folder is full; it still works, because nothing is written."""
    (small_disk / "ballast").write_bytes(bytes(3_900_000))
    outcome = anamnesis(
        "transcribe",
        sample_cut(tmp_path / "cut.wav", 40.0),
        "--model",
        "whisper-tiny.en",
        "--json",
        TMPDIR=str(small_disk),
    )
    assert outcome.status == 0, outcome.err
    assert json.loads(outcome.out)["utterances"]
