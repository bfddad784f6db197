import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.domain.live import Correction, FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.transcript import Speaker, Utterance
from app.domain.words import Word
from app.engine.live_codec import (
    HeardUntil,
    earlier_from_json,
    earlier_to_json,
    final_text_from_json,
    final_text_to_json,
    heard_to_json,
    hypothesis_to_json,
    part_from_json,
    window_final_to_json,
)
from app.speech.live.final import EarlierWindow, WindowFinal

WORD = Word(0.5, 0.9, " naïve", 0.25)
WINDOW = HeardWindow(0.0, 28.96, (WORD,), ("Text from 0:03 to 0:05 was left out.",))
TEXT = FinalText(
    0.0, 28.96, (Utterance("u1", 0.5, 0.9, Speaker.PATIENT, "naïve", (WORD,)),), (Correction(0.5, "nave", "naïve"),)
)
FINAL = WindowFinal(WINDOW, TEXT, {"phrases": [[0.5, 0.9]], "voices": [[0.125] * 4]})
HYPOTHESIS = Hypothesis(28.96, "and then", "it hurts")

times = st.floats(0, 1e5, allow_nan=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _over_the_pipe(value):
    return json.loads(json.dumps(value, allow_nan=False))


def _paths(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _paths(value[key], (*path, key))


def _with(value, path, change):
    if not path:
        return change
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], change)
    return copy


def test_hypothesis_survives_the_pipe():
    assert part_from_json(_over_the_pipe(hypothesis_to_json(HYPOTHESIS))) == HYPOTHESIS


def test_final_window_survives_the_pipe():
    assert part_from_json(_over_the_pipe(window_final_to_json(FINAL))) == FINAL


@given(times)
def test_times_survive_the_pipe_exactly(seconds):
    assert part_from_json(_over_the_pipe(heard_to_json(seconds))) == HeardUntil(seconds)


def test_final_text_survives_the_pipe():
    assert final_text_from_json(_over_the_pipe(final_text_to_json(TEXT))) == TEXT


@pytest.mark.parametrize("state", [None, {}, {"voices": [1.5]}])
def test_earlier_window_survives_the_pipe(state):
    assert earlier_from_json(_over_the_pipe(earlier_to_json(WINDOW, state))) == EarlierWindow(WINDOW, state)


@given(json_values)
def test_other_values_are_no_parts(value):
    for read in (part_from_json, earlier_from_json, final_text_from_json):
        with pytest.raises(InputError):
            read(value)


PART = window_final_to_json(FINAL)


@given(st.sampled_from(list(_paths(PART))), json_values)
def test_part_with_anything_in_any_place_is_read_or_refused(path, change):
    with contextlib.suppress(InputError):
        part_from_json(_with(PART, path, change))


def test_refusal_names_the_place_and_not_the_content():
    changed = window_final_to_json(FINAL)
    changed["text"]["utterances"][0]["start"] = 7.0
    with pytest.raises(InputError, match=r"part\.text\.utterances\[0\]\.end") as refusal:
        part_from_json(changed)
    assert "naïve" not in str(refusal.value)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), "1", True, None, 10**400])
def test_impossible_times_are_refused(seconds):
    with pytest.raises(InputError):
        part_from_json({"kind": "heard", "until": seconds})


def test_state_that_is_no_object_is_refused():
    with pytest.raises(InputError):
        part_from_json({**window_final_to_json(FINAL), "state": [1]})
    with pytest.raises(InputError):
        earlier_from_json({**earlier_to_json(WINDOW, None), "state": 1})


def test_two_utterances_of_one_id_are_refused():
    utterances = (TEXT.utterances[0], TEXT.utterances[0])
    with pytest.raises(InputError):
        final_text_from_json(final_text_to_json(FinalText(0.0, 1.0, utterances)))
