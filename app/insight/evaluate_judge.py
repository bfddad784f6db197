"""Whether a language model as second judge finds planted errors that the rules passed, and at what price."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.domain.note import Statement
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.drafting.checking.judge import Judge, question_on
from app.drafting.engines.language_model import LanguageModel
from app.drafting.spoken.evidence import find_evidence
from app.insight.checked_visits import visits_to_tune
from app.insight.evaluate_checks import SEED, evaluate_checks
from app.insight.planted_joins import LIMIT, OF_TRUE_WORDS

MOST = 70
"""Statements of a kind that are asked about; each costs the reading of some 250 tokens."""
_PRICES = (0.01, 0.02, 0.05)


def evaluate_judge(
    data: Path, model: LanguageModel, progress: Progress, cancel: CancelToken, *, most: int = MOST
) -> dict[str, Any]:
    """Ask the model about true and planted statements that the rules marked supported, at most `most` of each.

    Tuning visits are used, because a threshold is chosen on them. Figures: `auc` (probability that a true statement is
    believed more than a planted one) and, for each price, `found_at_0.01` and so on: the share of the planted errors
    below the threshold under which that share of the true statements lies; the same for errors made of true words
    alone (`joined.auc`, …: facts of two matters in one statement, limits left out). `seconds`: wall time of a
    statement. Items: kind, text and belief. Raises `InputError`, `EngineError`, `WorkCancelledError`.
    """
    items = [i for i in evaluate_checks(data, progress, cancel, tuning=True)["items"] if not i["flagged"]]
    visits = {v.visit.id: v.visit.transcript for v in visits_to_tune(data)}
    choice = random.Random(SEED)  # noqa: S311 - repeatable choice of test cases, no secret
    asked: list[dict[str, Any]] = []
    for family in ("true", "planted"):
        of_family = [i for i in items if i["kind"].startswith(family)]
        asked += choice.sample(of_family, min(most, len(of_family)))
    judge, began = Judge(model), time.monotonic()
    for n, item in enumerate(asked):
        cancel.check()
        progress(n / len(asked), "asking about statements")
        item["belief"] = _belief(judge, item["text"], visits[item["id"].rpartition(".")[0]], cancel)
    figures = _figures(asked) | {"seconds": round((time.monotonic() - began) / max(1, len(asked)), 2)}
    kept = [{name: item[name] for name in ("id", "kind", "text", "original", "belief")} for item in asked]
    return {"kind": "judge", "figures": figures, "plain": None, "items": kept}


def _figures(asked: Sequence[dict[str, Any]]) -> dict[str, float]:
    true = [i["belief"] for i in asked if i["kind"].startswith("true")]
    planted = [i for i in asked if not i["kind"].startswith("true")]
    joined = [i["belief"] for i in planted if i["kind"].partition(".")[2] in (*OF_TRUE_WORDS, LIMIT)]
    of_joined = {f"joined.{name}": value for name, value in judge_figures(true, joined).items() if name != "count.true"}
    return judge_figures(true, [i["belief"] for i in planted]) | of_joined


def _belief(judge: Judge, text: str, transcript: Transcript, cancel: CancelToken) -> float:
    statement = Statement("s1", text, find_evidence(text, transcript))
    return judge.belief(question_on(statement, transcript), cancel=cancel)


def judge_figures(true: list[float], planted: list[float]) -> dict[str, float]:
    """Return `auc` and `found_at_…` for the beliefs in true and in planted statements; only counts if one is empty."""
    figures = {"count.true": float(len(true)), "count.planted": float(len(planted))}
    if not true or not planted:
        return figures
    wins = sum((t > p) + 0.5 * (t == p) for t in true for p in planted)
    figures["auc"] = wins / (len(true) * len(planted))
    for price in _PRICES:
        threshold = sorted(true)[int(price * len(true))]
        figures[f"found_at_{price:g}"] = sum(p < threshold for p in planted) / len(planted)
    return figures
