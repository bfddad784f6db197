"""`anamnesis transcribe`: a recording becomes a transcript on stdout; nothing is left on disk."""

import argparse
from dataclasses import replace
from pathlib import Path

from app.commands.choices import add_speech_options, choice_from, engine_process
from app.commands.output import print_json, terminal_progress
from app.domain.codec import transcript_to_json


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("transcribe", help="turn a recording into a transcript", description=__doc__)
    parser.add_argument("audio", type=Path, metavar="AUDIO")
    parser.add_argument("--model", dest="speech_model", metavar="ID", help="speech model (see 'anamnesis models list')")
    add_speech_options(parser)
    parser.add_argument("--json", action="store_true", help="the JSON contract; without it, lines with times")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Transcribe and print."""
    from app.audio.decode import decode_blocks
    from app.exchange.transcript_text import transcript_text
    from app.visit.attempts import transcribe_with_retry

    choice = choice_from(arguments)
    progress = terminal_progress(quiet=arguments.json)
    with engine_process(arguments) as (engine, cancel):
        engine.preload(choice.speech_model)
        with decode_blocks(arguments.audio, cancel) as blocks:
            pcm = b"".join(block.tobytes() for block in blocks)
        transcript = transcribe_with_retry(engine, pcm, choice, progress, cancel)
    progress(1.0, "transcribed")
    transcript = replace(transcript, notices=(*blocks.notices, *transcript.notices))
    if arguments.json:
        print_json(transcript_to_json(transcript))
    else:
        print(transcript_text(transcript))
    return 0
