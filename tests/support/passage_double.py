"""A stand-in for the language model of a drafting engine process; the model's name chooses what it does.

Each request leaves a line in `asked` of the models' folder: `form`, `read` or `answer`, and the passage's start.
"""

import os
import time
from multiprocessing.connection import Connection
from pathlib import Path

from app.domain.codec import note_to_json, transcript_from_json, utterance_from_json
from app.domain.errors import ModelMissingError
from app.domain.note import Note, Section, Statement
from app.domain.passages import AnsweredPassage, answered_from_json, answered_to_json
from app.drafting.reading.passages import digest_of, speakers_of, unanswered
from app.engine.draft_parts import passage_part, section_part


def main(connection: Connection, models: str, threads: int) -> None:
    """The real worker with stand-in answers."""
    from app.engine import handlers, worker

    double = Double(Path(models))
    handlers.Handlers.passage = lambda _self, request, progress, cancel: double.passage(request, progress, cancel)
    handlers.Handlers.draft = lambda _self, request, progress, cancel, part: double.draft(
        request, progress, cancel, part
    )
    worker.main(connection, models, threads)


def asked(folder):
    """What was asked so far, in order, as (kind, start)."""
    path = folder / "asked"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(kind, float(start)) for kind, start in (line.split() for line in lines)]


def answered(utterances, model="steady", template="soap") -> AnsweredPassage:
    """The answer that this model gives about utterances."""
    start, end = utterances[0].start, utterances[-1].end
    claims = {"subjective.symptoms": (f"said at {start:g}",)}
    return AnsweredPassage(start, end, digest_of(utterances), template, model, claims, speakers_of(utterances))


class Double:
    """Answers passages and drafts; one fault for each model name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def passage(self, request, _progress, cancel):
        said = tuple(utterance_from_json(u) for u in request.utterances)
        kind = "form" if not said else "answer" if request.answer else "read"
        self._note(kind, said[0].start if said else 0.0)
        self._misbehave(request.model, kind, cancel)
        if kind != "answer" or request.model == "unusable":
            return {}
        if request.model == "babble":
            return {"start": "nonsense"}
        return answered_to_json(answered(said, request.model, request.template))

    def draft(self, request, progress, cancel, part):
        transcript = transcript_from_json(request.transcript)
        found = [answered_from_json(each) for each in request.earlier]
        for passage in unanswered(transcript.utterances, found):
            cancel.check()
            self._note("answer", passage.start)
            self._misbehave(request.model, "answer", cancel)
            answer = answered(passage.utterances, request.model, request.template)
            found.append(answer)
            part(passage_part(answer))
            part(section_part(_section(found)))
            progress(0.5, "writing")
        return note_to_json(Note("soap", (_section(found),)))

    def _note(self, kind, start):
        with (self._folder / "asked").open("a") as file:
            file.write(f"{kind} {start}\n")

    def _misbehave(self, model, kind, cancel):
        if model == "missing":
            raise ModelMissingError("The model is not installed.", "Fetch it.")
        if kind != "answer":
            return
        match model:
            case "crash":
                os._exit(9)
            case "crash-often" if len(asked(self._folder)) % 2:
                os._exit(9)
            case "bug":
                raise ValueError("wrong")
            case "deaf":
                time.sleep(600)
            case "third-waits" if sum(kind == "answer" for kind, _ in asked(self._folder)) < 3:
                return
            case "slow" | "third-waits":
                while not (self._folder / "hurry").exists():
                    cancel.check()
                    time.sleep(0.01)


def _section(found) -> Section:
    claims = [(p.start, text) for p in found for text in p.answers["subjective.symptoms"]]
    statements = (Statement(f"s{n}", text) for n, (_, text) in enumerate(sorted(claims), 1))
    return Section("subjective", "Subjective", tuple(statements))
