"""Runs of blanks say nothing, and thousands of them take patterns minutes to read."""

import re
from dataclasses import replace

from app.domain.transcript import Transcript

_RUN = re.compile(r"\s{2,}|[^\S ]")


def with_single_spaces(transcript: Transcript) -> Transcript:
    """The transcript with one blank wherever an utterance has several, or a line break."""
    if not any(_RUN.search(u.text) for u in transcript.utterances):
        return transcript
    utterances = (replace(u, text=" ".join(u.text.split())) for u in transcript.utterances)
    return replace(transcript, utterances=tuple(utterances))
