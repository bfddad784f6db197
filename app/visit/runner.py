"""Walks a visit from sound to checked draft. Every stage's state is stored, and a stopped visit resumes."""

import contextlib
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.audio.decode import RATE, decode_blocks
from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import AnamnesisError, ConflictError, WorkCancelledError
from app.domain.note import Note, Section
from app.domain.ports import EncounterStore
from app.domain.revision import Revision
from app.domain.second_look import SecondLook
from app.domain.style import Style, StyleWish
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.drafting.templates.template import load_template
from app.visit.attempts import draft_with_retry
from app.visit.choice import Choice
from app.visit.chosen_draft import kept_choice, usable
from app.visit.prepared import PreparedPassages
from app.visit.recorded_text import transcribe_recorded

if TYPE_CHECKING:
    from app.drafting.style.habits import Learned
    from app.engine.supervisor import Engine

CUT = "source-cut"
"""Code of a finished recording stage whose source file broke off."""

OnChange = Callable[[Stage, StageState], None]
OnSection = Callable[[Section], None]
Check = Callable[[Note, Transcript], Note]
Learn = Callable[[str, str], "Learned | None"]

_SIGNED = {EncounterState.SIGNED, EncounterState.AMENDED}
_SHARES = {Stage.TRANSCRIBE: (0.0, 0.45), Stage.DRAFT: (0.45, 0.98), Stage.CHECK: (0.98, 1.0)}


class VisitRunner:
    """Runs visits of one signed-in person."""

    def __init__(
        self,
        encounters: EncounterStore,
        engine: "Engine",
        check: Check,
        choice: Choice | None = None,
        busy: set[str] | None = None,
        prepared: PreparedPassages | None = None,
        learn: Learn | None = None,
    ) -> None:
        """Prepare.

        Args:
            busy: is told which encounter is being imported, so that it is not taken for an interrupted recording.
            prepared: what was answered while visits were recorded; drafts begin with it.
            learn: tells the person's style for a note of a type about a text; None: nothing is learned.
        """
        self._learn = learn
        self._busy = set() if busy is None else busy
        self._encounters = encounters
        self._engine = engine
        self._check = check
        self._choice = choice or Choice()
        self._prepared = prepared or PreparedPassages()

    def import_recording(self, source: Path, title: str, progress: Progress, cancel: CancelToken) -> str:
        """Seal the sound of a file into a new encounter and return its id.

        Nothing is created if the file holds no sound. A cancel or a full disk removes what was begun (the file is
        still there); a file that breaks off is kept as far as it decodes.
        """
        return self._record(source, title, None, progress, cancel)

    def replay_recording(self, source: Path, title: str, speed: float, progress: Progress, cancel: CancelToken) -> str:
        """As `import_recording`, but at `speed` times real time, as a microphone would give it."""
        return self._record(source, title, Pace(speed), progress, cancel)

    def _record(self, source: Path, title: str, pace: "Pace | None", progress: Progress, cancel: CancelToken) -> str:
        with decode_blocks(source, cancel) as blocks:
            first = next(blocks)
            encounter = self._encounters.create(title)
            self._busy.add(encounter)
            try:
                self._encounters.set_stage(encounter, Stage.RECORD, StageState.RUNNING)
                with self._encounters.audio_writer(encounter, RATE, 1) as writer:
                    for block in itertools.chain([first], blocks):
                        if pace is not None:
                            pace.wait(len(block) / RATE, cancel)
                        writer.write(block.tobytes())
                        progress(0.0, f"sealing the recording, {blocks.duration:.0f} s")
                code = None if blocks.complete else CUT
                self._encounters.set_stage(encounter, Stage.RECORD, StageState.DONE, code)
            except BaseException:
                self._encounters.destroy(encounter, "import not finished")
                raise
            finally:
                self._busy.discard(encounter)
        return encounter

    def process(
        self,
        encounter_id: str,
        progress: Progress,
        cancel: CancelToken,
        on_change: OnChange | None = None,
        on_section: OnSection | None = None,
        *,
        template: str | None = None,
        style: StyleWish | None = None,
    ) -> None:
        """Transcribe, draft and check, starting at the first stage that is not done; `template` is the note type.

        What `style` leaves open is as in the person's signed notes. What was chosen for the visit first stays: of a
        later try or after a crash, `template` and `style` count only if nothing was. A note type that cannot be used
        any more is replaced by the one named now, and the note says so.

        `on_section` gets the checked sections of the draft as they come, on this thread; a later one of the same key
        takes the place of an earlier. Nothing of them is stored before all are there.

        Raises the declared error of a failed stage after storing its code. A cancel leaves the stage pending; passages
        that were answered are kept for the next try.
        """
        named = self._named(template, style)
        kept = named if Stage.CHECK in self._done(encounter_id) else kept_choice(self._encounters, encounter_id, named)
        self.transcribe(encounter_id, progress, cancel, on_change)
        walk = _Walk(self._encounters, encounter_id, cancel, on_change)
        transcript = self._encounters.transcript(encounter_id)
        if transcript is None:
            raise ConflictError("This visit has no transcript.", "Transcribe it again.")
        if Stage.CHECK not in self._done(encounter_id):
            with walk.stage(Stage.DRAFT):
                drafted, notice = usable(kept, named)
                choice, part = self._chosen(drafted), _part(progress, Stage.DRAFT)
                draft = self._draft(encounter_id, transcript, choice, part, cancel, on_section)
                if notice:
                    draft = replace(draft, notices=(notice, *draft.notices))
            with walk.stage(Stage.CHECK):
                progress(_SHARES[Stage.CHECK][0], "checking the draft")
                self._store_checked(encounter_id, draft, transcript)
        self._prepared.drafted(encounter_id)
        progress(1.0, "done")

    def redraft(
        self,
        encounter_id: str,
        template: str,
        progress: Progress,
        cancel: CancelToken,
        on_change: OnChange | None = None,
        *,
        style: StyleWish | None = None,
    ) -> None:
        """Draft a finished visit again as the note type `template`: a new version, the ones before stay.

        The stored stages stay as they are, whatever comes of it; a cancel or a failure changes nothing.

        Raises `ConflictError` if the note is signed, was changed meanwhile, or there is no transcript, and the declared
        errors of drafting.
        """
        encounter = self._encounters.get(encounter_id)
        transcript = self._encounters.transcript(encounter_id)
        if encounter.state in _SIGNED:
            raise ConflictError("The note is signed; it is not drafted again.", "Add an addendum instead.")
        if transcript is None:
            raise ConflictError("This visit has no transcript.", "Transcribe it first.")
        _tell(on_change, Stage.DRAFT)
        named = self._named(template, style)
        draft = self._draft(encounter_id, transcript, self._chosen(named), progress, cancel, None)
        _tell(on_change, Stage.CHECK)
        checked = self._check(draft, transcript)
        cancel.check()
        self._encounters.add_version(encounter_id, checked, VersionKind.DRAFT, EncounterState.DRAFT, encounter.versions)
        self._encounters.choose_draft(encounter_id, named)
        self._prepared.drafted(encounter_id)
        progress(1.0, "done")

    def revise(
        self,
        encounter_id: str,
        section: str,
        statements: Sequence[str],
        instruction: str,
        progress: Progress,
        cancel: CancelToken,
    ) -> Revision:
        """Propose other lines for statements of the newest note (none named: the whole section). Nothing is stored.

        Raises `ConflictError` if the note is signed or there is none, `InputError` for an instruction, or a thing to
        add or remove, that cannot be used, and the declared errors of the engine.
        """
        from app.drafting.revising.sections import sections_of
        from app.visit.revising import propose_revision

        if self._encounters.get(encounter_id).state in _SIGNED:
            raise ConflictError("The note is signed; its words do not change.", "Add an addendum instead.")
        versions = self._encounters.versions(encounter_id)
        if not versions:
            raise ConflictError("There is no note yet.", "Draft it first, or add a statement.")
        transcript = self._encounters.transcript(encounter_id)
        note, model = versions[-1].note, self._choice.language_model
        kept = self._encounters.draft_choice(encounter_id)
        sections = sections_of(note.type, kept.template if kept is not None else self._choice.template)
        return propose_revision(
            self._engine, note, transcript, section, statements, instruction, model, progress, cancel, sections
        )

    def look_again(self, encounter_id: str, progress: Progress, cancel: CancelToken) -> SecondLook:
        """Have the language model doubt what the rules passed in the newest note. Nothing is stored.

        Raises `ConflictError` if the note is signed or there is no note or transcript, and the declared errors of the
        engine.
        """
        from app.visit.second_look import look_again

        if self._encounters.get(encounter_id).state in _SIGNED:
            raise ConflictError("The note is signed; its marks do not change.", "Add an addendum instead.")
        versions = self._encounters.versions(encounter_id)
        transcript = self._encounters.transcript(encounter_id)
        if not versions or transcript is None:
            raise ConflictError("There is no note with a transcript yet.", "Draft it first.")
        model = self._choice.language_model
        return look_again(self._engine, versions[-1].note, transcript, model, progress, cancel)

    def get_ready_to_revise(self) -> None:
        """Begin to load the language model, so that the first instruction does not wait for it.

        Not while a visit is recorded or read or the engine is at work: that goes first. What is wrong with the model is
        told by the revision itself.
        """
        if self._busy or self._engine.busy:
            return
        with contextlib.suppress(AnamnesisError):
            self._engine.preload(self._choice.language_model)

    def forget(self, encounter_id: str) -> None:
        """A visit was destroyed: drop what was prepared of its draft, and what the models have read."""
        self._prepared.forget(encounter_id)
        self._engine.forget()

    def transcribe(
        self, encounter_id: str, progress: Progress, cancel: CancelToken, on_change: OnChange | None = None
    ) -> None:
        """Only transcribe, unless that is done. Raises as `process`."""
        done = self._done(encounter_id)
        if Stage.RECORD not in done:
            raise ConflictError("This visit has no finished recording.", "Finish or recover the recording first.")
        walk = _Walk(self._encounters, encounter_id, cancel, on_change)
        if Stage.TRANSCRIBE not in done:
            with walk.stage(Stage.TRANSCRIBE):
                self._transcribe(encounter_id, _part(progress, Stage.TRANSCRIBE), cancel)

    def _done(self, encounter_id: str) -> set[Stage]:
        return {s.stage for s in self._encounters.get(encounter_id).stages if s.state is StageState.DONE}

    def _transcribe(self, encounter_id: str, progress: Progress, cancel: CancelToken) -> None:
        transcript = transcribe_recorded(self._encounters, self._engine, encounter_id, self._choice, progress, cancel)
        if any(s.stage is Stage.RECORD and s.code == CUT for s in self._encounters.get(encounter_id).stages):
            transcript = replace(transcript, notices=(cut_notice(transcript.duration), *transcript.notices))
        self._encounters.save_transcript(encounter_id, transcript)

    def _draft(
        self,
        encounter_id: str,
        transcript: Transcript,
        choice: Choice,
        progress: Progress,
        cancel: CancelToken,
        on_section: OnSection | None,
    ) -> Note:
        style = self._settled(choice, transcript)

        def show(section: Section) -> None:
            if on_section is not None:
                checked = self._check(Note(choice.template, (section,), style=style.of_note), transcript)
                on_section(checked.sections[0])

        progress(0.0, "waiting for the passage in work")
        self._prepared.collect(encounter_id, cancel)
        return draft_with_retry(
            self._engine,
            transcript,
            choice,
            progress,
            cancel,
            style=style,
            earlier=lambda: self._prepared.of(encounter_id),
            on_section=show,
            on_passage=lambda passage: self._prepared.add(encounter_id, passage),
        )

    def _named(self, template: str | None, style: StyleWish | None) -> DraftChoice:
        return DraftChoice(template or self._choice.template, style or self._choice.style)

    def _chosen(self, drafted: DraftChoice) -> Choice:
        return replace(self._choice, template=drafted.template, style=drafted.style)

    def _settled(self, choice: Choice, transcript: Transcript) -> Style:
        """The style of a draft: what was chosen, and for the rest what was learned."""
        if self._learn is None or not choice.style.open:
            return choice.style.settled()
        about = " ".join(utterance.text for utterance in transcript.utterances)
        learned = self._learn(load_template(choice.template).type, about)
        return choice.style.settled(learned.style if learned is not None else None)

    def _store_checked(self, encounter_id: str, draft: Note, transcript: Transcript) -> None:
        latest = self._encounters.get(encounter_id).versions
        checked = self._check(draft, transcript)
        self._encounters.add_version(encounter_id, checked, VersionKind.DRAFT, EncounterState.DRAFT, latest)


class Pace:
    """Lets `speed` seconds of sound pass a second, by the monotonic clock."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._start = time.monotonic()
        self._sound = 0.0

    def wait(self, seconds: float, cancel: CancelToken) -> None:
        """Wait until the next `seconds` of sound would have been heard."""
        self._sound += seconds
        while (rest := self._start + self._sound / self._speed - time.monotonic()) > 0:
            cancel.check()
            time.sleep(min(rest, 0.2))


def cut_notice(duration: float) -> str:
    """Say that a source file broke off after `duration` seconds."""
    minutes, seconds = divmod(round(duration), 60)
    return f"The recording file is damaged or cut: it could be read for {minutes} min {seconds:02d} s."


def _tell(on_change: OnChange | None, stage: Stage) -> None:
    if on_change is not None:
        on_change(stage, StageState.RUNNING)


def _part(progress: Progress, stage: Stage) -> Progress:
    low, high = _SHARES[stage]
    return lambda fraction, phrase: progress(low + (high - low) * fraction, phrase)


class _Walk:
    """Stores the state of each stage as it is entered and left."""

    def __init__(
        self, encounters: EncounterStore, encounter_id: str, cancel: CancelToken, on_change: OnChange | None
    ) -> None:
        self._encounters = encounters
        self._id = encounter_id
        self._cancel = cancel
        self._on_change = on_change
        self._stage = Stage.RECORD

    def stage(self, stage: Stage) -> "_Walk":
        self._stage = stage
        return self

    def __enter__(self) -> None:
        self._cancel.check()
        self._set(StageState.RUNNING)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self._set(StageState.DONE)
        elif isinstance(error, WorkCancelledError | KeyboardInterrupt):
            self._set(StageState.PENDING)
        elif isinstance(error, AnamnesisError):
            self._set(StageState.FAILED, error.code)
        else:
            self._set(StageState.FAILED, "bug")

    def _set(self, state: StageState, code: str | None = None) -> None:
        self._encounters.set_stage(self._id, self._stage, state, code)
        if self._on_change is not None:
            self._on_change(self._stage, state)
