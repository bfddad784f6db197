"""The runner of visits as the window's tests have it: walks the stages of a store in memory at once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from revision_double import RevisingRunner
from window_samples import make_note, make_transcript

from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import AnamnesisError
from app.domain.second_look import SecondLook, needs_second_look


class ScriptedRunner(RevisingRunner):
    """Walks the stages at once; `failing` names errors by stage, `hold` lets a test stop in the middle."""

    def __init__(self, store: Any) -> None:
        super().__init__()
        self.store = store
        self.note_of = lambda visit: (store.notes[visit][-1].note, store.transcripts.get(visit))
        self.failing: dict[Stage, AnamnesisError] = {}
        self.hold: Callable[[Stage], None] = lambda _stage: None
        self.imported: list[Path] = []
        self.forgotten: list[str] = []
        self.templates: list[str | None] = []
        self.styles: list[object] = []
        self.doubted: set[str] = set()

    def import_recording(self, source: Path, title: str, progress: object, cancel: object) -> str:
        self.hold(Stage.RECORD)
        cancel.check()
        if Stage.RECORD in self.failing:
            raise self.failing[Stage.RECORD]
        progress(0.5, "sealing the recording")
        self.imported.append(source)
        made = self.store.create(title)
        self.store.set_stage(made, Stage.RECORD, StageState.DONE)
        return made

    def redraft(
        self,
        encounter_id: str,
        template: str,
        progress: Callable,
        cancel: object,
        on_change: object = None,
        *,
        style: object = None,
    ) -> None:
        self.templates.append(template)
        self.styles.append(style)
        progress(0.5, "writing the note")
        on_change(Stage.DRAFT, StageState.RUNNING)
        self.hold(Stage.DRAFT)
        cancel.check()
        if (error := self.failing.get(Stage.DRAFT)) is not None:
            raise error
        note = replace(make_note(), type=Path(template).stem)
        latest = len(self.store.notes[encounter_id])
        self.store.append(encounter_id, note, VersionKind.DRAFT, EncounterState.DRAFT, latest)

    def look_again(self, encounter_id: str, progress: Callable, cancel: object) -> SecondLook:
        progress(0.5, "looking again")
        self.hold(Stage.CHECK)
        cancel.check()
        if (error := self.failing.pop(Stage.CHECK, None)) is not None:
            raise error
        note = self.store.notes[encounter_id][-1].note
        asked = [s for s in note.statements() if needs_second_look(s)]
        return SecondLook(len(asked), tuple(s for s in asked if s.id in self.doubted))

    def forget(self, encounter_id: str) -> None:
        self.forgotten.append(encounter_id)

    def process(
        self,
        encounter_id: str,
        progress: object,
        cancel: object,
        on_change: object = None,
        on_section: object = None,
        *,
        template: str | None = None,
        style: object = None,
    ) -> None:
        self.templates.append(template)
        self.styles.append(style)
        for stage in (Stage.TRANSCRIBE, Stage.DRAFT, Stage.CHECK):
            state = next(s.state for s in self.store.get(encounter_id).stages if s.stage is stage)
            if state is StageState.DONE:
                continue
            self._set(encounter_id, stage, StageState.RUNNING, on_change)
            progress(0.3, "working")
            self.hold(stage)
            if cancel.cancelled:
                self._set(encounter_id, stage, StageState.PENDING, on_change)
                cancel.check()
            if stage in self.failing:
                error = self.failing.pop(stage)
                self.store.set_stage(encounter_id, stage, StageState.FAILED, error.code)
                raise error
            if stage is Stage.TRANSCRIBE:
                self.store.transcripts[encounter_id] = make_transcript()
            if stage is Stage.DRAFT and on_section is not None:
                for section in make_note().sections:
                    on_section(section)
            if stage is Stage.CHECK:
                self.store.append(encounter_id, make_note(), VersionKind.DRAFT, EncounterState.DRAFT, 0)
            self._set(encounter_id, stage, StageState.DONE, on_change)

    def _set(self, encounter_id: str, stage: Stage, state: StageState, on_change: object) -> None:
        self.store.set_stage(encounter_id, stage, state)
        on_change(stage, state)
