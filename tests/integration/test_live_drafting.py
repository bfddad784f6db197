"""A visit drafted ahead with the real language model: the draft asks only the rest, and is a note like any other."""

import pytest
from drafted_ahead import DraftedAhead, missing_model

from app.domain.live import Prepared
from app.drafting.reading.passages import closed_passages, located
from app.engine.supervisor import Engine
from app.settings import find_paths
from app.wiring import check

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def drafted():
    if reason := missing_model():
        pytest.skip(reason)
    engine = Engine(find_paths().models, niceness=10)
    try:
        visit = DraftedAhead(engine)
        prepared = visit.say_all()
        yield visit, prepared, visit.draft()
    finally:
        engine.close()


def test_every_passage_that_is_closed_is_prepared(drafted):
    visit, prepared, _note = drafted
    assert len(prepared) >= 3
    assert not closed_passages(visit.transcript.utterances, prepared)
    assert len(located(visit.transcript.utterances, prepared)) == len(prepared)
    told = [event for event in visit.events if isinstance(event, Prepared)]
    assert [event.passages for event in told] == list(range(1, len(prepared) + 1))


def test_the_draft_asks_only_the_rest(drafted):
    visit, prepared, _note = drafted
    assert len(visit.asked_after) <= 1
    assert all(after.start >= max(before.end for before in prepared) for after in visit.asked_after)


def test_the_note_holds_what_matters_with_evidence(drafted):
    visit, _prepared, note = drafted
    known = {u.id for u in visit.transcript.utterances}
    checked = check(note, visit.transcript)
    text = " ".join(s.text for s in checked.statements()).lower()
    for fact in ("lisinopril", "penicillin", "148"):
        assert fact in text
    assert all(set(s.evidence) <= known for s in checked.statements())
