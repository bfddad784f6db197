"""What happens when the program itself is wrong: a log entry and a dialog, both without patient content."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from app.domain.bugs import describe_bug


class CrashLog:
    """Appends one line per crash to a file and tells the person once per crash."""

    def __init__(self, folder: Path, tell: Callable[[str, Path], None]) -> None:
        self._file = folder / "crash.log"
        self._tell = tell
        self._telling = False
        if os.name == "posix" and folder.is_dir():  # an older program or a copy may have left it open to others
            with suppress(OSError):
                folder.chmod(0o700)
                self._file.chmod(0o600)

    def report(self, error: BaseException) -> None:
        """Write the entry, then tell. A full disk or a second crash while telling does not raise."""
        entry = describe_bug(error)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as log:
                log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {entry}\n")
        except OSError:
            if sys.stderr is not None:
                print(entry, file=sys.stderr)
        if self._telling:
            return
        self._telling = True
        try:
            self._tell(entry, self._file)
        finally:
            self._telling = False

    def hook(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """Stand in for `sys.excepthook`."""
        if isinstance(error, KeyboardInterrupt):
            return
        self.report(error)
