"""A transcript for the terminal: one line for each utterance, with time and speaker."""

from app.domain.transcript import Transcript
from app.exchange.one_line import clock, one_line


def transcript_text(transcript: Transcript) -> str:
    """Return lines such as `00:12 Patient: …`; notices first. Control characters of the words are replaced."""
    lines = [f"! {one_line(notice)}" for notice in transcript.notices]
    lines += [f"{clock(u.start)} {u.speaker.capitalize()}: {one_line(u.text)}" for u in transcript.utterances]
    return "\n".join(lines) if lines else "(no speech)"
