"""The second look at a note: each statement that the rules passed is held against its lines in the engine process."""

from typing import TYPE_CHECKING

from app.domain.errors import EngineError
from app.domain.note import Note, Statement
from app.domain.second_look import SecondLook, needs_second_look
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, Progress
from app.drafting.checking.judge import LEAST_BELIEF, question_on
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
    wanted = [statement for statement in note.statements() if needs_second_look(statement)]
    doubted = []
    for number, statement in enumerate(wanted):
        cancel.check()
        progress(number / len(wanted), f"looking again, sentence {number + 1} of {len(wanted)}")
        if _belief(engine, statement, transcript, model, cancel) < LEAST_BELIEF:
            doubted.append(statement)
    progress(1.0, "looked again")
    return SecondLook(len(wanted), tuple(doubted))


def _belief(engine: "Engine", statement: Statement, transcript: Transcript, model: str, cancel: CancelToken) -> float:
    question = question_on(statement, transcript)

    def ask() -> "Job":
        return engine.submit(lambda job: Judge(job, model, question.sentence, question.lines))

    try:
        return float(ask().result(cancel)["belief"])
    except EngineError:
        cancel.check()
        return float(ask().result(cancel)["belief"])
