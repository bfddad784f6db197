"""Every act of a session leaves its entry: the table names each method, what it writes, or why it writes nothing."""

import inspect

import pytest
from sqlalchemy import text
from vault_samples import PASSPHRASE, make_consent, make_note, make_transcript, make_window, signed_in

from app.domain.draft_choice import DraftChoice
from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import PermissionDeniedError
from app.domain.people import Role
from app.vault.audit import VaultAuditTrail
from app.vault.encounters import VaultEncounterStore
from app.vault.own_notes import VaultOwnNotes
from app.vault.summaries.summaries import VaultSummaries
from app.vault.users import VaultUserDirectory

DRAFT = EncounterState.DRAFT
ENCOUNTERS = {
    "create": (lambda s, _v: s.create("t"), "encounter.created"),
    "list": (lambda s, _v: s.list(), "encounters.listed"),
    "get": (lambda s, v: s.get(v["drafted"]), "encounter.viewed"),
    "rename": (lambda s, v: s.rename(v["drafted"], "u"), "encounter.renamed"),
    "choose_draft": (lambda s, v: s.choose_draft(v["drafted"], DraftChoice("soap")), "draft.chosen"),
    "audio_writer": (lambda s, v: s.audio_writer(v["new"], 100).close(), "audio.started"),
    "resume_audio": (lambda s, v: s.resume_audio(v["cut"]).close(), "audio.resumed"),
    "read_audio": (lambda s, v: s.read_audio(v["cut"]), "audio.played"),
    "journal": (lambda s, v: s.journal(v["cut"]), "journal.viewed"),
    "record_consent": (lambda s, v: s.record_consent(v["new"], make_consent()), "consent.given"),
    "consent": (lambda s, v: s.consent(v["cut"]), "consent.viewed"),
    "save_transcript": (lambda s, v: s.save_transcript(v["new"], make_transcript()), "transcript.saved"),
    "transcript": (lambda s, v: s.transcript(v["drafted"]), "transcript.viewed"),
    "add_version": (
        lambda s, v: s.add_version(v["drafted"], make_note("e"), VersionKind.EDIT, DRAFT, 1), "note.edit",
    ),
    "sign_version": (
        lambda s, v: s.sign_version(v["drafted"], VersionKind.SIGNATURE, make_note(), "authorship", PASSPHRASE, 1),
        "note.signed",
    ),
    "versions": (lambda s, v: s.versions(v["drafted"]), "note.viewed"),
    "verify": (lambda s, v: s.verify(v["drafted"], 1), "note.verified"),
    "share": (lambda s, v: s.share(v["drafted"], v["paul"]), "encounter.shared"),
    "destroy": (lambda s, v: s.destroy(v["drafted"], "test"), "encounter.destroyed"),
}  # fmt: skip
OTHERS = {
    (VaultSummaries, "find"): (lambda s: s.search.find("word"), "encounters.searched"),
    (VaultSummaries, "encounters"): (lambda s: s.search.encounters(), "encounters.listed"),
    (VaultOwnNotes, "set_setting"): (lambda s: s.own_notes.set_setting("a", "b"), "own-setting.changed"),
    (VaultUserDirectory, "add"): (
        lambda s: s.users.add("new", "New", frozenset({Role.NURSE}), PASSPHRASE), "user.added",
    ),
    (VaultUserDirectory, "change_passphrase"): (
        lambda s: s.users.change_passphrase(PASSPHRASE, "another passphrase"), "passphrase.changed",
    ),
    (VaultAuditTrail, "record"): (lambda s: s.audit.record("print", "visit"), "print"),
    (VaultAuditTrail, "entries"): (lambda s: s.audit.entries(1), "audit.viewed"),
    (VaultAuditTrail, "export"): (lambda s: s.audit.export("csv"), "audit.exported"),
    (VaultAuditTrail, "verify"): (lambda s: s.audit.verify(), "audit.verified"),
    (VaultAuditTrail, "policy_in_force"): (lambda s: s.audit.policy_in_force("p"), "policy.in-force"),
}  # fmt: skip
SILENT = {
    (VaultEncounterStore, "set_stage"): "how far the program is, no act of a person",
    (VaultEncounterStore, "append_journal"): "part of the recording, whose start and end are entries",
    (VaultEncounterStore, "audio_info"): "length and state of a recording, no sound",
    (VaultEncounterStore, "draft_choice"): "note type and style, no content",
    (VaultOwnNotes, "signed"): "noted when there is something to read: test_own_notes",
    (VaultOwnNotes, "setting"): "a person's own setting",
    (VaultUserDirectory, "list"): "names that the sign-in shows to everybody",
}


@pytest.fixture
def visits(session):
    """A new visit, a drafted one, and one whose recording was cut off."""
    store = session.encounters
    made = {name: store.create(name) for name in ("new", "drafted", "cut")}
    store.save_transcript(made["drafted"], make_transcript())
    store.add_version(made["drafted"], make_note(), VersionKind.DRAFT, DRAFT, 0)
    store.record_consent(made["cut"], make_consent())
    writer = store.audio_writer(made["cut"], 100)
    writer.write(bytes(200))
    store.append_journal(made["cut"], make_window())
    writer.abandon()
    made["paul"] = next(u.id for u in session.users.list() if u.name == "paul")
    return made


def count(session):
    with session._vault.database.transaction() as connection:
        return connection.execute(text("SELECT count(*) FROM audit")).scalar()


def new_actions(session, before):
    with session._vault.database.transaction() as connection:
        query = text("SELECT action FROM audit WHERE sequence > :before")
        return connection.execute(query, {"before": before}).scalars().all()


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_act_on_an_encounter_has_its_entry(session, visits, name):
    act, expected = ENCOUNTERS[name]
    before = count(session)
    act(session.encounters, visits)
    assert expected in new_actions(session, before)


@pytest.mark.parametrize("name", OTHERS, ids=lambda key: f"{key[0].__name__}.{key[1]}")
def test_other_act_has_its_entry(session, name):
    act, expected = OTHERS[name]
    before = count(session)
    act(session)
    assert expected in new_actions(session, before)


def test_table_names_every_method():
    named = {(VaultEncounterStore, name) for name in ENCOUNTERS} | OTHERS.keys() | SILENT.keys()
    classes = (VaultEncounterStore, VaultSummaries, VaultOwnNotes, VaultUserDirectory, VaultAuditTrail)
    public = {
        (kind, name) for kind in classes for name, _ in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"
    }
    assert public == named


def test_refused_act_has_its_entry(folder):
    with signed_in(folder, "ines") as session:
        for _ in range(3):
            with pytest.raises(PermissionDeniedError):
                session.encounters.create("t")
        with pytest.raises(PermissionDeniedError):
            session.audit.verify()
    with signed_in(folder) as session:
        refused = [(e.actor, e.subject) for e in session.audit.entries() if e.action == "permission.refused"]
        assert refused == [("ines", "record"), ("ines", "read-audit")]
        assert session.audit.verify().first_bad is None
