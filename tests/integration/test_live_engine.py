"""Half of the sample visit is spoken to a real engine process with real models, eight times faster than people talk."""

import json

import pytest
from heard_visit import SAMPLE, HeardVisit, assert_times_run_forward, missing_model, plain_words, sample_sound

from app.domain.live import FinalText, Hypothesis
from app.domain.transcript import Speaker, Transcript
from app.engine.supervisor import Engine
from app.insight.word_errors import word_errors
from app.settings import find_paths

pytestmark = [pytest.mark.models, pytest.mark.timeout(600)]

SAID = 126.2
"""Seconds, to the end of a sentence: four windows become final while people talk, and both voices are heard."""


@pytest.fixture(scope="module")
def heard() -> tuple[HeardVisit, Transcript]:
    if reason := missing_model():
        pytest.skip(reason)
    ears = Engine(find_paths().models, name="ears")
    try:
        assert ears.preload("whisper-base").result() == {}
        visit = HeardVisit(ears, sample_sound()[: round(SAID * 16_000) * 2])
        return visit, visit.run(speed=8.0)
    finally:
        ears.close()


def test_live_transcript_is_what_was_said(heard):
    visit, transcript = heard
    truth = json.loads((SAMPLE.parent / "visit.transcript.json").read_text(encoding="utf-8"))
    reference = " ".join(u["text"] for u in truth["utterances"] if u["end"] <= SAID)
    assert word_errors(reference, " ".join(u.text for u in transcript.utterances)).rate < 0.08
    assert transcript.duration == pytest.approx(len(visit.pcm) / 32_000)
    assert {u.speaker for u in transcript.utterances} >= {Speaker.CLINICIAN, Speaker.PATIENT}
    assert_times_run_forward(transcript)


def test_words_that_were_final_are_the_words_of_the_transcript(heard):
    visit, transcript = heard
    final = [w.text.strip() for window in visit.journal for w in window.words]
    assert final == [w.text.strip() for u in transcript.utterances for w in u.words][: len(final)]
    assert visit.journal[-1].end > transcript.duration - 60
    assert len(plain_words(transcript)) > 340


def test_text_was_shown_while_people_talked(heard):
    visit, _ = heard
    finals = [e for e in visit.events if isinstance(e, FinalText)]
    assert [e.until for e in finals] == [w.end for w in visit.journal]
    assert any(e.settled or e.tentative for e in visit.events if isinstance(e, Hypothesis))
