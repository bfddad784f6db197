"""Whether a language model as second judge finds planted errors that the rules passed, and at what price."""

import random
from pathlib import Path
from typing import Any

from app.domain.note import Statement
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.drafting.checking.judge import Judge
from app.drafting.engines.language_model import LanguageModel
from app.drafting.spoken.evidence import find_evidence
from app.insight.checked_visits import visits_to_tune
from app.insight.evaluate_checks import SEED, evaluate_checks

_PRICES = (0.01, 0.02, 0.05)


def evaluate_judge(
    data: Path, model: LanguageModel, progress: Progress, cancel: CancelToken, *, most: int = 100
) -> dict[str, Any]:
    """Ask the model about true and planted statements that the rules marked supported, at most `most` of each.

    Tuning visits are used, because a threshold is chosen on them. Figures: `auc` (probability that a true statement is
    believed more than a planted one) and, for each price, `found_at_0.01` and so on: the share of the planted errors
    below the threshold under which that share of the true statements lies. Raises `InputError`, `WorkCancelledError`.
    """
    items = [i for i in evaluate_checks(data, progress, cancel, tuning=True)["items"] if not i["flagged"]]
    visits = {v.visit.id: v.visit.transcript for v in visits_to_tune(data)}
    choice = random.Random(SEED)  # noqa: S311 - repeatable choice of test cases, no secret
    beliefs: dict[str, list[float]] = {"true": [], "planted": []}
    for family, found in beliefs.items():
        of_family = [i for i in items if i["kind"].startswith(family)]
        chosen = choice.sample(of_family, min(most, len(of_family)))
        for n, item in enumerate(chosen):
            cancel.check()
            progress(n / len(chosen), f"asking about {family} statements")
            found.append(_belief(Judge(model), item["text"], visits[item["id"].rpartition(".")[0]], cancel))
    return {"kind": "judge", "figures": judge_figures(beliefs["true"], beliefs["planted"]), "plain": None}


def _belief(judge: Judge, text: str, transcript: Transcript, cancel: CancelToken) -> float:
    return judge.belief(Statement("s1", text, find_evidence(text, transcript)), transcript, cancel=cancel)


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
