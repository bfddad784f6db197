"""What does not depend on an engine."""

import math

import pytest

from app.domain.errors import ModelMissingError
from app.drafting.engines.language_model import share
from app.drafting.engines.loading import load_language_model


def test_share_sums_over_spellings_and_ignores_the_rest():
    found = share(
        [("Yes", math.log(0.5)), (" yes", math.log(0.1)), ("No", math.log(0.2)), ("Maybe", -1.0)], ("Yes", "No")
    )
    assert found["Yes"] == pytest.approx(0.75)
    assert found["No"] == pytest.approx(0.25)


def test_share_without_mass_is_even():
    assert share([("Maybe", -0.1)], ("Yes", "No")) == {"Yes": 0.5, "No": 0.5}


def test_missing_model_is_a_declared_error(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ModelMissingError):
            load_language_model(folder)
