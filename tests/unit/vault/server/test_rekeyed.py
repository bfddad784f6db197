"""New data keys on one machine while the other still works under the old ones: everything stays readable."""

from sqlalchemy import select
from vault_samples import make_note, make_transcript

from app.domain.encounter import EncounterState, VersionKind
from app.vault.models import SealedKeyRow

DRAFT = EncounterState.DRAFT


def person(machine, name):
    return next(u.id for u in machine.session.users.list() if u.name == name)


def shared_visit(shared):
    visit = shared.a.store.create("t")
    shared.a.store.save_transcript(visit, make_transcript("before"))
    shared.a.store.add_version(visit, make_note("one"), VersionKind.DRAFT, DRAFT, 0)
    for name in ("ines", "paul"):
        shared.a.store.share(visit, person(shared.a, name))
    shared.settle()
    return visit


def holders(machine, visit):
    with machine.session._vault.database.transaction() as connection:
        query = select(SealedKeyRow.recipient_id).where(SealedKeyRow.encounter_id == visit)
        return set(connection.execute(query).scalars())


def withdraw(machine, visit, name):
    machine.session.team.withdraw(visit, person(machine, name), "left the ward")


def test_a_withdrawal_reaches_the_other_machine(shared):
    visit = shared_visit(shared)
    gone = person(shared.a, "ines")
    withdraw(shared.a, visit, "ines")
    shared.settle()
    assert gone not in holders(shared.b, visit)
    assert shared.b.store.transcript(visit) == make_transcript("before")
    assert shared.b.store.get(visit).title == "t"


def test_what_was_written_meanwhile_under_the_old_key_opens_everywhere(shared):
    visit = shared_visit(shared)
    withdraw(shared.a, visit, "ines")
    shared.b.store.save_transcript(visit, make_transcript("meanwhile"))
    shared.b.store.add_version(visit, make_note("two"), VersionKind.EDIT, DRAFT, 1)
    shared.b.store.rename(visit, "renamed meanwhile")
    shared.a.sync()
    shared.settle()
    shared.a.sign_in()
    shared.b.sign_in()
    for machine in (shared.a, shared.b):
        assert machine.store.get(visit).title == "renamed meanwhile"
        assert machine.store.transcript(visit) == make_transcript("meanwhile")
        assert [v.note for v in machine.store.versions(visit)] == [make_note("one"), make_note("two")]


def test_another_persons_work_waits_for_that_person(shared):
    visit = shared_visit(shared)
    shared.b.sign_in("paul")
    shared.b.store.add_version(visit, make_note("by paul"), VersionKind.EDIT, DRAFT, 1)
    withdraw(shared.a, visit, "ines")
    shared.a.sync()
    shared.b.sign_in("olga")
    shared.settle()
    shared.b.sign_in("paul")
    shared.settle()
    for machine in (shared.a, shared.b):
        assert [v.note for v in machine.store.versions(visit)] == [make_note("one"), make_note("by paul")]


def test_keys_replaced_on_both_machines_at_once_lose_nothing(shared):
    visit = shared_visit(shared)
    withdraw(shared.a, visit, "ines")
    withdraw(shared.b, visit, "paul")
    shared.b.store.add_version(visit, make_note("two"), VersionKind.EDIT, DRAFT, 1)
    shared.a.sync()
    shared.settle()
    for machine in (shared.a, shared.b):
        assert [v.note for v in machine.store.versions(visit)] == [make_note("one"), make_note("two")]
        assert machine.store.transcript(visit) == make_transcript("before")
