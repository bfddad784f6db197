"""Readings of a text are made once within one piece of work, and nothing of them outlives it."""

import threading

import pytest

from app.drafting.lexicon import remembered as module
from app.drafting.lexicon.remembered import readings_remembered, remembered


@pytest.fixture
def count():
    """A reading that counts how often it was made."""

    @remembered
    def length(text):
        length.made += 1
        return len(text)

    length.made = 0
    return length


def test_within_one_piece_of_work_it_is_made_once(count):
    with readings_remembered():
        assert [count("pain"), count("pain"), count("cough")] == [4, 4, 5]
    assert count.made == 2


def test_nothing_is_kept_after_the_work_even_if_it_failed(count):
    @readings_remembered()
    def work():
        count("pain")
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        work()
    assert module._work.readings is None
    count("pain")
    assert count.made == 2


def test_part_of_a_greater_work_keeps_what_that_knows(count):
    @readings_remembered()
    def part():
        return count("pain")

    with readings_remembered():
        part()
        part()
        assert count("pain") == 4
    assert count.made == 1


def test_alone_it_is_made_each_time(count):
    count("pain")
    count("pain")
    assert count.made == 2


def test_another_thread_sees_nothing_of_it(count):
    with readings_remembered():
        count("pain")
        other = threading.Thread(target=count, args=("pain",))
        other.start()
        other.join()
    assert count.made == 2


def test_two_readings_of_one_text_are_two(count):
    upper = remembered(str.upper)
    with readings_remembered():
        assert (count("pain"), upper("pain")) == (4, "PAIN")


def test_an_endless_visit_does_not_fill_the_memory(count, monkeypatch):
    monkeypatch.setattr(module, "_MOST", 10)
    with readings_remembered():
        for number in range(100):
            count(str(number))
            assert len(module._work.readings) <= 10
