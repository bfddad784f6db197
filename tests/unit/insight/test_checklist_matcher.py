"""The written-down rule by which a note holds an item of a checklist, point by point."""

import pytest
from notes_double import note_of

from app.insight.checklist_matcher import NoteMatcher
from app.insight.checklists import Item


def holds(item: str | Item, *statements: str, title: str = "Subjective", further: tuple[str, ...] = ()) -> bool:
    note = note_of(*((title, statement) for statement in statements))
    return NoteMatcher(note, further).holds(item if isinstance(item, Item) else Item(item, "HPC", "critical"))


def detail(text: str, *above: str, section: str = "HPC") -> Item:
    return Item(text, section, "critical", above)


@pytest.mark.parametrize(
    ("item", "statement"),
    [
        ("short of breath", "Reports dyspnoea on the stairs."),
        ("no vomiting", "Denies nausea, vomiting and diarrhea."),
        ("no fever or chills", "Denies chills, fever."),
        ("fever 3 or 4 days ago", "Fever 4 days ago."),
        ("2 weeks of coughing", "Cough for two weeks."),
        ("coughing since yesterday", "Cough for one day."),
        ("lost weight, about a stone", "Weight loss of 1 stone."),
        ("left sided headache", "Headache on the left side."),
        ("cramping stomach pain", "Abdominal pain, crampy in nature."),
        ("no problems with bowels", "Bowels normal."),
        ("bowels ok", "No bowel issues."),
        ("No coordination problems", "No balance or coordination issues."),
        ("no weakness in arms or legs", "Denies weakness."),
        ("Non smoker", "Nil smoking."),
        ("N+V", "Nausea and vomiting since noon."),
        ("salbutamol inhaler when needed", "Medications: Ventolin PRN."),
        ("taking pain killers", "Takes paracetamol."),
        ("works as a baker", "Social history: works as a baker."),
        ("dishcarge from the ear", "Ear discharge."),
        ("zig zag lines", "Zigzag lines in the field of vision."),
        ("took thyroxine", "Stopped taking levothyroxine."),
        ("her mother has migraines", "Family history: mother with migraine."),
        ("since midday", "Since when: mid-day."),
        ("1 child in family vomiting", "One child in the family was vomiting."),
        ("Light headed", "Light-headedness since noon."),
        ("No problem swallowing", "Denies problems swallowing."),
        (Item("at start 8/10", "HPC", "critical", ("chest tightness",)), "Pain eight out of ten when it started."),
    ],
)
def test_the_same_in_other_words(item, statement):
    assert holds(item, statement)


@pytest.mark.parametrize(
    ("item", "statement"),
    [
        ("fever", "Denies fever."),
        ("No problem swallowing", "Problems swallowing."),
        (Item("at start 8/10", "HPC", "critical", ("cough",)), "Chest tightness eight out of ten when it started."),
        ("no fever", "Fever since Monday."),
        ("cough for 2 weeks", "Cough for 3 weeks."),
        ("6-7 times a day", "Loose stools 3 times a day."),
        ("left knee pain", "Right knee pain."),
        ("no migraines", "Family history: mother with migraine."),
        ("mother has migraines", "Migraine since childhood."),
        ("ibuprofen", "Takes naproxen."),
        ("throbbing headache", "Headache."),
        ("works as a baker", "Works as a teacher."),
        ("eating ok", "Not eating."),
        ("Doctor introduction", "The doctor examined the knee."),
        ("Confirms name and address", "Cough."),
    ],
)
def test_not_the_same(item, statement):
    assert not holds(item, statement)


def test_a_note_without_statements_holds_nothing():
    assert not holds("cough")


def test_two_adjacent_statements_together_but_not_two_far_apart():
    assert holds("nausea and vomiting", "Nausea.", "Vomiting.")
    assert not holds("nausea and vomiting", "Nausea.", "Lives alone.", "Vomiting.")


def test_a_detail_needs_its_topic():
    item = detail("3 days", "Cough")
    assert holds(item, "Rash for a week.", "Cough for three days.")
    assert not holds(item, "Rash for three days.", "Cough.")
    assert not holds(item, "Lives alone.", "Works.", "Cough.", "No rash.", "No fever.", "No chills.", "For three days.")
    assert holds(item, "Lives alone.", "Works.", "Cough.", "Onset and duration: three days."), "beside the topic"


def test_a_detail_of_the_chief_complaint_may_stand_anywhere_unless_it_is_of_another_one():
    item = detail("comes and goes", "Headache")
    assert holds(item, "Chief complaint: headache.", "Lives alone.", "Works.", "Character: intermittent.")
    assert not holds(item, "Chief complaint: headache.", "Lives alone.", "Works.", "Intermittent rash.")


def test_a_detail_that_names_a_symptom_stands_by_itself():
    assert holds(detail("no vomiting", "Stomach ache"), "Lives alone.", "Denies vomiting.")


def test_a_purpose_needs_what_it_is_for():
    item = detail("for asthma", "salbutamol inhaler")
    assert holds(item, "Salbutamol for asthma.")
    assert not holds(item, "Asthma as a child.")


def test_and_or_go_on_with_the_denial_above():
    item = detail("or coughing", "no sneezing")
    assert holds(item, "Denies sneezing and cough.")
    assert not holds(item, "Cough.")


def test_an_illness_below_a_relative_is_the_relatives():
    item = detail("and hypothyroidism", "her mother has migraines", section="FH")
    assert holds(item, "Family history: mother with migraine and hypothyroidism.")
    assert not holds(item, "Past medical history: hypothyroidism.")


def test_nothing_is_said_by_nothing():
    item = Item("nil", "PMH", "critical")
    assert holds(item, "No past medical conditions.")
    assert holds(item, "Nil.", title="PMH")
    assert not holds(item, "Past medical history: asthma.")
    assert not holds(Item("nil", "DH", "critical"), "No past medical conditions.")


def test_a_quoted_question_is_read_with_its_answer():
    assert holds("no fever", further=('"Any fever at all?" – "No."',))
    assert not holds("no fever", further=('"Any fever at all?" – "Yes, since Monday."',))
    assert holds("fever", further=('"Any fever at all?" – "Yes, since Monday."',))


def test_a_quoted_no_is_read_with_its_label():
    item = detail("not radiating", "stomach ache")
    assert holds(item, "Chief complaint: stomach ache.", 'Radiation: "No, it stays there."')
    assert not holds(item, "Chief complaint: stomach ache.", "Radiation: to the back.")
