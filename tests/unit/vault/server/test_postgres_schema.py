"""The same migrations on PostgreSQL: the same tables, and a database that refuses changes by itself."""

import pytest
from sqlalchemy import create_engine, inspect, text

from app.domain.errors import ConflictError
from app.vault import schema
from app.vault.models import Base
from app.vault.server.postgres import PostgresDatabase


@pytest.fixture
def database(postgres):
    opened = PostgresDatabase(postgres.settings(postgres.new_database()), one_writer=True)
    with opened.transaction() as connection:
        schema.upgrade(connection)
    yield opened
    opened.close()


def shape(connection):
    look = inspect(connection)
    return {
        table: (
            {c["name"]: (str(c["type"]), c["nullable"]) for c in look.get_columns(table)},
            sorted(look.get_pk_constraint(table)["constrained_columns"]),
            sorted((k["constrained_columns"][0], k["referred_table"]) for k in look.get_foreign_keys(table)),
            sorted((i["name"], tuple(i["column_names"])) for i in look.get_indexes(table) if not i["unique"]),
            sorted(tuple(u["column_names"]) for u in look.get_unique_constraints(table)),
        )
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def test_migrations_make_what_the_models_say(database, postgres):
    from_models = create_engine(
        "postgresql+psycopg://", connect_args=postgres.settings(postgres.new_database()), hide_parameters=True
    )
    Base.metadata.create_all(from_models)
    with database.transaction() as connection, from_models.connect() as wanted:
        assert shape(connection) == shape(wanted)
        assert schema.revision(connection) == schema.HEAD
    from_models.dispose()


@pytest.mark.parametrize("act", ["UPDATE {} SET user_id = user_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_database_itself_refuses_change(database, act):
    with database.transaction() as connection:
        connection.execute(text("INSERT INTO users VALUES ('u', 'n', 't')"))
        connection.execute(text("INSERT INTO certificates (user_id, body, signature) VALUES ('u', 'b', 's')"))
    with pytest.raises(ConflictError) as caught, database.transaction() as connection:
        connection.execute(text(act.format("certificates")))
    assert caught.value.__cause__ is None


def test_errors_hold_no_values(database):
    from app.domain.errors import AnamnesisError

    with pytest.raises(AnamnesisError) as caught, database.transaction() as connection:
        connection.execute(text("INSERT INTO users VALUES (:a, :a, NULL)"), {"a": "distinctive"})
    assert "distinctive" not in str(caught.value)
    assert caught.value.__cause__ is None
