import os
import threading

import pytest

from app.domain.bugs import describe_bug
from app.domain.errors import InputError
from app.ui.crash import CrashLog
from app.ui.tasks import Lane, TaskScope, ThreadTasks, UnexpectedError


@pytest.fixture
def crashes():
    return []


@pytest.fixture
def real(qapp, crashes):
    tasks = ThreadTasks(crashes.append)
    yield tasks
    tasks.close()


def test_work_runs_elsewhere_and_answers_here(qtbot, real):
    places = []
    real.run(threading.current_thread, lambda where: places.extend([where, threading.current_thread()]), pytest.fail)
    qtbot.waitUntil(lambda: len(places) == 2)
    assert places[0] is not threading.main_thread()
    assert places[1] is threading.main_thread()


def test_one_lane_keeps_order_and_lanes_do_not_wait_for_each_other(qtbot, real):
    gate, seen = threading.Event(), []
    real.run(lambda: gate.wait(10), lambda _: seen.append("slow"), pytest.fail, Lane.VISIT)
    real.run(lambda: None, lambda _: seen.append("after"), pytest.fail, Lane.VISIT)
    real.run(lambda: None, lambda _: seen.append("other"), pytest.fail, Lane.VAULT)
    qtbot.waitUntil(lambda: seen == ["other"])
    gate.set()
    qtbot.waitUntil(lambda: seen == ["other", "slow", "after"])


def test_declared_error_reaches_the_caller(qtbot, real, crashes):
    errors = []

    def work():
        raise InputError("No.")

    real.run(work, pytest.fail, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert errors[0].message == "No."
    assert not crashes


def test_bug_is_reported_and_the_caller_tidies_up(qtbot, real, crashes):
    errors = []

    def work():
        raise ValueError("secret words")

    real.run(work, pytest.fail, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], UnexpectedError)
    assert isinstance(crashes[0], ValueError)


def test_nothing_is_delivered_after_close(qtbot, real):
    seen = []
    real.run(lambda: None, seen.append, pytest.fail)
    real.close()
    real.post(lambda: seen.append(1))
    qtbot.wait(30)
    assert not seen


def test_closed_scope_delivers_nothing_but_the_lane_goes_on(qtbot, real):
    seen = []
    scope = TaskScope(real)
    scope.run(lambda: None, lambda _: seen.append("scoped"), pytest.fail)
    scope.post(lambda: seen.append("posted"))
    scope.close()
    scope.run(lambda: None, lambda _: seen.append("late"), pytest.fail)
    real.run(lambda: None, lambda _: seen.append("open"), pytest.fail)
    qtbot.waitUntil(lambda: "open" in seen)
    assert seen == ["open"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_crash_log_that_was_open_to_others_is_closed(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir(mode=0o755)
    (logs / "crash.log").write_text("old")
    (logs / "crash.log").chmod(0o644)
    logs.chmod(0o755)
    CrashLog(logs, lambda *_: None)
    assert logs.stat().st_mode & 0o777 == 0o700
    assert (logs / "crash.log").stat().st_mode & 0o777 == 0o600


def test_crash_entry_names_types_and_lines_but_no_values(tmp_path):
    told = []
    log = CrashLog(tmp_path / "logs", lambda entry, file: told.append((entry, file)))

    def look_up():
        return {}["Jane Miller"]

    def break_down():
        try:
            look_up()
        except KeyError as error:
            raise ValueError("penicillin") from error

    with pytest.raises(ValueError, match="penicillin") as caught:
        break_down()
    log.report(caught.value)
    written = (tmp_path / "logs" / "crash.log").read_text()
    assert "builtins.ValueError at test_ui_tasks.py:" in written
    assert "builtins.KeyError" in written
    for secret in ("Jane", "Miller", "penicillin"):
        assert secret not in written + told[0][0]


def test_crash_while_telling_is_only_logged(tmp_path):
    log = CrashLog(tmp_path, lambda _entry, _file: log.report(RuntimeError()))
    log.report(ValueError())
    assert len((tmp_path / "crash.log").read_text().splitlines()) == 2


def test_crash_log_that_cannot_be_written_still_tells(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    told = []
    CrashLog(tmp_path / "file", lambda *a: told.append(a)).report(ValueError("secret"))
    assert told
    assert "secret" not in capsys.readouterr().err


def test_exception_without_trace_is_described():
    assert describe_bug(ValueError("x")) == "builtins.ValueError at unknown"
