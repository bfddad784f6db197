"""What is remembered is only believed if it opens and fits; otherwise it is made again."""

import pytest
from sqlalchemy import Engine, event, insert, text, update
from sqlcipher3 import dbapi2
from vault_samples import cuts, flips, make_note, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.vault.field_blob import seal_field
from app.vault.models import SummaryRow
from app.vault.summaries.buckets import Kind
from app.vault.summaries.titles import Titles

DRAFT = EncounterState.DRAFT


@pytest.fixture
def remembered(folder):
    """Two visits whose titles and words are remembered."""
    with signed_in(folder) as session:
        for title, words in (("Ida Berg", "Takes aspirin."), ("Ola Dal", "Takes codeine.")):
            encounter = session.encounters.create(title)
            session.encounters.add_version(encounter, make_note(words), VersionKind.DRAFT, DRAFT, 0)
        look(session)
        yield session


def look(session):
    """The list and two searches."""
    return (
        [e.title for e in session.encounters.list()],
        [f.encounter.title for f in session.search.find("aspirin")],
        [f.encounter.title for f in session.search.find("takes")],
    )


WHOLE = (["Ola Dal", "Ida Berg"], ["Ida Berg"], ["Ola Dal", "Ida Berg"])


def contents(session):
    with session._vault.database.transaction() as connection:
        query = text("SELECT user_id, kind, bucket, content FROM summaries ORDER BY kind, bucket")
        return connection.execute(query).all()


def put(session, row, content):
    with session._vault.database.transaction() as connection:
        here = (SummaryRow.user_id == row.user_id, SummaryRow.kind == row.kind, SummaryRow.bucket == row.bucket)
        connection.execute(update(SummaryRow).where(*here).values(content=content))


def test_second_look_opens_no_data_key(remembered, monkeypatch):
    def refuse(*_):
        raise AssertionError("a data key was opened")

    with monkeypatch.context() as patch:
        patch.setattr(type(remembered._keys), "open", refuse)
        assert [e.title for e in remembered.encounters.list()] == WHOLE[0]
        assert [f.encounter.title for f in remembered.search.find("ida")] == ["Ida Berg"]


@pytest.mark.parametrize("kind", Kind)
def test_cut_or_flipped_bucket_is_made_again(remembered, kind):
    row = next(r for r in contents(remembered) if r.kind == kind.value)
    for spoiled in (*flips(row.content), *cuts(row.content)):
        put(remembered, row, spoiled)
        assert look(remembered) == WHOLE
    again = [e for e in remembered.audit.entries() if e.action == "summaries.made-again"]
    assert again
    assert again[0].detail == "1 did not open"


def test_bucket_of_another_person_place_or_version_is_made_again(remembered):
    first, second = [r for r in contents(remembered) if r.kind == "titles"][:2]
    words = next(r for r in contents(remembered) if r.kind == "words")
    buckets = remembered.search._buckets
    odd = [
        b"[]", b"{}", b"null", b"\xff", b'{"v":2,"entries":{}}', b'{"v":1,"entries":[]}', b'{"v":1,"entries":{"a":1}}',
        b'{"v":1,"entries":{"a":["b"]}}',
    ]  # fmt: skip
    sealed = [seal_field(buckets._key, buckets._place(Kind.TITLES, first.bucket), value) for value in odd]
    for content in (second.content, words.content, b"", *sealed):
        put(remembered, first, content)
        assert look(remembered) == WHOLE


def test_entry_of_another_time_is_not_believed(remembered):
    first = next(r for r in contents(remembered) if r.kind == "titles")
    encounter = next(e for e in remembered.encounters.list() if e.id.startswith(first.bucket))
    remembered.encounters.rename(encounter.id, "Renamed")
    put(remembered, first, first.content)
    assert "Renamed" in look(remembered)[0]


def test_broken_bucket_of_nothing_is_taken_away(remembered):
    remembered.encounters.destroy(remembered.encounters.list()[0].id, "test")
    remembered.encounters.destroy(remembered.encounters.list()[0].id, "test")
    buckets = remembered.search._buckets
    with remembered._vault.database.transaction() as connection:
        values = {"user_id": buckets._user_id, "kind": "titles", "bucket": "zz", "content": b"broken"}
        connection.execute(insert(SummaryRow).values(values))
    assert list(remembered.encounters.list()) == []
    assert contents(remembered) == []


def test_what_is_not_remembered_is_shown_as_damaged():
    assert "damaged" in Titles({}).of("0" * 32)


@pytest.mark.parametrize("lasting", [True, False])
def test_list_and_search_need_no_room(folder, lasting):
    """On a full disk nothing is remembered, and everything is found."""
    with signed_in(folder) as session:
        encounter = session.encounters.create("Ida Berg")
        session.encounters.add_version(encounter, make_note("Takes aspirin."), VersionKind.DRAFT, DRAFT, 0)
        session.encounters.list()
        session.search.find("x")  # the looks are in the trail now; what is left to write is what is remembered
        session.encounters.rename(encounter, "Ida Dal")
        session.encounters.add_version(encounter, make_note("Takes codeine."), VersionKind.EDIT, DRAFT, 1)
        refused = []

        def full(_cursor, statement, _parameters, _context):
            if "INTO summaries" in statement and (lasting or not refused):
                refused.append(statement)
                raise dbapi2.OperationalError("database or disk is full")

        event.listen(Engine, "do_execute", full)
        event.listen(Engine, "do_executemany", full)
        try:
            assert [e.title for e in session.encounters.list()] == ["Ida Dal"]
            assert [f.encounter.title for f in session.search.find("codeine dal")] == ["Ida Dal"]
        finally:
            event.remove(Engine, "do_execute", full)
            event.remove(Engine, "do_executemany", full)
        assert refused
        assert [f.encounter.title for f in session.search.find("codeine")] == ["Ida Dal"]
        assert session.audit.verify().first_bad is None
