"""The JSON forms of transcript and note: what is written is read back, what is wrong is refused by place."""

import contextlib
import copy
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.codec import note_from_json, note_to_json, transcript_from_json, transcript_to_json
from app.domain.errors import AnamnesisError, InputError, VersionError
from app.domain.note import Note, Section, Statement, Support
from app.domain.recording import Mark, MarkKind
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.words import Word

text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30).filter(str.strip)
seconds = st.floats(0, 100_000)
spans = st.tuples(seconds, seconds).map(sorted)
words = st.builds(lambda s, t, p: Word(s[0], s[1], t, p), spans, text, st.floats(0, 1))
notices = st.lists(text, max_size=2).map(tuple)
detail = st.text(st.characters(exclude_categories=("Cs",)), max_size=10)
marks = st.lists(st.builds(Mark, st.sampled_from(MarkKind), seconds, seconds, detail), max_size=3).map(tuple)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    def utterance(identifier: str) -> Utterance:
        start, end = draw(spans)
        said = tuple(draw(st.lists(words, max_size=3)))
        return Utterance(identifier, start, end, draw(st.sampled_from(Speaker)), draw(text), said)

    ids = draw(st.lists(text, unique=True, max_size=4))
    said_by_all = tuple(utterance(i) for i in ids)
    return Transcript(draw(seconds), draw(text), draw(text), said_by_all, draw(notices), draw(marks))


@st.composite
def notes(draw: st.DrawFn) -> Note:
    ids = iter(draw(st.lists(text, unique=True, max_size=6)))
    texts = st.lists(text, max_size=3).map(tuple)
    sections = [Section(draw(text), draw(text)) for _ in range(draw(st.integers(0, 3)))]
    filled = tuple(
        Section(
            section.key,
            section.title,
            tuple(
                Statement(i, draw(text), draw(texts), draw(st.sampled_from(Support)), draw(texts), author)
                for i in [next(ids, None) for _ in range(2)]
                if i is not None
                for author in [draw(st.none() | text)]
            ),
        )
        for section in sections
    )
    return Note(draw(text), filled, draw(notices))


@settings(deadline=None)
@given(transcripts())
def test_transcript_survives_the_way_through_json(transcript: Transcript) -> None:
    written = json.dumps(transcript_to_json(transcript), allow_nan=False)
    assert transcript_from_json(json.loads(written)) == transcript


@settings(deadline=None)
@given(notes())
def test_note_survives_the_way_through_json(note: Note) -> None:
    assert note_from_json(json.loads(json.dumps(note_to_json(note)))) == note


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.data(), st.sampled_from(["transcript", "note"]))
def test_any_value_at_any_place_is_read_or_declared(data: st.DataObject, kind: str) -> None:
    document = copy.deepcopy(TRANSCRIPT if kind == "transcript" else NOTE)
    path = data.draw(st.sampled_from(list(_paths(document))))
    _put(document, path, data.draw(json_values))
    read = transcript_from_json if kind == "transcript" else note_from_json
    with contextlib.suppress(AnamnesisError):
        back = read(document)
        assert (
            read(json.loads(json.dumps((transcript_to_json if kind == "transcript" else note_to_json)(back)))) == back
        )


TRANSCRIPT: dict[str, object] = {
    "schema": "anamnesis.transcript/1",
    "duration": 9,
    "language": "en",
    "model": "whisper-base",
    "notices": ["cut off"],
    "marks": [{"kind": "device", "at": 3.5, "length": 0, "detail": "secretword"}],
    "utterances": [
        {
            "id": "u1",
            "start": 0.0,
            "end": 2,
            "speaker": "patient",
            "text": "secretword hurts",
            "words": [{"start": 0, "end": 1, "text": "secretword", "p": 0.5}],
        },
        {"id": "u2", "start": 2.0, "end": 3.0, "speaker": "clinician", "text": "Since when?", "words": []},
    ],
}
NOTE: dict[str, object] = {
    "schema": "anamnesis.note/1",
    "type": "soap",
    "notices": [],
    "sections": [
        {
            "key": "plan",
            "title": "Plan",
            "statements": [
                {
                    "id": "s1",
                    "text": "secretword daily",
                    "evidence": ["u99"],
                    "support": "partial",
                    "reasons": ["dose"],
                    "author": "Dr. A",
                },
                {"id": "s2", "text": "Rest", "evidence": [], "support": "supported", "reasons": []},
            ],
        }
    ],
}


def _paths(value: object, at: tuple[str | int, ...] = ()):
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*at, key))


def _put(document, path, value) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


BAD_TRANSCRIPT = [
    (("schema",), 1, "schema is not"),
    (("schema",), "anamnesis.note/1", "schema is not"),
    (("duration",), True, "duration is not a number"),
    (("duration",), -1, "duration is negative"),
    (("language",), None, "language is not a text"),
    (("utterances",), {}, "utterances is not a list"),
    (("utterances", 0), [], "utterances[0] is not an object"),
    (("utterances", 1, "end"), "secretword", "utterances[1].end is not a number"),
    (("utterances", 1, "end"), True, "utterances[1].end is not a number"),
    (("utterances", 1, "end"), 1.0, "utterances[1].end is before its start"),
    (("utterances", 1, "start"), math.nan, "utterances[1].start is not a finite number"),
    (("utterances", 1, "start"), 10**400, "utterances[1].start is not a finite number"),
    (("utterances", 1, "start"), -0.5, "utterances[1].start is negative"),
    (("utterances", 1, "id"), "u1", "utterance number 2 has an id that was used before"),
    (("utterances", 1, "id"), " ", "utterances[1].id is empty"),
    (("utterances", 0, "speaker"), "secretword", "utterances[0].speaker is not one of clinician"),
    (("utterances", 0, "text"), "", "utterances[0].text is empty"),
    (("utterances", 0, "text"), "\ud800", "utterances[0].text holds half a character"),
    (("utterances", 0, "words"), None, "utterances[0].words is not a list"),
    (("utterances", 0, "words", 0, "p"), 1.5, "utterances[0].words[0].p is not between"),
    (("utterances", 0, "words", 0, "end"), math.inf, "utterances[0].words[0].end is not a finite"),
    (("notices",), ["", "a"], "notices[0] is empty"),
    (("marks",), {}, "marks is not a list"),
    (("marks", 0), None, "marks[0] is not an object"),
    (("marks", 0, "kind"), "secretword", "marks[0].kind is not one of loss, pause"),
    (("marks", 0, "at"), -0.5, "marks[0].at is negative"),
    (("marks", 0, "length"), math.inf, "marks[0].length is not a finite number"),
    (("marks", 0, "detail"), None, "marks[0].detail is not a text"),
    (("marks", 0, "detail"), "secretword \ud800", "marks[0].detail holds half a character"),
]
BAD_NOTE = [
    (("sections",), None, "sections is not a list"),
    (("sections", 0, "title"), 3, "sections[0].title is not a text"),
    (("sections", 0, "statements", 1, "id"), "s1", "statement number 2 has an id that was used before"),
    (("sections", 0, "statements", 0, "support"), "secretword", "statements[0].support is not one of supported"),
    (("sections", 0, "statements", 0, "support"), ["supported"], "statements[0].support is not a text"),
    (("sections", 0, "statements", 0, "evidence"), "u1", "statements[0].evidence is not a list"),
    (("sections", 0, "statements", 0, "evidence"), [1], "statements[0].evidence[0] is not a text"),
    (("sections", 0, "statements", 0, "author"), "", "statements[0].author is empty"),
    (("sections", 0, "statements", 0, "text"), " \n", "statements[0].text is empty"),
]


@pytest.mark.parametrize(("path", "value", "place"), BAD_TRANSCRIPT)
def test_wrong_transcript_is_refused_by_place_without_content(path, value, place) -> None:
    document = copy.deepcopy(TRANSCRIPT)
    _put(document, path, value)
    with pytest.raises(InputError) as caught:
        transcript_from_json(document)
    assert place in caught.value.message
    assert "secretword" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(("path", "value", "place"), BAD_NOTE)
def test_wrong_note_is_refused_by_place_without_content(path, value, place) -> None:
    document = copy.deepcopy(NOTE)
    _put(document, path, value)
    with pytest.raises(InputError) as caught:
        note_from_json(document)
    assert place in caught.value.message
    assert "secretword" not in str(caught.value)


OPTIONAL = {"notices", "marks", "words", "author"}


def test_every_key_but_the_optional_ones_is_needed() -> None:
    for document, read in ((TRANSCRIPT, transcript_from_json), (NOTE, note_from_json)):
        for path in _paths(document):
            if isinstance(path[-1], int):
                continue
            shorter = copy.deepcopy(document)
            holder = shorter
            for step in path[:-1]:
                holder = holder[step]
            del holder[path[-1]]
            if path[-1] in OPTIONAL:
                read(shorter)
            else:
                with pytest.raises(InputError, match=f"{path[-1]} is missing"):
                    read(shorter)


def test_without_marks_nothing_is_written_about_them() -> None:
    document = {k: v for k, v in TRANSCRIPT.items() if k != "marks"}
    transcript = transcript_from_json(document)
    assert transcript.marks == ()
    assert transcript_to_json(transcript) == document
    assert transcript_to_json(transcript_from_json(TRANSCRIPT)) == TRANSCRIPT


def test_unknown_keys_are_ignored() -> None:
    extended = {**copy.deepcopy(TRANSCRIPT), "title": "x", "later": {"a": 1}}
    assert transcript_from_json(extended) == transcript_from_json(TRANSCRIPT)


@pytest.mark.parametrize("version", ["2", "1.1", "", "10"])
def test_other_versions_are_declared(version: str) -> None:
    with pytest.raises(VersionError):
        transcript_from_json({**TRANSCRIPT, "schema": f"anamnesis.transcript/{version}"})
    with pytest.raises(VersionError):
        note_from_json({**NOTE, "schema": f"anamnesis.note/{version}"})
