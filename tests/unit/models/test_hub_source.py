"""The hub source against a hub on loopback that breaks off, lies, refuses and stays silent."""

import time

import pytest
from model_sources import COMMIT, Hub, closed_port, serving, sha256, small_catalogue, small_entry

from app.domain.errors import MachineError, ModelDamagedError, WorkCancelledError
from app.domain.work import CancelToken
from app.models import ModelState, ModelStore
from app.models.fetching import Fetcher
from app.models.hub import HubSource

DATA = bytes(range(256)) * 2000


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("HF_TOKEN", raising=False)


def fetch(hub, store, **options):
    source = HubSource(endpoint=hub.endpoint, timeout=options.pop("timeout", 5.0), **options)
    return Fetcher(store, [source]).fetch(["small"])


@pytest.fixture
def pinned(tmp_path):
    return ModelStore(tmp_path, small_catalogue(small_entry({"model.bin": DATA, "config.json": b"{}"})))


@pytest.fixture
def unpinned(tmp_path):
    return ModelStore(tmp_path, small_catalogue(small_entry({"model.bin": DATA, "config.json": b"{}"}, pinned=False)))


def test_fetches_and_opens(pinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        assert fetch(hub, pinned) == ("small",)
    assert (pinned.open("small") / "model.bin").read_bytes() == DATA
    assert not pinned.staging("small").exists()


def test_resumes_after_cut_connections_with_ranges(pinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"}, cuts=[100_000, 50_000])) as hub:
        fetch(hub, pinned)
        ranges = [row[2] for row in hub.asked("GET") if row[1].endswith("model.bin")]
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]
    assert (pinned.open("small") / "model.bin").read_bytes() == DATA


def test_a_server_that_ignores_ranges_is_read_from_the_start(pinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"}, cuts=[100_000], ignore_range=True)) as hub:
        fetch(hub, pinned)
    assert (pinned.open("small") / "model.bin").read_bytes() == DATA


def test_a_later_fetch_goes_on_where_the_first_gave_up(pinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"}, cuts=[70_000, 0, 0])) as hub:
        with pytest.raises(MachineError, match="broke off"):
            fetch(hub, pinned, attempts=2)
        assert pinned.state("small") is ModelState.MISSING
        before = len(hub.requests)
        fetch(hub, pinned)
        assert "bytes=70000-" in [row[2] for row in hub.requests[before:]]
    assert (pinned.open("small") / "model.bin").read_bytes() == DATA


def test_a_bad_partial_file_of_an_earlier_run_is_dropped_once(pinned):
    staging = pinned.staging("small")
    staging.mkdir(parents=True)
    (staging / "model.bin.hub.partial").write_bytes(b"x" * 1000)
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        fetch(hub, pinned)
    assert (pinned.open("small") / "model.bin").read_bytes() == DATA


@pytest.mark.parametrize("size", [len(DATA), len(DATA) + 5])
def test_a_partial_file_as_long_as_the_file_or_longer_is_no_trap(pinned, size):
    staging = pinned.staging("small")
    staging.mkdir(parents=True)
    (staging / "model.bin.hub.partial").write_bytes(b"x" * size)
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        fetch(hub, pinned)
    assert (pinned.open("small") / "model.bin").read_bytes() == DATA


def test_a_wrong_digest_is_refused_named_and_never_placed(pinned):
    with (
        serving(Hub({"model.bin": DATA, "config.json": b"{}"}, lie=True)) as hub,
        pytest.raises(ModelDamagedError) as error,
    ):
        fetch(hub, pinned)
    assert "small" in error.value.message
    assert "SHA-256" in error.value.message
    assert pinned.state("small") is ModelState.MISSING
    assert not list(pinned.root.rglob("*.partial"))


def test_a_wrong_digest_does_not_touch_what_is_in_place(pinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        fetch(hub, pinned)
        (pinned.folder("small") / "config.json").unlink()
        hub.lie = True
        with pytest.raises(ModelDamagedError):
            fetch(hub, pinned)
    assert (pinned.folder("small") / "model.bin").read_bytes() == DATA


def test_a_damaged_file_is_replaced_and_the_good_one_left_alone(pinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        fetch(hub, pinned)
        target = pinned.folder("small") / "model.bin"
        target.write_bytes(DATA[:-1] + b"?")
        hub.requests.clear()
        assert fetch(hub, pinned) == ("small",)
        assert {row[1].rsplit("/", 1)[-1] for row in hub.asked("GET")} == {"model.bin"}
    assert target.read_bytes() == DATA


def test_a_complete_model_asks_nobody(pinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        fetch(hub, pinned)
        hub.requests.clear()
        assert fetch(hub, pinned) == ()
        assert hub.requests == []


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_refusals_are_one_clear_line(pinned, status):
    with serving(Hub({}, status=status)) as hub, pytest.raises(MachineError) as error:
        fetch(hub, pinned)
    assert str(status) in error.value.message
    assert "\n" not in error.value.message
    assert "import" in error.value.remedy


def test_a_closed_network_is_remembered(pinned):
    source = HubSource(endpoint=closed_port())
    for _ in range(2):
        with pytest.raises(MachineError, match="not reachable"):
            Fetcher(pinned, [source]).fetch(["small"])
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        source._endpoint = hub.endpoint
        with pytest.raises(MachineError, match="not reachable"):
            Fetcher(pinned, [source]).fetch(["small"])
        assert hub.requests == []


def test_a_silent_hub_costs_only_the_patience(pinned):
    with serving(Hub({"model.bin": DATA}, stall=1.0)) as hub, pytest.raises(MachineError, match="did not answer"):
        fetch(hub, pinned, timeout=30, patience=0.2)


def test_a_hub_that_falls_silent_later_is_given_up(pinned):
    class Silent(Hub):
        @property
        def stall(self):
            return 0.6 if self.asked("GET") else 0.0

        @stall.setter
        def stall(self, value):
            pass

    with (
        serving(Silent({"model.bin": DATA, "config.json": b"{}"})) as hub,
        pytest.raises(MachineError, match="broke off"),
    ):
        fetch(hub, pinned, timeout=0.2, attempts=1)


def test_cancel_keeps_what_arrived(pinned):
    cancel = CancelToken()

    def progress(_fraction, phrase):
        if "model.bin" in phrase and phrase.startswith("Fetching"):
            cancel.cancel()

    with serving(Hub({"model.bin": DATA, "config.json": b"{}"})) as hub:
        with pytest.raises(WorkCancelledError):
            Fetcher(pinned, [HubSource(endpoint=hub.endpoint)]).fetch(["small"], progress, cancel)
        assert (pinned.staging("small") / "model.bin.hub.partial").stat().st_size > 0
        fetch(hub, pinned)
    assert pinned.open("small")


def test_an_unpinned_file_is_held_to_the_hubs_own_digest(unpinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"}, small_names=("config.json",))) as hub:
        fetch(hub, unpinned)
        assert all(f"/resolve/{COMMIT}/" in row[1] for row in hub.asked("GET"))
    assert unpinned.open("small")
    record = (unpinned.folder("small") / "hub-record.json").read_text()
    assert sha256(DATA) in record
    assert f"publisher/model@{COMMIT}" in record
    (unpinned.folder("small") / "config.json").write_bytes(b"[]")
    with pytest.raises(ModelDamagedError, match=r"config\.json"):
        unpinned.open("small")


@pytest.mark.parametrize("small_names", [(), ("model.bin", "config.json")])
def test_an_unpinned_file_that_differs_from_the_hubs_digest_is_refused(unpinned, small_names):
    hub = Hub({"model.bin": DATA, "config.json": b"{}"}, small_names=small_names, lie=True)
    with serving(hub), pytest.raises(ModelDamagedError):
        fetch(hub, unpinned)
    assert unpinned.state("small") is ModelState.MISSING


def test_an_unpinned_file_without_a_published_digest_is_refused(unpinned):
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"}, no_digest=True)) as hub:
        with pytest.raises(MachineError, match="no digest"):
            fetch(hub, unpinned)
        assert hub.asked("GET") == []


def test_an_unpinned_file_put_there_by_hand_is_refused(unpinned):
    folder = unpinned.folder("small")
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(DATA)
    (folder / "config.json").write_bytes(b"{}")
    with pytest.raises(ModelDamagedError, match="no digest is recorded"):
        unpinned.open("small")


def test_redirects_to_a_content_server_do_not_carry_the_token(pinned, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "secret")
    files = {"model.bin": DATA, "config.json": b"{}"}
    with serving(Hub(files)) as content, serving(Hub(files, redirect_to=content.endpoint)) as hub:
        fetch(hub, pinned)
        assert {row[3] for row in hub.requests} == {"Bearer secret"}
        assert {row[3] for row in content.requests} == {None}
    assert pinned.open("small")


def test_a_gated_model_says_what_to_do(tmp_path):
    store = ModelStore(tmp_path, small_catalogue(small_entry({"model.bin": DATA}, gated=True)))
    with serving(Hub({}, status=403)) as hub, pytest.raises(MachineError, match="HF_TOKEN"):
        fetch(hub, store)


def test_progress_rises_to_one(pinned):
    seen = []
    with serving(Hub({"model.bin": DATA, "config.json": b"{}"}, cuts=[100_000])) as hub:
        source = HubSource(endpoint=hub.endpoint)
        Fetcher(pinned, [source]).fetch(
            ["small"], lambda fraction, phrase: seen.append((time.monotonic(), fraction, phrase))
        )
    fractions = [fraction for _, fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
