"""Transcript and note as JSON values: the formats "anamnesis.transcript/1" and "anamnesis.note/1".

Times are seconds from the start of the recording. Reading is strict, and its errors name the place, never the content.
Keys that are not known are ignored, so that a later minor addition stays readable.
"""

import math
from collections.abc import Iterable, Mapping
from typing import cast

from app.domain.errors import InputError, VersionError
from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance, Word

TRANSCRIPT_SCHEMA = "anamnesis.transcript/1"
NOTE_SCHEMA = "anamnesis.note/1"


def transcript_to_json(t: Transcript) -> dict[str, object]:
    """Return the transcript as a JSON object; `notices` is left out when there are none."""
    data: dict[str, object] = {
        "schema": TRANSCRIPT_SCHEMA,
        "duration": t.duration,
        "language": t.language,
        "model": t.model,
        "utterances": [utterance_to_json(u) for u in t.utterances],
    }
    if t.notices:
        data["notices"] = list(t.notices)
    return data


def transcript_from_json(data: object) -> Transcript:
    """Read a transcript object. An utterance without `words` has no word times.

    Raises:
        InputError: wrong type, missing key, impossible time, empty text, or an id used twice; names the place.
        VersionError: the object is a transcript of a version that this program does not know.
    """
    where = "transcript"
    top = _object(data, where)
    _check_schema(top, TRANSCRIPT_SCHEMA, where)
    items = _list(_value(top, "utterances", ""), "utterances")
    utterances = tuple(_utterance(item, f"utterances[{i}]") for i, item in enumerate(items))
    _check_unique((u.id for u in utterances), "utterance")
    return Transcript(
        duration=_seconds(_value(top, "duration", ""), "duration"),
        language=_string(_value(top, "language", ""), "language"),
        model=_string(_value(top, "model", ""), "model"),
        utterances=utterances,
        notices=_texts(top.get("notices", []), "notices"),
    )


def note_to_json(n: Note) -> dict[str, object]:
    """Return the note as a JSON object; `notices` and `author` are left out when there are none."""
    data: dict[str, object] = {
        "schema": NOTE_SCHEMA,
        "type": n.type,
        "sections": [section_to_json(s) for s in n.sections],
    }
    if n.notices:
        data["notices"] = list(n.notices)
    return data


def note_from_json(data: object) -> Note:
    """Read a note object. Evidence may name utterances that no transcript has: whether it does is checked elsewhere.

    Raises:
        InputError: wrong type, missing key, unknown mark, empty text, or an id used twice; names the place.
        VersionError: the object is a note of a version that this program does not know.
    """
    where = "note"
    top = _object(data, where)
    _check_schema(top, NOTE_SCHEMA, where)
    items = _list(_value(top, "sections", ""), "sections")
    note = Note(
        type=_text(_value(top, "type", ""), "type"),
        sections=tuple(_section(item, f"sections[{i}]") for i, item in enumerate(items)),
        notices=_texts(top.get("notices", []), "notices"),
    )
    _check_unique((s.id for s in note.statements()), "statement")
    return note


def section_to_json(s: Section) -> dict[str, object]:
    """Return one section of a note as it stands in the note's object."""
    return {"key": s.key, "title": s.title, "statements": [_statement_to_json(x) for x in s.statements]}


def utterance_to_json(u: Utterance) -> dict[str, object]:
    """Return one utterance as it stands in the transcript's object."""
    return {
        "id": u.id,
        "start": u.start,
        "end": u.end,
        "speaker": u.speaker.value,
        "text": u.text,
        "words": [{"start": w.start, "end": w.end, "text": w.text, "p": w.p} for w in u.words],
    }


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


def _utterance(data: object, where: str) -> Utterance:
    item = _object(data, where)
    start, end = _span(item, where)
    words = _list(item.get("words", []), f"{where}.words")
    return Utterance(
        id=_text(_value(item, "id", where), f"{where}.id"),
        start=start,
        end=end,
        speaker=_speaker(_value(item, "speaker", where), f"{where}.speaker"),
        text=_text(_value(item, "text", where), f"{where}.text"),
        words=tuple(_word(word, f"{where}.words[{i}]") for i, word in enumerate(words)),
    )


def _word(data: object, where: str) -> Word:
    item = _object(data, where)
    start, end = _span(item, where)
    p = _number(_value(item, "p", where), f"{where}.p")
    if not 0 <= p <= 1:
        raise _refused(f"{where}.p is not between 0 and 1")
    return Word(start=start, end=end, text=_text(_value(item, "text", where), f"{where}.text"), p=p)


def _section(data: object, where: str) -> Section:
    item = _object(data, where)
    statements = _list(_value(item, "statements", where), f"{where}.statements")
    return Section(
        key=_text(_value(item, "key", where), f"{where}.key"),
        title=_text(_value(item, "title", where), f"{where}.title"),
        statements=tuple(_statement(s, f"{where}.statements[{i}]") for i, s in enumerate(statements)),
    )


def _statement(data: object, where: str) -> Statement:
    item = _object(data, where)
    author = item.get("author")
    return Statement(
        id=_text(_value(item, "id", where), f"{where}.id"),
        text=_text(_value(item, "text", where), f"{where}.text"),
        evidence=_texts(_value(item, "evidence", where), f"{where}.evidence"),
        support=_support(_value(item, "support", where), f"{where}.support"),
        reasons=_texts(_value(item, "reasons", where), f"{where}.reasons"),
        author=None if author is None else _text(author, f"{where}.author"),
    )


def _refused(problem: str) -> InputError:
    return InputError(
        f"The file does not follow its format: {problem}.", "Write it again with the program that made it."
    )


def _check_schema(top: Mapping[str, object], known: str, what: str) -> None:
    family, _, _ = known.rpartition("/")
    found = _value(top, "schema", "")
    if found == known:
        return
    if isinstance(found, str) and found.startswith(f"{family}/"):
        raise VersionError(
            f"The {what} has a format version that this program does not know (it reads {known}).",
            "Update Anamnesis, or write the file again in that version.",
        )
    raise _refused(f'schema is not "{known}"')


def _check_unique(ids: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for position, identifier in enumerate(ids):
        if identifier in seen:
            raise _refused(f"{what} number {position + 1} has an id that was used before")
        seen.add(identifier)


def _object(data: object, where: str) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise _refused(f"{where} is not an object")
    return cast("Mapping[str, object]", data)


def _value(item: Mapping[str, object], key: str, where: str) -> object:
    if key not in item:
        raise _refused(f"{where}.{key} is missing" if where else f"{key} is missing")
    return item[key]


def _list(data: object, where: str) -> list[object]:
    if not isinstance(data, list):
        raise _refused(f"{where} is not a list")
    return cast("list[object]", data)


def _string(data: object, where: str) -> str:
    if not isinstance(data, str):
        raise _refused(f"{where} is not a text")
    # A lone surrogate passes through JSON escapes and then fails wherever the text is stored or printed.
    if any("\ud800" <= c <= "\udfff" for c in data):
        raise _refused(f"{where} holds half a character")
    return data


def _text(data: object, where: str) -> str:
    text = _string(data, where)
    if not text.strip():
        raise _refused(f"{where} is empty")
    return text


def _texts(data: object, where: str) -> tuple[str, ...]:
    return tuple(_text(item, f"{where}[{i}]") for i, item in enumerate(_list(data, where)))


def _number(data: object, where: str) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise _refused(f"{where} is not a number")
    try:
        number = float(data)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _refused(f"{where} is not a finite number")
    return number


def _seconds(data: object, where: str) -> float:
    number = _number(data, where)
    if number < 0:
        raise _refused(f"{where} is negative")
    return number


def _span(item: Mapping[str, object], where: str) -> tuple[float, float]:
    start = _seconds(_value(item, "start", where), f"{where}.start")
    end = _seconds(_value(item, "end", where), f"{where}.end")
    if end < start:
        raise _refused(f"{where}.end is before its start")
    return start, end


def _speaker(data: object, where: str) -> Speaker:
    return Speaker(_one_of([s.value for s in Speaker], data, where))


def _support(data: object, where: str) -> Support:
    return Support(_one_of([s.value for s in Support], data, where))


def _one_of(allowed: list[str], data: object, where: str) -> str:
    if (value := _string(data, where)) not in allowed:
        raise _refused(f"{where} is not one of {', '.join(allowed)}")
    return value
