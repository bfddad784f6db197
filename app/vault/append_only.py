"""Triggers that keep a table's rows as they were written, on both kinds of database."""

from collections.abc import Iterator

_FUNCTION = (
    "CREATE OR REPLACE FUNCTION anamnesis_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
)


def append_only(table: str, dialect: str) -> Iterator[str]:
    """The statements after which the database itself refuses every update and delete of `table`."""
    if dialect == "postgresql":
        yield _FUNCTION
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION anamnesis_append_only()"
        )
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION anamnesis_append_only()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
