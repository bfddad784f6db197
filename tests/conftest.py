"""What every test starts from."""

import shutil
import sys

import hypothesis
import pytest
from pytestqt.qtbot import QtBot

# A deadline would be an assertion about the machine's speed; those are benchmarks.
hypothesis.settings.register_profile("anamnesis", deadline=None)
hypothesis.settings.load_profile("anamnesis")


class PatientBot(QtBot):
    """Waits longer than pytest-qt's five seconds: a busy machine is no failure, and nothing waits when all is well."""

    def waitUntil(self, callback, *, timeout=30_000):  # noqa: N802 - pytest-qt's name
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _hub_as_the_machine_has_it(monkeypatch):
    """Loading a speech model in this process switches the hub off for good; the next test must not inherit that."""
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


def pytest_runtest_setup(item):
    tools = ("pulseaudio", "pactl", "paplay", "parec")
    if item.get_closest_marker("pulse") and not (sys.platform == "linux" and all(map(shutil.which, tools))):
        pytest.skip("no pulseaudio on this machine (Debian: pulseaudio pulseaudio-utils libasound2-plugins)")
