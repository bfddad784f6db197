"""Golden cases of the rules: what is true passes, each kind of error is named in a physician's words."""

import pytest

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.check import RULES, check_note

C, P = Speaker.CLINICIAN, Speaker.PATIENT
TURNS = [
    (C, "What brings you in?"),
    (P, "I've had pain in my right knee for three weeks, and I'm short of breath on the stairs."),
    (C, "Any fever, chills or chest pain?"),
    (P, "No, nothing like that."),
    (C, "Do you take any medicines?"),
    (P, "Lisinopril ten milligrams once a day, and metformin 500 milligrams twice a day."),
    (C, "Any allergies?"),
    (P, "Yes, penicillin gives me a rash."),
    (C, "Does anything run in your family?"),
    (P, "My father had a heart attack at 55."),
    (C, "Your blood pressure is one twenty over eighty, temperature ninety eight point six."),
    (C, "Your lungs are clear. There is a two out of six systolic murmur and some swelling of the right knee."),
    (C, "It could be gout, but I think this is osteoarthritis."),
    (C, "I'd like an x-ray of the knee, and take ibuprofen 400 milligrams three times a day for seven days."),
    (C, "I don't want you to take naproxen. Come back in two weeks."),
]


def visit() -> Transcript:
    utterances = tuple(Utterance(f"u{n}", float(n), n + 1.0, who, text) for n, (who, text) in enumerate(TURNS))
    return Transcript(float(len(TURNS)), "en", "test", utterances)


def check(text: str, section: str = "subjective") -> Statement:
    note = Note("soap", (Section(section, section.title(), (Statement("s1", text),)),))
    return next(check_note(note, visit()).statements())


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Right knee pain for 3 weeks.", "subjective"),
        ("Reports dyspnea on the stairs.", "subjective"),
        ("Denies fever, chills, and chest pain.", "subjective"),
        ("No fever.", "subjective"),
        ("Takes lisinopril 10 mg daily.", "subjective"),
        ("Metformin 500 mg b.i.d.", "subjective"),
        ("Glucophage 500 mg twice daily.", "subjective"),
        ("Allergic to penicillin (rash).", "subjective"),
        ("Father had a myocardial infarction at age 55.", "subjective"),
        ("BP 120/80.", "objective"),
        ("Temperature 98.6.", "objective"),
        ("Lungs clear.", "objective"),
        ("2/6 systolic murmur.", "objective"),
        ("Swelling of the right knee.", "objective"),
        ("Possible gout.", "assessment"),
        ("Osteoarthritis.", "assessment"),
        ("Order knee X-ray.", "plan"),
        ("Ibuprofen 400 mg three times daily for 7 days.", "plan"),
        ("Take ibuprofen 400 mg t.i.d. for 1 week.", "plan"),
        ("Follow up in 2 weeks.", "plan"),
        ("Follow up in 14 days.", "plan"),
    ],
)
def test_true_statement_is_supported(text: str, section: str):
    statement = check(text, section)
    assert (statement.support, statement.reasons) == (Support.SUPPORTED, ())
    assert statement.evidence


@pytest.mark.parametrize(
    ("text", "section", "support", "reason"),
    [
        (
            "Takes lisinopril 100 mg daily.",
            "subjective",
            "contradicted",
            "dose: note 100 mg, transcript ten milligrams",
        ),
        ("Takes lisinopril 5 mg daily.", "subjective", "contradicted", "dose: note 5 mg"),
        ("Takes lisinopril 10 mcg daily.", "subjective", "contradicted", "unit: note 10 mcg"),
        ("Lisinopril 10 mg twice daily.", "subjective", "contradicted", "frequency: note twice daily"),
        ("Ibuprofen 400 mg once daily.", "plan", "contradicted", "frequency: note once daily"),
        ("Takes atorvastatin 10 mg daily.", "subjective", "unsupported", "drug: atorvastatin not heard"),
        ("Stop lisinopril.", "plan", "contradicted", "plan: note says stop lisinopril"),
        ("Increase metformin.", "plan", "contradicted", "plan: note says increase metformin"),
        ("X-ray of the knee shows opacity.", "objective", "partial", "finding: opacity not heard"),
        ("Start zanubrutinib.", "plan", "unsupported", "drug: zanubrutinib not heard"),
        ("Takes obscurol 10 mg.", "plan", "unsupported", "drug: obscurol not heard"),
        ("Ibuprofen 400 mg three times daily for 10 days.", "plan", "contradicted", "time: note 10 days"),
        ("Reports fever.", "subjective", "contradicted", "negation: note says fever"),
        ("Denies shortness of breath.", "subjective", "contradicted", "negation: note denies shortness of breath"),
        ("Left knee pain.", "subjective", "contradicted", "side: note left, transcript right"),
        ("Patient had a heart attack.", "subjective", "contradicted", "who: heart attack was said of the father"),
        ("Mother had a heart attack.", "subjective", "contradicted", "who: note mother, transcript father"),
        ("Father has osteoarthritis.", "subjective", "contradicted", "who: note father"),
        ("BP 140/90.", "objective", "contradicted", "blood pressure: note 140/90"),
        ("Temperature 101.2.", "objective", "contradicted", "number: note 101.2, transcript ninety eight point six"),
        ("Gout.", "assessment", "partial", "certainty: gout was said as a possibility"),
        ("Jugular venous distention.", "objective", "unsupported", "finding: jugular venous distention not heard"),
        ("Abdomen soft.", "objective", "unsupported", "finding: abdomen soft not heard"),
        (
            "On examination, shortness of breath.",
            "objective",
            "unsupported",
            "who: shortness of breath was said by the",
        ),
        ("Refer to cardiology.", "plan", "unsupported", "plan: cardiology not heard"),
        ("Order MRI.", "plan", "unsupported", "test: mri not heard"),
        ("Follow up in 6 weeks.", "plan", "contradicted", "time: note 6 weeks"),
        ("No murmur.", "objective", "contradicted", "negation: note denies murmur"),
        ("Patient denies allergies.", "subjective", "contradicted", "negation: note denies allergies"),
        ("Start naproxen.", "plan", "partial", "negation: the transcript says not naproxen"),
        ("Lives on a farm with seven horses.", "subjective", "unsupported", "nothing like this was heard"),
    ],
)
def test_error_is_marked_with_its_reason(text: str, section: str, support: str, reason: str):
    statement = check(text, section)
    assert statement.support is Support(support), statement.reasons
    assert any(r.startswith(reason) for r in statement.reasons), statement.reasons


def test_a_misheard_drug_stays_in_doubt():
    heard = Transcript(
        1.0, "en", "test", (Utterance("u1", 0.0, 1.0, C, "I will start you on amoxacilin for seven days."),)
    )
    note = Note("soap", (Section("plan", "Plan", (Statement("s1", "Start amoxicillin for 7 days."),)),))
    statement = next(check_note(note, heard).statements())
    assert statement.support is Support.PARTIAL
    assert statement.reasons[0] == "drug: amoxicillin is not certain, the transcript has “amoxacilin”"


def test_unknown_evidence_is_removed_with_a_reason_and_better_evidence_attached():
    note = Note("soap", (Section("objective", "Objective", (Statement("s1", "BP 120/80.", ("u77", "u0")),)),))
    statement = next(check_note(note, visit()).statements())
    assert statement.evidence[0] == "u10"
    assert "u77" not in statement.evidence
    assert statement.support is Support.PARTIAL
    assert "evidence: u77 does not exist in the transcript" in statement.reasons


def test_no_transcript_supports_nothing():
    note = Note("soap", (Section("plan", "Plan", (Statement("s1", "Rest."), Statement("s2", "BP 120/80."))),))
    silent = Transcript(0.0, "en", "test", ())
    assert {s.support for s in check_note(note, silent).statements()} == {Support.UNSUPPORTED}


def test_a_persons_own_statement_is_marked_and_its_text_untouched():
    typed = Statement("s1", "Takes atorvastatin.", author="Dr Example")
    marked = next(check_note(Note("soap", (Section("plan", "Plan", (typed,)),)), visit()).statements())
    assert (marked.text, marked.author, marked.support) == (typed.text, typed.author, Support.UNSUPPORTED)


def test_checking_twice_changes_nothing():
    note = Note("soap", (Section("plan", "Plan", (Statement("s1", "Order MRI."), Statement("s2", "Order X-ray."))),))
    once = check_note(note, visit())
    assert check_note(once, visit()) == once


def test_every_rule_is_used_by_some_golden_case():
    assert len(RULES) == len(set(RULES))
