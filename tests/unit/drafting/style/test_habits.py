"""What is learned of a person's signed notes, and that nothing of their words comes with it."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.encounter import NoteVersion, Signature, VersionKind
from app.domain.note import Note, Section, Statement
from app.domain.style import STANDARD, Form, Length, Style, Wording
from app.drafting.lexicon.abbreviations import row_of, same_terms
from app.drafting.style.habits import Learned, learned_from, signed_note

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def note(*texts, style=STANDARD, note_type="soap", author=None):
    statements = tuple(Statement(f"s{n}", text, ("u1",), author=author) for n, text in enumerate(texts, 1))
    return Note(note_type, (Section("subjective", "Subjective", statements),), style=style)


def signature(signer="me"):
    return Signature(
        signer_id=signer, signer_name="Dr. Me", role="physician", meaning="authorship", signed_at=AT,
        **dict.fromkeys(("note_sha256", "evidence_sha256", "audit_sha256", "public_key", "certificate", "value"), "x"),
    )  # fmt: skip


def version(number, kind, content, signed=None):
    return NoteVersion(number, kind, content, "me", "Dr. Me", AT, signed)


def edited(draft, *changes, removed=(), signer="me"):
    """A draft, edited and signed: `changes` are pairs of statement id and new text."""
    new = draft
    for identifier, text in changes:
        new = new.with_statement(replace(new.statement(identifier), text=text, author="Dr. Me"))
    section = new.sections[0]
    left = tuple(s for s in section.statements if s.id not in removed)
    new = replace(new, sections=(replace(section, statements=left),))
    versions = [version(1, VersionKind.DRAFT, draft), version(2, VersionKind.SIGNATURE, new, signature(signer))]
    return signed_note(versions, "me")


def test_only_what_the_person_signed_themselves_counts():
    assert edited(note("Cough."), signer="somebody else") is None
    assert signed_note([version(1, VersionKind.DRAFT, note("Cough."))], "me") is None
    assert edited(note("Cough.")).draft == note("Cough.")


def test_nothing_signed_nothing_learned():
    assert learned_from([], "soap", "cough") is None
    other = edited(note("Cough.", note_type="nursing-note"))
    assert learned_from([other], "soap", "cough") is None


def test_the_nearest_note_of_the_type_decides():
    knee = edited(note("Right knee pain after a fall.", style=Style(form=Form.PROSE)))
    chest = edited(note("Chest pain on exertion.", style=Style(Length.BRIEF)))
    nursing = edited(note("Knee pain, knee swelling.", note_type="nursing-note", style=Style(Length.FULL)))
    learned = learned_from([chest, knee, nursing], "soap", "my knee hurts since I had a fall, knee pain")
    assert learned == Learned(Style(form=Form.PROSE), 3, 2)
    assert learned_from([knee, chest], "soap", "a pain in my chest when I climb").style == Style(Length.BRIEF)


def test_of_two_equally_near_the_newer_counts():
    newer, older = edited(note("Cough.", style=Style(Length.FULL))), edited(note("Cough.", style=Style(Length.BRIEF)))
    assert learned_from([newer, older], "soap", "cough").style.length is Length.FULL


def test_taking_denials_out_means_brief():
    draft = note("Cough.", "Denies fever.", "Denies rash.", "No past surgeries.")
    assert learned_from([edited(draft, removed=("s2", "s3"))], "soap", "cough").style.length is Length.BRIEF
    assert learned_from([edited(draft, removed=("s2",))], "soap", "cough").style.length is Length.STANDARD


def test_shortening_means_abbreviated_and_writing_out_means_spelled():
    draft = note("Hypertension.", "Shortness of breath twice a day.", "An electrocardiogram.")
    short = edited(draft, ("s1", "HTN."), ("s2", "SOB BID."), ("s3", "An ECG."))
    assert learned_from([short], "soap", "cough").style.wording is Wording.ABBREVIATED
    draft = note("HTN.", "SOB BID.", "An ECG.", style=Style(wording=Wording.ABBREVIATED))
    full = edited(
        draft, ("s1", "Hypertension."), ("s2", "Shortness of breath twice daily."), ("s3", "Electrocardiogram.")
    )
    assert learned_from([full], "soap", "cough").style.wording is Wording.SPELLED
    assert learned_from([edited(draft)], "soap", "cough").style.wording is Wording.ABBREVIATED


def test_words_of_the_visit_are_nobodys_habit():
    said = edited(note("HTN, SOB, BID, ECG, COPD."))
    assert learned_from([said], "soap", "cough").style == STANDARD


def test_a_term_used_in_two_visits_is_preferred_and_a_mixed_one_is_not():
    draft = note("Shortness of breath since Monday.")
    dyspnea, other = edited(draft, ("s1", "Dyspnea since Monday.")), edited(draft, ("s1", "SOB since Monday."))
    assert learned_from([dyspnea], "soap", "cough").style.terms == ()
    assert learned_from([dyspnea, dyspnea], "soap", "cough").style.terms == ("dyspnea",)
    assert learned_from([dyspnea, dyspnea, other], "soap", "cough").style.terms == ()
    assert learned_from([dyspnea, dyspnea], "nursing-note", "cough") == Learned(Style(terms=("dyspnea",)), 2, 0)


def test_an_edit_that_changes_the_meaning_is_no_term():
    draft = note("Chest tightness.")
    angina = edited(draft, ("s1", "Angina."))
    assert learned_from([angina, angina, angina], "soap", "cough").style.terms == ()


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=60).filter(str.strip)
MIXED = st.lists(st.one_of(WORDS, st.sampled_from([w for t in same_terms() for w in t.all])), min_size=1, max_size=6)


@given(st.lists(MIXED.map(" ".join), min_size=1, max_size=4), st.lists(MIXED.map(" ".join), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_nothing_but_choices_and_entries_of_the_table_is_learned(drafted, typed):
    draft = note(*drafted)
    own = [edited(draft, *((f"s{n}", text) for n, text in enumerate(typed[: len(drafted)], 1)))] * 2
    learned = learned_from(own, "soap", " ".join(drafted))
    known = {way for term in same_terms() for way in term.all}
    assert set(learned.style.terms) <= known
    assert all(row_of().get(term) or row_of().get(term.lower()) for term in learned.style.terms)
