"""Role and per-speaker errors on word lists with known answers."""

from app.domain.transcript import Speaker
from app.insight.evaluate_speakers import Labelled, best_speaker_errors, role_errors


def said(*turns: tuple[str, Speaker]) -> Labelled:
    return [(word, speaker) for text, speaker in turns for word in text.split()]


C, P = Speaker.CLINICIAN, Speaker.PATIENT
REFERENCE = said(("any pain today", C), ("no pain at all", P))


def test_right_roles_have_no_errors() -> None:
    assert role_errors(REFERENCE, REFERENCE) == (0, 7)
    assert best_speaker_errors(REFERENCE, REFERENCE).errors == 0


def test_a_late_turn_counts_each_wrong_word() -> None:
    heard = said(("any pain today no", C), ("pain at all", P))
    assert role_errors(REFERENCE, heard) == (1, 7)
    assert best_speaker_errors(REFERENCE, heard).errors == 2  # "no" is extra for one and missing for the other


def test_unknown_is_wrong_and_swapped_voices_are_forgiven_only_by_cpwer() -> None:
    unknown = said(("any pain today", Speaker.UNKNOWN), ("no pain at all", P))
    assert role_errors(REFERENCE, unknown) == (3, 7)
    swapped = said(("any pain today", P), ("no pain at all", C))
    assert role_errors(REFERENCE, swapped) == (7, 7)
    assert best_speaker_errors(REFERENCE, swapped).errors == 0


def test_words_of_a_third_voice_are_extra() -> None:
    heard = said(("any pain today", C), ("no pain at all", P), ("hello there", Speaker.OTHER))
    assert best_speaker_errors(REFERENCE, heard).insertions == 2
