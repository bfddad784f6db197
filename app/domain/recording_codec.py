"""Marks, final text and consent as JSON values. Reading is strict; its errors name the place, never the content.

Stored alone they are "anamnesis.journal/1" and "anamnesis.consent/1". Keys that are not known are ignored.
"""

from contextlib import suppress
from datetime import datetime

from app.domain.json_reading import (
    check_schema,
    member,
    read_object,
    read_one_of,
    read_seconds,
    read_span,
    read_string,
    read_text,
    read_texts,
    refused,
)
from app.domain.recording import Consent, ConsentDecision, ConsentMethod, HeardWindow, Mark, MarkKind
from app.domain.word_codec import word_to_json, words_from_json

JOURNAL_SCHEMA = "anamnesis.journal/1"
CONSENT_SCHEMA = "anamnesis.consent/1"


def mark_to_json(m: Mark) -> dict[str, object]:
    """Return a mark as a JSON object; `at` and `length` in seconds."""
    return {"kind": m.kind.value, "at": m.at, "length": m.length, "detail": m.detail}


def mark_from_json(data: object, where: str = "mark") -> Mark:
    """Read a mark; `where` names its place in errors. Raises `InputError`, also for a kind that is not known."""
    item = read_object(data, where)
    return Mark(
        kind=MarkKind(read_one_of([k.value for k in MarkKind], member(item, "kind", where), f"{where}.kind")),
        at=read_seconds(member(item, "at", where), f"{where}.at"),
        length=read_seconds(member(item, "length", where), f"{where}.length"),
        detail=read_string(member(item, "detail", where), f"{where}.detail"),
    )


def heard_window_to_json(w: HeardWindow) -> dict[str, object]:
    """Return final text as a JSON object; `left_out` is left out when nothing was."""
    data: dict[str, object] = {"start": w.start, "end": w.end, "words": [word_to_json(word) for word in w.words]}
    if w.left_out:
        data["left_out"] = list(w.left_out)
    return data


def heard_window_from_json(data: object, where: str = "window") -> HeardWindow:
    """Read final text; `where` names its place in errors. Raises `InputError`."""
    item = read_object(data, where)
    start, end = read_span(item, where)
    return HeardWindow(
        start=start,
        end=end,
        words=words_from_json(member(item, "words", where), f"{where}.words"),
        left_out=read_texts(item.get("left_out", []), f"{where}.left_out"),
    )


def journal_entry_to_json(entry: Mark | HeardWindow) -> dict[str, object]:
    """Return an entry of a recording's journal as a JSON object: `mark` or `window`."""
    if isinstance(entry, Mark):
        return {"schema": JOURNAL_SCHEMA, "mark": mark_to_json(entry)}
    return {"schema": JOURNAL_SCHEMA, "window": heard_window_to_json(entry)}


def journal_entry_from_json(data: object) -> Mark | HeardWindow:
    """Read an entry of a recording's journal. Raises `InputError`, `VersionError`."""
    top = read_object(data, "entry")
    check_schema(top, JOURNAL_SCHEMA, "journal entry")
    if ("mark" in top) == ("window" in top):
        raise refused("entry is not either a mark or a window")
    return mark_from_json(top["mark"]) if "mark" in top else heard_window_from_json(top["window"])


def consent_to_json(c: Consent) -> dict[str, object]:
    """Return a decision as a JSON object; `at` is ISO 8601 with its offset from UTC."""
    return {
        "schema": CONSENT_SCHEMA,
        "decision": c.decision.value,
        "method": None if c.method is None else c.method.value,
        "who": c.who,
        "wording": c.wording,
        "at": c.at.isoformat(),
    }


def consent_from_json(data: object) -> Consent:
    """Read a decision. Raises `InputError` (also for a time without offset, or consent without method)."""
    top = read_object(data, "consent")
    check_schema(top, CONSENT_SCHEMA, "consent")
    decision = ConsentDecision(read_one_of([d.value for d in ConsentDecision], member(top, "decision", ""), "decision"))
    method = _method(member(top, "method", ""))
    if decision is ConsentDecision.GIVEN and method is None:
        raise refused("method is missing")
    return Consent(
        decision=decision,
        method=method,
        who=read_text(member(top, "who", ""), "who"),
        wording=read_text(member(top, "wording", ""), "wording"),
        at=_moment(member(top, "at", "")),
    )


def _method(data: object) -> ConsentMethod | None:
    return None if data is None else ConsentMethod(read_one_of([m.value for m in ConsentMethod], data, "method"))


def _moment(data: object) -> datetime:
    text = read_string(data, "at")
    moment = None
    with suppress(ValueError):  # its message would hold the text
        moment = datetime.fromisoformat(text)
    if moment is None:
        raise refused("at is not a time")
    if moment.tzinfo is None:
        raise refused("at has no offset from UTC")
    return moment
