"""A proposal for lines of a note: by a rule in this process, else by the language model in the engine process."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.codec import note_to_json, transcript_to_json
from app.domain.errors import EngineError
from app.domain.note import Note
from app.domain.revision import Revision
from app.domain.revision_codec import revision_from_json
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.drafting.revising.by_rule import revise_by_rule
from app.drafting.revising.sections import Titles, target_of
from app.drafting.revising.task import task_of
from app.engine.messages import Revise

if TYPE_CHECKING:
    from app.engine.job import Job
    from app.engine.supervisor import Engine


def propose_revision(
    engine: "Engine",
    note: Note,
    transcript: Transcript | None,
    section: str,
    statements: Sequence[str],
    instruction: str,
    model: str,
    progress: Progress,
    cancel: CancelToken,
    sections: Titles = (),
) -> Revision:
    """Return checked lines for these statements of a section (none: all of it); nothing is stored.

    `sections` are those of the note's type: one that the note lacks is made if something is added to it.

    A rule never waits for the engine, which may be drafting another visit. One crash of the engine process is survived.

    Raises:
        InputError: the instruction, or what it is about, cannot be used.
        WorkCancelledError, EngineError, ModelMissingError, ModelDamagedError.
    """
    cancel.check()
    target = target_of(note, section, statements, instruction, sections)
    by_rule = revise_by_rule(task_of(target.note, target.section, target.statements, instruction, transcript))
    cancel.check()
    if by_rule is not None:
        return target.placed(by_rule)
    progress(0.0, "waiting for the language model")
    said = transcript_to_json(transcript) if transcript is not None else {}

    def ask() -> "Job":
        return engine.submit(
            lambda job: Revise(
                job, model, target.section, list(target.statements), instruction, note_to_json(target.note), said
            ),
            progress,
        )

    try:
        return target.placed(revision_from_json(ask().result(cancel)))
    except EngineError:
        cancel.check()
        return target.placed(revision_from_json(ask().result(cancel)))
