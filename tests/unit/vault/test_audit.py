"""The audit chain against someone who holds the database key and edits rows."""

import pytest
from sqlalchemy import text
from vault_samples import allow_changes, signed_in

from app.domain.errors import ConflictError, InputError, SealBrokenError
from app.vault.audit_chain import ChainEntry

KINDS = ("embedded", "postgres")


def tamper(session, *statements):
    with session._vault.database.transaction() as connection:
        allow_changes(connection, "audit", "audit_checkpoints")
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def filled(session):
    for number in range(12):
        session.audit.record("test", "subject", f"entry {number}")
    assert session.audit.verify().first_bad is None
    return session


def last(session):
    with session._vault.database.transaction() as connection:
        return connection.execute(text("SELECT max(sequence) FROM audit")).scalar_one()


def rehash(session, start, **changes):
    """Rewrite the chain from `start` on, as someone with the database key but without the audit key can."""
    with session._vault.database.transaction() as connection:
        allow_changes(connection, "audit", "audit_checkpoints")
        rows = connection.execute(
            text(f"SELECT {', '.join(ChainEntry.__slots__)} FROM audit WHERE sequence >= :s ORDER BY 1"),  # noqa: S608 - names of our own
            {"s": start},
        ).all()
        previous = rows[0][6]
        for row in rows:
            values = dict(zip(ChainEntry.__slots__, row, strict=True))
            if values["sequence"] == start:
                values |= changes
            entry = ChainEntry(**{**values, "previous": previous})
            previous = entry.expected_hash()
            connection.execute(
                text("UPDATE audit SET detail = :d, actor = :a, previous = :p, hash = :h WHERE sequence = :s"),
                {"d": entry.detail, "a": entry.actor, "p": entry.previous, "h": previous, "s": entry.sequence},
            )


@pytest.mark.parametrize(
    "change", ["detail = 'x'", "actor = 'eve'", "at = '2020-01-01T00:00:00.000000Z'", "action = 'y'", "subject = 'z'"]
)
def test_edited_entry_is_named(filled, change):
    tamper(filled, f"UPDATE audit SET {change} WHERE sequence = 8")  # noqa: S608 - the test's own text
    assert filled.audit.verify().first_bad == 8


def test_deleted_entry_is_named(filled):
    tamper(filled, "DELETE FROM audit WHERE sequence = 8")
    result = filled.audit.verify()
    assert (result.first_bad, "missing" in result.reason) == (8, True)


def test_deleted_and_renumbered_entries_are_named(filled):
    tamper(
        filled, "DELETE FROM audit WHERE sequence = 8", "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 8"
    )
    assert filled.audit.verify().first_bad == 8


def test_inserted_entry_is_named(filled):
    tamper(
        filled,
        "UPDATE audit SET sequence = -sequence WHERE sequence >= 8",
        "UPDATE audit SET sequence = 1 - sequence WHERE sequence < 0",
        "INSERT INTO audit SELECT 8, at, actor, action, subject, detail, previous, 'new' FROM audit WHERE sequence = 9",
    )
    for _ in range(2):
        assert filled.audit.verify().first_bad == 8
        filled.audit.record("work", "goes on")


def test_reordered_entries_are_named(filled):
    tamper(
        filled,
        "UPDATE audit SET sequence = -8 WHERE sequence = 8",
        "UPDATE audit SET sequence = 8 WHERE sequence = 9",
        "UPDATE audit SET sequence = 9 WHERE sequence = -8",
    )
    assert filled.audit.verify().first_bad == 8


@pytest.mark.parametrize("cut", [1, 3])
def test_cut_tail_is_noticed_and_stays_noticed(filled, cut):
    end = last(filled)
    tamper(filled, f"DELETE FROM audit WHERE sequence > {end - cut}")  # noqa: S608 - the test's own text
    assert filled.audit.verify().first_bad == end - cut + 1
    filled.audit.record("work", "goes on")
    assert filled.audit.verify().first_bad == end - cut + 1


def test_cut_tail_with_the_head_put_back_is_noticed(filled):
    """The head row is replaced by one made without the audit key, or removed: noted for good."""
    end = last(filled)
    tamper(
        filled,
        f"DELETE FROM audit WHERE sequence > {end - 2}",  # noqa: S608 - the test's own text
        f"UPDATE audit_head SET count = {end - 2}, hash = (SELECT hash FROM audit WHERE sequence = {end - 2})",  # noqa: S608 - as above
    )
    assert filled.audit.verify().first_bad == end - 2
    for _ in range(3):
        filled.audit.record("work", "goes on")
    assert filled.audit.verify().first_bad is not None


def test_removed_head_is_noticed_and_work_goes_on(filled):
    tamper(filled, "DELETE FROM audit_head")
    filled.audit.record("work", "goes on")
    assert filled.audit.verify().first_bad is not None


def test_chain_rewritten_to_the_end_is_noticed(filled):
    rehash(filled, 8, actor="eve")
    assert filled.audit.verify().first_bad is not None


def test_chain_rewritten_before_a_signed_checkpoint_is_named(folder):
    """Even someone with the audit key cannot rewrite what another person signed for at sign-in."""
    with signed_in(folder, "paul") as session:
        session.audit.record("test", "a")
    with signed_in(folder) as session:
        mark = last(session)
        rehash(session, 3, detail="changed")
        log, vault = session._vault.log, session._vault
        with vault.database.transaction() as connection:
            head = connection.execute(text("SELECT count FROM audit_head")).scalar_one()
            new_hash = connection.execute(text("SELECT hash FROM audit WHERE sequence = :s"), {"s": head}).scalar_one()
            from app.vault.audit_chain import Head

            connection.execute(
                text("UPDATE audit_head SET hash = :h, code = :c"),
                {"h": new_hash, "c": Head(head, new_hash).code(log._key)},
            )
        result = session.audit.verify()
        assert result.first_bad is not None
        assert result.first_bad <= mark
        assert "checkpoint" in result.reason


def test_altered_checkpoint_is_noticed(filled):
    tamper(filled, "UPDATE audit_checkpoints SET signature = 'AAAA'")
    assert "checkpoint" in filled.audit.verify().reason


@pytest.mark.parametrize("table", ["audit", "audit_checkpoints", "certificates"])
@pytest.mark.parametrize(
    "act", ["UPDATE {} SET rowid = rowid", "DELETE FROM {}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"]
)
@pytest.mark.embedded
def test_database_itself_refuses_change(filled, table, act):
    with pytest.raises(ConflictError), filled._vault.database.transaction() as connection:
        connection.execute(text(act.format(table)))
    assert filled.audit.verify().first_bad is None


def test_entries_come_in_order_and_limited(filled):
    entries = filled.audit.entries(3)
    assert len(entries) == 3
    assert [e.sequence for e in entries] == sorted(e.sequence for e in entries)
    assert entries[1].previous == entries[0].hash


@pytest.mark.parametrize(
    ("action", "subject", "detail"), [("", "s", ""), ("a" * 65, "s", ""), ("a", "s" * 129, ""), ("a", "s", "d" * 501)]
)
def test_entry_that_does_not_fit_is_refused(session, action, subject, detail):
    with pytest.raises(InputError):
        session.audit.record(action, subject, detail)


def test_looking_again_soon_is_one_view(session):
    encounter = session.encounters.create("t")
    for _ in range(5):
        session.encounters.get(encounter)
    assert [e.action for e in session.audit.entries()].count("encounter.viewed") == 1


@pytest.mark.embedded
def test_a_flip_in_any_page_of_the_database_is_found(folder):
    with signed_in(folder) as session:
        assert session.audit.verify().first_bad is None
    database = folder / "vault.db"
    whole = database.read_bytes()
    for page in range(0, len(whole), 4096):
        damaged = bytearray(whole)
        damaged[page + 777] ^= 1
        database.write_bytes(damaged)
        with pytest.raises(SealBrokenError), signed_in(folder) as session:
            session.audit.verify()
    database.write_bytes(whole)
