"""A visit and its note, as the window shows them in tests."""

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript, Utterance

_LINES = [
    (Speaker.CLINICIAN, "Good morning, come in and sit down. What brings you here today?"),
    (Speaker.PATIENT, "I have had this tightness in my chest since Tuesday, mostly when I climb the stairs."),
    (Speaker.CLINICIAN, "Does it go into your arm or your jaw?"),
    (Speaker.PATIENT, "No, not into the arm. Sometimes a little into the neck."),
    (Speaker.CLINICIAN, "Any shortness of breath, or sweating?"),
    (Speaker.PATIENT, "A bit short of breath. No sweating."),
    (Speaker.CLINICIAN, "Which medicines do you take?"),
    (Speaker.PATIENT, "Metoprolol, fifty milligrams, once in the morning. And something for the stomach."),
    (Speaker.PATIENT, "And I am allergic to penicillin. I had a rash all over as a child."),
    (Speaker.CLINICIAN, "Your blood pressure is one hundred and forty-two over eighty-eight, pulse seventy-six."),
    (Speaker.CLINICIAN, "I would like an ECG today and blood for troponin, and we will see you again on Friday."),
]


def make_transcript() -> Transcript:
    """Eleven utterances, five seconds each."""
    said = tuple(Utterance(f"u{n + 1}", n * 5.0, n * 5.0 + 4.2, who, what) for n, (who, what) in enumerate(_LINES))
    return Transcript(55.0, "en", "whisper-base", said)


def make_note() -> Note:
    """A statement of each mark in four sections."""

    def statement(number: int, text: str, evidence: str, support: Support, *reasons: str) -> Statement:
        return Statement(f"s{number}", text, tuple(evidence.split()), support, reasons)

    return Note(
        "soap",
        (
            Section(
                "subjective",
                "Subjective",
                (
                    statement(1, "Chest tightness since Tuesday, on exertion (stairs).", "u2", Support.SUPPORTED),
                    statement(2, "No radiation to the arm; sometimes to the neck.", "u3 u4", Support.SUPPORTED),
                    statement(
                        3,
                        "Takes metoprolol 500 mg once daily in the morning and pantoprazole for the stomach.",
                        "u8",
                        Support.CONTRADICTED,
                        "Dose: the note says 500 mg, the patient said fifty milligrams.",
                    ),
                    statement(4, "Allergic to penicillin (rash in childhood).", "u9", Support.SUPPORTED),
                ),
            ),
            Section(
                "objective",
                "Objective",
                (
                    statement(5, "Blood pressure 142/88 mmHg, pulse 76/min.", "u10", Support.SUPPORTED),
                    statement(
                        6, "Short of breath at rest.", "u6", Support.PARTIAL, "“At rest” was not said by anyone."
                    ),
                ),
            ),
            Section(
                "assessment",
                "Assessment",
                (statement(7, "Suspected stable angina.", "", Support.UNSUPPORTED, "Nobody said this in the visit."),),
            ),
            Section(
                "plan",
                "Plan",
                (statement(8, "ECG and troponin today; review on Friday.", "u11", Support.SUPPORTED),),
            ),
        ),
    )
