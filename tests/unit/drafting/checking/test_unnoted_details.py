"""Said, not in the note: details of a complaint that the note states without them."""

import pytest
from unnoted_talk import missing

from app.drafting.checking.hearing.reading import read_clauses

LISTED = {
    "course": (
        "D: Were you sick at all?\nP: I was sick on the first evening but it has gone away since.",
        "S: Vomiting on the first evening.",
        "gone away since",
    ),
    "how often, with words of another line": (
        "D: How many times a day do you cough like that?\nP: Maybe eight or nine times.",
        "S: Cough.\nP: Lozenges two times a day.",
        "eight or nine times",
    ),
    "how long a medicine has been taken": (
        "D: What do you take?\nP: I take cetirizine.\nD: How long have you taken it?\nP: For about two years.",
        "S: Medications: cetirizine.",
        "two years",
    ),
    "denied words that stand affirmed elsewhere": (
        "D: Any problems with buttons or writing?\nP: No.",
        "S: Problems with writing.",
        "buttons or writing",
    ),
    "the same complaint at another place": (
        "P: I have a sharp pain in my ankle.\nD: Go on.\nP: And on Monday there was a dull pain in my wrist.",
        "S: Sharp pain in the ankle.",
        "wrist",
    ),
    "a short question that names a complaint": (
        "D: Any weight loss?\nP: I dropped ten pounds since the summer.",
        "S: Cough.",
        "ten pounds",
    ),
    "which of two it is, in one word": (
        "P: My heart races.\nD: Does it feel like a steady quick beat, or an uneven beat?\nP: Uneven, I think.",
        "S: The heart races.",
        "Uneven, I think",
    ),
    "that nothing came up": (
        "P: I have a cough.\nD: Have you brought anything up?\nP: No, I haven't, no.",
        "S: Cough.",
        "Have you brought anything up",
    ),
    "a worry without a clinical name": (
        "P: I cough.\nD: I see.\nP: I'm scared that this is the same thing my neighbour died of.",
        "S: Cough.",
        "my neighbour died of",
    ),
    "a denial behind a question that nobody answered": (
        "D: How far can you walk with no chest pain?\nP: Walk or cycle?\nD: Do you get chest pain when you walk?\n"
        "P: No, not at all.",
        'S: "How far can you walk with no chest pain?" – "Walk or cycle."',
        "Do you get chest pain when you walk",
    ),
    "a denial that the clinician says and the patient agrees to": (
        "P: I was sick twice.\nD: There was no blood in your vomit, is that right?\nP: That's right.",
        "S: Vomiting.",
        "no blood in your vomit",
    ),
    "what is summed up with a number of its own": (
        "D: Do you get short of breath when you walk?\nP: No.\nD: You can walk for a mile and you don't feel short of "
        "breath at all.\nP: That's right, yes.",
        "S: Dizzy.",
        "walk for a mile",
    ),
    "what was done when it began, in everyday words": (
        "P: My back hurts.\nD: I see.\nP: I was digging over the vegetable patch on Saturday. It hurts a lot.",
        "S: Back pain.",
        "digging over the vegetable patch",
    ),
    "what is left off": (
        "P: I get short of breath.\nD: Okay.\nP: These days I only move about between kitchen and bedroom.",
        "S: Short of breath.",
        "between kitchen and bedroom",
    ),
    "what comes late in an answer and is clinical": (
        "D: Did anything like this happen before?\nP: Well, I remember it was two summers ago. We were camping with "
        "the whole family by the lake, it was a lovely weekend. And then I ate a handful of cashews. The next morning "
        "my tongue was swollen and I was vomiting.",
        "S: Itching.",
        "my tongue was swollen and I was vomiting",
    ),
}

NOT_LISTED = {
    "the same number": (
        "D: How many times a day do you cough like that?\nP: Maybe eight times a day.",
        "S: Coughs 8 times a day.",
    ),
    "everyday words that stand in the note": (
        "P: My back hurts.\nD: I see.\nP: I was digging over the vegetable patch on Saturday.",
        "S: Back pain after digging over the vegetable patch on Saturday.",
    ),
    "talk about the call": (
        "P: My back hurts.\nD: Can you hear me well?\nP: I can hear you fine, thank you for calling so soon, doctor.",
        "S: Back pain.",
    ),
    "said again and confirmed": (
        "D: How long did it take?\nP: About half an hour.\nD: Half an hour, did it take?\nP: Yeah.",
        "S: It took about half an hour.",
    ),
    "all of it denied in the note": (
        "D: Have you been having any fevers?\nP: I don't think so. I haven't checked. But I don't feel feverish.",
        "S: Denies fever.",
    ),
    "coming back under its label": (
        "D: Very good. I'll see you again in two weeks with the results.\nP: Thank you.",
        "P: Follow-up: in two weeks with the results.",
    ),
    "an answer in the words of a note": (
        "P: I have this tightness in my chest.\nD: Does it go anywhere else?\nP: Sometimes into my left arm, not the "
        "jaw.",
        "S: Chest tightness, sometimes into their left arm, not the jaw.",
    ),
    "answered with a question": (
        "D: How is your mood, would you say?\nP: Um. What would you say in my place?",
        "S: Cough.",
    ),
    "denied in the note": (
        "D: Any problems with buttons or writing?\nP: No.",
        "S: No problems with buttons or writing.",
    ),
    "course in the note": (
        "D: And the ache?\nP: It gets worse when I climb a ladder.",
        "S: Ache gets worse when climbing a ladder.",
    ),
}


@pytest.mark.parametrize("case", LISTED)
def test_is_listed(case):
    talk, written, words = LISTED[case]
    assert words in " ".join(u.text for u in missing(talk, written))


@pytest.mark.parametrize("case", NOT_LISTED)
def test_is_not_listed(case):
    assert missing(*NOT_LISTED[case]) == []


def test_a_count_of_times_is_not_once_as_well():
    (clause,) = read_clauses("I cough eight times a day")
    assert [q.value for q in clause.quantities] == [8.0]


def test_what_it_means_stands_before_a_question_where_it_is_certain():
    talk = "D: What do you take?\nP: Just apixaban.\nD: How long have you been on that?\nP: About eight months."
    assert 'Apixaban: "How long have you been on that?" – "About eight months' in " ".join(
        u.text for u in missing(talk, "S: Medications: apixaban.")
    )
    two = "D: What do you take?\nP: Apixaban and metformin.\nD: How long have you been on that?\nP: About eight months."
    assert "pixaban: " not in " ".join(u.text for u in missing(two, "S: Medications: apixaban, metformin."))
    denied = "D: Any chest pain?\nP: No.\nD: How long did it last last time?\nP: About eight hours."
    assert "hest pain: " not in " ".join(u.text for u in missing(denied, "S: Denies chest pain."))


def test_what_is_asked_of_somebody_else_is_quoted_and_not_denied():
    (entry,) = missing("D: Any coughs or colds with him?\nP: No, he is fine.", "S: Cough.")
    assert entry.text.startswith('"Any coughs or colds with him?"')


def test_eating_and_drinking_this_morning_is_no_alcohol():
    found = missing("D: Did you have anything to eat or drink this morning?\nP: No.", "S: Cough.")
    assert not [u for u in found if "alcohol" in u.text]


def test_an_answer_that_was_not_heard_is_no_entry():
    assert missing("D: Are you allergic to anything?\nP: Uh, .", "S: Cough.") == []


def test_a_question_that_goes_on_keeps_its_beginning():
    found = missing("D: Does the tingling go anywhere else? To your thumb or your palm?\nP: No.", "S: Tingling.")
    assert any("go anywhere else? To your thumb" in u.text for u in found)


def test_a_denial_elsewhere_is_quoted_where_the_patient_has_it():
    talk = "D: What is it?\nP: My chin is numb.\nD: Any numbness in the rest of the body?\nP: No."
    found = missing(talk, "S: Numb chin.")
    assert [u.text for u in found] == ['"Any numbness in the rest of the body?" – "No."']


def test_one_new_word_that_says_something_is_news():
    talk = "D: Is anyone with you at the moment or are you alone?\nP: I'm alone at the moment."
    assert any("alone" in u.text for u in missing(talk, "S: Worried at the moment."))


def test_a_yes_in_other_words_says_the_number_that_was_asked():
    talk = (
        "D: Have you lost weight?\nP: A little.\nD: Over the last five months, would you say?\nP: Something like that."
    )
    assert any("five months" in u.text for u in missing(talk, "S: Weight loss."))


def test_not_sure_is_no_denial():
    talk = "D: Did all that come after you stopped the tablets?\nP: It may well coincide, I'm not sure."
    assert not [u for u in missing(talk, "S: Tired.") if u.kind.value == "denied symptom"]


def test_what_the_clinician_sums_up_and_the_patient_confirms_is_listed():
    found = missing("D: So your left eye is fine.\nP: It seems to be, yeah.", "S: Right eye red.")
    assert [u.text for u in found] == ['"Your left eye is fine." – "It seems to be, yeah."']
    assert missing("D: That must be hard for you.\nP: Yes.", "S: Right eye red.") == []
    assert missing("D: Because if it goes on, we need to look further.\nP: Yes.", "S: Right eye red.") == []


def test_a_sentence_that_begins_with_but_keeps_the_one_that_it_limits():
    talk = "D: Do you bruise easily?\nP: I don't bruise often, no. But I had a big bruise on my hip last spring."
    assert any("I don't bruise often, no. But I had" in u.text for u in missing(talk, "S: Tired."))


def test_a_cue_of_course_is_news_though_the_rest_is_noted():
    talk = "D: Is the itch of your left foot there now?\nP: Yes, my left foot itches, it comes and goes."
    assert any("comes and goes" in u.text for u in missing(talk, "S: Left foot itches now."))
