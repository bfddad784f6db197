"""Language models side by side in one run: how fast each reads and writes, whichever engine and build runs it."""

import json
import os
import time
from collections.abc import Mapping
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from app.domain.errors import EngineError
from app.drafting.engines import llama_build
from app.drafting.engines.language_model import Generation, LanguageModel, Prompt
from app.insight.child_process import child_process
from app.insight.hardware import hardware

TURNS = 40
WRITTEN_TOKENS = 120

_TALK = (
    "Doctor: What brings you in today, and since when has it been troubling you?\n"
    "Patient: My left knee has been sore for about three weeks, mostly on the stairs and after work.\n"
)
_ASK = "Write the history of this visit in full sentences."


def bench_engines(folders: Mapping[str, Path], threads: int = 0) -> dict[str, object]:
    """Return for each model, by id: seconds to load, tokens read and written a second, megabytes of memory.

    Every model has a process of its own, one after the other; where a build of llama.cpp for this processor runs, its
    models are measured with the wheel's own, too. The prompt (about 1,800 tokens) is in no cache. Raises `EngineError`
    if a process ends without an answer.
    """
    figures: dict[str, object] = {}
    for model, folder in folders.items():
        figures[model] = _measured(folder, threads)
        if llama_build.build_here() != llama_build.OWN and any(folder.glob("*.gguf")):
            figures[f"{model} ({llama_build.OWN})"] = _measured(folder, threads, llama_build.OWN)
    return {"engines": figures, "hardware": hardware()}


def _measured(folder: Path, threads: int, build: str | None = None) -> dict[str, object]:
    with child_process(partial(_serve, str(folder), threads, build)) as (_process, connection):
        try:
            answer: dict[str, object] = json.loads(connection.recv_bytes())
        except EOFError:
            raise EngineError(f"The model in {folder} ended its process.", "Run: anamnesis models verify") from None
    return answer


def _serve(folder: str, threads: int, build: str | None, connection: Connection) -> None:
    import psutil

    from app.drafting.engines.loading import load_language_model

    if build is not None:
        os.environ[llama_build.CHOSEN] = build
    start = time.monotonic()
    model = load_language_model(Path(folder), threads=threads)
    loaded = time.monotonic() - start
    figures = {"load_seconds": round(loaded, 2), **speeds(model)}
    figures["memory_mb"] = round(psutil.Process().memory_info().rss / 1e6)
    model.close()
    connection.send_bytes(json.dumps(figures).encode())


def speeds(model: LanguageModel) -> dict[str, float]:
    """Return what a model reads and writes, tokens a second, and the seconds until its first token."""
    prompt = Prompt("You are a medical scribe.", _TALK * TURNS, _ASK)
    empty = model.count_tokens(Prompt("", "", ""))
    read = model.count_tokens(prompt)
    times: list[float] = []
    start = time.monotonic()
    answer = model.generate(
        Generation(prompt, max_tokens=WRITTEN_TOKENS, on_token=lambda _piece: times.append(time.monotonic()))
    )
    if not times:
        return {"read_tokens": read, "first_token_seconds": round(time.monotonic() - start, 2)}
    written = model.count_tokens(Prompt("", answer, "")) - empty
    first, last = times[0] - start, times[-1] - times[0]
    return {
        "read_tokens": read,
        "first_token_seconds": round(first, 2),
        "read_per_second": round(read / first, 1),
        "written_tokens": written,
        "written_per_second": round((written - 1) / last, 1) if last > 0 else 0.0,
    }
