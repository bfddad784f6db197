"""Every method of every service, tried by every role: generated from the table of permissions."""

import inspect
from pathlib import Path

import pytest
from vault_samples import PASSPHRASE, make_consent, make_note, make_transcript, signed_in

from app.domain.acts import ACTS
from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import AnamnesisError, InputError, PermissionDeniedError
from app.domain.people import MATRIX, Permission, Role
from app.domain.recording import Mark, MarkKind
from app.domain.records import RetentionLimits
from app.domain.team import EmergencyRules
from app.domain.work import CancelToken

PEOPLE = {
    "paul": {Role.PHYSICIAN},
    "ines": {Role.NURSE},
    "adam": {Role.ADMINISTRATOR},
    "olga": {Role.AUDITOR},
    "anna": {Role.PHYSICIAN, Role.ADMINISTRATOR},
}
X = "0" * 32
DRAFT, REVIEWED = EncounterState.DRAFT, EncounterState.REVIEWED
CALLS = {
    "encounters.create": lambda s: s.encounters.create("t"),
    "encounters.list": lambda s: s.encounters.list(),
    "encounters.get": lambda s: s.encounters.get(X),
    "encounters.rename": lambda s: s.encounters.rename(X, "t"),
    "encounters.set_stage": lambda s: s.encounters.set_stage(X, Stage.DRAFT, StageState.DONE),
    "encounters.choose_draft": lambda s: s.encounters.choose_draft(X, DraftChoice("soap")),
    "encounters.draft_choice": lambda s: s.encounters.draft_choice(X),
    "encounters.audio_writer": lambda s: s.encounters.audio_writer(X),
    "encounters.resume_audio": lambda s: s.encounters.resume_audio(X),
    "encounters.audio_info": lambda s: s.encounters.audio_info(X),
    "encounters.read_audio": lambda s: s.encounters.read_audio(X),
    "encounters.append_journal": lambda s: s.encounters.append_journal(X, Mark(MarkKind.BOOKMARK, 1.0)),
    "encounters.journal": lambda s: s.encounters.journal(X),
    "encounters.record_consent": lambda s: s.encounters.record_consent(X, make_consent()),
    "encounters.consent": lambda s: s.encounters.consent(X),
    "encounters.save_transcript": lambda s: s.encounters.save_transcript(X, make_transcript()),
    "encounters.transcript": lambda s: s.encounters.transcript(X),
    "encounters.add_version:draft": lambda s: s.encounters.add_version(X, make_note(), VersionKind.DRAFT, DRAFT, 0),
    "encounters.add_version:edit": lambda s: s.encounters.add_version(X, make_note(), VersionKind.EDIT, DRAFT, 0),
    "encounters.add_version:review": lambda s: s.encounters.add_version(
        X, make_note(), VersionKind.REVIEW, REVIEWED, 0
    ),
    "encounters.sign_version:signature": lambda s: s.encounters.sign_version(
        X, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 0
    ),
    "encounters.sign_version:addendum": lambda s: s.encounters.sign_version(
        X, VersionKind.ADDENDUM, make_note(), "addendum", PASSPHRASE, 0
    ),
    "encounters.versions": lambda s: s.encounters.versions(X),
    "encounters.verify": lambda s: s.encounters.verify(X, 1),
    "encounters.share": lambda s: s.encounters.share(X, s.user.id),
    "encounters.destroy": lambda s: s.encounters.destroy(X, "asked for"),
    "search.encounters": lambda s: s.search.encounters(),
    "search.find": lambda s: s.search.find("word"),
    "own_notes.signed": lambda s: s.own_notes.signed(5),
    "own_notes.setting": lambda s: s.own_notes.setting("style"),
    "own_notes.set_setting": lambda s: s.own_notes.set_setting("style", "off"),
    "audit.record:export": lambda s: s.audit.record("export", X, "pdf"),
    "audit.record:other": lambda s: s.audit.record("template.changed", "template"),
    "audit.entries": lambda s: s.audit.entries(),
    "audit.export": lambda s: s.audit.export("json"),
    "audit.verify": lambda s: s.audit.verify(),
    "audit.policy_in_force": lambda s: s.audit.policy_in_force("digest"),
    "users.list": lambda s: s.users.list(),
    "users.add": lambda s: s.users.add("new", "New", frozenset({Role.NURSE}), PASSPHRASE),
    "users.change_passphrase": lambda s: s.users.change_passphrase(PASSPHRASE, PASSPHRASE),
    "unlocking.status": lambda s: s.unlocking.status(),
    "unlocking.try_key_store": lambda s: s.unlocking.try_key_store(),
    "unlocking.remember": lambda s: s.unlocking.remember("wrong"),
    "unlocking.forget": lambda s: s.unlocking.forget(),
    "unlocking.begin_second_factor": lambda s: s.unlocking.begin_second_factor(PASSPHRASE),
    "unlocking.confirm_second_factor": lambda s: s.unlocking.confirm_second_factor("000000"),
    "unlocking.drop_second_factor": lambda s: s.unlocking.drop_second_factor(PASSPHRASE, "000000"),
    "unlocking.begin_recovery_code": lambda s: s.unlocking.begin_recovery_code(PASSPHRASE),
    "unlocking.confirm_recovery_code": lambda s: s.unlocking.confirm_recovery_code("0"),
    "unlocking.check_recovery_code": lambda s: s.unlocking.check_recovery_code("0"),
    "records.upcoming": lambda s: s.records.upcoming(RetentionLimits()),
    "records.erase_due": lambda s: s.records.erase_due(RetentionLimits(), dry_run=True),
    "records.erased": lambda s: s.records.erased(),
    "records.holds": lambda s: s.records.holds(),
    "records.hold_on": lambda s: s.records.hold_on(X),
    "records.add_hold": lambda s: s.records.add_hold(X, "litigation"),
    "records.release_hold": lambda s: s.records.release_hold(X, "settled"),
    "records.find": lambda s: s.records.find(X),
    "records.may_back_up": lambda s: s.records.may_back_up(),
    "records.last_backup": lambda s: s.records.last_backup(),
    "records.back_up": lambda s: s.records.back_up(Path("/nowhere/at/all")),
    "records.restored_vault": lambda s: s.records.restored_vault(),
    "team.members": lambda s: s.team.members(X),
    "team.candidates": lambda s: s.team.candidates(X),
    "team.share": lambda s: s.team.share(X, s.user.id),
    "team.withdraw": lambda s: s.team.withdraw(X, s.user.id, "left"),
    "team.emergency.apply": lambda s: s.team.emergency.apply(EmergencyRules(allowed=True)),
    "team.emergency.available": lambda s: s.team.emergency.available(),
    "team.emergency.begin": lambda s: s.team.emergency.begin(X, "unconscious patient"),
    "team.emergency.end": lambda s: s.team.emergency.end(X),
    "team.emergency.end_all": lambda s: s.team.emergency.end_all(),
    "team.emergency.active": lambda s: s.team.emergency.active(),
    "team.emergency.of": lambda s: s.team.emergency.of(X),
    "team.emergency.key_for": lambda s: s.team.emergency.key_for(None, X),
    "team.emergency.seal_own": lambda s: s.team.emergency.seal_own(CancelToken()),
    "team.rotation.state": lambda s: s.team.rotation.state(),
    "team.rotation.request": lambda s: s.team.rotation.request(),
    "team.rotation.run": lambda s: s.team.rotation.run(),
    "team.rotation.start": lambda s: s.team.rotation.start(),
    "team.rotation.stop": lambda s: s.team.rotation.stop(),
    "team.rotation.wake": lambda s: s.team.rotation.wake(),
    "leaving.revoke": lambda s: s.leaving.revoke(X, "left"),
    "leaving.revoked": lambda s: s.leaving.revoked(),
    "leaving.hand_over": lambda s: s.leaving.hand_over(X, X, "takes over"),
    "leaving.entrust_recovery": lambda s: s.leaving.entrust_recovery(X),
    "syncing.start": lambda s: s.syncing.start(None),
    "syncing.stop": lambda s: s.syncing.stop(),
    "syncing.link": lambda s: s.syncing.link(),
    "syncing.status": lambda s: s.syncing.status(),
    "syncing.listen": lambda s: s.syncing.listen(lambda _: None),
    "syncing.sync_now": lambda s: s.syncing.sync_now(0.1),
    "syncing.sync_all_again": lambda s: s.syncing.sync_all_again(),
    "syncing.connect": lambda s: s.syncing.connect("localhost", 5432, "clinic", "anna", "secret"),
    "syncing.disconnect": lambda s: s.syncing.disconnect(),
    "syncing.invite": lambda s: s.syncing.invite(),
    "syncing.set_aside": lambda s: s.syncing.set_aside(),
    "syncing.adopt": lambda s: s.syncing.adopt(X),
    "syncing.drop": lambda s: s.syncing.drop(X, "settled"),
    "syncing.recorded_elsewhere": lambda s: s.syncing.recorded_elsewhere(X),
    "fill": lambda s: s.fill([]),
    "reauthenticate": lambda s: s.reauthenticate(PASSPHRASE),
    "close": lambda s: s.close(),
}
"""One call of each act, in an order in which none spoils the next; `X` is nobody's encounter and nobody's id."""


@pytest.mark.parametrize("name", PEOPLE)
def test_roles_allow_what_the_table_says(folder, name):
    """A permitted act may end in any other declared error; a forbidden one must not look at anything before."""
    allowed = {permission for role in PEOPLE[name] for permission in MATRIX[role]}
    with signed_in(folder, name) as session:
        assert session.user.roles == PEOPLE[name]
        for act, enough in ACTS.items():
            refused = _refused_by_role(lambda act=act: CALLS[act](session))
            assert refused == (bool(enough) and not allowed & set(enough)), f"{act} by {name}"


def _refused_by_role(call):
    try:
        call()
    except PermissionDeniedError as error:
        return error.message.startswith("Your role")
    except AnamnesisError:
        return False
    return False


def test_every_act_of_every_service_stands_in_the_table(folder):
    with signed_in(folder) as session:
        found = set(_acts_of(session, ""))
    assert found == {act.partition(":")[0] for act in ACTS}
    assert CALLS.keys() == ACTS.keys()


def _acts_of(service, prefix):
    """Names of the public methods of the vault's services, of theirs too; values such as `user` have none."""
    for name, member in inspect.getmembers(type(service)):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            value = getattr(service, name)
            if type(value).__module__.startswith("app.vault"):
                yield from _acts_of(value, f"{prefix}{name}.")
        elif callable(member):
            yield prefix + name


def test_every_permission_is_somebodys_and_asked_for():
    given = set().union(*MATRIX.values())
    assert given == set(Permission)
    assert given == {permission for enough in ACTS.values() for permission in enough}


def test_person_outside_the_care_team_reads_nothing(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("Visit")
    with signed_in(folder, "paul") as session:
        assert session.encounters.list() == []
        for act in (session.encounters.get, session.encounters.transcript, session.encounters.versions):
            with pytest.raises(InputError):
                act(encounter)


def test_shared_encounter_opens_for_the_nurse_again_and_again(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("Visit")
        nurse = next(u for u in session.users.list() if u.name == "ines")
        session.encounters.share(encounter, nurse.id)
    for _ in range(2):
        with signed_in(folder, "ines") as session:
            assert [e.title for e in session.encounters.list()] == ["Visit"]


def test_encounter_is_not_shared_with_a_role_that_does_not_read(folder):
    with signed_in(folder) as session:
        encounter = session.encounters.create("Visit")
        people = {u.name: u.id for u in session.users.list()}
        for name in ("adam", "olga"):
            with pytest.raises(PermissionDeniedError):
                session.encounters.share(encounter, people[name])
        with pytest.raises(InputError):
            session.encounters.share(encounter, "nobody")


def test_added_administrator_adds_people_but_holds_no_recovery_key(folder):
    with signed_in(folder, "adam") as session:
        assert session._vault.keys.organisation_recovery is None
        session.users.add("new", "New", frozenset({Role.NURSE}), PASSPHRASE)
    with signed_in(folder, "new") as session:
        assert session.user.roles == {Role.NURSE}


def test_organisation_recovery_key_opens_every_encounter(folder):
    from sqlalchemy import select

    from app.vault.data_keys import ORGANISATION
    from app.vault.models import SealedKeyRow
    from app.vault.sealing_pair import KeyOpener

    with signed_in(folder, "paul") as session:
        encounter = session.encounters.create("Visit")
        key = session._keys._opened[encounter]
    with signed_in(folder) as session, session._vault.database.transaction() as connection:
        row = SealedKeyRow
        blob = connection.execute(
            select(row.blob).where(row.encounter_id == encounter, row.recipient_id == ORGANISATION)
        ).scalar_one()
        opener = KeyOpener(session._vault.keys.organisation_recovery)
        assert opener.open(blob, session._vault.vault_id, encounter) == key
