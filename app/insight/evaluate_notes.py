"""How good drafted notes are: ROUGE beside the clinician's note, checklist recall, marks, length and time."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.domain.errors import EngineError, InputError
from app.domain.note import Note, Support
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress, no_progress
from app.drafting.checking.check import check_note
from app.drafting.checking.plain_text import statements_from_text
from app.drafting.checking.unnoted.missing import said_not_noted
from app.insight.checklist_recall import CRITICAL, NONCRITICAL, Recall, recall
from app.insight.checklists import Checklist, read_checklists
from app.insight.labelled_visits import SETS, LabelledVisit, read_raw_and_typed, read_set
from app.insight.note_figures import ScoredNote, figures
from app.insight.rouge import note_text, rouge, rouge_is_there
from app.visit.attempts import draft_with_retry
from app.visit.choice import Choice

if TYPE_CHECKING:
    from app.engine.supervisor import Engine

NO_ROUGE = "ROUGE is left out: the package rouge-score is not installed (pip install 'anamnesis[evaluate]')."
_DEFAULT_SETS = ("aci", "primock")


class PlainWay(Protocol):
    """Writes a note with one prompt; see `plain_notes.PlainNotes`."""

    def ready(self, cancel: CancelToken) -> None: ...

    def write(self, transcript: Transcript, cancel: CancelToken) -> str: ...


OpenPlainWay = Callable[[], AbstractContextManager[PlainWay]]


@dataclass(frozen=True, slots=True)
class _Visit:
    set: str
    visit: LabelledVisit
    checklists: tuple[Checklist, ...]


def evaluate_notes(
    data: Path,
    *,
    engine: "Engine",
    choice: Choice,
    open_plain_way: OpenPlainWay | None = None,
    only: str | None = None,
    limit: int | None = None,
    progress: Progress = no_progress,
    cancel: CancelToken,
) -> dict[str, object]:
    """Draft and check the visits of a labelled folder and score the notes.

    Figures (`plain` holds the same, as far as they apply, of one whole-visit prompt to the same model): `rouge1 rouge2
    rougeLsum` (mean F-measures beside the clinician's note), `critical_recall` and `noncritical_recall` (items found of
    all checklists' items), `critical_recall_with_missing` (the same with the list of what was said and is not in the
    note, which has `missing_listed` entries), `supported partial unsupported contradicted` (shares of all statements),
    `statements` and `words` per note, `seconds` per visit (draft and check, model loaded before) and `seconds_worst`,
    and `critical_recall_of_reference`, what the same matcher finds in the clinicians' own notes. With several sets each
    figure stands again with the set's name behind a dot. `notices` say what is missing and why.

    Args:
        open_plain_way: opens the plain way once ours is done, so that two models never lie in memory; None leaves it.
        only: one of `labelled_visits.SETS`; None takes `aci` and `primock`, as far as they are there. `asr` takes the
            visits that a recogniser heard otherwise, and the same ones as they were typed (`aci`) beside them.
        limit: at most so many visits of each set, those with a checklist first.

    Raises:
        InputError: no labelled visit. WorkCancelledError, ModelMissingError, ModelDamagedError, EngineError.
    """
    notices = [] if rouge_is_there() else [NO_ROUGE]
    visits = _visits(data, only, limit, notices)
    halves = 2 if open_plain_way is not None else 1
    engine.preload(choice.language_model).result(cancel)
    ours = []
    for number, visit in enumerate(visits):
        part = _part(progress, number, len(visits) * halves, f"visit {number + 1} of {len(visits)}")
        ours.append(_ours(visit, engine, choice, part, cancel))
    engine.close()
    plain = []
    if open_plain_way is not None:
        with open_plain_way() as way:
            way.ready(cancel)
            for number, visit in enumerate(visits):
                progress((len(visits) + number) / (2 * len(visits)), f"the plain way, visit {number + 1}")
                plain.append(_plain(visit, way, cancel, notices))
    progress(1.0, "scored")
    of_reference = {v.visit.id: _recall_of_reference(v) for v in visits}
    return {
        "kind": "notes",
        "figures": figures(ours, of_reference),
        "plain": figures([p for p in plain if p is not None]) if open_plain_way is not None else None,
        "items": [_item(o, plain[n] if plain else None) for n, o in enumerate(ours)],
        "notices": notices,
    }


def _visits(data: Path, only: str | None, limit: int | None, notices: list[str]) -> list[_Visit]:
    checklists = read_checklists(data)
    found: list[_Visit] = []
    for name, labelled in _sets(data, only, notices).items():
        visits = [_Visit(name, visit, tuple(c for c in checklists if c.visit == visit.id)) for visit in labelled]
        visits.sort(key=lambda v: not v.checklists)
        found.extend(visits[:limit])
    if not found:
        files = " or ".join(SETS[name][0] for name in ([only] if only else _DEFAULT_SETS))
        raise InputError("The folder has no labelled visits.", f"It needs {files}.")
    return found


def _sets(data: Path, only: str | None, notices: list[str]) -> dict[str, list[LabelledVisit]]:
    if only == "asr":
        raw, typed, same = read_raw_and_typed(data)
        if same:
            notices.append(f"{same} of {len(raw) + same} visits were heard word for word as typed and are left out.")
        return {"asr": raw, "aci": typed}
    return {name: read_set(data, name) for name in ([only] if only else _DEFAULT_SETS)}


def _part(progress: Progress, number: int, count: int, where: str) -> Progress:
    return lambda fraction, phrase: progress((number + fraction) / count, f"{where}: {phrase}")


def _ours(visit: _Visit, engine: "Engine", choice: Choice, progress: Progress, cancel: CancelToken) -> ScoredNote:
    transcript = visit.visit.transcript
    started = time.perf_counter()
    note = check_note(draft_with_retry(engine, transcript, choice, progress, cancel), transcript)
    seconds = time.perf_counter() - started
    listed = [entry.text for entry in said_not_noted(note, transcript)]
    return _scored(visit, note, seconds, listed)


def _plain(visit: _Visit, way: PlainWay, cancel: CancelToken, notices: list[str]) -> ScoredNote | None:
    """None, and a notice, where the model writes nothing: the visit does not fit into one prompt."""
    started = time.perf_counter()
    try:
        text = way.write(visit.visit.transcript, cancel)
    except EngineError as error:
        notices.append(f"The plain way has no note of {visit.visit.id}: {error.message}")
        return None
    note = check_note(statements_from_text(text), visit.visit.transcript)
    return _scored(visit, note, time.perf_counter() - started)


def _scored(visit: _Visit, note: Note, seconds: float, listed: Sequence[str] | None = None) -> ScoredNote:
    text = note_text(note)
    marks = [statement.support for statement in note.statements()]
    return ScoredNote(
        id=visit.visit.id,
        set=visit.set,
        rouge=rouge(visit.visit.note, text) if rouge_is_there() and visit.visit.note.strip() else {},
        critical=recall(visit.checklists, note, CRITICAL),
        noncritical=recall(visit.checklists, note, NONCRITICAL),
        critical_with_missing=None if listed is None else recall(visit.checklists, note, CRITICAL, listed),
        missing_listed=None if listed is None else len(listed),
        marks={support: marks.count(support) for support in Support},
        words=len(text.split()),
        seconds=seconds,
        text=text,
    )


def _recall_of_reference(visit: _Visit) -> Recall:
    return recall(visit.checklists, statements_from_text(visit.visit.note), CRITICAL)


def _item(ours: ScoredNote, plain: ScoredNote | None) -> dict[str, object]:
    item = {"id": ours.id, "set": ours.set, **ours.measures(), "missed": list(ours.critical.missed), "note": ours.text}
    if ours.critical_with_missing is not None:
        item["missed_with_missing"] = list(ours.critical_with_missing.missed)
    if plain is not None:
        item |= {f"plain_{name}": value for name, value in plain.measures().items()}
        item["plain_note"] = plain.text
    return item
