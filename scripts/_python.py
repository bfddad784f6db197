"""Before anything else: a Python that the project supports. Runs on any Python 3."""

import os
import shutil
import subprocess
import sys

OLDEST, TOO_NEW = (3, 11), (3, 14)


def ensure_python() -> None:
    """Go on under a supported Python, or say which one is needed and exit with status 1."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return
    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            command = [found, *sys.argv]
            if os.name != "nt":
                os.execv(found, command)  # noqa: S606 - no shell is what is wanted
            sys.exit(subprocess.call(command))
    found = ".".join(str(number) for number in sys.version_info[:2])
    sys.stderr.write(f"set-up: Python 3.11, 3.12 or 3.13 is needed; this is {found}.\n")
    sys.exit(1)
