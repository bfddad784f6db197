"""What was answered ahead is kept by encounter, and forgotten on order."""

from long_talk import talk
from passage_double import answered

from app.domain.work import CancelToken
from app.visit.prepared import MOST_DRAFTED, PreparedPassages

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


def test_answers_of_the_latest_drafted_visits_stay_and_older_ones_go():
    prepared = PreparedPassages()
    visits = [f"visit {n}" for n in range(MOST_DRAFTED + 2)]
    for name in ("undrafted", *visits):
        prepared.add(name, FIRST)
    for name in (*visits[:3], visits[0], *visits[3:]):
        prepared.drafted(name)
    kept = [name for name in visits if prepared.of(name)]
    assert kept == [visits[0], *visits[3:]]
    assert prepared.of("undrafted") == (FIRST,)


def test_a_drafted_visit_that_is_destroyed_or_signed_out_of_leaves_nothing():
    prepared = PreparedPassages()
    for name in ("a", "b"):
        prepared.add(name, FIRST)
        prepared.drafted(name)
    prepared.forget("a")
    assert prepared.of("a") == ()
    prepared.clear()
    assert prepared.of("b") == ()


def test_after_the_draft_nothing_is_waited_for():
    prepared = PreparedPassages()
    prepared.begin("a", lambda _cancel: prepared.add("a", SECOND))
    prepared.drafted("a")
    assert prepared.collect("a", CancelToken()) == ()
