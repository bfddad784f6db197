"""What holds of every list of what was said and not noted."""

from hypothesis import given, settings
from hypothesis import strategies as st
from unnoted_talk import visit

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker
from app.drafting.checking.check import check_note
from app.drafting.checking.unnoted.missing import said_not_noted
from app.drafting.checking.unnoted.safety_nets import rank_of

TOLD = st.sampled_from(
    [
        "I've had a cough for {n} weeks.",
        "My knee is swollen.",
        "I've been throwing up since Monday.",
        "I take lisinopril {n} milligrams a day.",
        "I get short of breath on the stairs.",
        "I have had diabetes for {n} years.",
        "My mother had a stroke.",
        "I'm allergic to penicillin.",
        "There was blood in my stool.",
        "I had my gallbladder out.",
        "I don't have any fever.",
        "Nice weather today.",
    ]
)
ASKED = st.tuples(
    st.sampled_from(
        [
            "Any chest pain?",
            "Any nausea or vomiting?",
            "Do you smoke cigarettes?",
            "Have you ever had asthma?",
            "Where exactly is it?",
            "Any allergies?",
            "Do you take any medication?",
            "Is anybody in your family diabetic?",
        ]
    ),
    st.sampled_from(["No.", "Yes.", "No, never.", "Yes, sometimes at night.", "Down here on the left.", "Hmm?"]),
)
PLANS = st.sampled_from(
    [
        "I'll order an ultrasound.",
        "Your blood pressure is 130 over 85.",
        "I think this is gastritis.",
        "Your lungs are clear.",
        "Let's start omeprazole 20 milligrams once a day.",
        "We'll see you again in two weeks.",
    ]
)


@st.composite
def talks(draw):
    lines = []
    for kind in draw(st.lists(st.sampled_from("tap"), min_size=1, max_size=9)):
        if kind == "t":
            lines += ["D: Go on.", "P: " + draw(TOLD).format(n=draw(st.integers(2, 40)))]
        elif kind == "a":
            question, answer = draw(ASKED)
            lines += [f"D: {question}", f"P: {answer}"]
        else:
            lines.append(f"D: {draw(PLANS)}")
    return visit("\n".join(lines))


def _with(base: Note, texts: list[tuple[str, tuple[str, ...]]]) -> Note:
    start = len(list(base.statements()))
    new = tuple(Statement(f"x{start + n}", text, evidence) for n, (text, evidence) in enumerate(texts))
    first = base.sections[0]
    return Note(base.type, (Section(first.key, first.title, (*first.statements, *new)), *base.sections[1:]))


EMPTY = Note("soap", tuple(Section(key, key.title()) for key in ("subjective", "objective", "assessment", "plan")))


@settings(max_examples=120, deadline=None)
@given(talks())
def test_what_was_added_is_never_listed_again(transcript):
    found = said_not_noted(EMPTY, transcript)
    full = check_note(_with(EMPTY, [(u.text, u.evidence) for u in found]), transcript)
    again = said_not_noted(full, transcript)
    assert not {u.text for u in again} & {u.text for u in found}
    for entry in found:
        one = check_note(_with(EMPTY, [(entry.text, entry.evidence)]), transcript)
        assert entry.text not in {u.text for u in said_not_noted(one, transcript)}


@settings(max_examples=120, deadline=None)
@given(talks())
def test_a_sentence_that_stands_word_for_word_in_a_supported_statement_is_not_listed(transcript):
    quoted = [(f'"{u.text}"', (u.id,)) for u in transcript.utterances if u.speaker is Speaker.PATIENT]
    checked = check_note(_with(EMPTY, quoted), transcript)
    rested = {e for s in checked.statements() if s.support is Support.SUPPORTED for e in s.evidence}
    told = {u.id for u in transcript.utterances if u.speaker is Speaker.PATIENT and len(u.text.split()) > 3}
    for entry in said_not_noted(checked, transcript):
        assert not (set(entry.evidence) <= rested & told), entry


@settings(max_examples=80, deadline=None)
@given(talks())
def test_entries_are_whole_ordered_and_of_this_visit(transcript):
    found = said_not_noted(EMPTY, transcript)
    order = {u.id: n for n, u in enumerate(transcript.utterances)}
    assert [rank_of(u) for u in found] == sorted(rank_of(u) for u in found)
    assert len({u.text.lower() for u in found}) == len(found)
    for entry in found:
        assert entry.text.strip()
        assert [order[e] for e in entry.evidence] == sorted({order[e] for e in entry.evidence})
    assert said_not_noted(EMPTY, transcript) == found
