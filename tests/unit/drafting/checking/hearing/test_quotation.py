"""What is quoted: no stutter, no filler, cut between clauses, sense kept."""

import pytest

from app.drafting.checking.hearing.quotation import LONGEST_QUOTE, closed, cut, first_sentences, opened, tidy

TIDIED = {
    "I, I slipped on the, you know, stairs": "I slipped on the stairs",
    "it was, it was my left wrist": "it was my left wrist",
    "no, no fever": "no, no fever",
    "do you know what it is?": "do you know what it is?",
    "twenty twenty in both eyes": "twenty twenty in both eyes",
    "I slept badly, I mean, I woke every hour": "I slept badly, I woke every hour",
}


@pytest.mark.parametrize("said", TIDIED)
def test_tidy(said):
    assert tidy(said) == TIDIED[said]


def test_openers_go_and_what_carries_sense_stays():
    assert opened("so, well, my ankle hurts") == "My ankle hurts"
    assert opened("but my ankle does not hurt") == "But my ankle does not hurt"
    assert opened("yeah, it is swollen") == "Yeah, it is swollen"
    assert opened("yeah, it is swollen", nods=True) == "It is swollen"
    assert opened("no, it is not", nods=True) == "No, it is not"
    assert closed("It itches at night, and, you know.") == "It itches at night."
    assert closed("Yeah") == "Yeah"


FAR = "We drove to the coast and then we had lunch in the harbour, "


def test_a_cut_begins_where_a_clause_has_a_subject():
    long = (
        FAR * 3 + "and I do not have any pain in the wrist, the elbow, or the shoulder, but it is stiff in the morning"
    )
    assert len(long.split()) > LONGEST_QUOTE
    found = cut(long, "shoulder")
    assert found.startswith("… and I do not have any pain in the wrist")
    assert "harbour" not in found


def test_a_governing_clause_stays_with_what_it_governs():
    long = FAR * 3 + "I don't think, well, it was the shellfish, and we drove home again later on"
    assert "I don't think" in cut(long, "shellfish")


def test_a_sentence_without_borders_is_cut_around_the_word():
    long = "went " + "up and down the hill " * 12 + "limping " + "up and down the hill " * 6
    found = cut(long, "limping")
    assert "limping" in found
    assert len(found.split()) <= LONGEST_QUOTE + 2


def test_answers_end_with_a_sentence_and_keep_what_takes_them_back():
    long = " ".join(["word"] * 30) + "."
    assert first_sentences(["Yes.", long, long]) == f"Yes. {long} …"
    assert first_sentences(["No.", long, "But at night, yes, it does come back, and it stays for an hour."]).endswith(
        "hour."
    )
