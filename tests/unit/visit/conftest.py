"""A real vault, a scripted recorder and a scripted live text."""

import shutil

import pytest
from vault_samples import CHEAP, PASSPHRASE
from visit_doubles import Ears, ScriptedRecorder, ScriptedText

from app.audio.microphone_choice import MicrophoneChoice
from app.domain.live import LiveEvent
from app.domain.recording import ConsentMethod
from app.policy import Policy
from app.vault import opening, sign_in
from app.visit.consent import given, load_wording
from app.visit.recordings import Recordings

WORDING = load_wording("en-1")


@pytest.fixture(scope="session")
def vault_template(tmp_path_factory):
    """A vault made once, copied for each test that breaks off a recording."""
    folder = tmp_path_factory.mktemp("template") / "vault"
    session, _code = opening.create_vault(
        folder, name="anna", display_name="Anna Ek", passphrase=PASSPHRASE, cost=CHEAP
    )
    session.close()
    return folder


@pytest.fixture
def vault(vault_template, tmp_path):
    """The folder of a vault of this test's own."""
    return shutil.copytree(vault_template, tmp_path / "vault")


@pytest.fixture
def doubles(monkeypatch):
    """Put the scripted recorder and live text where the real ones are imported from."""
    recorder = type("Recorder", (ScriptedRecorder,), {"made": [], "fail": {}})
    text = type("Text", (ScriptedText,), {"made": []})
    monkeypatch.setattr("app.audio.recorder.Recorder", recorder)
    monkeypatch.setattr("app.visit.live_transcription.LiveTranscription", text)
    return type("Doubles", (), {"recorder": recorder, "text": text})


class Desk:
    """One signed-in session with its recordings; `crash` is kill -9 for everything but the disk."""

    def __init__(self, vault, **options):
        self.vault = vault
        self.options = options
        self.events: list[LiveEvent] = []
        self.free = 10**12
        self.open()

    def open(self):
        self.session = sign_in(self.vault, "anna", PASSPHRASE)
        self.store = self.session.encounters
        self.busy = set()
        options = {"policy": Policy(), "wording": WORDING, "ears": Ears(), **self.options}
        self.recordings = Recordings(self.store, **options, free=lambda: self.free, busy=self.busy)

    def crash(self):
        """Forget everything in memory: open writers are given up without an end mark, as the system would."""
        for writer in self.session._recordings._writers.values():
            writer.abandon()
        for visit in list(self.recordings._running.values()):
            visit._keeper.drain(5)
            visit._keeper.close()
            visit._watch.stop()
        self.session._recordings._writers.clear()
        self.session.close()
        self.events.clear()
        self.open()

    def start(self, title="Knee", choice=None, consent="given", **more):
        agreed = given(ConsentMethod.VERBAL, WORDING) if consent == "given" else consent
        return self.recordings.start(title, agreed, choice or MicrophoneChoice(), self.events.append, **more)

    def stages(self, encounter_id):
        return {s.stage: (s.state, s.code) for s in self.store.get(encounter_id).stages}

    def actions(self):
        return [entry.action for entry in self.session.audit.entries()]


@pytest.fixture
def desk(vault, doubles):
    desk = Desk(vault)
    yield desk
    desk.recordings.close()
    desk.session.close()


@pytest.fixture
def make_desk(vault, doubles):
    desks = []

    def make(**options):
        desks.append(Desk(vault, **options))
        return desks[-1]

    yield make
    for desk in desks:
        desk.recordings.close()
        desk.session.close()
