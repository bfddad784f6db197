"""Editing by instruction without an engine: the real rules, and for the rest what a test says."""

import threading
from collections.abc import Callable, Sequence

from app.domain.errors import AnamnesisError
from app.domain.note import Note, Support
from app.domain.revision import RevisedLine, Revision
from app.domain.transcript import Transcript
from app.drafting.revising.by_rule import revise_by_rule
from app.drafting.revising.sections import sections_of, target_of
from app.drafting.revising.task import task_of

INVENTED = "unheard: nobody said this in the visit"


def worded(task) -> Revision:
    """What stands in for a model: words in capitals go, an exclamation comes, in doubt."""
    lines = [
        RevisedLine(f"In short: {s.text}", (s.id,), s.evidence, Support.PARTIAL, (INVENTED,))
        for s in task.section.statements
    ]
    return task.revision(lines, ["One line was left as it is."], "scripted")


class RevisingRunner:
    """The part of a runner that proposes revisions."""

    note_of: Callable[[str], tuple[Note, Transcript | None]]

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...], str]] = []
        self.made_ready = 0
        self.revision_error: AnamnesisError | None = None
        self.waiting: threading.Event | None = None
        """Until it is set a revision lasts; cancelling ends it."""

    def get_ready_to_revise(self) -> None:
        self.made_ready += 1

    def revise(
        self,
        encounter_id: str,
        section: str,
        statements: Sequence[str],
        instruction: str,
        progress: Callable,
        cancel: object,
    ) -> Revision:
        self.asked.append((section, tuple(statements), instruction))
        note, transcript = self.note_of(encounter_id)
        target = target_of(note, section, statements, instruction, sections_of(note.type))
        task = task_of(target.note, target.section, target.statements, instruction, transcript)
        progress(0.25, "wording the lines anew")
        while self.waiting is not None and not self.waiting.wait(0.005):
            cancel.check()
        cancel.check()
        if self.revision_error is not None:
            raise self.revision_error
        return target.placed(revise_by_rule(task) or worded(task))
