"""Abbreviations: one table, never the dangerous ones, numbers and quotations untouched, the same marks either way."""

import re

import pytest
from drafting_doubles import visit
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.note import Note, Section, Statement
from app.domain.unnoted import UnnotedKind
from app.drafting.checking.check import check_note
from app.drafting.checking.unnoted.missing import said_not_noted
from app.drafting.lexicon.abbreviations import OUT, UNIT, abbreviated, same_terms, spelled_out, ways_in, with_terms

# ISMP "List of Error-Prone Abbreviations" and the Joint Commission's "do not use" list, as a reader may meet them
DANGEROUS = (
    *("U", "u", "IU", "iu", "QD", "qd", "Q.D.", "q.d.", "QOD", "qod", "Q.O.D.", "MS", "MSO4", "MgSO4", "HS", "hs"),
    *("QHS", "qhs", "qn", "q1d", "q6PM", "SC", "SQ", "sub q", "cc", "µg", "μg", "ug", "TIW", "BIW", "D/C", "DC", "SSI"),
    *(
        "AD",
        "AS",
        "AU",
        "OD",
        "OS",
        "OU",
        "IN",
        "IJ",
        "OJ",
        "BT",
        "UD",
        "ss",
        "HCl",
        "HCT",
        "HCTZ",
        "AZT",
        "CPZ",
        "PTU",
    ),
    *("per os", "o.d.", "i/d", "x3d", "TAC", "ZnSO4", "@", "&", ">", "<", "°"),
)
FRAMES = {
    "condition": ("P: I was told that I have {} last year.", "Past medical history: {}.", "subjective"),
    "symptom": ("P: I have had {} for two weeks now.", "{} for two weeks.", "subjective"),
    "measure": ("D: Your {} was 92 today.", "Vital signs: {} 92.", "objective"),
    "test": ("D: I would like to order {} for you today.", "Tests: {}.", "plan"),
    "frequency": ("D: Start metformin 500 mg {}.", "Medications: metformin 500 mg {}.", "plan"),
    "route": ("D: Start metformin 500 mg {} every day.", "Medications: metformin 500 mg {} every day.", "plan"),
    UNIT: ("D: Start lisinopril 20 {} every day.", "Medications: lisinopril 20 {} every day.", "plan"),
}
TERMS = [term for term in same_terms() if term.kind != OUT]
WAYS = [way for term in TERMS for way in term.all]
PIECES = st.sampled_from(
    [*WAYS, "metformin", "500 mg", "2.5 mg", "13 units", "knee pain", "148/92", "for", "and", "no"]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map(" ".join)


def marked(transcript, kind, way):
    _, statement, section = FRAMES[kind]
    text = statement.format(way)
    text = text[:1].upper() + text[1:]
    note = Note("soap", (Section(section, section.title(), (Statement("s1", text, ("u2",)),)),))
    return check_note(note, transcript)


def missing(note, transcript):
    """What is not noted, without answers that have no clinical word: those are compared word for word."""
    return frozenset(u for u in said_not_noted(note, transcript) if u.kind is not UnnotedKind.DETAIL)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.full)
def test_every_way_to_write_a_thing_gets_the_same_mark_whatever_was_said(term):
    for said in term.all:
        transcript = visit("D: Hello, how are you?", FRAMES[term.kind][0].format(said))
        notes = [marked(transcript, term.kind, way) for way in term.all]
        marks = {(s.support, s.evidence) for note in notes for s in note.statements()}
        assert len(marks) == 1, said
        assert len({missing(note, transcript) for note in notes}) == 1, said


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.full)
def test_each_is_written_short_and_read_back(term):
    sentence = f"Has {term.full} today."
    if term.short:
        assert abbreviated(sentence) == f"Has {term.short} today."
        assert spelled_out(f"Has {term.short} today.") == (
            sentence if term.kind != UNIT else f"Has {term.short} today."
        )
    else:
        assert abbreviated(sentence) == sentence


@pytest.mark.parametrize("dangerous", DANGEROUS)
def test_what_must_not_be_used_is_in_no_row_and_is_never_written(dangerous):
    written = {way for term in same_terms() for way in term.all} | {term.full for term in same_terms()}
    assert dangerous not in written
    alone = re.compile(rf"(?<![\w]){re.escape(dangerous)}(?![\w])")
    for term in same_terms():
        for change in (abbreviated, spelled_out):
            assert not alone.search(change(f"takes 10 mg {term.full}"))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Aspirin 81 mg QD.", "Aspirin 81 mg daily."),
        ("Prednisone 5 mg q.o.d.", "Prednisone 5 mg every other day"),
        ("Melatonin 3 mg qhs.", "Melatonin 3 mg at bedtime."),
        ("Insulin 10 U.", "Insulin 10 units."),
        ("Insulin 10U in the morning.", "Insulin 10 units in the morning."),
        ("Vitamin D 800 IU.", "Vitamin D 800 international units."),
        ("Levothyroxine 50 µg.", "Levothyroxine 50 mcg."),
        ("Cough syrup 5 cc.", "Cough syrup 5 mL."),
        ("Warfarin 5.0 mg.", "Warfarin 5 mg."),
        ("Lorazepam .5 mg.", "Lorazepam 0.5 mg."),
        ("Warfarin 2.50 mg.", "Warfarin 2.50 mg."),
        ("Temperature 37.0.", "Temperature 37.0."),
        ("Magnesium, MgSO4 2 g.", "Magnesium, magnesium sulfate 2 g."),
    ],
)
def test_dangerous_ways_that_were_said_are_written_out(said, written):
    assert abbreviated(said) == written
    assert spelled_out(said).replace("milligrams", "mg") == written


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("An electrocardiogram and a magnetic resonance imaging.", "An ECG and an MRI."),
        ("A urinary tract infection; two urinary tract infections.", "A UTI; two UTIs."),
        ("Blood pressure 148/92 twice a day.", "BP 148/92 BID."),
        ('Reports "my blood pressure is high".', 'Reports "my blood pressure is high".'),
        ("angina (heard as “high blood pressure”).", "angina (heard as “high blood pressure”)."),
        ("Blood pressure: as needed.", "Blood pressure: PRN."),
        ("Non-hypertension.", "Non-hypertension."),
        ("Paroxysmal nocturnal dyspnea; dyspnea.", "Paroxysmal nocturnal dyspnea; SOB."),
    ],
)
def test_articles_plurals_quotations_and_labels(text, short):
    assert abbreviated(text) == short


def test_sentences_begin_with_a_capital_again():
    assert (
        spelled_out("SOB since Monday. HTN, ECG.")
        == "Shortness of breath since Monday. Hypertension, electrocardiogram."
    )


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_no_number_is_lost_and_a_second_time_changes_nothing(text):
    for change in (abbreviated, spelled_out):
        once = change(text)
        assert change(once) == once
        kept = re.findall(r"\b(?:500|13|148/92)\b|2\.5", text)
        assert re.findall(r"\b(?:500|13|148/92)\b|2\.5", once) == kept
        assert text.count("metformin") == once.count("metformin")


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_both_wordings_name_the_same_things(text):
    rows = [[next(t.full for t in same_terms() if w in {*map(str.lower, t.all), *t.all}) for w in ways_in(x)]
            for x in (text, abbreviated(text), spelled_out(text))]  # fmt: skip
    assert rows[0] == rows[1] == rows[2]


def test_own_terms_replace_every_other_way_and_unknown_ones_nothing():
    assert (
        with_terms("Short of breath. Shortness of breath, SOB.", ("dyspnea",)) == "Short of breath. Dyspnea, dyspnea."
    )
    assert with_terms("Knee pain.", ("zebra", "stripes of Mr. Miller")) == "Knee pain."
