"""Opens the window. Qt is imported only when `run` is called."""

import argparse
import json
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import ConflictError, MachineError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.domain.encounter import Encounter
    from app.domain.ports import Session
    from app.ui.contracts import Application, AudioPlayer
    from app.ui.single_instance import SingleInstance
    from app.ui.widgets.window import MainWindow


def run(application: "Application", arguments: Sequence[str]) -> int:
    """Open the window and return the exit status when it is closed.

    `--quit-after-show` closes it as soon as it is usable and prints `{"first_paint": s, "usable": s}`, in seconds from
    the start of the process; `--measure-live SECONDS` is for `LiveMeasure`. If a window for the same data folder is
    open, that one is brought to the front instead.
    Raises `MachineError` if there is no screen or Qt cannot be loaded, `ConflictError` if the open one does not answer.
    """
    options = _parse(arguments)
    qt = _start_qt()
    from PySide6.QtCore import QTimer

    from app.ui.single_instance import SingleInstance

    instance = SingleInstance(application.paths.data)
    if not instance.claim():
        return _hand_over(instance)
    from app.ui.crash import CrashLog
    from app.ui.preferences import Preferences
    from app.ui.tasks import ThreadTasks
    from app.ui.theme import Theme
    from app.ui.widgets.commands import DialogFilePicker
    from app.ui.widgets.dialogs import CrashDialog
    from app.ui.widgets.window import MainWindow

    windows: list[MainWindow] = []

    def tell(entry: str, file: Path) -> None:
        CrashDialog(entry, file, windows[0] if windows else None).show()  # not modal: a recording stays at hand

    crashes = CrashLog(application.paths.logs, tell)
    tasks = ThreadTasks(crashes.report)
    sys.excepthook = crashes.hook
    threading.excepthook = lambda args: tasks.post(lambda: crashes.report(args.exc_value or RuntimeError()))
    preferences = Preferences(application.paths.data)
    window = MainWindow(
        application,
        tasks,
        Theme(qt, preferences.theme),
        preferences,
        DialogFilePicker(),
        _make_player,
        _export_markdown,
    )
    windows.append(window)
    instance.listen(window.come_to_front)
    heartbeat = QTimer(window)  # lets Python see Ctrl-C while Qt waits
    heartbeat.start(250)
    heartbeat.timeout.connect(lambda: None)
    signal.signal(signal.SIGINT, lambda _number, _frame: window.close())
    if options.quit_after_show:
        _measure(window)
    if options.measure_live:
        from app.ui.live_measure import LiveMeasure

        LiveMeasure(window, application, tasks, options.measure_live)
    window.show()
    QTimer.singleShot(0, window, window.begin)
    try:
        return int(qt.exec())
    finally:
        preferences.save()
        tasks.close()
        application.close()
        instance.release()
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__


def _hand_over(instance: "SingleInstance") -> int:
    if not instance.ask_to_raise():
        raise ConflictError(
            "Anamnesis is open for this data folder, but its window does not answer.",
            "Wait for it, or end it, then start again.",
        )
    if sys.stderr is not None:
        print("anamnesis: Already open for this data folder; its window was brought to the front.", file=sys.stderr)
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="anamnesis")
    parser.add_argument("--quit-after-show", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure-live", type=float, default=0.0, help=argparse.SUPPRESS)
    return parser.parse_args(list(arguments))


def _start_qt() -> "QApplication":
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise MachineError("There is no screen to open the window on.", "Use the commands; see 'anamnesis --help'.")
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        raise MachineError(
            "The window's libraries cannot be loaded.", f"Install the missing system library: {error}."
        ) from error
    _check_binding()
    qt = QApplication.instance()
    if not isinstance(qt, QApplication):
        qt = QApplication(["anamnesis"])
    qt.setApplicationName("anamnesis")
    qt.setDesktopFileName("anamnesis")
    return qt


def _check_binding() -> None:
    """Refuse a binding that drops references to None: it would end the process after some thousand calls.

    PySide6 6.12.0 does so on Python 3.11: its stable-ABI build takes None for immortal, which it is from 3.12 on.
    """
    from PySide6.QtCore import QObject

    probe, before = QObject(), sys.getrefcount(None)
    for _ in range(200):
        probe.setObjectName("probe")
    if sys.getrefcount(None) < before - 100:
        raise MachineError(
            "This version of PySide6 does not work with this version of Python.",
            "Install PySide6-Essentials 6.11, or use Python 3.12 or newer.",
        )


def _make_player() -> "AudioPlayer":
    from app.audio.player import Player

    return Player()


def _export_markdown(session: "Session", encounter: "Encounter", path: Path, evidence: bool) -> None:
    from app.exchange.markdown import encounter_markdown, write_export

    text = encounter_markdown(session.encounters, encounter, evidence=evidence)
    session.audit.record("export", encounter.id, "markdown")
    write_export(path, text, overwrite=True)


def _process_age() -> float:
    """Seconds since this process began.

    On Linux from its start tick, because the wall-clock start time is only good to the second there.
    """
    if platform.system() == "Linux":
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        now: float = time.clock_gettime(time.CLOCK_BOOTTIME)
        return now - int(fields[19]) / float(os.sysconf("SC_CLK_TCK"))
    import psutil

    return time.time() - float(psutil.Process().create_time())


def _measure(window: "MainWindow") -> None:
    from PySide6.QtCore import QEvent, QObject, QTimer

    age, asked = _process_age(), time.monotonic()

    def elapsed() -> float:
        return round(age + time.monotonic() - asked, 3)

    times: dict[str, float] = {}

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() is QEvent.Type.Paint and "first_paint" not in times:
                times["first_paint"] = elapsed()
            return super().eventFilter(watched, event)

    watch = Watch(window)
    window.pages.installEventFilter(watch)

    def report() -> None:
        times["usable"] = elapsed()
        print(json.dumps(times))
        window.close()

    finish: Callable[[], None] = report
    window.usable.connect(lambda: QTimer.singleShot(0, window, finish))
