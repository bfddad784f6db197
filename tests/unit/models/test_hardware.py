"""Recommendations by hardware."""

import pytest

from app.models import Catalogue
from app.models.hardware import Hardware, find_hardware, recommended


@pytest.mark.parametrize(
    ("memory", "gpu", "expected"),
    [
        (8_000, 0, ["whisper-base", "qwen2.5-coder-1.5b-q4", "speaker-ge2e"]),
        (3_000, 0, ["whisper-base", "qwen2.5-coder-0.5b-q4", "speaker-ge2e"]),
        (32_000, 4_000, ["whisper-large-v3-turbo", "qwen2.5-coder-1.5b-q4", "speaker-ge2e"]),
        (32_000, 8_192, ["whisper-large-v3-turbo", "qwen3-4b-q4", "speaker-ge2e"]),
        (32_000, 12_288, ["whisper-large-v3-turbo", "qwen3-8b-q4", "speaker-ge2e"]),
        (64_000, 24_576, ["whisper-large-v3-turbo", "qwen3-14b-q4", "speaker-ge2e"]),
    ],
)
def test_the_most_preferred_that_fits(memory, gpu, expected):
    assert [entry.id for entry in recommended(Catalogue.load(), Hardware(memory, gpu))] == expected


def test_models_with_a_licence_to_accept_are_never_recommended():
    chosen = recommended(Catalogue.load(), Hardware(1_000_000, 1_000_000))
    assert not [entry.id for entry in chosen if entry.gated or "License" in entry.licence or "Terms" in entry.licence]


def test_this_machine_has_memory():
    assert find_hardware().memory_mb > 100
