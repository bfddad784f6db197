"""The Flesch-Kincaid grade against values worked out by hand from the formula of 1975."""

import pytest

from app.domain.note import Note, Section, Statement
from app.drafting.style.reading_grade import grade, grade_lines, note_grade, reading_grade, syllables

SYLLABLES = {
    1: """the cat please build fruit juice walked stopped times takes don't can't we'll heart ache aches breathe rest
    side sides ear year years tried hour sure eye eyes use used nurse lose weight height eight yes you your lungs""",
    2: """table tables settled tightness doctor pressure quiet diet science nation region special people seeing going
    doing being player beyond royal fluid wanted needed changes doses uses nurses washes create didn't couldn't doesn't
    morning evening every tracing before swelling ankles muscle something asthma safely careful headache headaches exam
    office surgeon eighty carried worried anxious precious patient""",
    3: """medicine medicines allergic allergy hospital area idea medium initial video usual studying created aspirin
    milligrams exercise important serious various period infection examine examined offices oxygen surgery
    appointment""",
    4: """diabetes emergency society usually cholesterol lisinopril ibuprofen rheumatism vegetable temperature recovery
    necessitates""",
    5: "atorvastatin cardiologist radiology immediately antibiotic",
}


def test_syllables_of_common_words():
    wrong = [(w, syllables(w), n) for n, words in SYLLABLES.items() for w in words.split() if syllables(w) != n]
    assert wrong == []


@pytest.mark.parametrize(
    ("number", "spoken"),
    [("0", 2), ("7", 2), ("10", 1), ("17", 3), ("20", 2), ("81", 3), ("98", 3), ("100", 3), ("148", 6), ("1000", 3),
     ("36.8", 5), ("148/92", 9), ("1,500", 6)],
)  # fmt: skip
def test_numbers_count_as_they_are_read_out(number, spoken):
    assert syllables(number) == spoken


def test_the_formula():
    # 100 words in 5 sentences with 150 syllables: 0.39 * 20 + 11.8 * 1.5 - 15.59 = 9.91
    assert grade(100, 5, 150) == 9.9
    # 6 words of one syllable in one sentence: 0.39 * 6 + 11.8 - 15.59 = -1.45
    assert grade(6, 1, 6) == pytest.approx(-1.4, abs=0.11)


@pytest.mark.parametrize(
    ("text", "words", "sentences", "spoken"),
    [
        ("The cat sat on the mat.", 6, 1, 6),
        ("Take one pill in the morning. Drink water with it.", 10, 2, 12),
        ("Your blood pressure is 148 over 92. Call us if it gets worse!", 13, 2, 22),
        ("Dr. Hayes gave you 2.5 mg.", 6, 1, 9),
        ("Hypertension necessitates pharmacological intervention.", 4, 1, 18),
    ],
)
def test_known_texts(text, words, sentences, spoken):
    assert reading_grade(text) == grade(words, sentences, spoken)


def test_plain_words_are_easier_than_clinical_ones():
    assert reading_grade("You have high blood pressure.") < reading_grade("You have arterial hypertension.")


@pytest.mark.parametrize("text", ["", "  ", "…", "-- !?"])
def test_a_text_without_words_has_no_grade(text):
    assert reading_grade(text) is None


def note(reader: str, *texts: str) -> Note:
    statements = tuple(Statement(f"s{n}", text) for n, text in enumerate(texts))
    return Note("x", (Section("a", "Hospitalisation and convalescence", statements),), reader=reader)


def test_only_a_note_for_the_patient_is_graded_and_headings_do_not_count():
    assert note_grade(note("", "The cat sat on the mat.")) is None
    assert note_grade(note("patient", "The cat sat on the mat.")) == grade(6, 1, 6)
    assert note_grade(note("patient", "The cat sat", "The dog ran")) == grade(6, 2, 6)
    assert note_grade(note("patient")) is None


def test_the_line_says_when_it_is_too_hard():
    assert grade_lines(note("")) == []
    easy = grade_lines(note("patient", "The cat sat on the mat."))
    assert easy == [f"Reading grade {grade(6, 1, 6):.1f} (Flesch-Kincaid)."]
    (hard,) = grade_lines(note("patient", "Hypertension necessitates pharmacological intervention."))
    assert "should not exceed grade 6" in hard
