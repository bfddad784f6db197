"""`anamnesis models`: what it prints and how it ends."""

import argparse
import json
from pathlib import Path

import pytest

from app.commands import models
from app.domain.errors import InputError, ModelDamagedError, ModelMissingError


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("ANAMNESIS_MODELS_DIR", str(tmp_path / "models"))

    def run(*words):
        parser = argparse.ArgumentParser()
        parser.add_argument("--data-dir", type=Path)
        models.add_parser(parser.add_subparsers())
        arguments = parser.parse_args(["models", *words])
        return arguments.run(arguments)

    return run


def test_list_as_json(run, capsys):
    assert run("list", "--json") == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["models"]}
    assert rows["whisper-base"]["default"] is True
    assert rows["whisper-base"]["state"] == "missing"
    assert rows["qwen3-8b-q4"]["pinned"] is False


def test_list_as_text_names_every_model(run, capsys):
    run("list")
    output = capsys.readouterr().out
    assert "speaker-ge2e" in output
    assert "medgemma-4b-q4" in output


def test_fetch_without_a_name_is_an_error(run):
    with pytest.raises(InputError, match="No model is named"):
        run("fetch")


def test_fetch_of_an_unknown_model_is_an_error(run):
    with pytest.raises(InputError, match="'nope'"):
        run("fetch", "nope")


def test_verify_names_missing_and_damaged_files(run, tmp_path, capsys):
    with pytest.raises(ModelMissingError, match="speaker-ge2e"):
        run("verify", "speaker-ge2e")
    folder = tmp_path / "models" / "speaker-ge2e"
    folder.mkdir(parents=True)
    (folder / "pretrained.pt").write_bytes(b"x" * 17090379)
    with pytest.raises(ModelDamagedError, match=r"speaker-ge2e/pretrained\.pt") as error:
        run("verify")
    assert "models fetch speaker-ge2e" in error.value.remedy
    assert "damaged" in capsys.readouterr().out


def test_import_refuses_by_name(run, tmp_path):
    folder = tmp_path / "usb" / "speaker-ge2e"
    folder.mkdir(parents=True)
    (folder / "pretrained.pt").write_bytes(b"x")
    with pytest.raises(ModelDamagedError, match=r"pretrained\.pt"):
        run("import", str(tmp_path / "usb"))
