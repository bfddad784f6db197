"""Promise 5 below Python: the system calls of the real engine show that no network socket is made, nothing is left."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from program import REPOSITORY, environment
from sample_cut import sample_cut

pytestmark = [
    pytest.mark.models,
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing"),
]

STRACE = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=socket", "-o"]
VISIT = "Doctor: Any fever or cough?\nPatient: No. I take lisinopril, 10 mg a day.\nDoctor: I will order an ECG.\n"


def _sockets(tmp_path, *words):
    """Run a command under strace; return its status and the network families of the sockets that any process made."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "tmp").mkdir()
    trace = tmp_path / "trace"
    models = os.environ.get("ANAMNESIS_MODELS_DIR") or os.path.expanduser("~/.cache/anamnesis/models")
    clean = environment(HOME=str(home), TMPDIR=str(tmp_path / "tmp"), ANAMNESIS_MODELS_DIR=models)
    done = subprocess.run(
        [*STRACE, str(trace), sys.executable, "-m", "app", *words],
        cwd=REPOSITORY, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    left = [path for folder in (home, tmp_path / "tmp") for path in folder.rglob("*") if path.is_file()]
    return set(re.findall(r"socket\((AF_\w+)", trace.read_text())), left


def test_transcribing_makes_no_network_socket_and_leaves_no_file(tmp_path):
    sample = sample_cut(tmp_path / "cut.wav", 15.0)
    families, left = _sockets(tmp_path, "transcribe", str(sample), "--model", "whisper-tiny.en")
    assert families <= {"AF_UNIX"}
    assert left == []


def test_drafting_makes_no_network_socket_and_leaves_no_file(tmp_path):
    (tmp_path / "visit.txt").write_text(VISIT)
    families, left = _sockets(tmp_path, "draft", str(tmp_path / "visit.txt"), "--model", "qwen2.5-coder-0.5b-q4")
    assert families <= {"AF_UNIX"}
    assert left == []
