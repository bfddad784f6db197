"""What a patient said, told as a note tells it: his words stay, the clutter goes, and where unsure he is quoted."""

import pytest
from drafting_doubles import visit
from hypothesis import given
from hypothesis import strategies as st

from app.domain.note import Note, Section, Statement
from app.drafting.checking.check import check_note
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise
from app.drafting.writing.telling.asked_by_label import asked_about
from app.drafting.writing.telling.clinicians_words import bids_to_patient, told_by_clinician
from app.drafting.writing.telling.patients_words import telegraphic, told_of_patient
from app.drafting.writing.telling.reported_speech import in_reported_speech
from app.drafting.writing.telling.reported_tables import reported
from app.drafting.writing.telling.spoken_clutter import uncluttered


def note_of(text: str, *evidence: str, key: str = "subjective", reader: str = "") -> Note:
    section = Section(key, key.title(), (Statement("s1", text, evidence),))
    return Note("soap", (section,), reader=reader)


def told(text: str, *said: str, key: str = "subjective", reader: str = "") -> str:
    transcript = visit(*said)
    ids = [u.id for u in transcript.utterances]
    return next(in_reported_speech(note_of(text, *ids, key=key, reader=reader), transcript).statements()).text


@pytest.mark.parametrize(
    ("label", "asked", "said", "written"),
    [
        (
            "Onset",
            "When did it start?",
            "I'd say two days ago. Mm-hmm. And it comes whenever I carry my bag.",
            "Onset: two days ago; it comes whenever they carry their bag.",
        ),
        ("Duration", "How long does it last?", "Well, maybe an hour or so.", "Duration: maybe an hour or so."),
        ("Frequency", "How often does it come?", "Um, I think about twice a week.", "they think about twice a week."),
        ("Location", "Where does it hurt?", "Yeah, so, like, on my right side.", "Location: on their right side."),
        ("Radiation", "Does it spread anywhere?", "Yes, into my elbow.", "Radiation: into their elbow."),
        ("Radiation", "Does it spread anywhere?", "No, only when I bend.", "Radiation: no, only when they bend."),
        ("Side", "Is it both knees or just the left?", "Just the left.", "Side: just the left."),
        ("Better with", "Does anything make it better?", "I took ibuprofen.", "Better with: took ibuprofen."),
        ("Duration", "How long has the cough lasted?", "A week.", "Duration: cough – a week."),
        ("Course", "Does it come and go?", "It comes and goes.", "Course: it comes and goes."),
    ],
)
def test_a_label_and_its_answer_say_everything(label: str, asked: str, said: str, written: str):
    assert told(f'{label}: "{asked}" – "{said}"', f"D: {asked}", f"P: {said}").endswith(written)


@pytest.mark.parametrize(
    ("label", "asked", "said"),
    [
        ("Onset", "Did it come on suddenly?", "Yes."),
        ("Onset", "Did it come on suddenly?", "No, over a week."),
        ("Side", "Is it both knees or just the left?", "Yeah."),
        ("Duration", "How long were you on the ferry?", "Three hours."),
        ("Frequency", "How often do you go to the toilet?", "Six times a day."),
        ("Severity", "How bad is it?", "A little bit."),
        ("Onset", "When did it start?", "When my wife came home she found me on the floor."),
        ("Onset", "When did it start?", "We were camping last week."),
        ("Onset", "When did it start?", "I told her last week, what is that?"),
        ("Onset", "When did it start?", "You would think a week ago."),
        ("Better with", "What helps?", "They gave me tablets for my knee."),
        ("Worse with", "What makes it worse?", "I was like, oh no, at the gym."),
        ("Better with", "What makes it better or worse?", "When I push myself. The heat pad does help."),
        ("Tobacco", "How much did you use to smoke?", "Half a pack a day."),
        ("Worse with", "What makes it worse?", "When I carr-, the shopping."),
        ("Course", "Is it getting worse?", "No, it stays the same at night."),
    ],
)
def test_where_it_is_not_sure_the_quotation_stays(label: str, asked: str, said: str):
    text = f'{label}: "{asked}" – "{said}"'
    assert told(text, f"D: {asked}", f"P: {said}") == text


@pytest.mark.parametrize(
    ("text", "said", "written"),
    [
        (
            'Tobacco: "I quit ten years ago, you know."',
            "I quit ten years ago, you know.",
            "Tobacco: quit ten years ago.",
        ),
        ('Allergies: "Yeah, peanuts."', "Yeah, peanuts.", "Allergies: peanuts."),
        ('Alcohol: "Yeah."', "Yeah.", 'Alcohol: "Yeah."'),
        ('Reports "My ex- exertion hurts."', "My ex- exertion hurts.", "Exertion hurts."),
        ('Reports "My knee hurts."', "My knee hurts.", "Knee hurts."),
        ('Reports "just soups, um, toast."', "just soups, um, toast.", "Reports just soups, toast."),
        (
            'Reports "I haven\'t slept and I was dizzy."',
            "I haven't slept and I was dizzy.",
            "They have not slept and they were dizzy.",
        ),
        ('Cough ("I have, a little bit.").', "I have, a little bit.", "Cough (a little bit)."),
        ('Cough ("Yeah, at night.").', "Yeah, at night.", "Cough (at night)."),
        ('Reports "My friend\'s mum had gout."', "My friend's mum had gout.", "Their friend's mum had gout."),
        (
            'Family history: "My dad, he had a stroke."',
            "My dad, he had a stroke.",
            "Family history: their dad, he had a stroke.",
        ),
    ],
)
def test_quotations_under_labels_behind_reports_and_in_brackets(text: str, said: str, written: str):
    assert told(text, "D: Yes?", f"P: {said}") == written


def test_a_small_letter_begins_what_is_no_name():
    for said, written in (
        ("Sertraline.", "sertraline."),
        ("Zoloft.", "Zoloft."),
        ("TIA once.", "TIA once."),
        ("Spain.", "Spain."),
        ("Knees.", "knees."),
    ):
        assert told(f'Travel: "{said}"', "D: Was it in Spain?", f"P: {said}") == f"Travel: {written}"


@pytest.mark.parametrize("said", ["Il pleut encore aujourd'hui et nous mangeons.", "膝が痛い です"])
def test_talk_in_another_language_stays_quoted(said: str):
    assert told(f'Reports "{said}"', "D: Yes?", f"P: {said}") == f'Reports "{said}"'


def test_the_clinicians_words_are_told_as_his_own():
    said = "Breathe in. Well, your lungs are clear, and I don't hear a murmur."
    written = told(f'Examination: "{said}"', f"D: {said}", "P: Okay.", key="objective")
    assert written == "Examination: lungs are clear, and I do not hear a murmur."
    assert told('"Your pressure is high, okay?"', "D: Your pressure is high, okay?") == "Pressure is high."


def test_what_is_written_for_the_patient_and_what_somebody_else_said_stay_quoted():
    text = 'Tobacco: "I quit ten years ago."'
    assert told(text, "P: I quit ten years ago.", reader="patient") == text
    cluttered = 'You said "Yeah, I, um, I quit ten years ago, you know."'
    assert told(cluttered, "P: I quit.", reader="patient") == 'You said "Yeah, I quit ten years ago."'
    assert told('Reports "I saw it."', "O: I saw it.") == 'Reports "I saw it."'
    assert told('Patient: "I quit ten years ago."', "P: I quit ten years ago.").startswith('Patient: "')


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I was ill.", "They were ill."),
        ("I got up and was dizzy.", "They got up and were dizzy."),
        ("It came and was bad.", "It came and was bad."),
        ("I just wasn't well.", "They just were not well."),
        ("I'm on my own, I've hurt myself.", "They are on their own, they have hurt themselves."),
        ("I'd be fine and I'll try.", "They'd be fine and they will try."),
        ("It's a dull ache.", "It is a dull ache."),
        ("It's been there.", "It has been there."),
        ("My colleague and I lift boxes.", None),
        ("Me and my wife slept.", None),
        ("It hurts me when I move them.", None),
        ("I have type I diabetes.", None),
        ("He came and I left.", None),
    ],
)
def test_first_person_becomes_singular_they(said: str, expected: str | None):
    assert told_of_patient(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("If you get a fever, I want you to call.", "If they get a fever, I want them to call."),
        ("It looks like you're better.", "It looks like they are better."),
        ("You fell, and you've hurt your hip.", "They fell, and they have hurt their hip."),
        ("Your ankle is swollen.", "Their ankle is swollen."),
        ("well i think we can go.", "well I think we can go."),
        ("We'll see you in a week.", "We'll see them in a week."),
        ("He told you so.", None),
        ("Do you smoke?", None),
        ("Rest makes you feel better, you and the dog.", None),
    ],
)
def test_you_becomes_they_where_its_part_is_plain(said: str, expected: str | None):
    assert told_by_clinician(said) == expected


def test_bids_of_an_examination_are_no_findings():
    assert bids_to_patient("Now breathe out.")
    assert not bids_to_patient("The breathing is quiet.")


def test_only_what_is_plainly_past_loses_its_subject():
    assert telegraphic("They stopped in May.") == "stopped in May."
    assert telegraphic("They need it.") == "They need it."
    assert telegraphic("They take it.") == "They take it."


@pytest.mark.parametrize(
    ("label", "asked", "said", "about"),
    [
        ("Duration", "How long have you had the rash?", "a week", "rash"),
        ("Duration", "How long have you been in Spain?", "a week", None),
        ("Radiation", "Does it go anywhere, your arm or your jaw?", "into their arm", ""),
        ("Medications", "Do you take any medicines regularly?", "they take amlodipine", ""),
    ],
)
def test_what_has_to_be_said_beside_label_and_answer(label: str, asked: str, said: str, about: str | None):
    assert asked_about(label, asked, said) == about


_FIRST = ["I", "I'm", "I've", "my", "me", "myself", "was", "am"]
_CONTENT = ["knee", "hurts", "walk", "stairs", "left", "right", "cough", "fever", "penicillin", "stopped", "quit"]
_NUMBERS = ["two", "three", "10", "weeks", "days", "since", "Monday", "when", "at", "night"]
_TRUTH = [
    "not",
    "never",
    "no",
    "don't",
    "can't",
    "maybe",
    "about",
    "probably",
    "sometimes",
    "always",
    "little",
    "think",
]
_CLUTTER = [",", ",", ".", "um", "yeah", "like", "so", "well", "and", "but", "or", "if", "it", "it's", "that's"]
_WORDS = [*_FIRST, *_CONTENT, *_NUMBERS, *_TRUTH, *_CLUTTER]


@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=30))
def test_no_content_number_or_not_is_lost_or_added(spoken: list[str]):
    answer = " ".join(spoken).replace(" ,", ",").replace(" .", ".")
    sentences = [told_of_patient(s) for s in uncluttered(answer, agreed=True)]
    written = " ".join(telegraphic(s) for s in sentences if s is not None)
    if None in sentences or not written:
        return
    clutter = {w for phrase in (*reported("filler"), *reported("opener"), *reported("yes")) for w in phrase.split()}
    clutter |= {"but", "or"}  # they go where a sentence breaks off behind them

    def content(text: str) -> set[str]:
        return {t.stem for t in tokenise(text) if not t.is_stop and t.text not in clutter and t.text.isalnum()}

    pronouns = {"they", "their", "them", "theirs", "themselves", "themselv", "myself", "mine"}
    assert content(answer) - pronouns == content(written) - pronouns
    assert {n.value for n in read_numbers(tokenise(answer))} == {n.value for n in read_numbers(tokenise(written))}
    nots = ("not", "no", "never", "maybe", "about", "probably", "sometimes", "think", "if")
    for word in nots:
        assert (word in {t.text for t in tokenise(answer)}) == (word in {t.text for t in tokenise(written)})


@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        ('Onset: "{asked}" – "{said}"', "When did the cough start?", "I think two weeks ago."),
        ('Radiation: "{asked}" – "{said}"', "Does the pain spread?", "No, but my knee is swollen."),
        ('Reports "{said}"', "What else?", "I vomited at the start but now I've stopped vomiting."),
        ('Allergies: "{said}"', "Any allergies?", "Penicillin, I got hives."),
    ],
)
def test_the_checker_marks_it_as_it_marks_the_quotation(text: str, asked: str, said: str):
    transcript = visit(f"D: {asked}", f"P: {said}")
    quoted = note_of(text.format(asked=asked, said=said), "u1", "u2")
    reported_ = in_reported_speech(quoted, transcript)
    marks = [next(check_note(n, transcript).statements()) for n in (quoted, reported_)]
    assert marks[0].text != marks[1].text
    assert marks[0].support is marks[1].support
    assert set(marks[0].evidence) == set(marks[1].evidence)


@pytest.mark.parametrize(
    ("asked", "said", "written"),
    [
        ("Where exactly do you feel it?", "Here below my ribs.", "Location: here below their ribs."),
        ("How often does it come?", "Twice a day.", "Frequency: twice a day."),
        ("Anything that helps?", "I rub my knee with snow.", "They rub their knee with snow."),
    ],
)
def test_an_exchange_without_a_label_gets_that_of_its_question(asked: str, said: str, written: str):
    assert told(f'"{asked}" – "{said}"', f"D: {asked}", f"P: {said}") == written


@pytest.mark.parametrize("asked", ["Where do you live?", "How often do you swim?", "Do you swim?"])
def test_an_exchange_about_anything_else_stays(asked: str):
    text = f'"{asked}" – "Once in my life, in Spain."'
    assert told(text, f"D: {asked}", "P: Once in my life, in Spain.") == text


def test_the_same_answer_stands_once():
    said = "I have been putting ice on my knee."
    transcript = visit("D: Anything make it better or worse?", f"P: {said}")
    lines = (
        Statement("s1", f'Reports "{said}"', ("u2",)),
        Statement("s2", f'"Anything make it better or worse?" – "{said}"', ("u1", "u2")),
    )
    note = in_reported_speech(Note("soap", (Section("subjective", "Subjective", lines),)), transcript)
    (left,) = note.statements()
    assert left.text == "They have been putting ice on their knee."
    assert left.evidence == ("u2", "u1")


def test_what_was_asked_of_another_time_keeps_its_question_unless_the_line_says_of_which():
    text = 'Duration: "How long did it last?" – "Two days."'
    assert told(text, "D: How long did it last?", "P: Two days.") == text
    named = 'Duration: the ache last year: "How long did it last?" – "Two days."'
    assert told(named, "D: How long did it last?", "P: Two days.") == "Duration: the ache last year – two days."
