"""The wording that is read out, and which decisions allow sound."""

import pytest

from app.domain.errors import ConflictError, InputError
from app.domain.recording import Consent, ConsentDecision, ConsentMethod
from app.policy import Policy
from app.visit.consent import FOLDER, declined, given, load_wording, require_consent, withdrawn

WORDING = load_wording("en-1")


def test_the_default_wording_says_what_the_law_asks_for():
    wording = load_wording(Policy().consent_wording)
    text = wording.text.lower()
    assert wording.id == "en-1"
    for said in ("record", "this computer", "encrypted", "say no", "stop at any time", "treatment stays the same"):
        assert said in text
    assert text.endswith("?")


@pytest.mark.parametrize("wording_id", ["en-9", "../models", "en-1.md", "", "EN-1", "en-1/../en-1"])
def test_an_unknown_wording_is_refused_and_the_known_ones_named(wording_id):
    with pytest.raises(InputError, match="en-1"):
        load_wording(wording_id)


def test_every_wording_can_be_loaded():
    assert [load_wording(path.stem).text for path in FOLDER.glob("*.md")]


def test_consent_that_was_given_allows_sound():
    for method in ConsentMethod:
        require_consent(given(method, WORDING, "Maria Lund"), required=True)


def test_no_consent_is_enough_only_where_none_is_required():
    require_consent(None, required=False)
    with pytest.raises(ConflictError, match="required"):
        require_consent(None, required=True)


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("decision", [declined(WORDING), withdrawn(WORDING)])
def test_a_refusal_holds_even_where_no_consent_is_required(decision, required):
    with pytest.raises(ConflictError, match="not possible"):
        require_consent(decision, required=required)


@pytest.mark.parametrize(("method", "who"), [(None, "patient"), (ConsentMethod.VERBAL, " ")])
def test_consent_without_who_or_how_is_none(method, who):
    consent = Consent(ConsentDecision.GIVEN, method, who, "en-1", given(ConsentMethod.VERBAL, WORDING).at)
    with pytest.raises(ConflictError, match="who gave it and how"):
        require_consent(consent, required=False)


def test_the_moment_has_a_time_zone():
    assert given(ConsentMethod.VERBAL, WORDING).at.tzinfo is not None
