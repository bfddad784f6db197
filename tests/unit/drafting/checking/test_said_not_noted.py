"""Said, not in the note: what is listed, as what, in which words; and what is not."""

import pytest
from unnoted_talk import K, missing, visit

from app.domain.note import Note
from app.domain.transcript import Transcript
from app.domain.unnoted_codec import missing_to_json
from app.drafting.checking.unnoted.missing import said_not_noted

LISTED = {
    "told symptom": (
        "D: What else?\nP: I've also had a rash on my belly since Sunday.",
        "",
        (K.SYMPTOM, "rash on my belly"),
        "u2",
    ),
    "told among others": (
        "D: Tell me more.\nP: My throat is sore and my nose is runny.",
        "S: Sore throat.",
        (K.SYMPTOM, "runny"),
        "u2",
    ),
    "denied": (
        "D: Any vomiting or diarrhea?\nP: No, neither.",
        "S: Stomach pain.",
        (K.DENIED, "Denies vomiting, diarrhea."),
        "u1 u2",
    ),
    "denied in his own words": (
        "D: How are you?\nP: I haven't had any fever, I must say.",
        "",
        (K.DENIED, "haven't had any fever"),
        "u2",
    ),
    "yes to a question": (
        "D: Do you get palpitations?\nP: Yes, at night mostly.",
        "",
        (K.SYMPTOM, 'Palpitations ("Yes, at night mostly")'),
        "u1 u2",
    ),
    "half a no is quoted": (
        "D: Any headache?\nP: Not really, only after a long day at the screen.",
        "",
        (K.DENIED, "only after a long day"),
        "u1 u2",
    ),
    "red flag told": (
        "D: And the cough?\nP: Yesterday I coughed up blood, just once.",
        "S: Cough.",
        (K.RED_FLAG, "coughed up blood"),
        "u2",
    ),
    "red flag without a concept": (
        "D: How bad is the head?\nP: It's the worst headache of my life.",
        "S: Headache.",
        (K.RED_FLAG, "worst headache of my life"),
        "u2",
    ),
    "red flag answered yes": (
        "D: Have you thought about harming yourself?\nP: Yes, twice this week.",
        "S: Low mood.",
        (K.RED_FLAG, "twice this week"),
        "u1 u2",
    ),
    "allergy told": (
        "D: Any allergies?\nP: I'm allergic to penicillin, I came out in hives.",
        "S: Sore throat.",
        (K.ALLERGY, "allergic to penicillin"),
        "u2",
    ),
    "another allergy than the note's": (
        "D: Allergies?\nP: I'm allergic to latex. And I'm allergic to penicillin.",
        "S: Allergic to penicillin.",
        (K.ALLERGY, "latex"),
        "u2",
    ),
    "no allergies": (
        "D: Are you allergic to anything?\nP: No.",
        "S: Cough.",
        (K.ALLERGY, "No known allergies."),
        "u1 u2",
    ),
    "medicine told": (
        "D: What do you take?\nP: I take lisinopril 10 milligrams every morning.",
        "S: High blood pressure.",
        (K.MEDICINE, "lisinopril 10 milligrams"),
        "u2",
    ),
    "dose missing": (
        "D: What do you take?\nP: I take metformin 500 milligrams twice a day.",
        "S: Takes metformin.",
        (K.MEDICINE, "500 milligrams"),
        "u2",
    ),
    "class of medicine": (
        "D: Anything for it?\nP: I used my inhaler four times.",
        "S: Asthma.",
        (K.MEDICINE, "inhaler four times"),
        "u2",
    ),
    "misheard medicine": (
        "D: Tablets?\nP: I take attorvastatin at night.",
        "S: High cholesterol.",
        (K.MEDICINE, "atorvastatin (heard as"),
        "u2",
    ),
    "no medicines": (
        "D: Do you take any regular medication?\nP: No.",
        "S: Cough.",
        (K.MEDICINE, '"Do you take any regular medication?" – "No."'),
        "u1 u2",
    ),
    "pressure measured": (
        "D: So, that's 152 over 95.",
        "S: Headache.",
        (K.VITAL_SIGN, "Blood pressure 152/95."),
        "u1",
    ),
    "pressure at home": (
        "D: And at home?\nP: My blood pressure was 160 over 100 on Monday.",
        "O: BP 140/80.",
        (K.VITAL_SIGN, "160 over 100"),
        "u2",
    ),
    "temperature": (
        "D: Your temperature is 38.6 today.",
        "O: Blood pressure 120/80.",
        (K.VITAL_SIGN, "38.6"),
        "u1",
    ),
    "duration missing": (
        "D: Since when?\nP: I've had this cough for three weeks.",
        "S: Cough.",
        (K.SYMPTOM, "three weeks"),
        "u2",
    ),
    "past illness": (
        "D: Have you ever had asthma?\nP: Yes, as a child.",
        "S: Cough.",
        (K.ILLNESS, 'Asthma ("Yes, as a child")'),
        "u1 u2",
    ),
    "no illnesses": (
        "D: Do you have any medical problems?\nP: No, none.",
        "S: Cough.",
        (K.ILLNESS, "No past medical conditions."),
        "u1 u2",
    ),
    "operation": (
        "D: Anything in the past?\nP: I had my appendix out when I was ten.",
        "S: Belly pain.",
        (K.OPERATION, "appendix out"),
        "u2",
    ),
    "family": (
        "D: And your family?\nP: My mother had breast cancer at forty.",
        "S: Breast lump.",
        (K.FAMILY, "My mother had breast cancer"),
        "u2",
    ),
    "family denied": (
        "D: Does anyone in your family have diabetes?\nP: No.",
        "S: Thirst.",
        (K.FAMILY, "Family history: no diabetes."),
        "u1 u2",
    ),
    "the mother's is not the patient's": (
        "D: And your parents?\nP: My mother has diabetes.",
        "S: Type 2 diabetes.",
        (K.FAMILY, "My mother has diabetes"),
        "u2",
    ),
    "finding": (
        "D: I can hear some crackles at the left base.",
        "S: Cough.",
        (K.FINDING, "crackles"),
        "u1",
    ),
    "assessment": (
        "D: I think this is pneumonia.",
        "S: Cough.",
        (K.ASSESSMENT, "pneumonia"),
        "u1",
    ),
    "plan: a test": (
        "D: I'd like to get a chest x-ray today.",
        "S: Cough.",
        (K.PLAN, "chest x-ray"),
        "u1",
    ),
    "plan: a medicine": (
        "D: I'll prescribe amoxicillin 500 milligrams three times a day.",
        "S: Cough.",
        (K.PLAN, "amoxicillin 500"),
        "u1",
    ),
    "plan: what he takes already is not the plan": (
        "D: Let's stop the ramipril.\nP: Okay.",
        "S: Takes ramipril.",
        (K.PLAN, "stop the ramipril"),
        "u1",
    ),
    "test result": (
        "D: Your ECG was normal.",
        "S: Palpitations.",
        (K.TEST, "ECG was normal"),
        "u1",
    ),
    "smoking denied": (
        "D: Do you smoke cigarettes?\nP: No.",
        "S: Cough.",
        (K.SOCIAL, "Denies smoking."),
        "u1 u2",
    ),
    "work": (
        "D: What do you do for work?\nP: I paint car bodies in a small garage.",
        "S: Cough.",
        (K.SOCIAL, "paint car bodies"),
        "u1 u2",
    ),
    "concern": (
        "D: What do you think?\nP: I'm worried it might be lung cancer.",
        "S: Cough.",
        (K.CONCERN, "lung cancer"),
        "u2",
    ),
    "where it hurts": (
        "D: Whereabouts is the pain?\nP: Just under the ribs, here at the side.",
        "S: Pain.",
        (K.SYMPTOM, "under the ribs"),
        "u1 u2",
    ),
    "the note says the opposite": (
        "D: Any fever?\nP: Yes, 39 last night.",
        "S: Denies fever.",
        (K.SYMPTOM, "39 last night"),
        "u1 u2",
    ),
    "only a warning in the note": (
        "D: And?\nP: I have had a fever since Monday.",
        "P: Return if fever.",
        (K.SYMPTOM, "fever since Monday"),
        "u2",
    ),
    "his own after the mother's": (
        "D: Go on.\nP: My mother had a stroke.\nD: Go on.\nP: My knee is swollen.",
        "F: Mother: stroke.",
        (K.SYMPTOM, 'Patient: "My knee is swollen."'),
        "u4",
    ),
    "named again in the no": (
        "D: Any fever or cough?\nP: No, no fever at all.",
        "S: Sore throat.",
        (K.DENIED, "Denies fever, cough."),
        "u1 u2",
    ),
    "a plain yes says what was asked": (
        "D: Are you eating and drinking normally?\nP: Yes, fine.",
        "S: Sore throat.",
        (K.SYMPTOM, "eating and drinking normally"),
        "u1 u2",
    ),
    "an answer without a clinical word": (
        "D: Have you been abroad lately?\nP: We came back from Kenya two weeks ago.",
        "S: Fever.",
        (K.DETAIL, "back from Kenya"),
        "u1 u2",
    ),
    "nobody knows who speaks": (
        "?: I have been vomiting since last night.",
        "S: Belly pain.",
        (K.SYMPTOM, "vomiting"),
        "u1",
    ),
}


@pytest.mark.parametrize("case", LISTED)
def test_is_listed(case):
    talk, written, (kind, words), evidence = LISTED[case]
    found = missing(talk, written)
    match = [u for u in found if words.lower() in u.text.lower()]
    assert [(u.kind, u.evidence) for u in match] == [(kind, tuple(evidence.split()))], found


NOT_LISTED = {
    "small talk": ("D: Lovely weather.\nP: Yes, and the traffic was fine, my dog sends his love.", ""),
    "hello": ("D: Good morning, can I take your full name?\nP: Laura Parkinson.", ""),
    "question only": ("D: Any chest pain?\nD: Sorry, one moment.", ""),
    "unclear answer": ("D: Any chest pain?\nP: What do you mean?", ""),
    "back-channel": ("D: So take some rest.\nP: Mm-hmm.\nP: Okay, yeah.", "P: Rest."),
    "in the note": ("D: And?\nP: I've had a cough for two weeks.", "S: Cough for two weeks."),
    "in other words": ("D: And?\nP: I get out of breath.", "S: Dyspnea."),
    "clinical words": ("D: And?\nP: I've been throwing up.", "S: Reports emesis."),
    "narrower in the note": ("D: And?\nP: It hurts.", "S: Chest pain."),
    "denied in other words": ("D: Any trouble swallowing?\nP: No.", "S: No dysphagia."),
    "brand for generic": ("D: Tablets?\nP: I take Tylenol.", "S: Takes paracetamol."),
    "class for name": ("D: Tablets?\nP: Just some painkillers.", "S: Takes ibuprofen as needed."),
    "repeat": ("D: And?\nP: I've got a rash.\nD: A rash?\nP: Yes, a rash.", "S: Rash."),
    "numbers in words": ("D: Your blood pressure is one forty over ninety.", "O: BP 140/90."),
    "dose in words": ("D: Tablets?\nP: Metformin five hundred milligrams twice a day.", "S: Metformin 500 mg bd."),
    "same length of time": ("D: And?\nP: A cough for two weeks.", "S: Cough for 14 days."),
    "no known allergies": ("D: Any allergies?\nP: No.", "S: NKDA."),
    "explanation": ("D: Pneumonia is an infection of the lung, generally it can cause fever and cough.", ""),
    "warning only": ("D: If you have chest pain, that would be serious.", ""),
    "a friend's illness": ("D: And?\nP: A friend's mum died of a stroke.", "S: Headache."),
    "family in the note": ("D: Family?\nP: My dad had a heart attack.", "F: Father: myocardial infarction."),
    "plan in the note": ("D: I'll send you for an ultrasound.", "P: Refer for ultrasound."),
    "fit as a fiddle": ("D: How are you otherwise?\nP: I think I'm fit and well.", "S: Cough."),
    "confused about forms": ("D: Yes?\nP: I'm a bit confused as to which form I need.", "S: Cough."),
    "goodbye": ("D: How does that sound to you?\nP: That sounds like a very sensible plan to me.", "S: Cough."),
    "neither yes nor no": ("D: Any neck stiffness?\nP: Yeah. No.", "S: Headache."),
    "not understood": ("D: How are your bowels normally?\nP: Sorry, I didn't catch that.", "S: Cough."),
    "a warning is no question": ("D: Or you develop any rash or anything like that.\nP: Yes, okay.", "S: Cough."),
    "allergy by its label": (
        "D: Any allergies to medicines?\nP: Yeah, penicillin. I came out in hives.",
        "S: Allergy: penicillin (hives).",
    ),
    "where it goes and where not": (
        "D: Does it travel?\nP: Sometimes down my left arm. Not the jaw.",
        "S: Sometimes radiates down the left arm; not to the jaw.",
    ),
    "part of a word": ("D: Any fainting, or your heart racing?\nP: No.", "S: Denies fainting and racing heartbeat."),
    "a special case in other words": (
        "D: Does it hurt when I press here, on the breastbone?\nP: No.",
        "O: No pain on pressing the breastbone.",
    ),
    "he says so of the weather": ("D: Come in.\nP: It's so cold outside.", ""),
}


@pytest.mark.parametrize("case", NOT_LISTED)
def test_is_not_listed(case):
    assert missing(*NOT_LISTED[case]) == []


def test_an_empty_visit_and_an_empty_note():
    assert said_not_noted(Note("soap", ()), Transcript(0.0, "en", "", ())) == ()
    silent = visit("D: Okay.\nP: Okay.")
    assert said_not_noted(Note("soap", ()), silent) == ()


def test_what_must_not_be_missed_stands_first():
    found = missing(
        "D: And?\nP: I have a runny nose.\nD: Do you smoke cigarettes?\nP: No.\n"
        "D: Tablets?\nP: I take ramipril.\nD: Allergies?\nP: I'm allergic to nuts.\n"
        "D: Else?\nP: I fainted on Monday, I passed out.\nD: I'll order an MRI."
    )
    kinds = [u.kind for u in found]
    assert kinds == sorted(kinds, key=lambda k: k.rank)
    assert kinds[:3] == [K.RED_FLAG, K.ALLERGY, K.MEDICINE]
    assert kinds[-1] is K.SOCIAL


def test_an_answer_is_never_without_its_question():
    found = missing("D: Does it go anywhere else?\nP: Yeah, down to my foot.", "S: Leg pain.")
    assert [u.evidence for u in found] == [("u1", "u2")]
    assert found[0].text == '"Does it go anywhere else?" – "Yeah, down to my foot."'


def test_a_long_sentence_is_cut_around_the_clinical_word():
    talk = (
        "P: "
        + "and then I went to the shop and back home and round again " * 6
        + "with a swollen ankle "
        + "for ever " * 20
    )
    (entry,) = missing(talk)
    assert "swollen" in entry.text
    assert entry.text.count("…") == 2
    assert len(entry.text.split()) < 45


def test_a_side_remark_of_a_long_turn_is_listed_although_the_turn_is_evidence():
    talk = "D: Tell me.\nP: My knee is swollen. Also I have blood in my urine."
    found = missing(talk, "S: Knee swelling.")
    assert [(u.kind, "blood in my urine" in u.text) for u in found] == [(K.RED_FLAG, True)]


def test_json():
    (entry,) = missing("D: Any vomiting?\nP: No.", "S: Cough.")
    assert missing_to_json([entry]) == [
        {"evidence": ["u1", "u2"], "kind": "denied symptom", "text": "Denies vomiting."}
    ]
