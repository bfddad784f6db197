"""What killed recordings lost, and which promises they broke."""

from hypothesis import given
from hypothesis import strategies as st

from app.insight.aims import beside_aims
from app.insight.kill_figures import Killed, kill_figures


def test_loss_is_against_the_clock_and_never_negative():
    figures = kill_figures(
        [
            Killed(2.0, 1.5, 1.75, opens=True, same=True),
            Killed(0.2, 0.0, 0.0, opens=True),
            Killed(1.0, 1.0, 1.01, opens=True, continues=True),
        ]
    )
    assert figures["lost"] == {"median": 0.2, "max": 0.25}
    assert (figures["compared"], figures["continued"], figures["not_continued"]) == (1, 1, 0)
    assert all(v["met"] for v in beside_aims("kills", figures).values())


def test_broken_promises_are_counted():
    figures = kill_figures(
        [
            Killed(2.0, 1.5, 1.25, opens=True),
            Killed(3.5, 1.5, 2.0, opens=False, same=False, continues=False),
        ]
    )
    assert figures["less_than_promised"] == 1
    assert figures["blocks_that_do_not_open"] == 1
    assert figures["sound_that_differs"] == 1
    assert figures["not_continued"] == 1
    assert not any(v["met"] for v in beside_aims("kills", figures).values())


def test_no_kill_no_figure():
    assert kill_figures([])["lost"] == {"median": None, "max": None}


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=1, max_size=9))
def test_the_worst_is_the_worst(pairs):
    kills = [Killed(spoken, 0.0, sealed, opens=True) for spoken, sealed in pairs]
    figures = kill_figures(kills)
    assert 0 <= figures["lost"]["median"] <= figures["lost"]["max"]
    assert figures["lost"]["max"] == round(max(k.lost for k in kills), 3)
