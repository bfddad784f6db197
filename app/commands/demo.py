"""`anamnesis demo`: the main job without a window. A recording becomes a checked SOAP draft in a vault."""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.commands.choices import add_model_options, add_speech_options, add_template_option, choice_from
from app.commands.output import print_json, terminal_progress
from app.commands.passphrase import passphrase_given, read_passphrase
from app.commands.signed_in import add_user_option, sign_in_with_code
from app.commands.style_options import add_style_options
from app.domain.encounter import Stage, StageState
from app.domain.ports import Session
from app.domain.unnoted_codec import missing_to_json
from app.domain.work import CancelToken
from app.exchange.note_json import note_json
from app.settings import RESOURCES, Paths, find_paths
from app.wiring import Application, build

SAMPLE = RESOURCES / "sample" / "visit.ogg"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("demo", help="recording -> checked note in a vault", description=__doc__)
    parser.add_argument(
        "audio", type=Path, nargs="?", default=SAMPLE, metavar="AUDIO", help="default: the sample visit"
    )
    add_model_options(parser)
    add_template_option(parser)
    add_style_options(parser)
    add_speech_options(parser)
    add_user_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Walk one visit through the rooms and print what came of it."""
    from app.insight.memory import PeakMemory

    kept = passphrase_given()
    progress = terminal_progress(quiet=arguments.json)
    with PeakMemory() as memory, _opened(arguments, kept=kept) as (program, session):
        choice = choice_from(arguments)
        clock = StageClock()
        program.engine.preload(choice.speech_model)
        runner = program.visits(session, choice)
        cancel = CancelToken()
        encounter_id = runner.import_recording(arguments.audio, arguments.audio.stem, progress, cancel)
        clock.change(Stage.RECORD, StageState.DONE)
        runner.process(encounter_id, progress, cancel, clock.change)
        _print(arguments, program, session, encounter_id, clock, memory.megabytes, kept=kept)
    return 0


class StageClock:
    """Seconds that each stage took."""

    def __init__(self) -> None:
        self._mark = time.monotonic()
        self.seconds: dict[str, float] = {}

    def change(self, stage: Stage, state: StageState) -> None:
        """Note that a stage began or ended."""
        now = time.monotonic()
        if state is StageState.DONE:
            self.seconds[stage.value] = round(now - self._mark, 2)
        self._mark = now


@contextmanager
def _opened(arguments: argparse.Namespace, *, kept: bool) -> Iterator[tuple[Application, Session]]:
    """Yield the vault of the data folder if a passphrase is given, else a throw-away one."""
    paths = find_paths(arguments.data_dir)
    with ExitStack() as ending:
        if kept:
            program = build(paths)
            ending.callback(program.close)
            session = _own_session(program, arguments.user)
        else:
            data = Path(tempfile.mkdtemp(prefix="anamnesis-"))
            ending.callback(shutil.rmtree, data, ignore_errors=True)
            program = build(Paths(data=data, models=paths.models))
            ending.callback(program.close)
            session, _code = program.create_vault("demo", "Demo Physician", secrets.token_urlsafe(24))
        ending.callback(session.close)
        yield program, session


def _own_session(program: Application, user: str | None) -> Session:
    passphrase = read_passphrase()
    if program.vault_exists():
        names = program.user_names()
        return sign_in_with_code(lambda code: program.sign_in(user or names[0], passphrase, code))
    session, code = program.create_vault(user or "demo", "Demo Physician", passphrase)
    print(f"A vault was made. Its recovery code, shown only now: {code}", file=sys.stderr)
    return session


def _print(
    arguments: argparse.Namespace,
    program: Application,
    session: Session,
    encounter_id: str,
    clock: StageClock,
    peak: int,
    *,
    kept: bool,
) -> None:
    from app.exchange.terminal import missing_text, note_text

    note = session.encounters.versions(encounter_id)[-1].note
    transcript = session.encounters.transcript(encounter_id)
    unnoted = program.review(session).missing(encounter_id)
    total = round(sum(clock.seconds.values()), 2)
    if arguments.json:
        print_json(
            {
                "encounter": encounter_id,
                "kept": kept,
                "duration": transcript.duration if transcript else None,
                "seconds": {**clock.seconds, "total": total},
                "peak_rss_mb": peak,
                "note": note_json(note),
                "missing": missing_to_json(unnoted),
            }
        )
        return
    width = min(shutil.get_terminal_size().columns, 100)
    print(note_text(note, transcript, width, sys.stdout.isatty()))
    if transcript is not None:
        print(f"\n{missing_text(unnoted, transcript, width, sys.stdout.isatty())}")
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in clock.seconds.items())
    print(f"\nTime: {stages}; together {total:.1f} s. Peak memory of all processes: {peak} MB.")
    if kept:
        print(f"Stored as {encounter_id[:12]}. Open it: anamnesis encounters show {encounter_id[:12]}, or the window.")
    else:
        print(
            "Stored in a throw-away vault that is now gone. To keep it, set ANAMNESIS_PASSPHRASE_FILE and --data-dir; "
            "then 'anamnesis --data-dir DIR' opens the window on it."
        )
