"""Break-glass: for a reason, for a time, to read, on the record, and the encounter gets a new key after it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text
from team_samples import content, full_encounter, person
from vault_samples import PASSPHRASE, make_note, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError, ConflictError, InputError, PermissionDeniedError
from app.domain.team import EmergencyRules
from app.vault.data_keys import EMERGENCY
from app.vault.models import EmergencyAccessRow, EntrustedKeyRow, RekeyRow, SealedKeyRow
from app.vault.team.clock import Clock

KINDS = ("embedded", "postgres")
RULES = EmergencyRules(allowed=True, minutes=60)
REASON = "unconscious in the emergency room"


class Hands:
    """A clock that is set by hand."""

    def __init__(self):
        self.wall = datetime.now(UTC)
        self.seconds = 1000.0

    def clock(self):
        return Clock(lambda: self.wall, lambda: self.seconds)

    def pass_minutes(self, minutes):
        self.wall += timedelta(minutes=minutes)
        self.seconds += 60 * minutes


@pytest.fixture
def visit(folder):
    """Anna's encounter, sealed to the emergency pair that her session made."""
    with signed_in(folder) as session:
        made = full_encounter(session)
        session.team.emergency.apply(RULES)
        session.team.rotation.run()
    return made


def glass(session, hands=None, rules=RULES):
    """The session's emergency access, after the policy was taken."""
    if hands is not None:
        session.team.emergency._clock = hands.clock()
    session.team.emergency.apply(rules)
    return session.team.emergency


def test_physician_outside_the_team_reads_everything(folder, visit):
    with signed_in(folder) as session:
        before = content(session, visit)
    with signed_in(folder, "paul") as session:
        emergency = glass(session)
        assert [(e.id, e.created_by) for e in emergency.available()] == [(visit, "Anna Ek, MD")]
        access = emergency.begin(visit, f" {REASON} ")
        assert access.reason == REASON
        assert access.until - access.began_at == timedelta(minutes=60)
        assert emergency.active() == [access]
        assert content(session, visit) == before
        assert session.encounters.list() == []


def test_nothing_can_be_changed(folder, visit):
    with signed_in(folder, "paul") as session:
        glass(session).begin(visit, REASON)
        store = session.encounters
        for act in (
            lambda: store.rename(visit, "Mine"),
            lambda: store.add_version(visit, make_note(), VersionKind.EDIT, EncounterState.DRAFT, 3),
            lambda: store.sign_version(visit, VersionKind.ADDENDUM, make_note(), "addendum", PASSPHRASE, 3),
            lambda: store.share(visit, person(session, "ines")),
            lambda: store.destroy(visit, "mistake"),
            lambda: store.audio_writer(visit),
            lambda: session.team.withdraw(visit, person(session, "anna"), "mistake"),
            lambda: session.team.members(visit),
            lambda: session.team.rotation.request(visit),
        ):
            with pytest.raises(InputError):
                act()


def test_team_sees_who_read_and_why(folder, visit):
    with signed_in(folder, "paul") as session:
        emergency = glass(session)
        emergency.begin(visit, REASON)
        emergency.end(visit)
        emergency.end(visit)
        assert emergency.active() == []
        with pytest.raises(InputError):
            session.encounters.get(visit)
        with pytest.raises(InputError):
            emergency.of(visit)
    with signed_in(folder) as session:
        [access] = session.team.emergency.of(visit)
        assert (access.person.name, access.reason) == ("paul", REASON)
        assert access.began_at <= access.ended_at < access.until
        assert session.team.rotation.run().done
        assert session.team.emergency.of(visit) == [access]
        entries = [(e.actor, e.action, e.subject) for e in session.audit.entries()]
        assert ("paul", "emergency.begun", visit) in entries
        assert ("paul", "emergency.ended", visit) in entries
        assert all("unconscious" not in e.detail for e in session.audit.entries())
        assert session.audit.verify().first_bad is None


@pytest.mark.parametrize("way", ["both clocks", "only the steady clock", "only the wall clock"])
def test_it_ends_by_the_clock_also_if_one_is_set_back(folder, visit, way):
    hands = Hands()
    with signed_in(folder, "paul") as session:
        emergency = glass(session, hands)
        emergency.begin(visit, REASON)
        hands.pass_minutes(59)
        assert session.encounters.get(visit).title == "Visit"
        if way != "only the wall clock":
            hands.seconds += 61
        if way != "only the steady clock":
            hands.wall += timedelta(seconds=61)
        else:
            hands.wall -= timedelta(days=1)
        with pytest.raises(InputError):
            session.encounters.get(visit)
        assert emergency.active() == []
        with session._vault.database.transaction() as connection:
            ended = connection.execute(select(EmergencyAccessRow.ended_at)).scalar()
            assert ended is not None
            assert connection.execute(select(RekeyRow.encounter_id)).scalar() == visit


def test_encounter_gets_a_new_key_after_it(folder, visit):
    with signed_in(folder, "paul") as session:
        glass(session).begin(visit, REASON)
        with session._vault.database.transaction() as connection:
            kept = session._keys.to_read(connection, visit)
    with signed_in(folder) as session:
        before = content(session, visit)
        assert session.team.rotation.state().waiting == 1
        session.team.emergency.apply(RULES)
        assert session.team.rotation.run().done
        with session._vault.database.transaction() as connection:
            key = session._keys.get(connection, visit)
        assert key.id != kept.id
        assert not key.earlier
        assert content(session, visit) == before
    with signed_in(folder, "paul") as session:
        glass(session).begin(visit, REASON)
        assert content(session, visit) == before


def test_session_that_was_lost_ends_the_access(folder, visit):
    with signed_in(folder, "paul") as session:
        glass(session).begin(visit, REASON)
        session.team.emergency._deadlines.clear()
    with signed_in(folder, "paul") as session:
        emergency = glass(session)
        with pytest.raises(InputError):
            session.encounters.get(visit)
        assert emergency.active() == []
        emergency.begin(visit, REASON)
        assert len(emergency.active()) == 1


def test_others_end_what_the_clock_has_ended(folder, visit):
    with signed_in(folder, "paul") as session:
        glass(session, rules=EmergencyRules(allowed=True, minutes=1)).begin(visit, REASON)
        session.team.emergency._deadlines.clear()
    hands = Hands()
    with signed_in(folder) as session:
        emergency = glass(session, hands)
        assert emergency.of(visit)[0].ended_at is None
        hands.pass_minutes(2)
        [access] = emergency.of(visit)
        assert access.ended_at == access.until


@pytest.mark.embedded
def test_refused_without_policy_role_or_reason(folder, visit):
    with signed_in(folder, "paul") as session:
        for act in (lambda: session.team.emergency.begin(visit, REASON), session.team.emergency.available):
            with pytest.raises(PermissionDeniedError):
                act()
        emergency = glass(session)
        for reason in ("", "too short", "x" * 501):
            with pytest.raises(InputError):
                emergency.begin(visit, reason)
        with pytest.raises(InputError):
            emergency.begin("0" * 32, REASON)
        emergency.begin(visit, REASON)
        with pytest.raises(ConflictError):
            emergency.begin(visit, REASON)
    with signed_in(folder) as session, pytest.raises(ConflictError):
        glass(session).begin(visit, REASON)
    for name in ("ines", "adam", "olga"):
        with signed_in(folder, name) as session:
            with pytest.raises(PermissionDeniedError):
                glass(session).begin(visit, REASON)
            with session._vault.database.transaction() as connection:
                query = select(EntrustedKeyRow.blob).where(EntrustedKeyRow.user_id == session.user.id)
                assert connection.execute(query).first() is None


@pytest.mark.embedded
def test_without_policy_nothing_is_sealed_to_an_emergency_pair(folder):
    with signed_in(folder) as session:
        visit = session.encounters.create("Visit")
        session.team.emergency.apply(EmergencyRules())
        session.team.rotation.run()
        with session._vault.database.transaction() as connection:
            assert connection.execute(select(EntrustedKeyRow.user_id)).first() is None
            query = select(SealedKeyRow.encounter_id).where(SealedKeyRow.recipient_id == EMERGENCY)
            assert connection.execute(query).first() is None
    with signed_in(folder, "paul") as session, pytest.raises(ConflictError):
        glass(session).begin(visit, REASON)


@pytest.mark.embedded
def test_physician_who_came_later_gets_the_key_from_another(folder, visit):
    from app.domain.people import Role

    with signed_in(folder, "adam") as session:
        session.users.add("nora", "Nora", frozenset({Role.PHYSICIAN}), PASSPHRASE)
    with signed_in(folder, "nora") as session, pytest.raises(ConflictError):
        glass(session).begin(visit, REASON)
    with signed_in(folder, "paul") as session:
        glass(session)
    with signed_in(folder, "nora") as session:
        glass(session).begin(visit, REASON)
        assert session.encounters.get(visit).title == "Visit"


@pytest.mark.embedded
def test_public_half_that_the_organisation_did_not_sign_is_refused(folder, visit):
    with signed_in(folder, "adam") as session, session._vault.database.transaction() as connection:
        connection.execute(text("DROP TRIGGER emergency_pairs_no_update"))
        connection.execute(text("UPDATE emergency_pairs SET body = replace(body, 'anamnesis', 'anamnosis')"))
    with signed_in(folder) as session:
        assert EMERGENCY not in session._keys.besides
        with pytest.raises(AnamnesisError):
            glass(session).begin(visit, REASON)
        assert session.encounters.get(visit).title == "Visit"
        assert "emergency.key-refused" in [e.action for e in session.audit.entries()]


@pytest.mark.embedded
def test_access_is_not_rewritten_or_deleted(folder, visit):
    with signed_in(folder, "paul") as session:
        emergency = glass(session)
        emergency.begin(visit, REASON)
        emergency.end(visit)
        for statement in (
            "UPDATE emergency_access SET ended_at = '2030-01-01T00:00:00.000000Z'",
            "UPDATE emergency_access SET until_at = '2030-01-01T00:00:00.000000Z'",
            "UPDATE emergency_access SET reason = zeroblob(100)",
        ):
            with pytest.raises(ConflictError), session._vault.database.transaction() as connection:
                connection.execute(text(statement))
        with pytest.raises(ConflictError), session._vault.database.transaction() as connection:
            connection.execute(delete(EmergencyAccessRow))
