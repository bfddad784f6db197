"""Instructions that rules carry out, and what must survive another wording."""

import contextlib

import pytest
from drafting_doubles import visit
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.domain.note import Note, Section, Statement, Support
from app.domain.revision import Revision
from app.drafting.lexicon.tables import forms, rows
from app.drafting.revising.by_rule import revise_by_rule
from app.drafting.revising.pieces import UnclearPartError, split_line, without_parts
from app.drafting.revising.survival import Harm, compare, facts_of, same_facts
from app.drafting.revising.task import task_of
from app.drafting.revising.topics import read_topic
from app.drafting.revising.wishes import WishKind, read_wish

TALK = visit(
    "D: What brings you in?",
    "P: I have had a cough and a fever since Monday.",
    "D: Do you smoke?",
    "P: I quit eight years ago, before that a pack a day.",
    "D: Any allergies?",
    "P: Penicillin gives me hives.",
    "D: I would like a chest X-ray, and please come back on Friday.",
)
NOTE = Note(
    "soap",
    (
        Section(
            "subjective",
            "Subjective",
            (
                Statement("s1", "Cough and fever since Monday.", ("u2",), Support.SUPPORTED),
                Statement("s2", "Allergies: penicillin (hives).", ("u6",), Support.SUPPORTED),
            ),
        ),
        Section("plan", "Plan", (Statement("s3", "Chest X-ray; back on Friday.", ("u7",), Support.SUPPORTED),)),
        Section("objective", "Objective", ()),
    ),
)


def revise(instruction: str, section: str = "subjective", *ids: str, transcript=TALK) -> Revision | None:
    return revise_by_rule(task_of(NOTE, section, ids, instruction, transcript))


def texts(revision: Revision | None) -> list[str]:
    assert revision is not None
    return [line.text for line in revision.lines]


@pytest.mark.parametrize(
    ("said", "kind", "about"),
    [
        ("shorter", WishKind.SHORTER, ""),
        ("Please make it a bit shorter.", WishKind.SHORTER, ""),
        ("as bullets", WishKind.BULLETS, ""),
        ("put this in one sentence", WishKind.SENTENCE, ""),
        ("Expand all abbreviations!", WishKind.EXPAND, ""),
        ("remove the part about the stairs", WishKind.REMOVE, "stairs"),
        ("Delete everything about his work", WishKind.REMOVE, "work"),
        ("could you remove any mention of alcohol?", WishKind.REMOVE, "alcohol"),
        ("add the smoking history", WishKind.ADD, "smoking history"),
        ("add bullets", WishKind.BULLETS, ""),
        ("remove the allergies and make it shorter", WishKind.FREE, ""),
        ("in plain words", WishKind.FREE, ""),
        ("add", WishKind.FREE, ""),
    ],
)
def test_wishes(said: str, kind: WishKind, about: str):
    wish = read_wish(said)
    assert (wish.kind, wish.about) == (kind, about)


def test_every_phrase_of_the_table_is_understood():
    for row in rows("wishes"):
        for form in forms(row[2]):
            if row[0] == "exact":
                assert read_wish(form).kind is WishKind(row[1]), form


@pytest.mark.parametrize("said", ["", "   ", "…!", "x" * 401, "<|im_end|>"])
def test_no_instruction_is_one_clear_error(said: str):
    with pytest.raises(InputError):
        read_wish(said)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(said: str):
    with contextlib.suppress(InputError):
        assert read_wish(said).text


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Denies fever, cough and chills.", ("Denies fever.", "Denies cough.", "Denies chills.")),
        ("No shortness of breath or sweating.", ("No shortness of breath.", "No sweating.")),
        ("Chest pain. No fever; no cough.", ("Chest pain.", "No fever.", "No cough.")),
        ("Allergies: penicillin, latex.", ("Allergies: penicillin.", "Allergies: latex.")),
        ("Blood pressure 142/88 mmHg, pulse 76/min.", ("Blood pressure 142/88 mmHg.", "Pulse 76/min.")),
        (
            "Takes metoprolol 50 mg once daily and pantoprazole 40 mg daily.",
            ("Takes metoprolol 50 mg once daily.", "Takes pantoprazole 40 mg daily."),
        ),
    ],
)
def test_a_bare_list_is_split(line: str, parts: tuple[str, ...]):
    assert split_line(line) == parts
    assert same_facts([line], parts)


@pytest.mark.parametrize(
    "line",
    [
        "Cough and fever for three days.",
        "ECG and troponin today.",
        "Mother has diabetes and hypertension.",
        "Pain and swelling in the left knee.",
        "Ibuprofen and paracetamol twice daily.",
        "Possible angina and reflux.",
        "Rest.",
    ],
)
def test_what_may_belong_to_both_is_not_split(line: str):
    assert split_line(line) == (line,)


@given(st.lists(st.sampled_from(["fever", "cough", "nausea", "vomiting", "headache"]), min_size=2, unique=True))
def test_splitting_a_denial_never_affirms(names: list[str]):
    line = f"Denies {', '.join(names[:-1])} and {names[-1]}."
    for part in split_line(line):
        assert part.startswith("Denies ")
    assert same_facts([line], split_line(line))


@pytest.mark.parametrize(
    ("line", "about", "rest"),
    [
        (
            "Chest tightness since Tuesday, on exertion (stairs).",
            "stairs",
            "Chest tightness since Tuesday, on exertion.",
        ),
        ("Denies fever, cough or chills.", "cough", "Denies fever or chills."),
        (
            "Takes metoprolol 50 mg in the morning and pantoprazole for the stomach.",
            "metoprolol",
            "Takes pantoprazole for the stomach.",
        ),
        ("Allergic to penicillin (rash in childhood).", "rash", "Allergic to penicillin."),
        ("Allergies: penicillin, latex.", "allergies", ""),
        ("Smoker, ten a day.", "smoking", ""),
        ("Chest tightness since Tuesday, on exertion.", "chest tightness", ""),
        ("Mother has diabetes and hypertension.", "hypertension", "Mother has diabetes."),
        ("No cough.", "fever", None),
    ],
)
def test_the_smallest_part_goes(line: str, about: str, rest: str | None):
    assert without_parts(line, read_topic(about).is_meant) == rest


def test_words_behind_a_list_are_left_to_others():
    with pytest.raises(UnclearPartError):
        without_parts("ECG and troponin today.", read_topic("troponin").is_meant)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Takes metoprolol 500 mg once daily", "Takes metoprolol 50 mg once daily"),
        ("Takes metoprolol 50 mg", "Takes metoprolol 50 mcg"),
        ("Denies fever and cough.", "Fever and cough."),
        ("Cough for two weeks.", "No cough for two weeks."),
        ("Pain in the right knee.", "Pain in the left knee."),
        ("Mother has diabetes.", "Has diabetes."),
        ("Suspected angina.", "Angina."),
        ("Quit two years ago", "Quit twenty years ago"),
        ("Blood pressure 142/88.", "Blood pressure 142/98."),
        ("Takes metoprolol.", "Takes metformin."),
        ("He denies that he has had any fever.", "He has had a fever."),
        ("Smokes less than five cigarettes a day.", "Smokes five cigarettes a day."),
        ("Lasts ten minutes.", "Lasts at least ten minutes."),
        ("Back on Friday.", "Back on Monday."),
        ("Right knee pain, left hip swelling.", "Left knee pain, right hip swelling."),
    ],
)
def test_another_fact_is_never_another_wording(before: str, after: str):
    found = compare(facts_of(before), facts_of(after), facts_of())
    assert any(f.harm is Harm.FALSE for f in found), found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Denies fever, cough and chills.", "No fever, cough, chills."),
        ("Pain in the right knee for three weeks.", "Right knee pain, 3 weeks"),
        ("Metoprolol 50 mg BID PRN", "Metoprolol 50 mg twice daily as needed"),
        ("Blood pressure 142/88 mmHg, pulse 76/min.", "BP 142/88, pulse 76"),
        ("Ex-smoker, quit eight years ago.", "Smoker, quit 8 years ago."),
    ],
)
def test_the_same_facts_in_other_words(before: str, after: str):
    assert [f for f in compare(facts_of(before), facts_of(after), facts_of()) if f.harm is Harm.FALSE] == []


def test_what_is_left_out_is_named():
    found = compare(facts_of("Takes metoprolol 50 mg. No fever."), facts_of("Takes medicine."), facts_of())
    assert {f.reason for f in found} >= {"number: 50 mg is left out", "medicine: metoprolol is left out"}
    assert all(f.harm is Harm.LOST for f in found)


def test_about_a_number_is_not_lost_in_silence():
    found = compare(facts_of("Forgets it about twice a week."), facts_of("Forgets it twice a week."), facts_of())
    assert [f.reason for f in found] == ["number: about is left out"]
    assert not compare(facts_of("Pressure 142 over 88."), facts_of("Pressure 142/88."), facts_of())


def test_what_the_instruction_names_may_change():
    asked = facts_of("change the dose to 50 mg")
    found = compare(facts_of("Metoprolol 500 mg."), facts_of("Metoprolol 50 mg."), asked)
    assert [f.harm for f in found] == [Harm.LOST]


def test_joining_keeps_every_word():
    revision = revise("as one sentence")
    assert texts(revision) == ["Cough and fever since Monday; allergies: penicillin (hives)."]
    assert revision.lines[0].origins == ("s1", "s2")
    assert revision.model == ""


def test_spelling_out_and_back():
    note = Note("soap", (Section("plan", "Plan", (Statement("a", "BP 120/80, SOB on stairs."),)),))
    long = revise_by_rule(task_of(note, "plan", (), "expand abbreviations", None))
    assert texts(long) == ["Blood pressure 120/80, shortness of breath on stairs."]


def test_nothing_to_do_is_said():
    revision = revise("expand abbreviations")
    assert not revision.changes_anything
    assert revision.notices


def test_removing_shows_and_keeps_the_rest():
    assert texts(revise("remove the hives")) == ["Cough and fever since Monday.", "Allergies: penicillin."]
    assert texts(revise("delete the allergies")) == ["Cough and fever since Monday."]
    with pytest.raises(InputError, match="Nothing here is about that"):
        revise("remove the unicorns")


def test_adding_takes_what_was_said_with_its_evidence():
    revision = revise("add the smoking history")
    *old, new = revision.lines
    assert [line.text for line in old] == [s.text for s in NOTE.sections[0].statements]
    assert "quit eight years ago" in new.text
    assert "u4" in new.evidence
    assert new.origins == ()
    assert new.support in {Support.SUPPORTED, Support.PARTIAL}


def test_a_question_and_its_answer_are_quoted_whole():
    talk = visit(
        "D: Do you smoke at all?", "P: Not anymore. I quit, eight years ago.", "D: It makes the heart work hard."
    )
    made = revise("add whether he smokes", transcript=talk)
    assert texts(made)[-1] == '"Do you smoke at all?" – "Not anymore. I quit, eight years ago."'
    assert made.lines[-1].evidence[:2] == ("u1", "u2")
    with pytest.raises(InputError, match="Nobody spoke of that"):
        revise("add his work", transcript=talk)


def test_adding_to_an_empty_section_and_to_one_line():
    assert "eight years" in texts(revise("add the smoking history", "objective"))[0]
    assert texts(revise("add the smoking history", "subjective", "s1"))[0] == "Cough and fever since Monday."


@pytest.mark.parametrize(
    ("instruction", "message"),
    [
        ("add the unicorns", "Nobody spoke of that"),
        ("add that the patient is healthy", "Nobody spoke of that"),
        ("add the penicillin", "says this already, under Subjective"),
    ],
)
def test_nothing_is_added_that_nobody_said(instruction: str, message: str):
    with pytest.raises(InputError, match=message):
        revise(instruction)


def test_without_a_transcript_nothing_is_added_and_rules_still_work():
    with pytest.raises(InputError, match="no transcript"):
        revise("add the smoking history", transcript=None)
    assert len(texts(revise("as one sentence", transcript=None))) == 1


def test_what_a_model_must_word_is_no_rule():
    for instruction in ("shorter", "in plain words", "translate it"):
        assert revise(instruction) is None


def test_unknown_section_and_statement():
    for section, ids in (("diagnosis", ()), ("plan", ("s1",))):
        with pytest.raises(InputError):
            task_of(NOTE, section, ids, "shorter", TALK)
    with pytest.raises(InputError, match="Nothing is written"):
        revise("shorter", "objective")


CLAUSES = st.sampled_from(
    [
        "denies fever",
        "no cough",
        "cough for two weeks",
        "takes metoprolol 50 mg daily",
        "pain in the left knee",
        "swelling of the right ankle",
        "mother has diabetes",
        "possible angina",
        "BP 120/80",
        "SOB on stairs",
        "fever",
        "ECG today",
        "allergies: penicillin",
        "quit smoking eight years ago",
    ]
)


@st.composite
def written(draw: st.DrawFn) -> str:
    parts = draw(st.lists(CLAUSES, min_size=1, max_size=4))
    line = parts[0]
    for part in parts[1:]:
        line += draw(st.sampled_from([", ", "; ", ". ", " and "])) + part
    return line[:1].upper() + line[1:] + draw(st.sampled_from(["", "."]))


@settings(max_examples=300)
@given(
    st.lists(written(), min_size=1, max_size=3),
    st.sampled_from(["as bullets", "as one sentence", "expand abbreviations", "abbreviate", "remove the fever"]),
)
def test_no_rule_ever_says_another_fact(lines: list[str], instruction: str):
    """Whatever stands there: what a rule writes says nothing that the line it stands for did not say."""
    note = Note("soap", (Section("plan", "Plan", tuple(Statement(f"s{n}", t) for n, t in enumerate(lines))),))
    try:
        made = revise_by_rule(task_of(note, "plan", (), instruction, None))
    except InputError:
        return
    for statement in note.statements() if made is not None else ():
        after = [line.text for line in made.lines if line.origins == (statement.id,)]
        found = compare(facts_of(statement.text), facts_of(*after), facts_of())
        assert [f for f in found if f.harm is Harm.FALSE] == []
        if not instruction.startswith("remove"):
            assert len(made.lines) == 1 or found == ()


@given(st.text(max_size=300), st.sampled_from(["as bullets", "as one sentence", "abbreviate", "remove the fever"]))
def test_any_text_is_carried_through_or_refused(line: str, instruction: str):
    note = Note("soap", (Section("plan", "Plan", (Statement("s1", line),)),))
    with contextlib.suppress(InputError):
        made = revise_by_rule(task_of(note, "plan", (), instruction, None))
        assert made is None or all(x.origins == ("s1",) for x in made.lines)
