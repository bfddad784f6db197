"""The price of a second judge: how many planted errors it finds for how many true statements lost."""

import json
from pathlib import Path

import pytest

from app.domain.work import CancelToken, no_progress
from app.drafting.engines.language_model import Prompt
from app.insight.evaluate_judge import evaluate_judge, judge_figures


def test_a_judge_that_knows_finds_all_at_no_price():
    figures = judge_figures([0.9] * 100, [0.1] * 20)
    assert figures["auc"] == 1.0
    assert figures["found_at_0.01"] == 1.0


def test_a_judge_that_guesses_finds_as_much_as_it_costs():
    beliefs = [n / 100 for n in range(100)]
    figures = judge_figures(beliefs, beliefs)
    assert figures["auc"] == pytest.approx(0.5)
    assert figures["found_at_0.05"] == pytest.approx(0.05)


def test_without_errors_left_there_is_nothing_to_judge():
    assert judge_figures([0.5], []) == {"count.true": 1.0, "count.planted": 0.0}


class Believer:
    """Believes everything that it is asked."""

    def score(self, prompt: Prompt, answers: tuple[str, ...], *, cancel: CancelToken | None = None) -> dict[str, float]:
        assert "cough" in prompt.context
        assert cancel is not None
        return dict(zip(answers, (1.0, 0.0), strict=True))


def test_true_statements_that_the_rules_passed_are_asked_about(tmp_path: Path):
    turns = [{"speaker": "Patient", "text": "I have had a cough for three weeks now."}]
    rows = [{"id": f"v{n}", "turns": turns} for n in range(4)]
    (tmp_path / "osce_transcripts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = evaluate_judge(tmp_path, Believer(), no_progress, CancelToken(), most=1)
    assert result["figures"]["count.true"] == 1.0
