"""Transcript and note as JSON values: the formats "anamnesis.transcript/1" and "anamnesis.note/1".

Times are seconds from the start of the recording. Reading is strict, and its errors name the place, never the content.
Keys that are not known are ignored, so that a later minor addition stays readable.
"""

from app.domain.json_reading import (
    check_schema,
    check_unique,
    member,
    read_list,
    read_object,
    read_one_of,
    read_seconds,
    read_span,
    read_string,
    read_text,
    read_texts,
)
from app.domain.note import Note, Section, Statement, Support
from app.domain.recording_codec import mark_from_json, mark_to_json
from app.domain.style import style_from_json, style_to_json
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.word_codec import word_to_json, words_from_json

TRANSCRIPT_SCHEMA = "anamnesis.transcript/1"
NOTE_SCHEMA = "anamnesis.note/1"


def transcript_to_json(t: Transcript) -> dict[str, object]:
    """Return the transcript as a JSON object; `notices` and `marks` are left out when there are none."""
    data: dict[str, object] = {
        "schema": TRANSCRIPT_SCHEMA,
        "duration": t.duration,
        "language": t.language,
        "model": t.model,
        "utterances": [utterance_to_json(u) for u in t.utterances],
    }
    if t.notices:
        data["notices"] = list(t.notices)
    if t.marks:
        data["marks"] = [mark_to_json(m) for m in t.marks]
    return data


def transcript_from_json(data: object) -> Transcript:
    """Read a transcript object. An utterance without `words` has no word times.

    Raises:
        InputError: wrong type, missing key, impossible time, empty text, or an id used twice; names the place.
        VersionError: the object is a transcript of a version that this program does not know.
    """
    where = "transcript"
    top = read_object(data, where)
    check_schema(top, TRANSCRIPT_SCHEMA, where)
    items = read_list(member(top, "utterances", ""), "utterances")
    utterances = tuple(utterance_from_json(item, f"utterances[{i}]") for i, item in enumerate(items))
    marks = read_list(top.get("marks", []), "marks")
    check_unique((u.id for u in utterances), "utterance")
    return Transcript(
        duration=read_seconds(member(top, "duration", ""), "duration"),
        language=read_string(member(top, "language", ""), "language"),
        model=read_string(member(top, "model", ""), "model"),
        utterances=utterances,
        notices=read_texts(top.get("notices", []), "notices"),
        marks=tuple(mark_from_json(item, f"marks[{i}]") for i, item in enumerate(marks)),
    )


def note_to_json(n: Note) -> dict[str, object]:
    """Return the note as a JSON object; title, reader, notices, style and author only where there are any."""
    data: dict[str, object] = {
        "schema": NOTE_SCHEMA,
        "type": n.type,
        "sections": [section_to_json(s) for s in n.sections],
    }
    if n.title:
        data["title"] = n.title
    if n.reader:
        data["reader"] = n.reader
    if n.notices:
        data["notices"] = list(n.notices)
    if style := style_to_json(n.style):
        data["style"] = style
    return data


def note_from_json(data: object) -> Note:
    """Read a note object. Evidence may name utterances that no transcript has: whether it does is checked elsewhere.

    Raises:
        InputError: wrong type, missing key, unknown mark, empty text, or an id used twice; names the place.
        VersionError: the object is a note of a version that this program does not know.
    """
    where = "note"
    top = read_object(data, where)
    check_schema(top, NOTE_SCHEMA, where)
    items = read_list(member(top, "sections", ""), "sections")
    note = Note(
        type=read_text(member(top, "type", ""), "type"),
        sections=tuple(section_from_json(item, f"sections[{i}]") for i, item in enumerate(items)),
        notices=read_texts(top.get("notices", []), "notices"),
        title=read_string(top.get("title", ""), "title"),
        reader=read_string(top.get("reader", ""), "reader"),
        style=style_from_json(top.get("style", {})),
    )
    check_unique((s.id for s in note.statements()), "statement")
    return note


def section_to_json(s: Section) -> dict[str, object]:
    """Return one section of a note as it stands in the note's object."""
    return {"key": s.key, "title": s.title, "statements": [_statement_to_json(x) for x in s.statements]}


def section_from_json(data: object, where: str = "section") -> Section:
    """Read one section; `where` names its place in errors. Raises `InputError`."""
    item = read_object(data, where)
    statements = read_list(member(item, "statements", where), f"{where}.statements")
    return Section(
        key=read_text(member(item, "key", where), f"{where}.key"),
        title=read_text(member(item, "title", where), f"{where}.title"),
        statements=tuple(_statement(s, f"{where}.statements[{i}]") for i, s in enumerate(statements)),
    )


def utterance_to_json(u: Utterance) -> dict[str, object]:
    """Return one utterance as it stands in the transcript's object."""
    return {
        "id": u.id,
        "start": u.start,
        "end": u.end,
        "speaker": u.speaker.value,
        "text": u.text,
        "words": [word_to_json(w) for w in u.words],
    }


def utterance_from_json(data: object, where: str = "utterance") -> Utterance:
    """Read one utterance; `where` names its place in errors. Raises `InputError`."""
    item = read_object(data, where)
    start, end = read_span(item, where)
    return Utterance(
        id=read_text(member(item, "id", where), f"{where}.id"),
        start=start,
        end=end,
        speaker=_speaker(member(item, "speaker", where), f"{where}.speaker"),
        text=read_text(member(item, "text", where), f"{where}.text"),
        words=words_from_json(item.get("words", []), f"{where}.words"),
    )


def _statement_to_json(s: Statement) -> dict[str, object]:
    data: dict[str, object] = {
        "id": s.id,
        "text": s.text,
        "evidence": list(s.evidence),
        "support": s.support.value,
        "reasons": list(s.reasons),
    }
    if s.author is not None:
        data["author"] = s.author
    return data


def _statement(data: object, where: str) -> Statement:
    item = read_object(data, where)
    author = item.get("author")
    return Statement(
        id=read_text(member(item, "id", where), f"{where}.id"),
        text=read_text(member(item, "text", where), f"{where}.text"),
        evidence=read_texts(member(item, "evidence", where), f"{where}.evidence"),
        support=_support(member(item, "support", where), f"{where}.support"),
        reasons=read_texts(member(item, "reasons", where), f"{where}.reasons"),
        author=None if author is None else read_text(author, f"{where}.author"),
    )


def _speaker(data: object, where: str) -> Speaker:
    return Speaker(read_one_of([s.value for s in Speaker], data, where))


def _support(data: object, where: str) -> Support:
    return Support(read_one_of([s.value for s in Support], data, where))
