"""Distinctive words are searched for in everything that is written, said and logged while a vault works."""

import logging
import os
import re
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from program import REPOSITORY, environment
from vault_samples import PASSPHRASE, Template, make_consent, make_note, make_transcript, make_window, signed_in

from app.domain.bugs import describe_bug
from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError
from app.domain.recording import ConsentDecision, Mark, MarkKind
from app.exchange.audit_file import audit_text
from app.ui.crash import CrashLog

TITLE, SAID, WRITTEN, REASON = "Zanzibarquelle", "Flohmarktkürbis", "Nebelhornzwiebel", "Wolkenkratzerfarn"
HEARD, PERSON, MARKED = "Pfützenorchester", "Traudelinde", "Kellerassel-Mikrofon"
TYPED, HELD = "Moosgummiflöte", "Dachrinnenkaktus"
CANARIES = (TITLE, SAID, WRITTEN, REASON, HEARD, PERSON, MARKED, TYPED, HELD, PASSPHRASE)
DRAFT = EncounterState.DRAFT
TONE = bytes(range(7, 207)) * 160


def spellings(word):
    """The word as it could lie in a file."""
    return {word.encode(), word.encode("utf-16-le"), word.encode("latin-1"), word.encode().hex().encode()}


def assert_nowhere(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in CANARIES:
                assert not any(s in data for s in spellings(word)), (path.name, word)
            assert TONE[:64] not in data, path.name


def crash_with_content(folder):
    """A bug whose exception holds a patient's words, as the window and the command line report it."""
    told = []
    crashes = CrashLog(folder / "logs", lambda entry, _file: told.append(entry))

    def fail():
        raise KeyError(WRITTEN, {"title": TITLE})

    try:
        fail()
    except KeyError as error:
        crashes.report(error)
        told.append(describe_bug(error))
    assert (folder / "logs" / "crash.log").exists()
    assert not any(word in line for line in told for word in CANARIES)


def test_words_and_sound_are_in_no_file(tmp_path, monkeypatch, caplog, capfd):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    caplog.set_level(logging.DEBUG)
    template = Template(tmp_path)
    with signed_in(template.folder) as session:
        store = session.encounters
        visit, other = store.create(TITLE), store.create(TITLE)
        store.record_consent(visit, make_consent(who=PERSON))
        with store.audio_writer(visit) as writer:
            writer.write(TONE)
            store.append_journal(visit, make_window(text=HEARD))
            store.append_journal(visit, Mark(MarkKind.DEVICE, 1.0, detail=MARKED))
            assert_nowhere(tmp_path)
        cut = store.create(TITLE)
        store.audio_writer(cut).abandon()
        with store.resume_audio(cut) as writer:
            writer.write(TONE)
        store.save_transcript(visit, make_transcript(f"He said {SAID}."))
        store.add_version(visit, make_note(WRITTEN), VersionKind.DRAFT, DRAFT, 0)
        store.add_version(visit, make_note(TYPED), VersionKind.EDIT, DRAFT, 1)
        assert len(session.search.find(TYPED)) == len(session.search.find(f"{TITLE} {TYPED}")) == 1
        store.sign_version(visit, VersionKind.SIGNATURE, make_note(TYPED), "authorship", PASSPHRASE, 2)
        session.records.add_hold(visit, HELD)
        session.team.rotation.request(visit)
        session.team.rotation.run()
        (tmp_path / "backups").mkdir()
        assert session.records.back_up(tmp_path / "backups").path.exists()
        crash_with_content(tmp_path)
        store.rename(visit, TITLE + TITLE)
        store.record_consent(other, make_consent(ConsentDecision.WITHDRAWN, PERSON))
        store.destroy(other, REASON)
        assert store.consent(visit).who == PERSON
        assert len(store.journal(visit)) == 2
        assert store.transcript(visit).utterances[0].text == f"He said {SAID}."
        assert (template.folder / "vault.db-wal").exists()
        assert_nowhere(tmp_path)
        entries = session.audit.entries()
        written = audit_text(entries, "json") + audit_text(entries, "csv")
        assert not any(word in text for text in (repr(entries), written) for word in CANARIES)
        assert not any(word in repr(vars(session._vault)) for word in CANARIES)
    assert_nowhere(tmp_path)
    spoken = caplog.text + "".join(capfd.readouterr())
    assert not any(word in spoken for word in CANARIES)


@pytest.mark.parametrize(
    "act",
    [
        lambda s, _: s.encounters.create(TITLE * 100),
        lambda s, _: s.encounters.create(TITLE + "\ud800"),
        lambda s, e: s.encounters.add_version(e, make_note(f"{WRITTEN}\ud800"), VersionKind.DRAFT, DRAFT, 0),
        lambda s, e: s.encounters.save_transcript(e, make_transcript(SAID + "\ud800")),
        lambda s, e: s.encounters.add_version(e, make_note(WRITTEN), VersionKind.DRAFT, DRAFT, 7),
        lambda s, e: s.encounters.sign_version(e, VersionKind.SIGNATURE, make_note(WRITTEN), "m", PASSPHRASE, 7),
        lambda s, _: s.reauthenticate(PASSPHRASE + "x"),
        lambda s, v: s.encounters.append_journal(v, make_window(text=HEARD + " \ud800")),
        lambda s, v: s.encounters.append_journal(v, Mark(MarkKind.DEVICE, -1.0, detail=MARKED)),
        lambda s, v: s.encounters.record_consent(v, make_consent(who=PERSON + " \ud800")),
        lambda s, v: s.encounters.record_consent(v, make_consent(who=PERSON, wording=PERSON + " !")),
    ],
)  # fmt: skip
def test_errors_hold_no_content(tmp_path, act):
    template = Template(tmp_path)
    with signed_in(template.folder) as session:
        visit = session.encounters.create("t")
        with pytest.raises(AnamnesisError) as caught:
            act(session, visit)
    assert not any(word in str(caught.value) + caught.value.remedy for word in CANARIES)
    messages = []
    error = caught.value
    while error is not None:
        messages += traceback.format_exception_only(type(error), error)
        error = error.__cause__
    assert not any(word in line for line in messages for word in CANARIES)


WRITES = re.compile(r'(?:open|openat|creat)\((?:AT_FDCWD, )?"([^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)')
WORK = """
import sys
from pathlib import Path
from program import REPOSITORY, environment
from vault_samples import CHEAP, PASSPHRASE, make_note, make_transcript
from app.domain.encounter import EncounterState, VersionKind
from app.vault import opening

folder = Path(sys.argv[1])
session, _ = opening.create_vault(folder / "vault", name="a", display_name="A", passphrase=PASSPHRASE, cost=CHEAP)
store = session.encounters
visit = store.create("title")
with store.audio_writer(visit) as writer:
    writer.write(bytes(32000))
store.save_transcript(visit, make_transcript("long " * 100_000))
store.add_version(visit, make_note("words"), VersionKind.DRAFT, EncounterState.DRAFT, 0)
assert session.search.find("words")
store.sign_version(visit, VersionKind.SIGNATURE, make_note("words"), "authorship", PASSPHRASE, 1)
session.team.rotation.request(visit)
session.team.rotation.run()
(folder / "backups").mkdir()
session.records.back_up(folder / "backups")
store.destroy(visit, "test")
session.close()
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing")
def test_work_writes_nowhere_else_and_opens_no_socket(tmp_path):
    """System calls of a whole visit: what is opened for writing lies in the vault or the backups; no temporary file."""
    trace, data = tmp_path / "trace", tmp_path / "data"
    data.mkdir()
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests" / "support")])
    done = subprocess.run(
        ["strace", "-f", "-qq", "-s", "400", "-e", "trace=open,openat,creat,socket", "-o", str(trace),
         sys.executable, "-B", "-c", WORK, str(data)],
        env=environment(PYTHONPATH=paths, HOME=str(tmp_path)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = trace.read_text()
    written = {Path(path) for path in WRITES.findall(text)}
    assert data / "vault" / "vault.db" in written
    assert [str(p) for p in written if not p.is_relative_to(data) and str(p) != os.devnull] == []
    assert "AF_INET" not in text
