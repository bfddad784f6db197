from app.visit.text_late import TextLate


def _told():
    events = []
    return events, TextLate(lambda alarm: events.append(alarm.active))


def test_text_in_time_is_no_alarm():
    events, late = _told()
    for seconds in (0.0, 9.9, 3.0):
        late.behind(seconds, heard=True)
    assert events == []


def test_late_text_is_told_once_until_it_has_caught_up():
    events, late = _told()
    for seconds in (5.0, 10.5, 30.0, 9.0, 4.0, 2.9, 2.0, 11.0):
        late.behind(seconds, heard=True)
    assert events == [True, False, True]


def test_interruption_ends_when_the_new_process_answers():
    events, late = _told()
    late.interrupted()
    late.behind(4.0, heard=False)
    assert events == [True]
    late.behind(4.0, heard=True)
    assert events == [True, False]


def test_interruption_that_left_much_to_hear_ends_when_it_is_heard():
    events, late = _told()
    late.interrupted()
    late.behind(25.0, heard=True)
    late.behind(8.0, heard=True)
    assert events == [True, True]
    late.behind(1.0, heard=True)
    assert events == [True, True, False]


def test_every_alarm_names_what_is_safe():
    alarms = []
    late = TextLate(alarms.append)
    late.interrupted()
    late.given_up()
    assert all("recorded" in alarm.remedy for alarm in alarms)
