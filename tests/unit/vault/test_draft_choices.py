"""What was chosen for a draft: durable, sealed, of the visit alone."""

import json

import pytest
from sqlalchemy import text
from vault_samples import signed_in

from app.domain.draft_choice import DraftChoice, draft_choice_from_json, draft_choice_to_json
from app.domain.errors import InputError, SealBrokenError, VersionError
from app.domain.style import Form, Length, StyleWish, Wording

KINDS = ("embedded", "postgres")

CHOICE = DraftChoice("/somewhere/Räume/clinic letter.toml", StyleWish(Length.BRIEF, Form.PROSE, Wording.SPELLED))


def stored(session, encounter):
    with session._vault.database.transaction() as connection:
        return connection.execute(text("SELECT draft_choice FROM encounters WHERE id = :e"), {"e": encounter}).scalar()


def test_comes_back_after_signing_in_again_and_the_last_one_counts(folder):
    with signed_in(folder) as session:
        first, second = session.encounters.create("a"), session.encounters.create("b")
        session.encounters.choose_draft(first, DraftChoice("soap"))
        session.encounters.choose_draft(first, CHOICE)
    with signed_in(folder) as session:
        assert session.encounters.draft_choice(first) == CHOICE
        assert session.encounters.draft_choice(second) is None


def test_is_sealed_to_its_visit(session):
    store = session.encounters
    first, second = store.create("a"), store.create("b")
    store.choose_draft(first, CHOICE)
    sealed = stored(session, first)
    assert b"clinic" not in sealed
    with session._vault.database.transaction() as connection:
        connection.execute(text("UPDATE encounters SET draft_choice = :v WHERE id = :e"), {"v": sealed, "e": second})
    with pytest.raises(SealBrokenError):
        store.draft_choice(second)
    store.destroy(first, "test")
    with pytest.raises(InputError):
        store.draft_choice(first)


@pytest.mark.parametrize("name", ["x" * 5000, "half \ud800"], ids=["long", "half"])
def test_what_would_not_come_back_is_refused(session, name):
    store = session.encounters
    encounter = store.create("a")
    with pytest.raises(InputError):
        store.choose_draft(encounter, DraftChoice(name))
    assert store.draft_choice(encounter) is None


@pytest.mark.parametrize("wish", [StyleWish(), StyleWish(form=Form.BULLETS), CHOICE.style])
def test_json_keeps_what_was_left_open(wish):
    choice = DraftChoice("soap", wish)
    assert draft_choice_from_json(json.loads(json.dumps(draft_choice_to_json(choice)))) == choice


def test_json_of_a_newer_program():
    data = {**draft_choice_to_json(CHOICE), "colour": "blue"}
    assert draft_choice_from_json(data) == CHOICE
    data["style"] = {"form": "verse"}
    assert draft_choice_from_json(data) == DraftChoice(CHOICE.template)
    with pytest.raises(VersionError):
        draft_choice_from_json({**data, "schema": "anamnesis.draft-choice/2"})
    with pytest.raises(InputError):
        draft_choice_from_json({**data, "template": 5})
