"""Any sequence of sharing, withdrawing, editing and re-keying, against a small model of who may read what.

The model knows for each person whether they are on the team, and keeps what a withdrawn person took along: the sealed
key of that day. What they took must never open what was written after they left, nor, once everything is sealed anew,
anything at all.
"""

import shutil
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from team_samples import earlier_keys, key_ids, person
from vault_samples import make_note, make_window, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, InputError
from app.vault.field_blob import key_id_of
from app.vault.models import SealedKeyRow
from app.vault.records.part_keys import OWN_KEY, part_key

NAMES = ("ines", "paul")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["share", "withdraw"]), st.sampled_from(NAMES)),
        st.tuples(st.sampled_from(["edit", "request", "some", "run"]), st.just("")),
    ),
    min_size=4,
    max_size=14,
)


@dataclass
class Model:
    """What must be so."""

    team: set = field(default_factory=lambda: {"anna"})
    title: str = "0"
    versions: int = 0
    windows: int = 0
    taken: set = field(default_factory=set)
    """Ids of keys that somebody holds who is not on the team."""


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_who_may_read_reads_everything_and_nobody_else(template, tmp_path, steps):
    folder = tmp_path / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    folder = template.copy(folder)
    model = Model()
    with signed_in(folder) as session:
        visit = session.encounters.create(model.title)
        for step, name in steps:
            act(session, visit, model, step, name)
            look(session, visit, model)
        session.team.rotation.run()
        look(session, visit, model)
        assert not key_ids(session, visit) & model.taken
        assert earlier_keys(session, visit) == 0
    for name in NAMES:
        with signed_in(folder, name) as session:
            if name in model.team:
                look(session, visit, model)
            else:
                assert not session.encounters.list()


def act(session, visit, model, step, name):
    store, team = session.encounters, session.team
    if step == "share":
        raised = attempt(lambda: team.share(visit, person(session, name)), ConflictError)
        assert raised == (name in model.team)
        model.team.add(name)
    elif step == "withdraw":
        held = keys_now(session, visit) if name in model.team else set()
        raised = attempt(lambda: team.withdraw(visit, person(session, name), "left the ward"), InputError)
        assert raised == (name not in model.team)
        model.team.discard(name)
        model.taken |= held
    elif step == "edit":
        model.title, model.versions, model.windows = f"{model.title}x", model.versions + 1, model.windows + 1
        store.rename(visit, model.title)
        store.append_journal(visit, make_window(float(model.windows)))
        store.add_version(visit, make_note(model.title), VersionKind.DRAFT, EncounterState.DRAFT, model.versions - 1)
        assert not newest_ids(session, visit) & model.taken
    elif step == "request":
        team.rotation.request(visit)
    elif step == "some":
        team.rotation._reseal_some(visit, None)
    else:
        team.rotation.run()


def attempt(call, error):
    """Whether the call was refused in this way."""
    try:
        call()
    except error:
        return True
    return False


def look(session, visit, model):
    """Everything opens and is what was written last."""
    store = session.encounters
    assert store.get(visit).title == model.title
    assert [e.title for e in store.list()] == [model.title]
    assert len(store.versions(visit)) == model.versions
    assert len(store.journal(visit)) == model.windows
    assert {m.user.name for m in session.team.members(visit)} == model.team


def keys_now(session, visit):
    """Ids of every key that a member holds at this moment, as far back as they reach."""
    with session._vault.database.transaction() as connection:
        data_key = session._keys.get(connection, visit)
        rings = [data_key, *(part_key(connection, data_key, visit, part) for part in OWN_KEY)]
    return {key.id for ring in rings for key in (ring, *ring.earlier)}


def newest_ids(session, visit):
    """Ids of the keys that seal what is written now."""
    row = SealedKeyRow
    with session._vault.database.transaction() as connection:
        blobs = connection.execute(select(row.blob).where(row.encounter_id == visit)).scalars().all()
        data_key = session._keys.get(connection, visit)
        parts = {part_key(connection, data_key, visit, part).id for part in OWN_KEY}
    return {key_id_of(blob) for blob in blobs} | parts
