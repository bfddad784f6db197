"""The plain way that rivals go, for comparison: after the stop, faster-whisper as it comes, then one long prompt."""

import json
import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path

from app.domain.errors import EngineError
from app.drafting.engines.language_model import Generation, Prompt
from app.process_guard import guard_process

_SYSTEM = "You are a medical scribe. You write accurate SOAP notes from visit transcripts."
_INSTRUCTION = (
    "Write the SOAP note of this visit in Markdown, with the headings Subjective, Objective, Assessment and Plan. "
    "Use only what was said."
)
_TOKENS = 600


def plain_prompt(text: str) -> Prompt:
    """Return the one prompt of the plain way for a visit's transcript."""
    return Prompt(_SYSTEM, f"Transcript:\n{text}", _INSTRUCTION)


def plain_visit(pcm: bytes, speech: Path, language: Path) -> dict[str, object]:
    """Transcribe (beam 5, voice-activity filter) and draft in one prompt, in a process of its own.

    Args:
        pcm: 16-bit mono, 16 kHz.

    Returns:
        `stop_to_transcript`, `stop_to_draft` (seconds, model loading included) and the transcript's `text`.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, str(speech), str(language)), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.send_bytes(pcm)
        result: dict[str, object] = json.loads(ours.recv_bytes())
        process.join(20)  # an ending of its own gives back what the libraries named in the system
    except EOFError as error:
        raise EngineError("The plain way's process ended unexpectedly.", "Try again.") from error
    finally:
        process.kill()
        process.join()
        ours.close()
    return result


def _serve(connection: Connection, speech: str, language: str) -> None:
    guard_process()
    import numpy as np

    samples = np.frombuffer(connection.recv_bytes(), dtype="<i2").astype(np.float32) / 32768.0
    start = time.monotonic()
    from app.speech.plain import PlainWhisper

    text = PlainWhisper(Path(speech)).text(samples)
    transcribed = time.monotonic() - start

    from app.drafting.engines.loading import load_language_model

    writer = load_language_model(Path(language))
    writer.generate(Generation(plain_prompt(text), max_tokens=_TOKENS))
    drafted = time.monotonic() - start
    connection.send_bytes(
        json.dumps({"stop_to_transcript": transcribed, "stop_to_draft": drafted, "text": text}).encode()
    )
