"""Errors made of true words: parts of another matter of the visit, and limits left out."""

from app.insight.labelled_visits import transcript_from_turns
from app.insight.planted_joins import OF_TRUE_WORDS, JoinPlanter

TALK = (
    "[doctor] what brings you in ?\n[patient] the ache in my knee began three weeks ago .\n"
    "[doctor] okay .\n[patient] it is swollen too .\n[doctor] how is work ?\n[patient] fine , i drive a bus .\n"
    "[doctor] and at home ?\n[patient] all good there .\n[doctor] any other trouble ?\n"
    "[patient] well , a rash on my neck since two days .\n[doctor] any fever ?\n[patient] sometimes i have a fever .\n"
)


def test_a_part_of_another_matter_is_put_in_and_the_same_seed_plants_the_same():
    transcript = transcript_from_turns(TALK)
    planted = {kind: JoinPlanter(transcript, 3).plant(kind, "Knee ache for three weeks.") for kind in OF_TRUE_WORDS}
    assert planted["joined_time"] == "Knee ache for two days."
    assert planted["joined_site"] in ("neck ache for three weeks.", None)
    assert planted == {k: JoinPlanter(transcript, 3).plant(k, "Knee ache for three weeks.") for k in OF_TRUE_WORDS}


def test_what_was_said_near_is_no_error():
    planter = JoinPlanter(transcript_from_turns(TALK), 3)
    assert planter.plant("joined_time", "Rash on the neck.") is None
    assert planter.plant("joined_site", "No rash on the neck.") is None


def test_a_limit_is_left_out():
    found = dict(JoinPlanter(transcript_from_turns(TALK), 3).limits_left_out())
    assert found == {"The patient has a fever.": "Sometimes the patient has a fever."}
