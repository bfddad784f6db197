"""Migrations lead to what the models say, and the settings of the database hold."""

import pytest
from sqlalchemy import create_engine, inspect, text

from app.domain.errors import SealBrokenError
from app.vault import schema
from app.vault.embedded import EmbeddedDatabase
from app.vault.models import Base


@pytest.fixture
def database(tmp_path):
    opened = EmbeddedDatabase(tmp_path / "a.db", b"k" * 32)
    with opened.transaction() as connection:
        schema.upgrade(connection)
    yield opened
    opened.close()


def shape(connection):
    """Everything that tables, indexes and keys say."""
    look = inspect(connection)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in look.get_columns(table)},
            "key": sorted(look.get_pk_constraint(table)["constrained_columns"]),
            "references": sorted(
                (k["constrained_columns"][0], k["referred_table"]) for k in look.get_foreign_keys(table)
            ),
            "indexes": sorted((i["name"], tuple(i["column_names"]), i["unique"]) for i in look.get_indexes(table)),
            "unique": sorted(tuple(u["column_names"]) for u in look.get_unique_constraints(table)),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def test_migrations_make_what_the_models_say(database):
    from_models = create_engine("sqlite://")
    Base.metadata.create_all(from_models)
    with database.transaction() as connection, from_models.connect() as wanted:
        assert shape(connection) == shape(wanted)
        assert {"encounters", "audit", "summaries"} <= shape(wanted).keys()
    from_models.dispose()


def test_head_is_the_newest_migration():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == schema.HEAD
    assert sorted(s.revision for s in scripts.walk_revisions()) == sorted(schema.KNOWN)


def test_upgrading_again_changes_nothing(database):
    with database.transaction() as connection:
        before = connection.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all()
        schema.upgrade(connection)
        assert connection.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all() == before


def test_database_without_a_version_is_not_guessed(database):
    with database.transaction() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        with pytest.raises(SealBrokenError):
            schema.upgrade(connection)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("temp_store", 2),
     ("trusted_schema", 0), ("recursive_triggers", 1), ("cell_size_check", 1), ("integrity_check", "ok")],
)  # fmt: skip
def test_settings(database, pragma, value):
    with database.transaction() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_file_shows_nothing(database, tmp_path):
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert b"SQLite" not in data
        assert b"encounters" not in data


def test_errors_of_the_database_hold_no_values(database):
    from app.domain.errors import AnamnesisError

    with pytest.raises(AnamnesisError) as caught, database.transaction() as connection:
        connection.execute(text("INSERT INTO users VALUES (:a, :a, NULL)"), {"a": "distinctive"})
    assert "distinctive" not in str(caught.value)
    assert caught.value.__cause__ is None
