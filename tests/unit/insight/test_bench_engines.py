"""How speeds are taken from a model's own reports."""

import itertools
import os
from multiprocessing import resource_tracker

import psutil
import pytest
from drafting_doubles import ScriptedModel
from tiny_model import make_tiny_model

from app.domain.errors import EngineError
from app.insight import bench_engines


def test_reading_ends_with_the_first_token_and_writing_begins_there(monkeypatch):
    model = ScriptedModel(lambda _: "word " * 30)
    clock = itertools.count(0.0, 0.5)
    monkeypatch.setattr(bench_engines.time, "monotonic", lambda: next(clock))
    figures = bench_engines.speeds(model)
    pieces = 150 / 4  # the double hands out four letters at a time, each half a second after the last
    assert figures["first_token_seconds"] == 0.5
    assert figures["read_per_second"] == figures["read_tokens"] / 0.5
    assert figures["written_tokens"] == 30
    assert figures["written_per_second"] == round(29 / (0.5 * int(pieces)), 1)


def test_a_model_that_writes_nothing_has_no_speed_of_writing():
    figures = bench_engines.speeds(ScriptedModel(lambda _: ""))
    assert "written_per_second" not in figures
    assert figures["read_tokens"] > 500


def test_each_model_runs_in_a_process_of_its_own_that_is_gone_afterwards(tmp_path):
    folders = {name: make_tiny_model(tmp_path / name) for name in ("one", "two") if (tmp_path / name).mkdir() is None}
    if os.name == "posix":
        resource_tracker.ensure_running()  # the one process that Python keeps from its first spawned child on
    before = {child.pid for child in psutil.Process().children()}
    figures = bench_engines.bench_engines(folders, threads=1)["engines"]
    assert list(figures) == ["one", "two"]
    assert all(row["read_per_second"] > 0 and row["memory_mb"] > 0 for row in figures.values())
    assert {child.pid for child in psutil.Process().children()} <= before


def test_a_folder_without_a_model_is_a_declared_error(tmp_path):
    with pytest.raises(EngineError, match="ended its process"):
        bench_engines.bench_engines({"none": tmp_path})
