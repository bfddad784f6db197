"""`anamnesis encounters recover`: finish or continue interrupted recordings, then the stages that are not done."""

import argparse
import sys
from dataclasses import dataclass, field

from app.commands.choices import choice_from
from app.commands.finding import find
from app.commands.live_terminal import LiveTerminal
from app.commands.microphones import add_recording_options, microphones_from
from app.commands.output import print_json, terminal_progress
from app.commands.recording_run import HINT, StopKeys, record_until_stopped
from app.commands.signed_in import signed_in
from app.domain.encounter import Encounter, Stage, StageState
from app.domain.errors import AnamnesisError, ConflictError
from app.domain.recording import UnfinishedRecording
from app.domain.work import CancelToken, Progress
from app.visit.recording_notices import clock
from app.visit.recordings import NEVER_STARTED, NothingRecordedError, Recordings
from app.visit.runner import VisitRunner


@dataclass
class _Outcome:
    """What was done: recordings with their length in seconds and what became of them, and visits finished."""

    recordings: list[dict[str, object]] = field(default_factory=list)
    finished: int = 0
    errors: list[AnamnesisError] = field(default_factory=list)


def add_recover_options(part: argparse.ArgumentParser) -> None:
    """Add the options of `encounters recover`."""
    part.add_argument("id", metavar="ID", nargs="?", help="only this visit; default: all")
    part.add_argument("--continue", dest="go_on", action="store_true", help="go on recording the interrupted visit")
    part.add_argument("--draft", action=argparse.BooleanOptionalAction, default=True, help="draft the notes too")
    part.add_argument("--json", action="store_true")
    add_recording_options(part)


def run_recover(arguments: argparse.Namespace) -> int:
    """Recover what was interrupted; a note written by hand is left alone. One visit's trouble stops no other."""
    progress = terminal_progress(quiet=arguments.json)
    outcome = _Outcome()
    with signed_in(arguments) as (program, session):
        wanted = find(session, arguments.id).id if arguments.id else None
        recordings = program.recordings(session, choice_from(arguments), live=arguments.live and arguments.go_on)
        unfinished = [u for u in recordings.unfinished() if wanted in {None, u.encounter_id}]
        if arguments.go_on:
            _continue(arguments, recordings, _only(unfinished), progress, outcome)
        else:
            for recording in unfinished:
                _finish(arguments, recordings, recording, outcome)
        for encounter in session.encounters.list():
            if wanted in {None, encounter.id} and _needs_work(encounter):
                _process(arguments, program.visits(session), encounter, progress, outcome)
    if arguments.json:
        print_json({"recordings": outcome.recordings, "finished": outcome.finished})
    else:
        print(f"{outcome.finished} visit(s) finished.")
    if outcome.errors:
        for error in outcome.errors[:-1]:
            print(f"anamnesis: {error}", file=sys.stderr)
        raise outcome.errors[-1]
    return 0


def _only(unfinished: list[UnfinishedRecording]) -> UnfinishedRecording:
    if not unfinished:
        raise ConflictError("There is no interrupted recording to continue.", "See 'anamnesis encounters list'.")
    if len(unfinished) > 1:
        ids = ", ".join(u.encounter_id[:12] for u in unfinished)
        raise ConflictError("Several recordings were interrupted.", f"Name one: {ids}.")
    return unfinished[0]


def _continue(
    arguments: argparse.Namespace,
    recordings: Recordings,
    recording: UnfinishedRecording,
    progress: Progress,
    outcome: _Outcome,
) -> None:
    terminal, keys = LiveTerminal(), StopKeys()
    visit = recordings.resume(recording.encounter_id, microphones_from(arguments), terminal)
    with keys.watch():
        if not arguments.json:
            terminal.say(f"Interrupted after {clock(recording.recorded)}. {HINT}")
        recorded = record_until_stopped(visit, terminal, keys, arguments.seconds, progress)
    _note(arguments, recording, "continued", recorded, outcome)


def _finish(
    arguments: argparse.Namespace, recordings: Recordings, recording: UnfinishedRecording, outcome: _Outcome
) -> None:
    try:
        try:
            recordings.finish(recording.encounter_id)
        except NothingRecordedError:
            recordings.discard(recording.encounter_id, NEVER_STARTED)
            _note(arguments, recording, "discarded", 0.0, outcome)
        else:
            _note(arguments, recording, "finished", recording.recorded, outcome)
    except AnamnesisError as error:
        outcome.errors.append(error)


def _note(
    arguments: argparse.Namespace, recording: UnfinishedRecording, action: str, seconds: float, outcome: _Outcome
) -> None:
    outcome.recordings.append({"id": recording.encounter_id, "action": action, "recorded": round(seconds, 3)})
    if not arguments.json:
        why = ": nothing was recorded" if action == "discarded" else ""
        print(
            f"{recording.encounter_id[:12]}  {recording.started_at.astimezone():%Y-%m-%d %H:%M}  "
            f"{clock(seconds)} recorded  {recording.title}  {action}{why}"
        )


def _needs_work(encounter: Encounter) -> bool:
    stages = {s.stage: s.state for s in encounter.stages}
    recorded = stages.get(Stage.RECORD) is StageState.DONE
    return recorded and stages.get(Stage.CHECK) is not StageState.DONE and not encounter.versions


def _process(
    arguments: argparse.Namespace, runner: VisitRunner, encounter: Encounter, progress: Progress, outcome: _Outcome
) -> None:
    rest = runner.process if arguments.draft else runner.transcribe
    try:
        rest(encounter.id, progress, CancelToken())
        outcome.finished += 1
    except AnamnesisError as error:
        outcome.errors.append(error)
