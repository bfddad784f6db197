"""What was answered ahead is kept by encounter, and forgotten on order."""

from long_talk import talk
from passage_double import answered

from app.domain.work import CancelToken
from app.visit.prepared import PreparedPassages

FIRST, SECOND = answered(talk(2)[:4]), answered(talk(2)[4:8])


def test_passages_are_kept_by_encounter_until_forgotten():
    prepared = PreparedPassages()
    prepared.add("a", FIRST)
    prepared.add("a", SECOND)
    prepared.add("b", SECOND)
    assert (prepared.of("a"), prepared.of("b"), prepared.of("c")) == ((FIRST, SECOND), (SECOND,), ())
    prepared.forget("a")
    assert (prepared.of("a"), prepared.of("b")) == ((), (SECOND,))
    prepared.clear()
    assert prepared.of("b") == ()


def test_collecting_waits_for_the_one_in_work():
    prepared = PreparedPassages()
    prepared.add("a", FIRST)
    prepared.begin("a", lambda _cancel: prepared.add("a", SECOND))
    assert prepared.collect("a", CancelToken()) == (FIRST, SECOND)
    prepared.forget("a")
    assert prepared.collect("a", CancelToken()) == ()
