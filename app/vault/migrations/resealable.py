"""Append-only triggers on SQLite and on PostgreSQL that let the one change through which re-keying needs.

A row may be sealed anew only while its encounter has an earlier data key, that is while it is being re-keyed; every
open column stays equal, a sealed value that is there stays there, and its length does not change.
"""

from collections.abc import Sequence

from alembic import op


def allow_resealing(table: str, open_columns: Sequence[str], sealed: Sequence[str], once: str = "") -> None:
    """Refuse every delete, and every update but sealing anew, in the place of triggers that refused them all.

    The column `once` may besides get a value if it has none.
    """
    if _postgres():
        op.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
    else:
        for act in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER IF EXISTS {_name(table, act)}")
    _guard(table, "DELETE", "1 = 1")
    kept = [f"NEW.{c} IS NOT DISTINCT FROM OLD.{c}" for c in open_columns]
    kept += [f"length(NEW.{c}) IS NOT DISTINCT FROM length(OLD.{c})" for c in sealed]
    rekeyed = "EXISTS (SELECT 1 FROM earlier_keys e WHERE e.encounter_id = OLD.encounter_id)"
    if once:
        kept.append(f"(OLD.{once} IS NULL OR NEW.{once} IS NOT DISTINCT FROM OLD.{once})")
        rekeyed = " AND ".join(f"(NEW.{c} IS NOT DISTINCT FROM OLD.{c} OR {rekeyed})" for c in sealed)
    kept.append(rekeyed)
    _guard(table, "UPDATE", f"NOT ({' AND '.join(kept)})")


def _guard(table: str, act: str, when: str) -> None:
    name, message = _name(table, act), f"{table} is append-only"
    if not _postgres():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    kept = "NEW" if act == "UPDATE" else "OLD"
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {kept}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _name(table: str, act: str) -> str:
    return f"{table}_no_{act.lower()}"


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
