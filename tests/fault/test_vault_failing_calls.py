"""The N-th call to the machine fails, for every N until the act succeeds: declared errors only, state old or new."""

import os
import shutil
from contextlib import suppress

import pytest
from failing_calls import FAULTS, Fault, disk_full, failing_files, io_error
from vault_samples import (
    CHEAP,
    PASSPHRASE,
    Template,
    make_consent,
    make_note,
    make_transcript,
    make_window,
    no_delay,
    signed_in,
)

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import DiskFullError, MachineError, SignInError
from app.domain.people import Role
from app.vault import opening, vault_exists

ENDLESS = 400


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = Template(tmp_path_factory.mktemp("vault"))
    with signed_in(made.folder) as session:
        store = session.encounters
        encounter = store.create("old title")
        store.save_transcript(encounter, make_transcript("old words"))
        store.add_version(encounter, make_note("old note"), VersionKind.DRAFT, EncounterState.DRAFT, 0)
        made.encounter = encounter
    return made


def state(session, encounter):
    """What a reader sees; the trail and every signature must verify."""
    store = session.encounters
    trail = session.audit.verify()
    assert trail.first_bad is None, trail
    versions = store.versions(encounter)
    for version in versions:
        assert version.signature is None or store.verify(encounter, version.number).valid
    found = store.get(encounter)
    return {
        "title": found.title,
        "state": found.state.value,
        "versions": [v.note for v in versions],
        "transcript": store.transcript(encounter),
        "encounters": len(store.list()),
        "journal": list(store.journal(encounter)),
        "consent": store.consent(encounter),
        "users": [u.name for u in session.users.list()],
        "passphrase": opens_with(session, PASSPHRASE),
    }


def opens_with(session, passphrase):
    try:
        session.reauthenticate(passphrase)
    except SignInError:
        return False
    return True


def sign(session, encounter):
    note = make_note("signed note")
    session.encounters.sign_version(encounter, VersionKind.SIGNATURE, note, "authorship", PASSPHRASE, 1)


ACTS = {
    "create": lambda s, _e: s.encounters.create("new"),
    "rename": lambda s, e: s.encounters.rename(e, "new title"),
    "transcript": lambda s, e: s.encounters.save_transcript(e, make_transcript("new words")),
    "edit": lambda s, e: s.encounters.add_version(e, make_note("new"), VersionKind.EDIT, EncounterState.DRAFT, 1),
    "sign": sign,
    "journal": lambda s, e: s.encounters.append_journal(e, make_window()),
    "consent": lambda s, e: s.encounters.record_consent(e, make_consent()),
    "add user": lambda s, _e: s.users.add("new", "New", frozenset({Role.NURSE}), PASSPHRASE),
    "passphrase": lambda s, _e: s.users.change_passphrase(PASSPHRASE, "another passphrase"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("kind", "lasting"),
    [("disk full", True), ("I/O error", False), ("database full", False), ("database I/O error", True)],
)
def test_act_is_done_or_not_done(template, tmp_path, kind, act, lasting):
    failing, error = FAULTS[kind]
    folder = template.copy(tmp_path)
    with signed_in(folder) as session:
        before = state(session, template.encounter)
        for number in range(1, ENDLESS):
            fault = Fault(number, error, lasting=lasting)
            failed = None
            with failing(fault):
                try:
                    ACTS[act](session, template.encounter)
                except MachineError as caught:
                    failed = caught
            if failed is None:
                break
            assert isinstance(failed, DiskFullError) == ("full" in kind)
            assert state(session, template.encounter) == before, (number, failed)
        else:
            pytest.fail("the act never succeeded")
        assert fault.reached or number > 1 or kind not in {"database full", "database I/O error"}
        after = state(session, template.encounter)
        assert after != before
    with signed_in(folder, passphrase=PASSPHRASE if after["passphrase"] else "another passphrase") as session:
        assert state(session, template.encounter) == after


@pytest.mark.parametrize("kind", ["disk full", "database I/O error"])
def test_signing_in_works_or_says_why(template, tmp_path, kind):
    failing, error = FAULTS[kind]
    for number in range(1, ENDLESS):
        folder = template.copy(tmp_path / str(number))
        fault = Fault(number, error, lasting=False)
        with failing(fault), suppress(MachineError):
            opening.sign_in(folder, "anna", PASSPHRASE, delay=no_delay(folder)).close()
        with signed_in(folder) as session:
            assert session.audit.verify().first_bad is None
        shutil.rmtree(tmp_path / str(number))
        if not fault.reached:
            return
    pytest.fail("signing in never succeeded")


@pytest.mark.parametrize("kind", ["I/O error", "database full"])
def test_creating_makes_a_vault_or_leaves_room_for_one(tmp_path, kind):
    failing, error = FAULTS[kind]
    for number in range(1, ENDLESS):
        folder = tmp_path / str(number)
        fault = Fault(number, error, lasting=False)
        with failing(fault), suppress(MachineError):
            session, _ = opening.create_vault(folder, name="a", display_name="A", passphrase=PASSPHRASE, cost=CHEAP)
            session.close()
        if not fault.reached:
            return
        if not vault_exists(folder):
            session, _ = opening.create_vault(folder, name="a", display_name="A", passphrase=PASSPHRASE, cost=CHEAP)
            session.close()
        with signed_in(folder, "a") as session:
            assert session.audit.verify().first_bad is None
        shutil.rmtree(folder)
    pytest.fail("creating never succeeded")


def test_recovery_code_works_or_the_old_one_stays(template, tmp_path):
    for number in range(1, ENDLESS):
        folder = template.copy(tmp_path / str(number))
        fault = Fault(number, disk_full, lasting=False)
        code = None
        with failing_files(fault), suppress(DiskFullError):
            session, code = opening.sign_in_with_recovery_code(
                folder, "anna", template.code, "another passphrase", delay=no_delay(folder)
            )
            session.close()
        session, _ = opening.sign_in_with_recovery_code(
            folder, "anna", code or template.code, "third passphrase", delay=no_delay(folder)
        )
        session.close()
        shutil.rmtree(tmp_path / str(number))
        if not fault.reached:
            return
    pytest.fail("the recovery never succeeded")


@pytest.mark.parametrize("error", [disk_full, io_error])
def test_recording_keeps_everything_acknowledged(template, tmp_path, error):
    seconds = [bytes((n, 1)) * 100 for n in range(1, 6)]
    for number in range(1, ENDLESS):
        folder = template.copy(tmp_path / str(number))
        fault = Fault(number, error, lasting=True)
        acknowledged, closed, writer = 0, False, None
        with signed_in(folder) as session:
            with failing_files(fault):
                try:
                    writer = session.encounters.audio_writer(template.encounter, 100)
                    for second in seconds:
                        writer.write(second)
                        acknowledged += 1
                    writer.close()
                    closed = True
                except MachineError:
                    if writer is not None:
                        writer.abandon()
            if writer is not None:
                info = session.encounters.audio_info(template.encounter)
                assert info.complete == closed or not closed
                assert info.duration >= acknowledged
                whole = b"".join(seconds)
                assert session.encounters.read_audio(template.encounter) == whole[: round(info.duration * 200)]
        shutil.rmtree(tmp_path / str(number))
        if not fault.reached:
            assert closed
            return
    pytest.fail("the recording never succeeded")


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("lasting", [True, False])
def test_resuming_works_or_leaves_what_can_be_resumed(template, tmp_path, kind, lasting):
    failing, error = FAULTS[kind]
    before, after = bytes(range(100)), bytes(range(100, 200))
    for number in range(1, ENDLESS):
        folder = template.copy(tmp_path / str(number))
        with signed_in(folder) as session:
            store = session.encounters
            writer = store.audio_writer(template.encounter, 100)
            writer.write(before)
            writer.abandon()
            fault = Fault(number, error, lasting=lasting)
            acknowledged = b""
            with failing(fault), suppress(MachineError):
                writer = store.resume_audio(template.encounter)
                writer.write(after)
                acknowledged = after
                writer.close()
            writer.abandon()
            found = store.read_audio(template.encounter)
            assert found.startswith((before + acknowledged)[: len(before + acknowledged) // 50 * 50])
            assert (before + after).startswith(found)
            if not store.audio_info(template.encounter).complete:
                with store.resume_audio(template.encounter) as writer:
                    writer.write(after)
                assert store.read_audio(template.encounter) == found + after
            assert store.audio_info(template.encounter).complete
        with signed_in(folder) as session:
            assert session.audit.verify().first_bad is None
            assert session.encounters.audio_info(template.encounter).complete
            session.encounters.destroy(template.encounter, "done")
        assert list((folder / "audio").iterdir()) == []
        shutil.rmtree(tmp_path / str(number))
        if not fault.reached:
            return
    pytest.fail("resuming never succeeded")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes into read-only folders")
def test_read_only_folder_is_a_declared_error(template, tmp_path):
    folder = template.copy(tmp_path)
    folder.chmod(0o500)
    try:
        with pytest.raises(MachineError):
            opening.sign_in(folder, "anna", PASSPHRASE)
    finally:
        folder.chmod(0o700)
