"""Random interleavings of work and exchange on two machines: both come to the same, and no text is lost."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from shared_vaults import SharedVault
from sqlalchemy import select
from vault_samples import PASSPHRASE

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import InputError
from app.domain.note import Note, Section, Statement
from app.vault.models import HeldRow, OutboxRow, SetAsideRow

UNSIGNED = (EncounterState.OPEN, EncounterState.DRAFT, EncounterState.REVIEWED)
WHO = st.sampled_from("ab")
STATEMENT = st.integers(0, 3)


def note(texts):
    return Note("soap", (Section("plan", "Plan", tuple(Statement(f"s{k}", v) for k, v in sorted(texts.items()))),))


def texts(found):
    return {int(s.id[1:].split("-")[0]): s.text for s in found.statements()}


class Work(RuleBasedStateMachine):
    """`written` is the model: every text that anybody stored in a version."""

    shared = None

    @initialize()
    def begin(self):
        self.visit = self.shared.a.store.create("t")
        self.written = set()
        self.destroyed = False
        self.edits = 0
        self.shared.settle()

    def machine(self, who):
        return getattr(self.shared, who)

    @rule(who=WHO, statement=STATEMENT)
    def edit(self, who, statement):
        self.store(who, statement, VersionKind.EDIT)

    def store(self, who, statement, kind):
        store = self.machine(who).store
        try:
            visit = store.get(self.visit)
        except InputError:
            assert self.destroyed
            return
        if visit.state not in UNSIGNED:
            return
        self.edits += 1
        word = f"{who}{self.edits}"
        versions = store.versions(self.visit)
        before = texts(versions[-1].note) if versions else {}
        made = note({**before, statement: word})
        if kind is VersionKind.SIGNATURE:
            if visit.state is EncounterState.OPEN:
                return
            store.sign_version(self.visit, kind, made, "authorship", PASSPHRASE, visit.versions)
        else:
            store.add_version(self.visit, made, kind, EncounterState.DRAFT, visit.versions)
        self.written.add(word)

    @rule(who=WHO, statement=STATEMENT)
    def sign(self, who, statement):
        if self.edits > 4:
            self.store(who, statement, VersionKind.SIGNATURE)

    @rule(who=WHO)
    def rename(self, who):
        if not self.destroyed:
            self.edits += 1
            self.machine(who).store.rename(self.visit, f"title {who}{self.edits}")

    @rule(who=WHO)
    def exchange(self, who):
        self.machine(who).sync()

    @rule(who=WHO)
    def sign_out_and_in(self, who):
        self.machine(who).sign_in()

    @rule(who=WHO)
    def destroy(self, who):
        if self.edits > 8 and not self.destroyed:
            self.destroyed = True
            self.machine(who).store.destroy(self.visit, "asked for")

    @invariant()
    def numbers_have_no_gaps(self):
        for who in "ab":
            if self.shared is None or not hasattr(self, "visit") or self.destroyed:
                return
            versions = self.machine(who).store.versions(self.visit)
            assert [v.number for v in versions] == list(range(1, len(versions) + 1))
            assert self.machine(who).store.get(self.visit).versions == len(versions)

    def teardown(self):
        if not hasattr(self, "visit"):
            return
        self.shared.settle()
        for machine in (self.shared.a, self.shared.b):
            with machine.session._vault.database.transaction() as connection:
                assert connection.execute(select(HeldRow.row, HeldRow.why)).all() == []
                assert connection.execute(select(OutboxRow.row)).all() == []
            assert machine.session.audit.verify().first_bad is None
        a, b = self.shared.a.store, self.shared.b.store
        if self.destroyed:
            for store in (a, b):
                with pytest.raises(InputError):
                    store.get(self.visit)
            return
        assert a.get(self.visit) == b.get(self.visit)
        assert list(a.versions(self.visit)) == list(b.versions(self.visit))
        for version in a.versions(self.visit):
            if version.signature:
                assert b.verify(self.visit, version.number).valid
                assert a.verify(self.visit, version.number).valid
        kept = {s.text for v in a.versions(self.visit) for s in v.note.statements()}
        assert self.written <= kept | self.set_aside(self.shared.a)
        assert self.set_aside(self.shared.a) == self.set_aside(self.shared.b)

    def set_aside(self, machine):
        asides = machine.exchange.asides
        with machine.session._vault.database.transaction() as connection:
            key = machine.session._keys.get(connection, self.visit)
            ids = (
                connection.execute(select(SetAsideRow.id).where(SetAsideRow.encounter_id == self.visit)).scalars().all()
            )
            return {s.text for i in ids for s in asides.open(connection, key, i).note.statements()}


def test_random_interleavings(template, tmp_path):
    Work.shared = SharedVault(template, tmp_path)
    Work.shared.a.sign_in()
    Work.shared.b.sign_in()
    try:
        run_state_machine_as_test(
            Work,
            settings=settings(
                max_examples=8, stateful_step_count=20, suppress_health_check=list(HealthCheck), deadline=None
            ),
        )
    finally:
        Work.shared.close()
        Work.shared = None
