"""Stand-ins for what writes notes, and a labelled folder of our own words."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.codec import note_to_json
from app.domain.errors import EngineError, WorkCancelledError
from app.domain.note import Note, Section, Statement
from app.domain.transcript import Transcript
from app.domain.work import CancelToken

TALK = (
    "Doctor: What brings you in?\nPatient: I have had a sore knee for two weeks, the left one.\n"
    "Doctor: Any fever?\nPatient: No.\nDoctor: Take ibuprofen 400 mg three times a day.\n"
    "Patient: I live with my wife.\n"
)
CLINICIAN = "Left knee pain for two weeks. No fever.\nPlan: ibuprofen 400 mg three times a day."
DRAFT = (
    ("Subjective", "Chief complaint: pain in the left knee for two weeks."),
    ("Subjective", "Denies fever."),
    ("Plan", "Medications: ibuprofen 800 mg three times a day."),
)


def note_of(*lines: tuple[str, str]) -> Note:
    """A note from (section title, statement) pairs."""
    titles = list(dict.fromkeys(title for title, _ in lines))
    return Note(
        "soap",
        tuple(
            Section(
                t.lower(), t, tuple(Statement(f"s{n}", text) for n, (title, text) in enumerate(lines) if title == t)
            )
            for t in titles
        ),
    )


class NoteEngine:
    """Drafts the same note for every visit, and notes what it was asked."""

    def __init__(self, note: Note, *, before_draft: Callable[[], None] = lambda: None) -> None:
        self.calls: list[str] = []
        self._note = note
        self._before = before_draft

    def preload(self, model: str) -> "_Done":
        self.calls.append(f"preload {model}")
        return _Done({})

    def draft(self, _transcript: Transcript, *, model: str, template: str, **_rest: object) -> "_Done":
        self._before()
        self.calls.append(f"draft {model} {template}")
        return _Done(note_to_json(self._note))

    def close(self) -> None:
        self.calls.append("close")


class _Done:
    """A job that has ended."""

    def __init__(self, value: dict[str, object]) -> None:
        self._value = value

    def wait(self, _seconds: float | None = None) -> bool:
        return True

    def result(self, cancel: CancelToken | None = None) -> dict[str, object]:
        if cancel is not None and cancel.cancelled:
            raise WorkCancelledError
        return self._value


class PlainWriter:
    """Writes the same text for every visit, or refuses a visit that holds `refuse`."""

    def __init__(self, text: str, calls: list[str], refuse: str = "\0") -> None:
        self._text, self._calls, self._refuse = text, calls, refuse

    def ready(self, _cancel: CancelToken) -> None:
        self._calls.append("plain ready")

    def write(self, transcript: Transcript, _cancel: CancelToken) -> str:
        if any(self._refuse in u.text for u in transcript.utterances):
            raise EngineError("The visit is too long.", "")
        self._calls.append("plain write")
        return self._text


def plain_way(writer: PlainWriter) -> Callable[[], object]:
    """What opens a plain way."""

    @contextmanager
    def opened() -> Iterator[PlainWriter]:
        yield writer

    return opened


def write_rows(path: Path, *rows: dict[str, object]) -> None:
    """Write a JSON Lines file."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def item(text: str, importance: str = "critical", depth: int = 0, section: str | None = "HPC") -> dict[str, object]:
    """An item of a checklist as a file holds it."""
    return {"section": section, "text": text, "depth": depth, "importance": importance}
