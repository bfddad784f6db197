"""What the server's administrator sees: pg_dump and every file of the server, searched for words of every kind."""

import pytest
from postgres_server import PASSWORD, USER, PostgresServer
from vault_samples import PASSPHRASE, Template, make_consent, make_note, make_transcript, make_window, signed_in

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.people import Role

TITLE, SAID, WRITTEN, REASON = "Zanzibarquelle", "Flohmarktkürbis", "Nebelhornzwiebel", "Wolkenkratzerfarn"
HEARD, PERSON, NAME, SHOWN = "Pfützenorchester", "Traudelinde", "klabauter", "Seegurkenkapitän"
CODE, TEMPLATE, MACHINE = "quittenbaum", "/vorlagen/Mondkalb.toml", "Hinterzimmer"
CANARIES = (TITLE, SAID, WRITTEN, REASON, HEARD, PERSON, NAME, SHOWN, CODE, TEMPLATE, MACHINE, PASSPHRASE)
OPEN_ELSEWHERE = ("anna", "note.signed", "encounter", "signature", "physician", "2026-", "reviewed", "soap")
"""What stands open in the embedded database, inside its encryption: names, acts, states and times of rows."""


@pytest.fixture(scope="module")
def server():
    made = PostgresServer()
    yield made
    made.stop()


def spellings(word):
    """The word as it could lie in a dump or a file."""
    import base64

    plain = {word.encode(), word.encode("utf-16-le"), word.encode("latin-1")}
    return plain | {p.hex().encode() for p in plain} | {base64.b64encode(p).rstrip(b"=")[:-1] for p in plain}


def test_dump_and_files_show_nothing(server, tmp_path):
    template = Template(tmp_path)
    database = server.new_database()
    address = server.address(database)
    with signed_in(template.folder) as session:
        session.users.add(NAME, SHOWN, frozenset({Role.NURSE}), PASSPHRASE)
        store = session.encounters
        visit, other = store.create(TITLE), store.create(TITLE + " 2")
        store.record_consent(visit, make_consent(who=PERSON))
        with store.audio_writer(visit) as writer:
            writer.write(bytes(range(7, 207)) * 160)
            store.append_journal(visit, make_window(text=HEARD))
        store.set_stage(visit, Stage.DRAFT, StageState.FAILED, CODE)
        store.choose_draft(visit, DraftChoice(TEMPLATE))
        store.save_transcript(visit, make_transcript(f"He said {SAID}."))
        store.add_version(visit, make_note(WRITTEN), VersionKind.DRAFT, EncounterState.DRAFT, 0)
        store.sign_version(visit, VersionKind.SIGNATURE, make_note(WRITTEN), "authorship", PASSPHRASE, 1)
        session.own_notes.set_setting("style", WRITTEN)
        session.syncing.start(address)
        session.syncing.connect(address.host, address.port, database, USER, PASSWORD, MACHINE)
        store.destroy(other, REASON)
        assert session.syncing.sync_now(60.0).waiting == 0
        identifiers = (visit, session.user.id, session._vault.vault_id)
    rows = server.sql("SELECT count(*) FROM shared_rows", database)[0][0]
    assert rows > 50
    server.sql("CHECKPOINT")
    places = [("pg_dump", server.dump(database)), *server.files()]
    for where, data in places:
        for word in CANARIES:
            assert not any(s in data for s in spellings(word)), (where, word)
        for word in identifiers:
            assert word.encode() not in data, (where, word)
    dump = places[0][1].split(b"COPY public.shared_rows", 1)[1]
    for word in OPEN_ELSEWHERE:
        assert word.encode() not in dump
        assert word.encode().hex().encode() not in dump


def test_tables_of_the_server_hold_names_positions_and_sealed_rows_only(server, tmp_path):
    template = Template(tmp_path)
    database = server.new_database()
    address = server.address(database)
    with signed_in(template.folder) as session:
        session.syncing.start(address)
        session.syncing.connect(address.host, address.port, database, USER, PASSWORD, MACHINE)
        session.syncing.sync_now(60.0)
    columns = server.sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'", database
    )
    assert set(columns) == {
        *(("shared_rows", name) for name in ("name", "position", "payload")),
        *(("shared_head", name) for name in ("id", "format", "vault", "position")),
    }
    assert all(bytes(payload[:4]) == b"ANSF" for (payload,) in server.sql("SELECT payload FROM shared_rows", database))
