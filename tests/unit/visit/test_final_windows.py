import pytest

from app.domain.errors import EngineError
from app.domain.recording import HeardWindow
from app.visit.final_windows import SETTLING, FinalWindows


def _window(start, end):
    return HeardWindow(start, end, ())


def test_nothing_is_final_at_the_beginning():
    assert FinalWindows().to_go_on() == ([], 0.0)


def test_goes_on_shortly_before_the_last_window_ended_with_what_the_engine_knew():
    windows = FinalWindows()
    for window in (_window(0.0, 20.0), _window(20.0, 41.5)):
        assert windows.is_new(window)
        windows.add(window, {"n": window.start})
    earlier, start = windows.to_go_on()
    assert start == 41.5 - SETTLING
    assert [e["state"] for e in earlier] == [{"n": 0.0}, {"n": 20.0}]
    assert windows.end == 41.5


def test_all_sound_is_needed_while_the_state_of_any_window_is_lost():
    windows = FinalWindows([_window(0.0, 20.0)])
    windows.add(_window(20.0, 40.0), {})
    assert windows.to_go_on()[1] == 0.0
    assert not windows.is_new(_window(0.0, 20.0))
    windows.add(_window(0.0, 20.0), {"voices": []})
    assert windows.to_go_on()[1] == 40.0 - SETTLING
    assert len(windows) == 2


@pytest.mark.parametrize("again", [(0.0, 10.0), (10.0, 20.0), (5.0, 30.0), (20.0, 20.0)])
def test_final_words_are_never_taken_twice(again):
    windows = FinalWindows([_window(0.0, 20.0)])
    with pytest.raises(EngineError):
        windows.is_new(_window(*again))
