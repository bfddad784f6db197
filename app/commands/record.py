"""`anamnesis record`: record a visit from the microphone, with live text, then draft its note."""

import argparse
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.commands.choices import (
    add_draft_options,
    add_model_options,
    add_speech_options,
    add_template_option,
    choice_from,
)
from app.commands.live_terminal import LiveTerminal
from app.commands.microphones import add_recording_options, microphones_from
from app.commands.output import print_json, terminal_progress
from app.commands.recording_run import HINT, LATER, StopKeys, record_until_stopped
from app.commands.signed_in import add_user_option, signed_in
from app.commands.style_options import add_style_options
from app.domain.codec import transcript_to_json
from app.domain.encounter import Stage, StageState
from app.domain.errors import InputError, WorkCancelledError
from app.domain.ports import Session
from app.domain.recording import Consent, ConsentMethod
from app.domain.work import CancelToken
from app.visit.recording_notices import clock

if TYPE_CHECKING:
    from app.policy import Policy


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("record", help="record a visit", description=__doc__)
    parser.add_argument("--title", metavar="T", help="the patient's label; default: the time")
    parser.add_argument("--consent", choices=[m.value for m in ConsentMethod], help="how the patient agreed")
    parser.add_argument("--consent-by", metavar="NAME", help="who agreed, if not the patient")
    parser.add_argument("--show-wording", action="store_true", help="print the text to read to the patient, and end")
    add_recording_options(parser)
    add_draft_options(parser, "draft the note at once")
    add_model_options(parser)
    add_template_option(parser)
    add_style_options(parser)
    add_speech_options(parser)
    add_user_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Record until stopped, then do the rest of the work and say where to look."""
    from app.policy import load_policy
    from app.visit.consent import load_wording

    policy = load_policy()
    if arguments.show_wording:
        print(load_wording(policy.consent_wording).text)
        return 0
    consent = consent_from(arguments, policy)
    choice = choice_from(arguments)
    progress = terminal_progress(quiet=arguments.json)
    terminal, keys = LiveTerminal(), StopKeys()
    title = arguments.title or f"Visit {datetime.now(UTC).astimezone():%Y-%m-%d %H:%M}"
    with signed_in(arguments) as (program, session):
        recordings = program.recordings(session, choice, live=arguments.live)
        microphones = microphones_from(arguments)
        runner = program.visits(session, choice)
        visit = recordings.start(title, consent, microphones, terminal)
        with keys.watch():
            if not arguments.json:
                terminal.say(HINT)
            record_until_stopped(visit, terminal, keys, arguments.seconds, progress)
        stopped = time.monotonic()
        rest = runner.process if arguments.draft else runner.transcribe
        try:
            rest(visit.encounter_id, progress, CancelToken())
        except KeyboardInterrupt:
            raise WorkCancelledError("Cancelled; the recording is saved.", LATER) from None
        progress(1.0, "done")
        report(arguments, session, visit.encounter_id, terminal, time.monotonic() - stopped)
    return 0


def consent_from(arguments: argparse.Namespace, policy: "Policy") -> Consent | None:
    """Return the consent named on the command line. Raises `InputError` if one is required or it is incomplete."""
    from app.visit.consent import PATIENT, given, load_wording

    if arguments.consent is None:
        if arguments.consent_by:
            raise InputError("--consent-by without --consent says nothing.", "Say how: --consent verbal.")
        if policy.consent_required:
            raise InputError(
                "The policy requires the patient's consent before anything is recorded.",
                "Read out 'anamnesis record --show-wording', then give --consent verbal, written or guardian.",
            )
        return None
    method = ConsentMethod(arguments.consent)
    who = (arguments.consent_by or "").strip()
    if method is ConsentMethod.GUARDIAN and not who:
        raise InputError("A guardian's consent needs a name.", "Give it with --consent-by.")
    return given(method, load_wording(policy.consent_wording), who or PATIENT)


def report(
    arguments: argparse.Namespace, session: Session, encounter_id: str, terminal: LiveTerminal, seconds: float
) -> None:
    """Say what came of a recording and where it lies."""
    encounter = session.encounters.get(encounter_id)
    transcript = session.encounters.transcript(encounter_id)
    info = session.encounters.audio_info(encounter_id)
    duration = info.duration if info else 0.0
    if arguments.json:
        print_json(
            {
                "encounter": encounter_id,
                "duration": duration,
                "stopped_by_itself": terminal.reason.reason.value if terminal.reason else None,
                "stages": {s.stage.value: s.state.value for s in encounter.stages},
                "seconds_after_stop": round(seconds, 2),
                "transcript": transcript_to_json(transcript) if transcript else None,
            }
        )
        return
    drafted = any(s.stage is Stage.CHECK and s.state is StageState.DONE for s in encounter.stages)
    what = "Recorded, transcribed and drafted" if drafted else "Recorded and transcribed"
    for notice in transcript.notices if transcript else ():
        print(notice)
    short = encounter_id[:12]
    print(f"{what}: {clock(duration)} as {short}. Open it: anamnesis encounters show {short}, or the window.")
