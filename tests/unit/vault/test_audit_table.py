"""Every way to falsify the trail, at every entry of one: the first bad entry is named."""
# ruff: noqa: S608 - statements of the test's own text

import pytest
from sqlalchemy import text
from vault_samples import signed_in

from app.vault.audit_chain import ChainEntry

ENTRIES = 12
COLUMNS = [name for name in ChainEntry.__slots__ if name not in {"sequence", "hash"}]
EVERY = range(1, ENTRIES + 1)


@pytest.fixture(scope="module")
def trail(template, tmp_path_factory):
    """A session whose trail has a dozen entries and no triggers any more."""
    with signed_in(template.copy(tmp_path_factory.mktemp("trail"))) as session:
        with session._vault.database.transaction() as connection:
            count = connection.execute(text("SELECT count(*) FROM audit")).scalar()
            for table in ("audit", "audit_checkpoints"):
                for act in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_no_{act}"))
            for number in range(ENTRIES - count):
                session._vault.audit(connection, "test.entry", f"subject {number}", "detail")
        assert count <= ENTRIES
        yield session


def first_bad(session, *statements):
    """What `verify` names after these statements, which are then undone."""
    vault = session._vault
    with vault.database.transaction() as connection:
        before = connection.begin_nested()
        for statement in statements:
            connection.execute(text(statement))
        found = vault.log.verify(connection, vault.directory.signing_keys(connection)).first_bad
        before.rollback()
    return found


def moved(start, by):
    """Give every entry from `start` another number; in two steps, since numbers are unique."""
    return (
        f"UPDATE audit SET sequence = -sequence WHERE sequence >= {start}",
        f"UPDATE audit SET sequence = {by} - sequence WHERE sequence < 0",
    )


COPY = (
    "INSERT INTO audit SELECT {0}, at, actor, action, subject, detail, previous, 'new' FROM audit WHERE sequence = {1}"
)
CASES = {
    **{
        f"edited {column} of {n}": (n, [f"UPDATE audit SET {column} = {column} || 'x' WHERE sequence = {n}"])
        for n in EVERY
        for column in [*COLUMNS, "hash"]
    },
    **{f"deleted {n}": (n, [f"DELETE FROM audit WHERE sequence = {n}"]) for n in EVERY},
    **{
        f"deleted {n}, closed up": (n, [f"DELETE FROM audit WHERE sequence = {n}", *moved(n + 1, -1)])
        for n in range(1, ENTRIES)
    },
    **{f"inserted before {n}": (n, [*moved(n, 1), COPY.format(n, n + 1)]) for n in EVERY},
    "appended": (ENTRIES + 1, [COPY.format(ENTRIES + 1, ENTRIES)]),
    **{
        f"exchanged {n} and {n + 1}": (
            n,
            [
                f"UPDATE audit SET sequence = -{n} WHERE sequence = {n}",
                f"UPDATE audit SET sequence = {n} WHERE sequence = {n + 1}",
                f"UPDATE audit SET sequence = {n + 1} WHERE sequence = -{n}",
            ],
        )
        for n in range(1, ENTRIES)
    },
    **{f"cut after {n}": (n + 1, [f"DELETE FROM audit WHERE sequence > {n}"]) for n in range(ENTRIES)},
    "all gone, head too": (1, ["DELETE FROM audit", "DELETE FROM audit_head"]),
}


def test_whole_trail_is_good(trail):
    assert first_bad(trail, "SELECT 1") is None


@pytest.mark.parametrize("case", CASES)
def test_first_bad_entry_is_named(trail, case):
    expected, statements = CASES[case]
    assert first_bad(trail, *statements) == expected


def test_table_covers_every_column():
    """`sequence` is what exchanging, inserting and closing up change."""
    assert set(COLUMNS) | {"sequence", "hash"} == set(ChainEntry.__slots__)
