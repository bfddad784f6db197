"""Distinctive words are searched for in everything that is written, said and logged while a vault works."""

import logging
import traceback

import pytest
from vault_samples import PASSPHRASE, Template, make_consent, make_note, make_transcript, make_window, signed_in

from app.domain.encounter import EncounterState, VersionKind
from app.domain.errors import AnamnesisError
from app.domain.recording import ConsentDecision, Mark, MarkKind

TITLE, SAID, WRITTEN, REASON = "Zanzibarquelle", "Flohmarktkürbis", "Nebelhornzwiebel", "Wolkenkratzerfarn"
HEARD, PERSON, MARKED = "Pfützenorchester", "Traudelinde", "Kellerassel-Mikrofon"
CANARIES = (TITLE, SAID, WRITTEN, REASON, HEARD, PERSON, MARKED, PASSPHRASE)
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
        store.sign_version(visit, VersionKind.SIGNATURE, make_note(WRITTEN), "authorship", PASSPHRASE, 1)
        store.rename(visit, TITLE + TITLE)
        store.record_consent(other, make_consent(ConsentDecision.WITHDRAWN, PERSON))
        store.destroy(other, REASON)
        assert store.consent(visit).who == PERSON
        assert len(store.journal(visit)) == 2
        assert store.transcript(visit).utterances[0].text == f"He said {SAID}."
        assert (template.folder / "vault.db-wal").exists()
        assert_nowhere(tmp_path)
        assert not any(word in repr(e) for e in session.audit.entries() for word in CANARIES)
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
