"""Passages: what is closed never changes, nothing is lost, and what was answered is found again."""

from dataclasses import replace

import pytest
from drafting_doubles import visit
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.domain.passages import AnsweredPassage, answered_from_json, answered_to_json
from app.domain.transcript import Speaker, Utterance
from app.domain.words import Word
from app.drafting.reading.passages import (
    LONGEST,
    Passage,
    closed_passages,
    digest_of,
    located,
    open_rest,
    speakers_of,
    unanswered,
)

SENTENCES = st.lists(
    st.sampled_from(
        ["It hurts.", "Since Monday?", "no", "My left knee is swollen and red", "x" * 300, "Does it? 痛い。"]
    ),
    min_size=1,
    max_size=60,
).map(" ".join)
TALK = st.lists(st.tuples(st.sampled_from("DPO?"), SENTENCES), max_size=40)


def talk(turns: list[tuple[str, str]]) -> tuple[Utterance, ...]:
    return visit(*(f"{speaker}: {text}" for speaker, text in turns)).utterances


def answered(passage: Passage) -> AnsweredPassage:
    said = passage.utterances
    return AnsweredPassage(
        passage.start, passage.end, digest_of(said), "soap/1", "m", {"plan.advice": ("rest",)}, speakers_of(said)
    )


def words_of(utterances: tuple[Utterance, ...]) -> str:
    return "".join("".join(u.text.split()) for u in utterances)


def timed(utterance: Utterance) -> Utterance:
    """The utterance with a time for each word, as the recogniser gives them."""
    texts = utterance.text.split()
    step = (utterance.end - utterance.start) / len(texts)
    words = tuple(
        Word(utterance.start + n * step, utterance.start + (n + 1) * step, f" {t}", 0.9) for n, t in enumerate(texts)
    )
    return replace(utterance, words=words)


@given(TALK, TALK)
def test_what_is_closed_never_changes(before, after):
    first, both = talk(before), talk(before + after)
    closed = closed_passages(first)
    assert closed_passages(both)[: len(closed)] == closed


@given(TALK)
def test_every_word_is_in_one_passage_and_none_is_too_long(turns):
    passages = unanswered(talk(turns))
    assert "".join(words_of(p.utterances) for p in passages) == words_of(talk(turns))
    assert all(sum(len(u.text) for u in p.utterances) <= LONGEST + 250 for p in passages)


@given(TALK, st.integers(0, 20))
def test_answered_passages_are_found_again_and_only_the_rest_is_left(turns, number):
    utterances = talk(turns)
    passages = unanswered(utterances)
    earlier = [answered(p) for p in passages[:number]]
    assert [a for a, _ in located(utterances, earlier)] == earlier
    left = unanswered(utterances, earlier)
    assert "".join(words_of(p.utterances) for p in left) == "".join(words_of(p.utterances) for p in passages[number:])


def knee() -> tuple[Utterance, ...]:
    turns = [("DP"[n % 2], f"Line number {n} about the left knee that hurts, is it swollen?") for n in range(40)]
    return tuple(timed(u) for u in talk(turns))


def test_another_cut_into_utterances_does_no_harm():
    utterances = knee()
    passages = closed_passages(utterances)
    earlier = [answered(p) for p in passages]
    joined: list[Utterance] = []
    for one, two in zip(utterances[::2], utterances[1::2], strict=True):
        joined.append(replace(one, end=two.end, text=f"{one.text} {two.text}", words=one.words + two.words))
    found = located([replace(u, speaker=Speaker.UNKNOWN) for u in joined], earlier)
    assert [a for a, _ in found] == earlier
    assert all(p.utterances[0].start <= a.start and a.end <= p.utterances[-1].end for a, p in found)


def test_other_words_or_swapped_speakers_are_asked_again():
    utterances = knee()
    earlier = [answered(p) for p in closed_passages(utterances)]
    assert len(earlier) > 2
    changed = list(utterances)
    changed[1] = replace(changed[1], text=changed[1].text.replace("left", "right"))
    assert [a for a, _ in located(changed, earlier)] == earlier[1:]
    other = {Speaker.PATIENT: Speaker.CLINICIAN, Speaker.CLINICIAN: Speaker.PATIENT}
    assert located([replace(u, speaker=other[u.speaker]) for u in utterances], earlier) == ()
    first = unanswered(changed, earlier)[0]
    assert words_of(first.utterances).startswith(words_of(tuple(changed[:2])))


def test_a_passage_ends_before_a_question_never_behind_it():
    passages = closed_passages(knee())
    assert all(p.utterances[0].speaker is Speaker.CLINICIAN for p in passages)
    assert all(p.utterances[-1].speaker is Speaker.PATIENT for p in passages)


def test_context_is_what_was_said_just_before():
    utterances = knee()
    first, second, *_ = closed_passages(utterances)
    assert first.context == ()
    assert second.context == first.utterances[-2:]
    rest = open_rest(utterances, [answered(first)])
    assert rest is not None
    assert closed_passages(utterances, [answered(first)])[0] == second


def test_json_of_an_answered_passage_is_read_back():
    passage = answered(closed_passages(knee())[0])
    assert answered_from_json(answered_to_json(passage)) == passage


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("start", -1.0),
        ("words", "abc"),
        ("answers", {"plan.advice": [""]}),
        ("answers", []),
        ("speakers", [["nurse", 3]]),
        ("speakers", [["patient", 0]]),
        ("speakers", [["patient"]]),
        ("model", ""),
    ],
)
def test_json_that_is_no_answered_passage_is_refused(key, value):
    data = answered_to_json(answered(closed_passages(knee())[0]))
    with pytest.raises(InputError):
        answered_from_json({**data, key: value})
