"""`anamnesis evaluate notes`: its options and its table."""

import pytest

from app import cli


@pytest.fixture
def asked(monkeypatch):
    """What `evaluate_notes` was asked; it answers with a small result."""
    found: dict[str, object] = {}

    def evaluate_notes(data, **options):
        found.update(options, data=data)
        return {
            "kind": "notes",
            "figures": {"rouge1": 0.5, "critical_recall": 0.75},
            "plain": {"rouge1": 0.4},
            "items": [],
            "notices": ["ROUGE is left out."],
        }

    monkeypatch.setattr("app.insight.evaluate_notes.evaluate_notes", evaluate_notes)
    return found


def test_options_reach_the_evaluation(asked, tmp_path, capsys):
    words = ["--set", "asr", "--limit", "2", "--no-plain", "--language-model", "small", "--template", "soap"]
    assert cli.main(["evaluate", "notes", "--data", str(tmp_path), *words]) == 0
    assert (asked["only"], asked["limit"], asked["open_plain_way"]) == ("asr", 2, None)
    assert (asked["choice"].language_model, asked["choice"].template) == ("small", "soap")
    capsys.readouterr()


def test_the_judge_gets_the_chosen_model_and_it_is_closed(monkeypatch, tmp_path, capsys):
    asked: list[object] = []

    class Model:
        def close(self) -> None:
            asked.append("closed")

    def evaluate_judge(data, model, _progress, _cancel):
        asked.extend((data, type(model)))
        return {"kind": "judge", "figures": {"auc": 0.5}, "plain": None}

    monkeypatch.setattr("app.insight.evaluate_judge.evaluate_judge", evaluate_judge)
    monkeypatch.setattr("app.models.store.ModelStore.open", lambda _store, name: tmp_path / name)
    monkeypatch.setattr("app.drafting.engines.loading.load_language_model", lambda _folder: Model())
    assert cli.main(["evaluate", "judge", "--data", str(tmp_path), "--language-model", "small"]) == 0
    assert asked == [tmp_path, Model, "closed"]
    assert "auc" in capsys.readouterr().out


def test_the_table_puts_the_plain_way_beside_ours(asked, tmp_path, capsys):
    assert cli.main(["evaluate", "notes", "--data", str(tmp_path), "--no-plain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["figure", "ours", "plain", "way"]
    assert [line.split() for line in lines[1:3]] == [["rouge1", "0.5000", "0.4000"], ["critical_recall", "0.7500"]]
    assert lines[3] == "ROUGE is left out."


def test_the_plain_way_needs_its_model(asked, tmp_path, capsys):
    assert cli.main(["evaluate", "notes", "--data", str(tmp_path), "--language-model", "no-such-model"]) == 1
    assert "no-such-model" in capsys.readouterr().err
    assert not asked


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_limit_is_at_least_one(tmp_path, number, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["evaluate", "notes", "--data", str(tmp_path), "--limit", number])
    assert left.value.code == 2
    assert "--limit" in capsys.readouterr().err
