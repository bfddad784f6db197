"""Search: what is found, in which order, and that nothing is found that is not this person's any more."""

import pytest
from sqlalchemy import text
from vault_samples import PASSPHRASE, make_note, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import PermissionDeniedError

KINDS = ("embedded", "postgres")
DRAFT = EncounterState.DRAFT


def visit(session, title, words=None):
    encounter = session.encounters.create(title)
    if words is not None:
        session.encounters.add_version(encounter, make_note(words), VersionKind.DRAFT, DRAFT, 0)
    return encounter


def titles(session, words, **options):
    return [found.encounter.title for found in session.search.find(words, **options)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("metoprolol", ["Åsa Öberg", "José Núñez"]),
        ("METOP", ["Åsa Öberg", "José Núñez"]),
        ("asa oberg", ["Åsa Öberg"]),
        ("Öberg, Åsa", ["Åsa Öberg"]),
        ("jose nunez", ["José Núñez"]),
        ("José 25", ["José Núñez"]),
        ("2.5", ["José Núñez"]),
        ("strasse", ["Straßer"]),
        ("prolol", []),
        ("metoprolol fever", []),
        ("", []),
        ("  .,; ", []),
        ("%", []),
        ("_", []),
    ],
)
def test_finds(session, words, found):
    visit(session, "Straßer", "No complaints. Lives in the Hauptstraße, Strasse 4.")
    visit(session, "José Núñez", "Takes metoprolol 25 mg, then 2.5 mg of bisoprolol.")
    visit(session, "Åsa Öberg", "Takes Métoprolol.")
    visit(session, "without a note")
    assert titles(session, words) == found


def test_titles_come_first_then_the_newest(session):
    oldest = visit(session, "Berg, Ida", "Headache.")
    visit(session, "one", "Knows Berg.")
    newest = visit(session, "two", "Saw Bergmann.")
    found = session.search.find("berg")
    assert [f.encounter.id for f in found][:2] == [oldest, newest]
    assert [f.in_title for f in found] == [True, False, False]
    assert [f.snippet for f in found] == ["", "Saw Bergmann.", "Knows Berg."]
    assert titles(session, "berg", most=2) == ["Berg, Ida", "two"]


def test_words_may_be_shared_out_over_title_and_note(session):
    visit(session, "Ida Berg", "Takes aspirin.")
    (found,) = session.search.find("aspirin ida")
    assert (found.in_title, found.snippet) == (False, "Takes aspirin.")


def test_long_statement_is_cut(session):
    visit(session, "t", "fever " * 100)
    (found,) = session.search.find("fever")
    assert len(found.snippet) <= 160
    assert found.snippet.endswith("fever…")


def test_changed_note_and_title_are_found_by_what_they_say_now(session):
    encounter = visit(session, "Old label", "Takes aspirin.")
    assert titles(session, "aspirin") == ["Old label"]
    session.encounters.rename(encounter, "New label")
    session.encounters.add_version(encounter, make_note("Takes codeine."), VersionKind.EDIT, DRAFT, 1)
    assert titles(session, "aspirin") == titles(session, "old") == []
    assert titles(session, "codeine") == ["New label"]
    assert [e.title for e in session.encounters.list()] == ["New label"]


def rows_of(session):
    with session._vault.database.transaction() as connection:
        return connection.execute(text("SELECT user_id, bucket, kind FROM summaries")).all()


def test_destroyed_visit_vanishes_with_everything_remembered_of_it(folder):
    with signed_in(folder) as session:
        encounter = visit(session, "Ida Berg", "Takes aspirin.")
        paul = next(u for u in session.users.list() if u.name == "paul")
        session.encounters.share(encounter, paul.id)
        assert titles(session, "aspirin") == ["Ida Berg"]
    with signed_in(folder, "paul") as session:
        assert titles(session, "aspirin") == ["Ida Berg"]
        assert len(rows_of(session)) == 4
    with signed_in(folder) as session:
        session.encounters.destroy(encounter, "consent withdrawn")
        assert rows_of(session) == []
        assert titles(session, "aspirin") == titles(session, "ida") == []
    with signed_in(folder, "paul") as session:
        assert titles(session, "aspirin") == titles(session, "ida") == []


def test_withdrawn_visit_vanishes_for_that_person_only(folder):
    with signed_in(folder) as session:
        encounter = visit(session, "Ida Berg", "Takes aspirin.")
        paul = next(u for u in session.users.list() if u.name == "paul")
        session.encounters.share(encounter, paul.id)
        assert titles(session, "aspirin") == ["Ida Berg"]
    with signed_in(folder, "paul") as session:
        assert titles(session, "aspirin") == ["Ida Berg"]
        with session._vault.database.transaction() as connection:
            connection.execute(
                text("DELETE FROM sealed_keys WHERE recipient_id = :me AND encounter_id = :e"),
                {"me": paul.id, "e": encounter},
            )
        assert titles(session, "aspirin") == []
        assert {user for user, *_ in rows_of(session)} == {session.encounters._vault.header.account("anna").id}
    with signed_in(folder) as session:
        assert titles(session, "aspirin") == ["Ida Berg"]


@pytest.mark.parametrize("name", ["adam", "olga"])
def test_roles_without_content_search_nothing(folder, name):
    with signed_in(folder, name) as session, pytest.raises(PermissionDeniedError):
        session.search.find("aspirin")


def test_searching_is_audited_without_the_words(session):
    visit(session, "Ida Berg", "Takes aspirin.")
    session.search.find("aspirin")
    session.search.find("berg")
    looks = [e for e in session.audit.entries() if e.action == "encounters.searched"]
    assert len(looks) == 1
    assert "aspirin" not in repr(session.audit.entries())


def test_nothing_of_it_lies_open(session, folder):
    visit(session, "Zanzibarquelle", "Nebelhornzwiebel.")
    assert titles(session, "nebelhornzwiebel") == ["Zanzibarquelle"]
    with session._vault.database.transaction() as connection:
        contents = connection.execute(text("SELECT content FROM summaries")).scalars().all()
    assert len(contents) == 2
    assert all(bytes(c).startswith(b"ANSF") for c in contents)
    assert not any(word in bytes(c).lower() for c in contents for word in (b"zanzibar", b"nebelhorn"))


def test_signed_note_is_found_too(session):
    encounter = visit(session, "Ida Berg", "Draft.")
    session.encounters.sign_version(
        encounter, VersionKind.SIGNATURE, make_note("Takes codeine."), "authorship", PASSPHRASE, 1
    )
    (found,) = session.search.find("codeine")
    assert found.encounter.state is EncounterState.SIGNED
