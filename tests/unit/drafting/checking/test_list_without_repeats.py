"""The list of what was said and is not in the note: no repeats, and what is dangerous near its top."""

from app.domain.note import Note, Section, Statement
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.unnoted import Unnoted, UnnotedKind
from app.drafting.checking.unnoted.missing import said_not_noted
from app.drafting.checking.unnoted.news import LEAST_NEWS, news_of
from app.drafting.checking.unnoted.safety_nets import rank_of

WHO = {"D": Speaker.CLINICIAN, "P": Speaker.PATIENT}
VISIT = (
    "D: What is the matter? | P: My ankle has been swollen since I fell off a ladder. | D: Any bruises on it? "
    "| P: A big blue one on the outside. | D: Do you ever wake up at night from it? | P: No, never. "
    "| D: Keep it up. If it turns numb or you run a temperature, call us straight away. | P: I will."
)


def transcript() -> Transcript:
    said = [line.strip() for line in VISIT.split("|")]
    return Transcript(
        float(len(said)),
        "en",
        "reference",
        tuple(Utterance(f"u{n}", float(n), n + 1.0, WHO[s[0]], s[3:]) for n, s in enumerate(said)),
    )


def note(*lines: tuple[str, tuple[str, ...]], key: str = "subjective") -> Note:
    statements = tuple(Statement(f"s{n}", text, evidence) for n, (text, evidence) in enumerate(lines))
    return Note("soap", (Section(key, key.title(), statements),))


def test_a_quotation_of_what_a_line_beside_it_says_is_no_news():
    told = Unnoted(("u1",), UnnotedKind.SYMPTOM, 'Patient: "My ankle has been swollen since I fell off a ladder."')
    held = note(("Swollen ankle since a fall off a ladder; fell.", ("u1",)))
    news = news_of(told, held, transcript())
    assert news.share < LEAST_NEWS
    assert not news.clinical
    assert news_of(told, note(("Busy at work.", ("u1",))), transcript()).share > LEAST_NEWS


def test_a_no_that_no_line_holds_stays_news():
    asked = Unnoted(("u4", "u5"), UnnotedKind.DENIED, '"Do you ever wake up at night from it?" – "No, never."')
    assert news_of(asked, note(("Swollen ankle.", ("u1",))), transcript()).share > LEAST_NEWS
    assert news_of(asked, note(("Does not wake up at night from it.", ("u4", "u5"))), transcript()).share < LEAST_NEWS


def test_the_case_to_call_in_is_listed_until_a_line_says_it():
    net = 'Clinician: "If it turns numb or you run a temperature, call us straight away."'
    assert net in [e.text for e in said_not_noted(note(("Swollen ankle.", ("u1",))), transcript())]
    held = note(("Call straight away if it turns numb or on a temperature.", ("u6",)), key="plan")
    assert net not in [e.text for e in said_not_noted(held, transcript())]


def test_denials_of_what_is_dangerous_stand_before_others():
    grave = Unnoted(("u1",), UnnotedKind.DENIED, "Denies chest pain.")
    plain = Unnoted(("u1",), UnnotedKind.DENIED, "Denies hiccups.")
    dark = Unnoted(("u1",), UnnotedKind.DETAIL, 'Patient: "I don\'t want to go on like this."')
    assert rank_of(grave) < UnnotedKind.PLAN.rank < rank_of(plain)
    assert rank_of(dark) == rank_of(grave)
