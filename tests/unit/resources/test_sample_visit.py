"""The sample visit keeps to the contracts, agrees with itself, and says what the demo promises."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.codec import note_from_json, note_to_json, transcript_from_json, transcript_to_json
from app.domain.note import Note, Support
from app.domain.transcript import Speaker, Transcript
from app.settings import RESOURCES

SAMPLE = RESOURCES / "sample"
SCRIPT = RESOURCES.parent / "scripts" / "make_sample_visit.txt"


def read(name: str) -> object:
    return json.loads((SAMPLE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def transcript() -> Transcript:
    return transcript_from_json(read("visit.transcript.json"))


@pytest.fixture(scope="module")
def note() -> Note:
    return note_from_json(read("visit.note.json"))


def test_files_are_exactly_what_the_codec_writes(transcript: Transcript, note: Note) -> None:
    assert transcript_to_json(transcript) == read("visit.transcript.json")
    assert note_to_json(note) == read("visit.note.json")


def test_utterances_follow_one_another_without_overlap(transcript: Transcript) -> None:
    utterances = transcript.utterances
    assert all(u.start < u.end for u in utterances)
    assert all(a.end < b.start for a, b in pairwise(utterances))
    assert utterances[-1].end < transcript.duration
    assert {u.speaker for u in utterances} == {Speaker.CLINICIAN, Speaker.PATIENT}


def test_transcript_says_what_the_script_says(transcript: Transcript) -> None:
    lines = [line for line in SCRIPT.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    spoken = [tuple(part.strip() for part in line.split("|")[1:]) for line in lines]
    written = [(speaker, re.sub(r"\[([^=\]]+)=[^\]]+\]", r"\1", text)) for speaker, text in spoken]
    assert [(u.speaker.value, u.text) for u in transcript.utterances] == written


def test_every_statement_cites_existing_utterances(transcript: Transcript, note: Note) -> None:
    ids = {u.id for u in transcript.utterances}
    for statement in note.statements():
        assert statement.evidence
        assert set(statement.evidence) <= ids
        assert statement.support is Support.SUPPORTED
        assert not statement.reasons


def test_numbers_of_a_statement_stand_in_its_evidence(transcript: Transcript, note: Note) -> None:
    said = {u.id: u.text for u in transcript.utterances}
    for statement in note.statements():
        evidence = " ".join(said[i] for i in statement.evidence)
        numbers = set(re.findall(r"\d+(?:\.\d+)?", statement.text))
        # "out of 10" answers a question in which the scale is a word
        numbers -= {"10"} if "out of 10" in statement.text else set()
        assert numbers <= set(re.findall(r"\d+(?:\.\d+)?", evidence)), statement.id


def test_note_is_a_full_soap_note(note: Note) -> None:
    assert note.type == "soap"
    assert [s.key for s in note.sections] == ["subjective", "objective", "assessment", "plan"]
    assert all(s.statements for s in note.sections)


def test_recording_is_small_decodes_and_lasts_as_long_as_the_transcript_says(transcript: Transcript) -> None:
    import av

    path: Path = SAMPLE / "visit.ogg"
    assert path.stat().st_size < 3_000_000
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        assert samples / stream.rate == pytest.approx(transcript.duration, abs=0.1)


def test_each_utterance_is_heard_and_pauses_are_quiet(transcript: Transcript) -> None:
    import av
    import numpy as np

    with av.open(str(SAMPLE / "visit.ogg")) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
        signal = np.concatenate([frame.to_ndarray().ravel() for frame in frames])

    def level(start: float, end: float) -> float:
        return float(np.sqrt(np.mean(signal[int(start * 16_000) : int(end * 16_000)] ** 2)))

    utterances = transcript.utterances
    quietest_speech = min(level(u.start, u.end) for u in utterances)
    # The room rings for a quarter of a second after each turn.
    gaps = [(a.end + 0.25, b.start - 0.02) for a, b in pairwise(utterances)]
    loudest_gap = max(level(start, end) for start, end in gaps if end - start > 0.1)
    assert quietest_speech > 5 * loudest_gap
    assert loudest_gap > 0.0
