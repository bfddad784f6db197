"""Two machines and a real PostgreSQL: news by NOTIFY, a server that dies, a server that is not the right one."""

import shutil
import threading
from contextlib import contextmanager

import psycopg
import pytest
from postgres_server import PASSWORD, USER, PostgresServer
from throwaway_authority import Authority
from vault_samples import CHEAP, PASSPHRASE, Template, make_note, make_transcript, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError
from app.domain.syncing import ServerAddress, ServerRefusedError, ServerUnreachableError, SyncState
from app.vault.server.invitation import make_invitation, pack_invitation, read_invitation
from app.vault.server.joining import join
from app.vault.server.link import read_link
from app.vault.server.postgres import PostgresDatabase

DRAFT = EncounterState.DRAFT
GENEROUS = 60.0


@pytest.fixture(scope="module")
def server():
    made = PostgresServer()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("vault"))


class Clinic:
    """Machine A is linked, machine B has joined."""

    def __init__(self, server, template, tmp_path):
        self.server = server
        self.database = server.new_database()
        self.address = server.address(self.database)
        self.a = template.copy(tmp_path)
        self.b = tmp_path / "b"
        with signed_in(self.a) as session:
            session.syncing.start(self.address)
            session.syncing.connect(self.address.host, self.address.port, self.database, USER, PASSWORD, "front desk")
            session.syncing.sync_now(GENEROUS)
            with session._vault.database.transaction() as connection:
                invitation = make_invitation(connection, read_link(connection), session._vault.header)
        data, code = pack_invitation(invitation, CHEAP)
        join(self.b, read_invitation(data, code), "ines", PASSPHRASE, machine_name="ward", target=None)

    @contextmanager
    def at(self, folder, name, address=None):
        with signed_in(folder, name) as session:
            session.syncing.start(address or self.address)
            yield session


@pytest.fixture
def clinic(server, template, tmp_path):
    return Clinic(server, template, tmp_path)


def person(session, name):
    return next(u.id for u in session.users.list() if u.name == name)


def news(session):
    """An event per encounter that another machine changed."""
    seen, condition = set(), threading.Condition()

    def changed(encounters):
        with condition:
            seen.update(encounters)
            condition.notify_all()

    session.syncing.listen(changed)

    def wait(encounter):
        with condition:
            assert condition.wait_for(lambda: encounter in seen, GENEROUS)
            seen.clear()

    return wait


def test_a_nurse_on_b_sees_the_draft_of_a(clinic):
    with clinic.at(clinic.b, "ines") as nurse, clinic.at(clinic.a, "anna") as doctor:
        nurse.syncing.sync_now(GENEROUS)
        wait = news(nurse)
        visit = doctor.encounters.create("Bed 4")
        doctor.encounters.save_transcript(visit, make_transcript())
        doctor.encounters.share(visit, person(doctor, "ines"))
        doctor.encounters.add_version(visit, make_note(), VersionKind.DRAFT, DRAFT, 0)
        doctor.syncing.sync_now(GENEROUS)
        wait(visit)
        nurse.syncing.sync_now(GENEROUS)
        assert nurse.encounters.get(visit).title == "Bed 4"
        back = news(doctor)
        nurse.encounters.add_version(visit, make_note("Read."), VersionKind.REVIEW, EncounterState.REVIEWED, 1)
        back(visit)
        doctor.syncing.sync_now(GENEROUS)
        assert doctor.encounters.get(visit).state is EncounterState.REVIEWED
        assert nurse.syncing.status().state in (SyncState.CURRENT, SyncState.SYNCING)


def test_work_goes_on_while_the_server_is_dead_and_arrives_once(clinic):
    with clinic.at(clinic.a, "anna") as doctor:
        doctor.syncing.sync_now(GENEROUS)
        clinic.server.kill()
        visit = doctor.encounters.create("Bed 5")
        doctor.encounters.add_version(visit, make_note(), VersionKind.DRAFT, DRAFT, 0)
        with pytest.raises(ServerUnreachableError):
            doctor.syncing.sync_now(GENEROUS)
        status = doctor.syncing.status()
        assert status.state is SyncState.OFFLINE
        assert status.waiting > 0
        assert status.problem
        doctor.encounters.share(visit, person(doctor, "ines"))
        clinic.server.start()
        for _ in range(20):
            try:
                assert doctor.syncing.sync_now(GENEROUS).waiting == 0
                break
            except ServerUnreachableError:
                continue
        with clinic.at(clinic.b, "ines") as nurse:
            nurse.syncing.sync_now(GENEROUS)
            assert [v.number for v in nurse.encounters.versions(visit)] == [1]
            assert [e.title for e in nurse.encounters.list()] == ["Bed 5"]


def test_signing_out_sends_what_was_just_done(clinic):
    with clinic.at(clinic.a, "anna") as doctor:
        doctor.syncing.sync_now(GENEROUS)
        visit = doctor.encounters.create("late")
        doctor.encounters.share(visit, person(doctor, "ines"))
    with clinic.at(clinic.b, "ines") as nurse:
        nurse.syncing.sync_now(GENEROUS)
        assert nurse.encounters.get(visit).title == "late"


def test_signatures_and_trails_verify_on_the_other_machine(clinic):
    with clinic.at(clinic.a, "anna") as doctor:
        visit = doctor.encounters.create("signed")
        doctor.encounters.share(visit, person(doctor, "ines"))
        doctor.encounters.add_version(visit, make_note(), VersionKind.DRAFT, DRAFT, 0)
        doctor.encounters.sign_version(visit, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1)
        doctor.syncing.sync_now(GENEROUS)
    with clinic.at(clinic.b, "ines") as nurse:
        nurse.syncing.sync_now(GENEROUS)
        assert nurse.encounters.verify(visit, 2).valid
    with signed_in(clinic.b, "olga") as auditor:
        assert auditor.audit.verify().first_bad is None


def refused(clinic, address):
    with clinic.at(clinic.a, "anna", address) as doctor:
        with pytest.raises(ServerRefusedError) as caught:
            doctor.syncing.sync_now(GENEROUS)
        assert doctor.syncing.status().state is SyncState.REFUSED
    return str(caught.value)


def test_a_certificate_of_another_authority_is_refused(clinic, tmp_path):
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "other")
    assert "certificate" in refused(clinic, clinic.server.address(clinic.database, authority=other))


def settings(clinic, **changes):
    return {**clinic.server.settings(clinic.database), **changes}


def test_a_host_that_the_certificate_does_not_name_is_refused(clinic):
    with pytest.raises(ServerRefusedError, match="certificate"):
        PostgresDatabase(settings(clinic, host="127.0.0.2", hostaddr="127.0.0.1"))


def test_a_server_without_tls_is_refused(clinic):
    config = clinic.server.data / "postgresql.conf"
    before = config.read_text()
    hba = clinic.server.data / "pg_hba.conf"
    guarded = hba.read_text()
    try:
        clinic.server.kill()
        config.write_text(before.replace("ssl = on", "ssl = off"))
        hba.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        clinic.server.start(wait=False)
        with pytest.raises(ServerRefusedError):
            wait_for_answer(lambda: PostgresDatabase(settings(clinic)))
    finally:
        clinic.server.kill()
        config.write_text(before)
        hba.write_text(guarded)
        clinic.server.start()


def wait_for_answer(act):
    for _ in range(100):
        try:
            return act()
        except ServerUnreachableError:
            threading.Event().wait(0.1)
    return act()


def test_a_wrong_password_is_refused(clinic):
    with pytest.raises(ServerRefusedError) as caught:
        PostgresDatabase(settings(clinic, password="distinctive"))
    assert "distinctive" not in str(caught.value)


def test_another_server_than_the_policys_is_not_contacted(clinic):
    other = ServerAddress("localhost", clinic.address.port, clinic.database, clinic.address.ca_file)
    assert "policy" in refused(clinic, other)


def test_a_database_of_another_vault_is_refused(clinic, template, tmp_path):
    (tmp_path / "c").mkdir()
    stranger = template.copy(tmp_path / "c")
    with clinic.at(stranger, "anna") as session, pytest.raises(ServerRefusedError, match="another vault"):
        session.syncing.connect(clinic.address.host, clinic.address.port, clinic.database, USER, PASSWORD)


def test_only_an_administrator_links_and_invites(clinic):
    from app.domain.errors import PermissionDeniedError

    with clinic.at(clinic.b, "ines") as nurse:
        for act in (nurse.syncing.invite, nurse.syncing.disconnect):
            with pytest.raises(PermissionDeniedError):
                act()


def test_a_joined_machine_that_is_unlinked_keeps_its_visits(clinic):
    with clinic.at(clinic.a, "anna") as doctor:
        visit = doctor.encounters.create("kept")
        doctor.syncing.disconnect()
        assert doctor.syncing.status().state is SyncState.NOT_LINKED
        assert doctor.encounters.get(visit).title == "kept"
        with pytest.raises(ConflictError):
            doctor.syncing.sync_now()


def test_the_old_self_of_a_restored_vault_becomes_another_machine(clinic, tmp_path):
    shutil.copytree(clinic.a, tmp_path / "backup")
    with clinic.at(clinic.a, "anna") as doctor:
        lost = doctor.encounters.create("after the backup")
        doctor.syncing.sync_now(GENEROUS)
    with clinic.at(tmp_path / "backup", "anna") as doctor:
        doctor.syncing.sync_now(GENEROUS)
        assert doctor.encounters.get(lost).title == "after the backup"
        doctor.syncing.sync_now(GENEROUS)
        assert doctor.audit.verify().first_bad is None
        assert doctor.syncing.status().held == 0


def test_passwords_and_content_are_in_no_error_and_no_status(clinic):
    with clinic.at(clinic.a, "anna") as doctor:
        link = doctor.syncing.link()
        assert PASSWORD not in repr(link) + repr(link.target) + repr(doctor.syncing.status())


def test_psycopg_is_built_with_a_libpq_that_knows_these_settings():
    assert psycopg.pq.version() >= 160000
