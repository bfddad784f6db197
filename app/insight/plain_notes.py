"""The plain way to a note: one whole-visit prompt to the same model, in a process of its own."""

import contextlib
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from app.domain.errors import AnamnesisError, EngineError
from app.domain.transcript import Transcript
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, LanguageModel
from app.drafting.reading.prompt_lines import LABELS, without_control_tokens
from app.engine.job import error_from
from app.insight.plain_way import plain_prompt
from app.spawning import ctrl_c_blocked, reap, settle_child

TOKENS = 1200
"""Most tokens of an answer: room for the longest note that a clinician wrote for these visits."""


class PlainNotes:
    """Writes notes one after another; the model stays loaded."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, transcript: Transcript, cancel: CancelToken) -> str:
        """Return the model's note of a visit.

        Raises `WorkCancelledError`; `EngineError` if the model cannot read the visit or its process ended.
        """
        lines = (f"{LABELS[u.speaker]}: {without_control_tokens(u.text)}" for u in transcript.utterances)
        return self._ask("\n".join(lines), cancel)

    def ready(self, cancel: CancelToken) -> None:
        """Wait until the model is loaded. Raises `WorkCancelledError`, `ModelMissingError`, `EngineError`."""
        self._ask("", cancel)

    def _ask(self, text: str, cancel: CancelToken) -> str:
        try:
            self._connection.send(text)
            while not self._connection.poll(0.05):
                cancel.check()
            answer, error = self._connection.recv()
        except (EOFError, OSError) as lost:
            raise EngineError("The plain way's process ended unexpectedly.", "Try again.") from lost
        if error:
            raise error_from(*error)
        return str(answer)


@contextmanager
def plain_notes(model: Path) -> Iterator[PlainNotes]:
    """Yield the plain way with the model of a folder; its process ends with the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, str(model)), daemon=True)
    with ctrl_c_blocked():
        process.start()
    theirs.close()
    try:
        yield PlainNotes(ours)
    finally:
        ours.close()
        process.join(2)  # it ends by itself when nobody listens, unless it is writing
        process.kill()
        reap(process)


def _serve(connection: Connection, model: str) -> None:
    settle_child()
    from app.drafting.engines.loading import load_language_model

    try:
        writer = load_language_model(Path(model))
    except AnamnesisError as error:
        connection.recv()  # not before it was asked: who asks a closed pipe does not hear why
        connection.send(("", _told(error)))
        return
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.send(_answer(writer, connection.recv()))
    writer.close()


def _answer(writer: LanguageModel, text: str) -> tuple[str, tuple[str, str, str] | None]:
    """The note and no error, or the error; an empty text only asks whether the model is ready."""
    try:
        return (writer.generate(Generation(plain_prompt(text), max_tokens=TOKENS)) if text else ""), None
    except AnamnesisError as error:
        return "", _told(error)


def _told(error: AnamnesisError) -> tuple[str, str, str]:
    return error.code, error.message, error.remedy
