"""Words stay in order and none is lost on the way to utterances."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.domain.transcript import Speaker
from app.domain.words import Word
from app.speech.utterances import LONGEST, in_order, to_phrases, to_utterances
from app.speech.voice_activity import VoiceActivity

ALL_VOICE = VoiceActivity(np.ones(40_000, np.float32), ())
TEXTS = st.sampled_from([" pain", " no.", " yes?", " and,", " Dr.", " left", " 25", "!"])
RAW = st.lists(st.tuples(st.floats(-1, 100), st.floats(-1, 100), TEXTS, st.floats(-0.1, 1.1)), max_size=60)


def words(text: str, start: float = 0.0, each: float = 0.3, gap: float = 0.0) -> list[Word]:
    return [
        Word(start + i * (each + gap), start + i * (each + gap) + each, f" {t}", 0.9)
        for i, t in enumerate(text.split())
    ]


@given(RAW)
def test_times_never_run_backwards(raw: list[tuple[float, float, str, float]]) -> None:
    ordered = in_order([Word(*r) for r in raw], 90.0)
    assert [w.text for w in ordered] == [r[2] for r in raw]
    assert all(0 <= w.start <= w.end <= 90.0 for w in ordered)
    assert all(a.end <= b.start for a, b in pairwise(ordered))
    assert all(0 <= w.p <= 1 for w in ordered)


@given(RAW, st.randoms())
def test_no_word_is_lost_and_speakers_are_kept(raw: list[tuple[float, float, str, float]], random: object) -> None:
    ordered = in_order([Word(*r) for r in sorted(raw)], 200.0)
    phrases = to_phrases(ordered, ALL_VOICE)
    speakers = [random.choice(list(Speaker)) for _ in phrases]  # type: ignore[attr-defined] # a random.Random
    utterances = to_utterances(phrases, speakers)
    assert [w.text for u in utterances for w in u.words] == [w.text.strip() for w in ordered]
    assert [u.id for u in utterances] == [f"u{n}" for n in range(1, len(utterances) + 1)]
    assert all(u.words and u.start == u.words[0].start and u.end == u.words[-1].end for u in utterances)
    assert all(len(u.words) == 1 or u.end - u.start <= LONGEST + 1e-6 for u in utterances)
    said = [speaker for speaker, p in zip(speakers, phrases, strict=True) for _ in p.words]
    assert [u.speaker for u in utterances for _ in u.words] == said


def test_sentences_become_utterances() -> None:
    phrases = to_phrases(words("Where does it hurt exactly? It hurts in my left knee now."), ALL_VOICE)
    assert [p.text for p in phrases] == ["Where does it hurt exactly?", "It hurts in my left knee now."]
    utterances = to_utterances(phrases, [Speaker.CLINICIAN, Speaker.PATIENT])
    assert [(u.speaker.value, u.text) for u in utterances] == [
        ("clinician", "Where does it hurt exactly?"),
        ("patient", "It hurts in my left knee now."),
    ]


def test_short_answers_join_the_same_speaker_only() -> None:
    phrases = to_phrases(words("Yes. It hurts in my left knee."), ALL_VOICE)
    assert len(to_utterances(phrases, [Speaker.PATIENT] * 2)) == 1
    assert len(to_utterances(phrases, [Speaker.CLINICIAN, Speaker.PATIENT])) == 2


def test_titles_do_not_end_sentences() -> None:
    assert [p.text for p in to_phrases(words("I saw Dr. Hayes today."), ALL_VOICE)] == ["I saw Dr. Hayes today."]


def test_a_pause_ends_a_phrase_even_inside_a_stretched_word() -> None:
    apart = [*words("any fever"), *words("no", start=1.2)]
    assert len(to_phrases(apart, ALL_VOICE)) == 2
    voice = np.ones(200, np.float32)
    voice[20:50] = 0.0  # silence from 0.64 to 1.6 s
    stretched = [Word(0.0, 0.6, " fever", 0.9), Word(0.6, 2.0, " no", 0.9)]
    assert len(to_phrases(stretched, VoiceActivity(voice, ()))) == 2


def test_a_monologue_is_cut_at_a_pause() -> None:
    first, second = words("so then I walked on " * 8, each=0.25), words("and it went on " * 8, start=10.2, each=0.25)
    utterances = to_utterances(to_phrases([*first, *second], ALL_VOICE), [Speaker.PATIENT])
    assert len(utterances) == 2
    assert utterances[1].start == 10.2
