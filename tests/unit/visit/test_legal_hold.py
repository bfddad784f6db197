"""Consent that is withdrawn while a legal hold stands: stored, told, and nothing is destroyed."""

import pytest

from app.domain.errors import HeldError
from app.visit.consent import load_wording, withdrawn

WORDING = load_wording("en-1")


def test_withdrawal_under_legal_hold_stops_the_sound_and_says_what_stays(desk, doubles):
    visit = desk.start()
    desk.session.records.add_hold(visit.encounter_id, "claim")
    doubles.recorder.made[0].hear(1.0)
    with pytest.raises(HeldError, match="legal hold"):
        visit.withdraw(withdrawn(WORDING))
    actions = desk.actions()
    assert actions.index("consent.withdrawn") < actions.index("erasure.refused")
    assert [e.id for e in desk.store.list()] == [visit.encounter_id]
    assert desk.busy == set()


def test_a_withdrawn_recording_under_legal_hold_is_kept_and_not_offered(desk, doubles):
    visit = desk.start()
    doubles.recorder.made[0].hear(1.0)
    desk.crash()
    desk.store.record_consent(visit.encounter_id, withdrawn(WORDING))
    desk.session.records.add_hold(visit.encounter_id, "claim")
    assert desk.recordings.unfinished() == []
    assert [e.id for e in desk.store.list()] == [visit.encounter_id]
