"""The second look at a note, with each question asked in the engine process."""

from typing import TYPE_CHECKING

from app.domain.errors import EngineError
from app.domain.note import Note
from app.domain.second_look import SecondLook
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.drafting.checking.judge import Question, second_look
from app.engine.messages import Judge

if TYPE_CHECKING:
    from app.engine.job import Job
    from app.engine.supervisor import Engine


def look_again(
    engine: "Engine", note: Note, transcript: Transcript, model: str, progress: Progress, cancel: CancelToken
) -> SecondLook:
    """Return what the language model does not believe; nothing is stored.

    Each statement is a job of its own, so that the draft of another visit need not wait for all of them. One crash of
    the engine process a statement is survived.

    Raises:
        WorkCancelledError, EngineError, ModelMissingError, ModelDamagedError.
    """

    def on_turn(number: int, total: int) -> None:
        cancel.check()
        progress(number / total, f"looking again, sentence {number + 1} of {total}")

    def believe(question: Question) -> float:
        def ask() -> "Job":
            return engine.submit(lambda job: Judge(job, model, question.sentence, question.lines))

        try:
            return float(ask().result(cancel)["belief"])
        except EngineError:
            cancel.check()
            return float(ask().result(cancel)["belief"])

    look = second_look(note, transcript, believe, on_turn=on_turn)
    progress(1.0, "looked again")
    return look
