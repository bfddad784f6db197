"""People who leave, and devices that are lost: no sign-in, no later signature, new keys and new hands."""

import pytest
from sqlalchemy import select, text
from team_samples import content, full_encounter, key_ids, person
from vault_samples import PASSPHRASE, make_note, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import ConflictError, InputError, PermissionDeniedError, SealBrokenError, SignInError
from app.domain.people import Role
from app.domain.team import EmergencyRules
from app.vault import user_names
from app.vault.models import EntrustedKeyRow, RevocationRow, SealedKeyRow
from app.vault.team import revocations

KINDS = ("embedded", "postgres")


@pytest.fixture
def visits(folder):
    """Paul's own encounter, and one of his that is shared with Anna."""
    with signed_in(folder, "paul") as session:
        own, shared = full_encounter(session, "own"), full_encounter(session, "shared")
        session.team.share(shared, person(session, "anna"))
    return own, shared


def revoke(folder, name, by="anna", reason="device lost on the train"):
    with signed_in(folder, by) as session:
        return session.leaving.revoke(person(session, name), reason)


def test_revoked_person_cannot_sign_in(folder, visits):
    left = revoke(folder, "paul")
    assert (left.person.name, left.rekeyed_by_team, left.without_member) == ("paul", 1, 1)
    assert "paul" not in user_names(folder)
    with pytest.raises(SignInError), signed_in(folder, "paul"):
        pass
    with signed_in(folder) as session:
        assert "paul" not in [u.name for u in session.users.list()]
        entries = [(e.action, e.subject, e.detail) for e in session.audit.entries()]
        assert ("user.revoked", "paul", "2 encounters") in entries
        assert session.audit.verify().first_bad is None
        with pytest.raises(ConflictError):
            session.users.add("paul", "Paul again", frozenset({Role.PHYSICIAN}), PASSPHRASE)


def test_header_put_back_does_not_let_in(folder, visits):
    old = (folder / "vault.head").read_bytes()
    revoke(folder, "paul")
    (folder / "vault.head").write_bytes(old)
    with pytest.raises(SignInError), signed_in(folder, "paul"):
        pass


def test_remaining_members_give_new_keys(folder, visits):
    _, shared = visits
    with signed_in(folder) as session:
        before, old = content(session, shared), key_ids(session, shared)
    revoke(folder, "paul")
    with signed_in(folder) as session:
        assert session.team.rotation.state().waiting == 1
        assert session.team.rotation.run().done
        assert content(session, shared) == before
        assert not key_ids(session, shared) & old


def test_signature_before_stays_valid_and_one_after_does_not(folder, visits):
    """Paul's session stays open while he is revoked, as on another machine; his clock says yesterday."""
    _, shared = visits
    with signed_in(folder, "paul") as paul:
        vault = paul._vault
        with vault.database.transaction() as connection:
            anna = next(c for c in vault.directory.certificates(connection).values() if c.user.name == "anna")
            organisation = _organisation_key(folder, vault)
            entries = vault.log.length(connection)
            record = revocations.revocation_now(paul.user.id, anna.user.id, "device lost", entries)
            revocations.revoke(connection, organisation, vault.directory, record)
        paul.encounters.sign_version(shared, VersionKind.ADDENDUM, make_note("late"), "addendum", PASSPHRASE, 3)
    with signed_in(folder) as session:
        assert session.encounters.verify(shared, 3).valid
        late = session.encounters.verify(shared, 4)
        assert not late.valid
        assert "revoked" in late.reason


def _organisation_key(folder, vault):
    """Anna's copy of the organisation's signing key, without a second session."""
    from app.vault import accounts
    from app.vault.header import read_header

    header = read_header(folder)
    account = header.account("anna")
    user_key = accounts.user_key_by_passphrase(account, header.vault_id, PASSPHRASE)
    return accounts.keys_of(account, header.vault_id, user_key).organisation_signing


def test_what_only_they_held_is_handed_over_by_the_recovery_key(folder, visits):
    own, shared = visits
    with signed_in(folder, "paul") as session:
        before, old = content(session, own), key_ids(session, own)
    revoke(folder, "paul")
    with signed_in(folder) as session:
        assert [e.title for e in session.encounters.list()] == ["shared"]
        left = session.leaving.hand_over(person_of(session, "paul"), session.user.id, "takes over the practice")
        assert (left.rekeyed_by_team, left.without_member) == (2, 0)
        assert content(session, own) == before
        assert session.team.rotation.run().done
        assert content(session, own) == before
        assert not key_ids(session, own) & old
        actions = [(e.action, e.subject, e.detail) for e in session.audit.entries()]
        assert ("encounter.handed-over", own, "from paul to anna") in actions
        assert ("encounter.handed-over", shared, "from paul to anna") not in actions


def person_of(session, name):
    """The id of a person, also of one who left."""
    with session._vault.database.transaction() as connection:
        certificates = session._vault.directory.certificates(connection).values()
    return next(c.user.id for c in certificates if c.user.name == name)


@pytest.mark.embedded
def test_handing_over_needs_the_recovery_key_and_a_colleague_who_records(folder, visits):
    revoke(folder, "paul")
    with signed_in(folder, "adam") as session, pytest.raises(PermissionDeniedError):
        session.leaving.hand_over(person_of(session, "paul"), person(session, "anna"), "takes over")
    with signed_in(folder) as session:
        paul, ines = person_of(session, "paul"), person(session, "ines")
        with pytest.raises(PermissionDeniedError):
            session.leaving.hand_over(paul, ines, "takes over")
        with pytest.raises(ConflictError):
            session.leaving.hand_over(ines, session.user.id, "takes over")
        with pytest.raises(InputError):
            session.leaving.hand_over(paul, paul, "takes over")
        with pytest.raises(InputError):
            session.leaving.hand_over(paul, session.user.id, " ")


@pytest.mark.embedded
def test_recovery_key_outlives_its_holder(folder, visits):
    own, _ = visits
    with signed_in(folder, "adam") as session:
        with pytest.raises(ConflictError):
            session.leaving.revoke(person(session, "anna"), "left")
        with pytest.raises(PermissionDeniedError):
            session.leaving.entrust_recovery(session.user.id)
    with signed_in(folder) as session:
        with pytest.raises(PermissionDeniedError):
            session.leaving.entrust_recovery(person(session, "paul"))
        session.leaving.entrust_recovery(person(session, "adam"))
        with pytest.raises(ConflictError):
            session.leaving.entrust_recovery(person(session, "adam"))
    with signed_in(folder, "adam") as session:
        session.users.add("nora", "Nora", frozenset({Role.PHYSICIAN}), PASSPHRASE)
    revoke(folder, "anna", by="adam")
    revoke(folder, "paul", by="adam")
    with signed_in(folder, "adam") as session:
        session.leaving.hand_over(person_of(session, "paul"), person(session, "nora"), "takes over")
    with signed_in(folder, "nora") as session:
        assert {e.title for e in session.encounters.list()} == {"own", "shared"}
        assert session.team.rotation.run().done
        assert session.encounters.verify(own, 3).valid


@pytest.mark.embedded
def test_nobody_revokes_themselves_or_twice_or_without_a_reason(folder):
    with signed_in(folder, "adam") as session:
        with pytest.raises(ConflictError):
            session.leaving.revoke(session.user.id, "oops")
        paul = person(session, "paul")
        for reason in ("", " ", "x" * 501):
            with pytest.raises(InputError):
                session.leaving.revoke(paul, reason)
        session.leaving.revoke(paul, "left")
        with pytest.raises(ConflictError):
            session.leaving.revoke(paul, "left")
        with pytest.raises(InputError):
            session.leaving.revoke("nobody", "left")


@pytest.mark.embedded
@pytest.mark.parametrize("name", ["paul", "ines", "olga"])
def test_only_an_administrator_revokes(folder, name):
    with signed_in(folder, name) as session, pytest.raises(PermissionDeniedError):
        session.leaving.revoke(person(session, "adam"), "left")


@pytest.mark.embedded
def test_nothing_is_shared_with_a_person_who_left(folder, visits):
    _, shared = visits
    with signed_in(folder) as session:
        ines = person(session, "ines")
        session.leaving.revoke(ines, "left")
        assert "ines" not in [u.name for u in session.team.candidates(shared)]
        with pytest.raises(InputError):
            session.team.share(shared, ines)


@pytest.mark.embedded
def test_revocation_that_was_altered_is_noticed(folder, visits):
    revoke(folder, "paul")
    with signed_in(folder, "adam") as session, session._vault.database.transaction() as connection:
        body = connection.execute(select(RevocationRow.body)).scalar_one()
        connection.execute(text("DROP TRIGGER revocations_no_update"))
        connection.execute(text("UPDATE revocations SET body = :b"), {"b": body.replace("device", "nothing")})
    with signed_in(folder) as session, pytest.raises(SealBrokenError):
        session.users.list()


@pytest.mark.embedded
def test_revoked_physician_takes_the_emergency_key_with_them_and_it_is_replaced(folder, visits):
    rules = EmergencyRules(allowed=True)
    with signed_in(folder) as session:
        visit = session.encounters.create("Anna's")
        session.team.emergency.apply(rules)
        session.team.rotation.run()
    revoke(folder, "paul")
    with signed_in(folder) as session:
        with session._vault.database.transaction() as connection:
            holders = set(connection.execute(select(EntrustedKeyRow.user_id)).scalars())
            query = select(SealedKeyRow.recipient_id).where(SealedKeyRow.encounter_id == visit)
            assert "emergency" not in connection.execute(query).scalars().all()
        assert holders == {session.user.id}
        session.team.emergency.apply(rules)
        assert session.team.rotation.state().waiting == 2
        assert session.team.rotation.run().done
        with session._vault.database.transaction() as connection:
            assert "emergency" in connection.execute(query).scalars().all()


@pytest.mark.embedded
def test_draft_of_a_person_who_left_stays_theirs(folder, visits):
    _, shared = visits
    revoke(folder, "paul")
    with signed_in(folder) as session:
        versions = session.encounters.versions(shared)
        assert {v.author_name for v in versions} == {"Paul"}
        assert session.encounters.get(shared).state is EncounterState.SIGNED
