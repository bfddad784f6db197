"""The sample visit drafted ahead with a real language model: its words become final as in a live transcription."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.domain.live import FinalText, LiveEvent
from app.domain.note import Note
from app.domain.passages import AnsweredPassage
from app.domain.transcript import Transcript
from app.domain.work import CancelToken, no_progress
from app.engine.supervisor import Engine
from app.exchange.transcript_file import read_transcript
from app.settings import find_paths
from app.visit.attempts import draft_with_retry
from app.visit.choice import Choice
from app.visit.live_drafting import LiveDrafting
from app.visit.prepared import PreparedPassages

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample" / "visit.transcript.json"
MODEL = "qwen2.5-coder-0.5b-q4"
PATIENCE = 400.0
SAID = 150.0
"""Seconds of the sample visit that are said: three passages are closed by then."""


def missing_model() -> str | None:
    """Why the real model cannot be used, or None."""
    there = list((find_paths().models / MODEL).glob("*.gguf"))
    return None if there else f"model {MODEL} is not there (anamnesis models fetch {MODEL})"


class DraftedAhead:
    """Says the sample visit's utterances one after the other, as fast as passages are answered."""

    def __init__(self, engine: Engine, said: float = SAID) -> None:
        """`said`: seconds of the visit."""
        self.engine = engine
        whole = read_transcript(SAMPLE)
        self.transcript: Transcript = replace(whole, utterances=tuple(u for u in whole.utterances if u.end < said))
        self.choice = Choice(language_model=MODEL)
        self.prepared = PreparedPassages()
        self.events: list[LiveEvent] = []
        self.asked_after: list[AnsweredPassage] = []
        self.drafting = LiveDrafting(
            engine, self.choice, "visit", self.prepared, behind=lambda: 0.0, observe=self.events.append
        )

    def say_all(self, disturb: Callable[["DraftedAhead"], None] = lambda _visit: None) -> tuple[AnsweredPassage, ...]:
        """Draft ahead until nothing more can be; return what is prepared. `disturb` is called again and again."""
        from app.drafting.reading.passages import closed_passages

        self.drafting.start()
        said = self.transcript.utterances
        for count in range(8, len(said) + 8, 8):
            shown = said[:count]
            since = said[max(0, count - 10)].start
            self.drafting.take(FinalText(since, shown[-1].end, tuple(u for u in shown if u.start >= since)))
            deadline = time.monotonic() + PATIENCE
            while closed_passages(shown, self.prepared.of("visit")):
                assert time.monotonic() < deadline
                assert self.drafting._thread.is_alive()
                disturb(self)
                time.sleep(0.05)
        return self.prepared.collect("visit", CancelToken())

    def draft(self) -> Note:
        """Draft the rest."""

        def keep(passage: AnsweredPassage) -> None:
            self.asked_after.append(passage)
            self.prepared.add("visit", passage)

        return draft_with_retry(
            self.engine,
            self.transcript,
            self.choice,
            no_progress,
            CancelToken(),
            earlier=lambda: self.prepared.of("visit"),
            on_passage=keep,
        )
