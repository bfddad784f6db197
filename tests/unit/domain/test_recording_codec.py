"""JSON of marks, final text and consent: what is written is read back, what is wrong is refused by place."""

import contextlib
import copy
import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import AnamnesisError, InputError, VersionError
from app.domain.recording import Consent, ConsentDecision, ConsentMethod, HeardWindow, Mark, MarkKind
from app.domain.recording_codec import (
    consent_from_json,
    consent_to_json,
    heard_window_from_json,
    heard_window_to_json,
    journal_entry_from_json,
    journal_entry_to_json,
    mark_from_json,
    mark_to_json,
)
from app.domain.words import Word

any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
text = any_text.filter(str.strip)
seconds = st.floats(0, 100_000)
spans = st.tuples(seconds, seconds).map(sorted)
words = st.builds(lambda s, t, p: Word(s[0], s[1], t, p), spans, text, st.floats(0, 1))
marks = st.builds(Mark, st.sampled_from(MarkKind), seconds, seconds, any_text)
windows = st.builds(
    lambda s, said, left: HeardWindow(s[0], s[1], tuple(said), tuple(left)),
    spans, st.lists(words, max_size=4), st.lists(text, max_size=2),
)  # fmt: skip
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - zones come apart
consents = st.builds(Consent, st.just(ConsentDecision.GIVEN), st.sampled_from(ConsentMethod), text, text, moments)
refusals = st.builds(
    Consent, st.sampled_from([ConsentDecision.DECLINED, ConsentDecision.WITHDRAWN]), st.none(), text, text, moments
)


@settings(deadline=None)
@given(marks | windows)
def test_journal_survives_the_way_through_json(entry):
    written = json.dumps(journal_entry_to_json(entry), allow_nan=False)
    assert journal_entry_from_json(json.loads(written)) == entry


@settings(deadline=None)
@given(marks, windows)
def test_parts_survive_the_way_through_json(mark, window):
    assert mark_from_json(json.loads(json.dumps(mark_to_json(mark)))) == mark
    assert heard_window_from_json(json.loads(json.dumps(heard_window_to_json(window)))) == window


@settings(deadline=None)
@given(consents | refusals)
def test_consent_survives_the_way_through_json(consent):
    back = consent_from_json(json.loads(json.dumps(consent_to_json(consent))))
    assert back == consent
    assert back.at.utcoffset() == consent.at.utcoffset()


MARK = {"schema": "anamnesis.journal/1", "mark": {"kind": "loss", "at": 1, "length": 2.5, "detail": "secretword"}}
WINDOW = {
    "schema": "anamnesis.journal/1",
    "window": {
        "start": 0.0,
        "end": 2,
        "words": [{"start": 0, "end": 1, "text": "secretword", "p": 0.5}],
        "left_out": ["secretword at 1 s"],
    },
}
CONSENT = {
    "schema": "anamnesis.consent/1",
    "decision": "given",
    "method": "verbal",
    "who": "secretword",
    "wording": "en-1",
    "at": "2026-03-01T09:00:00+01:00",
}
READERS = [(MARK, journal_entry_from_json), (WINDOW, journal_entry_from_json), (CONSENT, consent_from_json)]
WRITERS = {journal_entry_from_json: journal_entry_to_json, consent_from_json: consent_to_json}


def paths(value, at=()):
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*at, key))


def holder(document, path):
    for step in path[:-1]:
        document = document[step]
    return document


def test_samples_are_read():
    assert journal_entry_from_json(MARK) == Mark(MarkKind.LOSS, 1.0, 2.5, "secretword")
    assert journal_entry_from_json(WINDOW).left_out == ("secretword at 1 s",)
    assert consent_from_json(CONSENT).at == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.data(), st.sampled_from(READERS))
def test_any_value_at_any_place_is_read_or_declared(data, sample):
    document, read = copy.deepcopy(sample[0]), sample[1]
    path = data.draw(st.sampled_from(list(paths(document))))
    holder(document, path)[path[-1]] = data.draw(json_values)
    with contextlib.suppress(AnamnesisError):
        back = read(document)
        assert read(json.loads(json.dumps(WRITERS[read](back), allow_nan=False))) == back


BAD = [
    (MARK, ("mark",), [], "mark is not an object"),
    (MARK, ("mark", "kind"), "secretword", "mark.kind is not one of loss"),
    (MARK, ("mark", "kind"), ["loss"], "mark.kind is not a text"),
    (MARK, ("mark", "at"), True, "mark.at is not a number"),
    (MARK, ("mark", "length"), -1, "mark.length is negative"),
    (MARK, ("window",), WINDOW["window"], "not either a mark or a window"),
    (WINDOW, ("window", "end"), -1, "window.end is negative"),
    (WINDOW, ("window", "start"), 3, "window.end is before its start"),
    (WINDOW, ("window", "words"), None, "window.words is not a list"),
    (WINDOW, ("window", "words", 0, "p"), 1.01, "window.words[0].p is not between"),
    (WINDOW, ("window", "words", 0, "text"), " ", "window.words[0].text is empty"),
    (WINDOW, ("window", "words", 0, "end"), math.nan, "window.words[0].end is not a finite"),
    (WINDOW, ("window", "left_out"), ["a", 3], "window.left_out[1] is not a text"),
    (CONSENT, ("decision",), "secretword", "decision is not one of given"),
    (CONSENT, ("method",), "secretword", "method is not one of verbal"),
    (CONSENT, ("method",), None, "method is missing"),
    (CONSENT, ("who",), "", "who is empty"),
    (CONSENT, ("wording",), 1, "wording is not a text"),
    (CONSENT, ("at",), "secretword", "at is not a time"),
    (CONSENT, ("at",), "2026-03-01T09:00:00", "at has no offset"),
    (CONSENT, ("at",), 1_800_000_000, "at is not a text"),
]


@pytest.mark.parametrize(("document", "path", "value", "place"), BAD)
def test_wrong_value_is_refused_by_place_without_content(document, path, value, place):
    read = consent_from_json if document is CONSENT else journal_entry_from_json
    wrong = copy.deepcopy(document)
    holder(wrong, path)[path[-1]] = value
    with pytest.raises(InputError) as caught:
        read(wrong)
    assert place in caught.value.message
    assert "secretword" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(("document", "read"), READERS)
def test_every_key_but_one_is_needed(document, read):
    for path in paths(document):
        if isinstance(path[-1], int):
            continue
        shorter = copy.deepcopy(document)
        del holder(shorter, path)[path[-1]]
        if path[-1] == "left_out":
            assert read(shorter).left_out == ()
        else:
            with pytest.raises(InputError):
                read(shorter)


@pytest.mark.parametrize(("document", "read"), READERS)
def test_other_versions_and_kinds_are_declared(document, read):
    family = document["schema"][:-1]
    with pytest.raises(VersionError):
        read({**document, "schema": family + "2"})
    with pytest.raises(InputError):
        read({**document, "schema": "anamnesis.note/1"})
    assert read({**document, "later": {"a": 1}}) == read(document)
