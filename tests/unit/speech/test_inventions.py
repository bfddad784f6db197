"""Loops and text on silence go, with a notice; real speech stays."""

import numpy as np
import pytest

from app.domain.words import Word
from app.speech.inventions import better, needs_second_attempt, unheard_speech, without_inventions
from app.speech.recogniser import Heard
from app.speech.voice_activity import Span, VoiceActivity

VOICE = VoiceActivity(np.ones(1_000, np.float32), (Span(0, 30),))
SILENCE = VoiceActivity(np.zeros(1_000, np.float32), ())


def heard(
    text: str,
    p: float = 0.9,
    each: float = 0.3,
    log_probability: float = -0.2,
    no_speech: float = 0.01,
    repetition: float = 1.3,
) -> Heard:
    words = tuple(Word(i * each, (i + 1) * each, f" {t}", p) for i, t in enumerate(text.split()))
    return Heard(Span(0.0, max(0.3, len(words) * each)), words, log_probability, no_speech, repetition)


def text_of(words: list[Word]) -> str:
    return "".join(w.text for w in words).strip()


@pytest.mark.parametrize(
    "text", ["Thank you.", "Bye.", "Thanks for watching.", "You.", "No no no no no.", "It hurts. It hurts. It hurts."]
)
@pytest.mark.parametrize("p", [0.2, 0.9])
def test_what_somebody_says_is_kept(text: str, p: float) -> None:
    words, dropped = without_inventions(heard(text, p), VOICE)
    assert text_of(words) == text
    assert dropped == []


@pytest.mark.parametrize("text", ["Thank you.", "you", "The patient takes aspirin every day."])
def test_doubtful_text_on_silence_is_dropped_and_named(text: str) -> None:
    words, dropped = without_inventions(heard(text, p=0.3), SILENCE)
    assert words == []
    assert len(dropped) == 1
    assert dropped[0].start == 0.0
    assert text not in dropped[0].reason


def test_certain_words_stay_even_where_the_voice_detector_hears_nothing() -> None:
    words, dropped = without_inventions(heard("No allergies.", p=0.95), SILENCE)
    assert text_of(words) == "No allergies."
    assert dropped == []


def test_closing_phrase_on_a_scrap_of_noise_is_dropped() -> None:
    scrap = np.zeros(100, np.float32)
    scrap[:6] = 1.0
    words, dropped = without_inventions(heard("Thanks for watching!", p=0.4), VoiceActivity(scrap, ()))
    assert words == []
    assert len(dropped) == 1


def test_only_the_sentence_far_from_any_voice_goes() -> None:
    voice = np.zeros(400, np.float32)
    voice[:47] = 1.0
    first, second = heard("It hurts a lot here.", p=0.4), heard("Please subscribe to channel.", p=0.4)
    later = tuple(Word(w.start + 4, w.end + 4, w.text, w.p) for w in second.words)
    both = Heard(Span(0, 6), first.words + later, -0.5, 0.1, 1.0)
    words, dropped = without_inventions(both, VoiceActivity(voice, ()))
    assert text_of(words) == "It hurts a lot here."
    assert len(dropped) == 1


def test_a_misplaced_short_answer_beside_speech_is_kept() -> None:
    voice = np.zeros(400, np.float32)
    voice[:40] = voice[100:] = 1.0
    answer = Heard(Span(0, 12), (Word(2.1, 2.7, " No.", 0.38),), -0.4, 0.1, 1.0)
    words, dropped = without_inventions(answer, VoiceActivity(voice, ()))
    assert text_of(words) == "No."
    assert dropped == []


def test_punctuation_alone_is_no_word() -> None:
    assert without_inventions(heard(". . ...", p=0.1), SILENCE) == ([], [])


def test_a_loop_keeps_two_rounds() -> None:
    words, dropped = without_inventions(heard("I see, " + "and then it went " * 9 + "away."), VOICE)
    assert text_of(words) == "I see, and then it went and then it went away."
    assert [d.reason for d in dropped] == ["the same words over and over"]
    assert dropped[0].start == pytest.approx(10 * 0.3)


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (heard("It hurts a lot here in the evening."), False),
        (heard("It hurts.", repetition=3.0), True),
        (heard("It hurts.", log_probability=-1.4), True),
        (Heard(Span(0, 6), heard("It hurts.").words, -0.2, 0.0, 1.0), True),
        (heard("one two three four five six seven eight"), True),
    ],
)
def test_second_attempts(attempt: Heard, expected: bool) -> None:
    assert needs_second_attempt(attempt, VOICE, "well one two three four five six seven") is expected


def test_unheard_speech_is_found_in_endless_words_too() -> None:
    endless = Heard(Span(0, 8), (Word(0, 7, " yes", 0.9), Word(7, 8, " indeed", 0.9)), -0.2, 0.0, 1.0)
    assert unheard_speech(endless, VOICE) == pytest.approx(6.4, abs=0.2)
    assert unheard_speech(endless, SILENCE) == 0.0
    assert unheard_speech(Heard(Span(1, 4), (), 0.0, 0.9, 0.0), VOICE) == pytest.approx(3, abs=0.1)


def test_better_prefers_no_loop_then_more_speech_then_probability() -> None:
    loop, fine = heard("a b c", repetition=5.0, log_probability=-0.1), heard("a b c", log_probability=-0.6)
    assert better(loop, fine, VOICE) is fine
    gap = Heard(Span(0, 6), heard("a b").words, -0.1, 0.0, 1.0)
    full = Heard(Span(0, 6), heard("a b c d e f g h i j k l m n o p q r s t").words, -0.9, 0.0, 1.0)
    assert better(gap, full, VOICE) is full
    assert better(fine, heard("a b c", log_probability=-0.1), VOICE).log_probability == -0.1
