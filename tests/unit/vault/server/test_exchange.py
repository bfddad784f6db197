"""What one machine does arrives on the other; what both do at once is merged or set aside, and never lost."""

import pytest
from sqlalchemy import select
from vault_samples import PASSPHRASE, make_consent, make_note, make_transcript, make_window, signed_in

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import InputError
from app.domain.note import Note, Section, Statement
from app.domain.people import Role
from app.domain.recording import ConsentDecision
from app.vault.models import EncounterRow, HeldRow, SetAsideRow

DRAFT, REVIEWED = EncounterState.DRAFT, EncounterState.REVIEWED


def note(**texts):
    statements = tuple(Statement(name, words, author="Anna") for name, words in texts.items())
    return Note("soap", (Section("subjective", "Subjective", statements),))


def texts(version):
    return {s.id: s.text for s in version.note.statements()}


def user_id(machine, name):
    return next(u.id for u in machine.session.users.list() if u.name == name)


def shared_draft(shared, first=None):
    """A visit with one draft, known to both machines, of anna, ines and paul."""
    visit = shared.a.store.create("t")
    shared.a.store.add_version(visit, first or note(s1="one", s2="two"), VersionKind.DRAFT, DRAFT, 0)
    shared.a.store.share(visit, user_id(shared.a, "ines"))
    shared.settle()
    return visit


def edit(machine, visit, changed, latest=1, kind=VersionKind.EDIT, state=DRAFT):
    return machine.store.add_version(visit, changed, kind, state, latest)


def asides(machine):
    with machine.session._vault.database.transaction() as connection:
        return connection.execute(select(SetAsideRow.reason, SetAsideRow.resolution)).all()


def test_a_visit_arrives_whole(shared):
    store = shared.a.store
    visit = store.create("Erste Visite – Müller")
    store.record_consent(visit, make_consent())
    with store.audio_writer(visit, 8_000) as writer:
        writer.write(b"\1\2" * 8_000)
        store.append_journal(visit, make_window())
    store.set_stage(visit, Stage.DRAFT, StageState.DONE)
    store.choose_draft(visit, DraftChoice("nursing-note"))
    store.save_transcript(visit, make_transcript())
    store.add_version(visit, make_note(), VersionKind.DRAFT, DRAFT, 0)
    store.sign_version(visit, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
    store.rename(visit, "Umbenannt")
    shared.settle()
    there = shared.b.store
    assert there.get(visit) == store.get(visit)
    assert there.transcript(visit) == store.transcript(visit)
    assert list(there.versions(visit)) == list(store.versions(visit))
    assert there.verify(visit, 2).valid
    assert there.consent(visit) == store.consent(visit)
    assert list(there.journal(visit)) == list(store.journal(visit))
    assert there.draft_choice(visit) == store.draft_choice(visit)
    assert shared.b.session.audit.verify().first_bad is None


def test_it_comes_to_rest(shared):
    shared_draft(shared)
    assert shared.a.sync().sent == 0
    assert shared.b.sync().sent == 0
    assert shared.relay.fetch(0, 1)[1] > 0


def test_nobody_off_the_care_team_reads_it_there(shared):
    visit = shared_draft(shared)
    shared.b.sign_in("paul")
    with pytest.raises(InputError):
        shared.b.store.get(visit)
    shared.b.sign_in("ines")
    assert shared.b.store.get(visit).title == "t"


def test_different_statements_merge(shared):
    visit = shared_draft(shared)
    edit(shared.a, visit, note(s1="ONE", s2="two", s3="three"))
    edit(shared.b, visit, note(s1="one", s2="TWO", s3="drei"))
    shared.settle()
    for machine in (shared.a, shared.b):
        versions = machine.store.versions(visit)
        assert [v.number for v in versions] == [1, 2, 3]
        assert texts(versions[-1]) == {"s1": "ONE", "s2": "TWO", "s3": "three", "s3-2": "drei"}
        assert machine.store.get(visit).state is DRAFT
        assert asides(machine) == [("conflict", "merged")]


def test_the_same_statement_is_set_aside(shared):
    visit = shared_draft(shared)
    edit(shared.a, visit, note(s1="A", s2="two"))
    edit(shared.b, visit, note(s1="B", s2="two"))
    shared.settle()
    for machine in (shared.a, shared.b):
        assert texts(machine.store.versions(visit)[-1])["s1"] == "A"
        assert asides(machine) == [("conflict", "")]


def test_an_edit_that_comes_after_a_signature_is_set_aside(shared):
    visit = shared_draft(shared)
    shared.a.store.sign_version(visit, VersionKind.SIGNATURE, note(s1="signed"), "authorship", PASSPHRASE, 1)
    edit(shared.b, visit, note(s1="one", s2="TWO"))
    shared.settle()
    for machine in (shared.a, shared.b):
        assert machine.store.get(visit).state is EncounterState.SIGNED
        assert machine.store.verify(visit, 2).valid
        assert asides(machine) == [("signed-meanwhile", "")]


def test_a_signature_on_an_overtaken_version_is_kept_and_told(shared):
    visit = shared_draft(shared)
    edit(shared.a, visit, note(s1="ONE", s2="two"))
    shared.b.store.sign_version(visit, VersionKind.SIGNATURE, note(s1="signed"), "authorship", PASSPHRASE, 1)
    shared.settle()
    for machine in (shared.a, shared.b):
        assert machine.store.get(visit).state is DRAFT
        assert asides(machine) == [("signature-overtaken", "")]


def test_another_persons_edit_waits_for_that_person(shared):
    visit = shared_draft(shared)
    shared.b.sign_in("ines")
    edit(shared.b, visit, note(s1="one", s2="TWO"))
    edit(shared.a, visit, note(s1="ONE", s2="two"))
    shared.a.sync()
    shared.b.sign_in("paul")
    shared.settle()
    assert asides(shared.b) == [("conflict", "")]
    shared.b.sign_in("ines")
    shared.settle()
    newest = shared.a.store.versions(visit)[-1]
    assert (texts(newest), newest.author_name) == ({"s1": "ONE", "s2": "TWO"}, "Ines")


def test_several_edits_are_moved_aside_together(shared):
    visit = shared_draft(shared)
    edit(shared.b, visit, note(s1="one", s2="2"))
    edit(shared.b, visit, note(s1="one", s2="2", s3="3"), 2)
    edit(shared.b, visit, note(s1="one", s2="2", s3="3"), 3, VersionKind.REVIEW, REVIEWED)
    edit(shared.a, visit, note(s1="ONE", s2="two"))
    shared.a.sync()
    shared.settle()
    assert texts(shared.a.store.versions(visit)[-1]) == {"s1": "ONE", "s2": "2", "s3": "3"}
    assert shared.b.store.get(visit).state is DRAFT
    assert len(asides(shared.a)) == 3


def test_two_titles_are_both_kept(shared):
    visit = shared_draft(shared)
    shared.a.store.rename(visit, "left")
    shared.b.store.rename(visit, "right")
    shared.settle()
    assert shared.a.store.get(visit).title == shared.b.store.get(visit).title == "left / right"


def test_two_transcripts_are_both_kept(shared):
    visit = shared_draft(shared)
    shared.a.store.save_transcript(visit, make_transcript("from a"))
    shared.b.store.save_transcript(visit, make_transcript("from b"))
    edit(shared.b, visit, note(s1="one", s2="rests on b"))
    shared.settle()
    for machine in (shared.a, shared.b):
        assert machine.store.transcript(visit) == make_transcript("from b")
        assert texts(machine.store.versions(visit)[-1])["s2"] == "rests on b"


def test_what_is_destroyed_there_is_destroyed_here(shared):
    visit = shared_draft(shared)
    edit(shared.b, visit, note(s1="late"))
    shared.a.store.destroy(visit, "asked for")
    shared.settle()
    with pytest.raises(InputError, match="destroyed"):
        shared.b.store.get(visit)
    with shared.b.session._vault.database.transaction() as connection:
        from app.vault.models import PartKeyRow, SealedKeyRow

        for row in (SealedKeyRow, PartKeyRow):
            assert connection.execute(select(row.created_at).where(row.encounter_id == visit)).first() is None


def test_a_withdrawal_of_consent_on_one_machine_outweighs_an_earlier_yes_on_the_other(shared):
    visit = shared_draft(shared)
    shared.a.store.record_consent(visit, make_consent())
    shared.b.store.record_consent(visit, make_consent(ConsentDecision.WITHDRAWN))
    shared.b.sync()
    shared.settle()
    for machine in (shared.a, shared.b):
        assert machine.store.consent(visit).decision is ConsentDecision.WITHDRAWN


def test_a_new_person_and_a_new_passphrase_reach_the_other_machine(shared):
    shared.a.session.users.add("nora", "Nora", frozenset({Role.NURSE}), PASSPHRASE)
    shared.a.session.users.change_passphrase(PASSPHRASE, "another good one")
    shared.settle()
    shared.b.sign_out()
    with signed_in(shared.b.folder, "nora") as session:
        assert session.user.display_name == "Nora"
    with signed_in(shared.b.folder, "anna", "another good one"):
        pass
    shared.b.sign_in("paul")


def test_two_people_of_one_name_lose_nobody(shared):
    for machine in (shared.a, shared.b):
        machine.session.users.add("nora", "Nora", frozenset({Role.NURSE}), PASSPHRASE)
    shared.settle()
    for machine in (shared.a, shared.b):
        machine.sign_out()
        with signed_in(machine.folder, "nora") as session, session._vault.database.transaction() as connection:
            assert connection.execute(select(HeldRow.row)).first() is not None
        machine.sign_in()


def test_a_signature_made_there_verifies_here_only_with_its_trail(shared):
    visit = shared_draft(shared)
    shared.a.store.sign_version(visit, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
    shared.settle()
    assert shared.b.store.verify(visit, 2).valid
    with shared.b.session._vault.database.transaction() as connection:
        from sqlalchemy import text

        connection.execute(text("UPDATE foreign_audit SET detail = 'x' WHERE action = 'note.signed'"))
    assert not shared.b.store.verify(visit, 2).valid
    assert "trail of machine a" in shared.b.session.audit.verify().reason


def test_rows_wait_for_what_they_refer_to(shared):
    visit = shared_draft(shared)
    edit(shared.a, visit, note(s1="again", s2="two"))
    shared.a.sync()
    with shared.b.session._vault.database.transaction() as connection:
        assert connection.execute(select(EncounterRow.latest).where(EncounterRow.id == visit)).scalar() == 1
        assert connection.execute(select(HeldRow.row)).first() is None
