"""How many planted errors the rule checks find, and how many true statements they flag."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Transcript, Utterance
from app.domain.work import CancelToken, Progress
from app.drafting.checking.check import check_note
from app.insight.checked_visits import CheckedVisit, visits_to_measure, visits_to_tune
from app.insight.planted_errors import KINDS, NEED_NO_FACT, Planter
from app.insight.planted_joins import LIMIT, OF_TRUE_WORDS, JoinPlanter
from app.insight.true_statements import true_statements

SEED = 20
_MOST_PER_VISIT = 8
"""Planted errors of a kind per visit, so that kinds that always apply do not outweigh the others."""
_LONG_WORDS, _LONG_STATEMENTS = 18_000, 200
"""A visit of 90 minutes, and a note on it."""


def evaluate_checks(data: Path, progress: Progress, cancel: CancelToken, *, tuning: bool = False) -> dict[str, Any]:
    """Plant errors into true statements of labelled visits and count what the checks mark.

    Figures are shares, 0 to 1: `found` (planted errors not marked supported; those made of true words alone,
    `joined_…` and `limit`, count for themselves and as `found.joined`, not in the whole) and `falsely_flagged` (true
    statements not marked supported), the same per kind (`falsely_flagged.dose`: of the true statements that hold a
    dose), per source (`falsely_flagged.reference`) and per set (`primock57.found`); `count.…` says of how many.
    `seconds`: processor time of the checks alone, `long.seconds` that of 200 statements on 18,000 words (absent if the
    folder has fewer). `tuning` takes the visits on which rules may be tuned instead of those on which they are judged.
    Raises `InputError` without labelled visits, `WorkCancelledError`.
    """
    visits = (visits_to_tune if tuning else visits_to_measure)(data)
    items: list[dict[str, Any]] = []
    seconds = 0.0
    for n, visit in enumerate(visits):
        cancel.check()
        progress(n / len(visits), "checking planted errors")
        found, took = _visit(visit, SEED + n)
        items.extend(found)
        seconds += took
    long = long_visit(visits)
    figures = _figures(items) | {"seconds": round(seconds, 2)}
    if long is not None:
        figures["long.seconds"] = round(_seconds(*long)[1], 2)
    progress(1.0, "checking planted errors")
    return {"kind": "checks", "figures": figures, "plain": None, "items": items}


def _visit(checked: CheckedVisit, seed: int) -> tuple[list[dict[str, Any]], float]:
    visit = checked.visit
    good = true_statements(visit)
    planter = Planter(visit.transcript, seed)
    cases = [(source, section, text, text) for source, section, text in good]
    facts: dict[str, set[str]] = defaultdict(set)
    for kind in KINDS:
        planted = [(planter.plant(kind, text), section, text) for _, section, text in good]
        made = [
            (f"planted.{kind}", "plan" if kind == "plan" else section, p.text, text)
            for p, section, text in planted
            if p is not None
        ]
        for _, _, _, original in made if kind not in NEED_NO_FACT else ():
            facts[original].add(_group(kind))
        cases.extend(_some(made))
    cases.extend(_of_true_words(visit.transcript, good, seed))
    marked, took = _seconds(_note(cases), visit.transcript)
    items = [
        {
            "id": f"{visit.id}.{n}",
            "set": checked.set,
            "kind": source,
            "facts": sorted(facts[text]) if source.startswith("true.") else [],
            "text": text,
            "original": original,
            "support": statement.support.value,
            "reasons": list(statement.reasons),
            "flagged": statement.support is not Support.SUPPORTED,
        }
        for n, ((source, _, text, original), statement) in enumerate(zip(cases, marked.statements(), strict=True))
    ]
    return items, took


def _of_true_words(
    transcript: Transcript, good: Iterable[tuple[str, str, str]], seed: int
) -> Iterator[tuple[str, str, str, str]]:
    """Errors that hold nothing but what was said: facts of two matters in one statement, and limits left out."""
    planter = JoinPlanter(transcript, seed)
    for kind in OF_TRUE_WORDS:
        planted = ((section, planter.plant(kind, text), text) for _, section, text in good)
        yield from _some([(f"planted.{kind}", section, text, o) for section, text, o in planted if text])
    yield from _some([(f"planted.{LIMIT}", "subjective", text, o) for text, o in planter.limits_left_out()])


def _some(made: Sequence[tuple[str, str, str, str]]) -> Sequence[tuple[str, str, str, str]]:
    return made[:: max(1, len(made) // _MOST_PER_VISIT)][:_MOST_PER_VISIT]


def _group(kind: str) -> str:
    return kind.partition("_")[0] if kind.startswith(("dose", "joined")) else kind


def _note(cases: Iterable[tuple[str, str, str, str]]) -> Note:
    return Note(
        "soap",
        tuple(Section(key, key.title(), (Statement(f"s{n}", text),)) for n, (_, key, text, _) in enumerate(cases)),
    )


def _seconds(note: Note, transcript: Transcript) -> tuple[Note, float]:
    began = time.process_time()
    return check_note(note, transcript), time.process_time() - began


def long_visit(visits: Iterable[CheckedVisit]) -> tuple[Note, Transcript] | None:
    """Return a note of 200 statements and 18,000 words of talk, joined from visits; None if they are too few."""
    utterances: list[Utterance] = []
    cases: list[tuple[str, str, str, str]] = []
    count = 0
    for checked in visits:
        for utterance in checked.visit.transcript.utterances:
            start = float(len(utterances))
            utterances.append(Utterance(f"u{len(utterances)}", start, start + 1.0, utterance.speaker, utterance.text))
            count += len(utterance.text.split())
        cases.extend((source, section, text, text) for source, section, text in true_statements(checked.visit))
        if count >= _LONG_WORDS and len(cases) >= _LONG_STATEMENTS:
            transcript = Transcript(float(len(utterances)), "en", "reference", tuple(utterances))
            return _note(cases[:: len(cases) // _LONG_STATEMENTS][:_LONG_STATEMENTS]), transcript
    return None


def _figures(items: list[dict[str, Any]]) -> dict[str, float]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for item in items:
        family, _, kind = item["kind"].partition(".")
        name = "found" if family == "planted" else "falsely_flagged"
        kinds = {kind, _group(kind), *item["facts"]} | (set() if kind in (*OF_TRUE_WORDS, LIMIT) else {""})
        for each in kinds:
            groups[f"{name}.{each}" if each else name].append(item["flagged"])
        if "" in kinds:
            groups[f"{item['set']}.{name}"].append(item["flagged"])
        if kind == "reference":
            groups[f"{item['set']}.{name}.reference"].append(item["flagged"])
    figures = {name: sum(flags) / len(flags) for name, flags in sorted(groups.items())}
    return figures | {f"count.{name}": float(len(flags)) for name, flags in sorted(groups.items())}
