"""ROUGE of a note beside the clinician's, by Google's `rouge-score` (Lin 2004, ROUGE: a package for automatic
evaluation of summaries)."""

import importlib.util
from collections.abc import Mapping

from app.domain.note import Note

KINDS = ("rouge1", "rouge2", "rougeLsum")


def rouge_is_there() -> bool:
    """Whether the library is installed; an installed package of the program comes without it."""
    return importlib.util.find_spec("rouge_score") is not None


def rouge(reference: str, text: str) -> Mapping[str, float]:
    """Return the F-measures of `KINDS`, 0 to 1; no stemming, as the makers of ACI-Bench score (Yim et al. 2023).

    Lines are what `rougeLsum` takes for sentences. Raises `ImportError` where `rouge_is_there` says no.
    """
    from rouge_score.rouge_scorer import RougeScorer

    scores = RougeScorer(list(KINDS), use_stemmer=False).score(reference, text)
    return {kind: float(scores[kind].fmeasure) for kind in KINDS}


def note_text(note: Note) -> str:
    """Return a note as it is scored: headings and statements, one on a line; sections without statements left out."""
    lines: list[str] = []
    for section in note.sections:
        if section.statements:
            lines += [section.title, *(statement.text for statement in section.statements)]
    return "\n".join(lines)
