"""The lag of live text: words count when they stand on the screen, in their place, and not before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.live import Correction, FinalText, Hypothesis
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.words import Word
from app.insight.live_lag import (
    Seen,
    UtteranceLag,
    corrections_per_100_words,
    lag_figures,
    utterance_lags,
)
from app.insight.percentiles import percentile, spread
from app.insight.shown_words import align, tokens

STEP = 0.5


def transcript_of(*texts):
    """One utterance for each text, half a second for each word, no pauses."""
    utterances, at = [], 0.0
    for number, text in enumerate(texts, 1):
        words = tuple(Word(at + STEP * k, at + STEP * (k + 1), f" {w}", 0.9) for k, w in enumerate(text.split()))
        utterances.append(Utterance(f"u{number}", at, words[-1].end, Speaker.UNKNOWN, text, words))
        at = words[-1].end
    return Transcript(at, "en", "m", tuple(utterances))


def clock(seconds):
    return 100.0 + seconds


def final(transcript, since, until, at, corrections=()):
    inside = tuple(u for u in transcript.utterances if u.start >= since and u.end <= until)
    return Seen(at, FinalText(since, until, inside, tuple(corrections)))


def test_shown_first_and_final_are_told_apart():
    talk = transcript_of("good morning", "it hurts here")
    events = [
        Seen(100.7, Hypothesis(0.0, "", "Good")),
        Seen(101.5, Hypothesis(0.0, "Good", "morning.")),
        Seen(103.0, Hypothesis(0.0, "Good morning. It", "hurts here")),
        final(talk, 0.0, 2.5, 104.0),
    ]
    first, second = utterance_lags(events, talk, clock, 105.0)
    half, late = pytest.approx(0.5), pytest.approx(1.5)
    assert first == UtteranceLag("u1", 1.0, half, half, half, 0.0, pytest.approx(0.2), pytest.approx(3.0), live=True)
    assert second == UtteranceLag("u2", 2.5, half, half, half, 0.0, late, late, live=True)


def test_words_must_be_equal_and_stand_there_at_once():
    talk = transcript_of("take fifteen milligrams")
    events = [
        Seen(102.0, Hypothesis(0.0, "", "take fifty milligrams")),
        Seen(103.0, Hypothesis(0.0, "", "make fifteen milligrams")),
        Seen(104.0, Hypothesis(0.0, "", "Take fifteen milligrams")),
    ]
    assert utterance_lags(events, talk, clock, 110.0)[0].shown == pytest.approx(2.5)


def test_one_wrong_word_of_five_is_shown_but_not_exact():
    talk = transcript_of("take fifteen milligrams every day", "no")
    events = [
        Seen(103.0, Hypothesis(0.0, "", "take fifty milligrams every day")),
        Seen(105.0, Hypothesis(0.0, "", "take fifteen milligrams every day")),
    ]
    first, second = utterance_lags(events, talk, clock, 110.0)
    assert (first.shown, first.exact) == (pytest.approx(0.5), pytest.approx(2.5))
    assert second.shown == second.exact == pytest.approx(7.0)
    assert not second.live
    slowest = lag_figures([first, second])["slowest"]
    assert slowest[0] == {"end": 3.0, "shown": 7.0, "exact": 7.0, "reached": 7.0, "final": 7.0}


def test_text_without_its_last_word_is_not_shown():
    talk = transcript_of("take fifteen milligrams every day", "no")
    events = [
        Seen(103.5, Hypothesis(0.0, "", "take fifteen milligrams every")),
        Seen(104.5, Hypothesis(0.0, "", "take fifteen milligrams every way no")),
    ]
    first, _second = utterance_lags(events, talk, clock, 110.0)
    assert (first.shown, first.exact) == (pytest.approx(2.0), pytest.approx(7.5))


def test_any_text_for_the_end_reaches_it_and_its_wrong_words_are_counted():
    talk = transcript_of("it is a sharp pain", "no")
    events = [
        Seen(102.6, Hypothesis(0.0, "", "it is a sharp")),
        Seen(103.0, Hypothesis(0.0, "", "I take a sharp beam")),
        Seen(104.5, Hypothesis(0.0, "", "it is a sharp pain no")),
    ]
    first, second = utterance_lags(events, talk, clock, 110.0)
    assert (first.reached, first.wrong, first.shown) == (pytest.approx(0.5), pytest.approx(0.6), pytest.approx(2.0))
    assert (second.reached, second.wrong) == (pytest.approx(1.5), 0.0)
    assert lag_figures([first, second])["wrong_when_reached"] == pytest.approx(0.3)


def test_an_earlier_yes_does_not_stand_for_a_later_one():
    talk = transcript_of("yes", "yes")
    events = [Seen(109.0, Hypothesis(0.0, "yes", "")), Seen(109.5, Hypothesis(0.0, "yes", "yes"))]
    assert [lag.exact for lag in utterance_lags(events, talk, clock, 120.0)] == [
        pytest.approx(8.5),
        pytest.approx(8.5),
    ]


def test_an_utterance_may_stand_half_in_final_text():
    talk = transcript_of("one two three four")
    half = Utterance("x", 0.0, 1.0, Speaker.UNKNOWN, "one two", talk.utterances[0].words[:2])
    events = [Seen(103.0, FinalText(0.0, 1.0, (half,))), Seen(103.5, Hypothesis(1.0, "three", "four"))]
    lag = utterance_lags(events, talk, clock, 106.0)[0]
    assert (lag.shown, lag.final, lag.live) == (pytest.approx(1.5), pytest.approx(4.0), True)


def test_what_never_stood_there_counts_until_the_transcript():
    talk = transcript_of("hello", "goodbye")
    lags = utterance_lags([Seen(101.0, Hypothesis(0.0, "hello", ""))], talk, clock, 130.0)
    assert [(lag.live, lag.shown) for lag in lags] == [(True, pytest.approx(0.5)), (False, pytest.approx(29.0))]
    assert lag_figures(lags)["utterances"] == {"all": 2, "only_after_stop": 1}


def test_corrections_are_counted_per_100_words():
    talk = transcript_of("one two three four")
    event = final(talk, 0.0, 2.0, 103.0, [Correction(0.5, "too", "two")])
    assert corrections_per_100_words([event], talk) == 25.0
    assert corrections_per_100_words([], Transcript(1.0, "en", "m", ())) is None


def test_no_speech_gives_no_figures():
    assert lag_figures([])["live_lag"] == {"p50": None, "p95": None, "max": None}


def test_tokens_and_percentiles():
    assert tokens(" Don't follow-up, 1.5 mg!") == ["dont", "follow", "up", "1", "5", "mg"]
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert spread([float(n) for n in range(101)]) == {"p50": 50.0, "p95": 95.0, "max": 100.0}
    assert percentile([], 0.5) is None


WORDS = st.sampled_from(["yes", "no", "pain", "the", "left", "knee"])
TALKS = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=8)


@given(TALKS, st.floats(0.05, 20.0))
def test_a_screen_that_is_late_by_a_constant_gives_that_lag(texts, delay):
    talk = transcript_of(*texts)
    words = [w for u in talk.utterances for w in u.words]
    events = [
        Seen(clock(w.end) + delay, Hypothesis(0.0, "", " ".join(x.text for x in words[: n + 1])))
        for n, w in enumerate(words)
    ]
    for lag in utterance_lags(events, talk, clock, clock(1000.0)):
        assert lag.shown == pytest.approx(delay)
        assert lag.first == pytest.approx(delay)
        assert lag.live


@given(TALKS, st.data())
def test_more_events_never_make_it_later_and_nothing_is_shown_before_its_words(texts, data):
    talk = transcript_of(*texts)
    words = [w.text for u in talk.utterances for w in u.words]
    counts = sorted(data.draw(st.lists(st.integers(0, len(words)), max_size=8)))
    late = clock(len(words) * STEP)
    events = [Seen(late + n, Hypothesis(0.0, "", " ".join(words[:c]))) for n, c in enumerate(counts)]
    before = utterance_lags(events[:-1], talk, clock, late + 100)
    after = utterance_lags(events, talk, clock, late + 100)
    assert all(b.shown <= a.shown for a, b in zip(before, after, strict=True))
    shown = counts[-1] if counts else 0
    spoken = 0
    for utterance, lag in zip(talk.utterances, after, strict=True):
        spoken += len(utterance.words)
        assert lag.live == (spoken <= shown)


@given(st.lists(WORDS, max_size=12), st.integers(0, 12))
def test_a_beginning_matches_itself_and_nothing_more(true, count):
    shown = true[:count]
    found = align(shown, true)
    assert found.equal == set(range(len(shown)))
    assert found.reach == len(shown)


@given(st.lists(WORDS, max_size=10), st.lists(WORDS, max_size=10))
def test_matches_are_equal_words_in_order(shown, true):
    found = align(shown, true)
    rest = iter(shown)
    assert all(true[place] in rest for place in sorted(found.equal))
    assert max(found.equal, default=-1) < found.reach or not found.equal
    assert found.reach <= len(true)
