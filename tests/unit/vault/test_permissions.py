"""Every method of every service, tried by every role: generated from the table of permissions."""

import pytest
from vault_samples import PASSPHRASE, make_consent, make_note, make_transcript, signed_in

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, Stage, StageState, VersionKind
from app.domain.errors import InputError, PermissionDeniedError
from app.domain.people import MATRIX, Permission, Role
from app.domain.recording import Mark, MarkKind

PEOPLE = {
    "paul": {Role.PHYSICIAN},
    "ines": {Role.NURSE},
    "adam": {Role.ADMINISTRATOR},
    "olga": {Role.AUDITOR},
    "anna": {Role.PHYSICIAN, Role.ADMINISTRATOR},
}
X = "0" * 32
DRAFT, REVIEWED = EncounterState.DRAFT, EncounterState.REVIEWED
ACTS = {
    "create": (Permission.RECORD, lambda s: s.encounters.create("t")),
    "list": (Permission.READ, lambda s: s.encounters.list()),
    "get": (Permission.READ, lambda s: s.encounters.get(X)),
    "rename": (Permission.EDIT, lambda s: s.encounters.rename(X, "t")),
    "set_stage": (Permission.EDIT, lambda s: s.encounters.set_stage(X, Stage.DRAFT, StageState.DONE)),
    "audio_writer": (Permission.RECORD, lambda s: s.encounters.audio_writer(X)),
    "resume_audio": (Permission.RECORD, lambda s: s.encounters.resume_audio(X)),
    "append_journal": (Permission.RECORD, lambda s: s.encounters.append_journal(X, Mark(MarkKind.BOOKMARK, 1.0))),
    "journal": (Permission.READ, lambda s: s.encounters.journal(X)),
    "record_consent": (Permission.RECORD, lambda s: s.encounters.record_consent(X, make_consent())),
    "consent": (Permission.READ, lambda s: s.encounters.consent(X)),
    "audio_info": (Permission.READ, lambda s: s.encounters.audio_info(X)),
    "read_audio": (Permission.READ, lambda s: s.encounters.read_audio(X)),
    "choose_draft": (Permission.EDIT, lambda s: s.encounters.choose_draft(X, DraftChoice("soap"))),
    "draft_choice": (Permission.READ, lambda s: s.encounters.draft_choice(X)),
    "save_transcript": (Permission.EDIT, lambda s: s.encounters.save_transcript(X, make_transcript())),
    "transcript": (Permission.READ, lambda s: s.encounters.transcript(X)),
    "draft": (Permission.EDIT, lambda s: s.encounters.add_version(X, make_note(), VersionKind.DRAFT, DRAFT, 0)),
    "edit": (Permission.EDIT, lambda s: s.encounters.add_version(X, make_note(), VersionKind.EDIT, DRAFT, 0)),
    "review": (Permission.REVIEW, lambda s: s.encounters.add_version(X, make_note(), VersionKind.REVIEW, REVIEWED, 0)),
    "sign": (
        Permission.SIGN,
        lambda s: s.encounters.sign_version(X, VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 0),
    ),
    "amend": (
        Permission.AMEND,
        lambda s: s.encounters.sign_version(X, VersionKind.ADDENDUM, make_note(), "addendum", PASSPHRASE, 0),
    ),
    "versions": (Permission.READ, lambda s: s.encounters.versions(X)),
    "verify": (Permission.READ, lambda s: s.encounters.verify(X, 1)),
    "share": (Permission.SHARE, lambda s: s.encounters.share(X, s.user.id)),
    "destroy": (Permission.RECORD, lambda s: s.encounters.destroy(X, "asked for")),
    "record export": (Permission.EXPORT, lambda s: s.audit.record("export", X, "pdf")),
    "read audit": (Permission.READ_AUDIT, lambda s: s.audit.entries()),
    "verify audit": (Permission.READ_AUDIT, lambda s: s.audit.verify()),
    "add user": (
        Permission.MANAGE_USERS,
        lambda s: s.users.add("new", "New", frozenset({Role.NURSE}), PASSPHRASE),
    ),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_roles_allow_what_the_table_says(folder, name):
    """`X` is nobody's encounter, so a permitted act on it ends in `InputError`, a forbidden one before it looks."""
    allowed = {permission for role in PEOPLE[name] for permission in MATRIX[role]}
    with signed_in(folder, name) as session:
        assert session.user.roles == PEOPLE[name]
        for act, (permission, call) in ACTS.items():
            if permission not in allowed:
                with pytest.raises(PermissionDeniedError):
                    call(session)
                continue
            try:
                call(session)
            except InputError:
                continue
            except PermissionDeniedError:
                pytest.fail(f"{name} may {act}, and was refused")


def test_every_method_of_the_store_is_tried():
    from app.domain.ports import EncounterStore

    tried = {*ACTS, "add_version", "sign_version"}
    methods = [name for name in vars(EncounterStore) if not name.startswith("_")]
    assert len(methods) > 10
    assert [name for name in methods if name not in tried] == []


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
