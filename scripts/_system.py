"""Set-up, part one: what the operating system must bring, found by looking for the thing itself, not for a package."""

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class SetupError(Exception):
    """The set-up cannot go on; the message says what the person has to do."""


class Need(NamedTuple):
    """A Debian package and how to see that what it brings is there.

    `kind` is library, program, plugin, file, or pattern of a file from the root.
    """

    package: str
    kind: str
    name: str


RUNTIME = (
    Need("libportaudio2", "library", "libportaudio.so.2"),
    Need("libgomp1", "library", "libgomp.so.1"),
    Need("libegl1", "library", "libEGL.so.1"),
    Need("libgl1", "library", "libGL.so.1"),
    Need("libglib2.0-0", "library", "libglib-2.0.so.0"),
    Need("libfontconfig1", "library", "libfontconfig.so.1"),
    Need("libdbus-1-3", "library", "libdbus-1.so.3"),
    Need("libxkbcommon-x11-0", "library", "libxkbcommon-x11.so.0"),
    Need("libxcb-cursor0", "library", "libxcb-cursor.so.0"),
    Need("libxcb-icccm4", "library", "libxcb-icccm.so.4"),
    Need("libxcb-image0", "library", "libxcb-image.so.0"),
    Need("libxcb-keysyms1", "library", "libxcb-keysyms.so.1"),
    Need("libxcb-randr0", "library", "libxcb-randr.so.0"),
    Need("libxcb-render-util0", "library", "libxcb-render-util.so.0"),
    Need("libxcb-shape0", "library", "libxcb-shape.so.0"),
    Need("libxcb-xinerama0", "library", "libxcb-xinerama.so.0"),
)

TESTING = (
    *RUNTIME,
    Need("xvfb", "program", "Xvfb"),
    Need("pulseaudio", "program", "pulseaudio"),
    Need("pulseaudio-utils", "program", "pactl"),
    Need("libasound2-plugins", "plugin", "libasound_module_pcm_pulse.so"),
    Need("fontconfig", "program", "fc-list"),
    Need("fonts-dejavu-core", "file", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Need("dpkg-dev", "program", "dpkg-architecture"),
    Need("binutils", "program", "objdump"),
    Need("strace", "program", "strace"),
    Need("postgresql", "pattern", "usr/lib/postgresql/*/bin/initdb"),
    Need("gnome-keyring", "program", "gnome-keyring-daemon"),
    Need("dbus-daemon", "program", "dbus-run-session"),
)


def say(text: str) -> None:
    """Speak on stderr: stdout belongs to the program."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def is_there(need: Need) -> bool:
    """Whether the machine already has what the package would bring."""
    if need.kind == "program":
        return shutil.which(need.name) is not None
    if need.kind == "file":
        return Path(need.name).exists()
    if need.kind == "pattern":
        return any(Path("/").glob(need.name))
    if need.kind == "plugin":
        return any(Path("/usr/lib").glob(f"*/alsa-lib/{need.name}")) or Path("/usr/lib/alsa-lib", need.name).exists()
    try:
        ctypes.CDLL(need.name)
    except OSError:
        return False
    return True


def ensure_system(needs: tuple[Need, ...]) -> None:
    """Install missing system packages (Debian, as root) or say which command does it.

    Raises:
        SetupError: packages are missing and this user may not install them, or apt-get failed.
    """
    if not sys.platform.startswith("linux"):
        return
    missing = [need.package for need in needs if not is_there(need)]
    if not has_ensurepip():
        missing.append("python3-venv")
    if missing:
        _install(missing)


def has_ensurepip() -> bool:
    """Debian takes pip's installer out of Python and puts it into python3-venv."""
    import importlib.util

    return importlib.util.find_spec("ensurepip") is not None


def _install(packages: list[str]) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"this system lacks libraries that Debian calls {' '.join(packages)}: install them, then run again."
        )
    if os.geteuid() != 0:
        raise SetupError(f"system packages are missing. Run this once, then run again:\n  sudo {shlex.join(command)}")
    say(f"installing system packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command[1:1] = ["-q", "-o", "DPkg::Lock::Timeout=300"]
    has_lists = any(Path("/var/lib/apt/lists").glob("*_Packages*"))
    if has_lists and run_quietly(command, environment) == 0:
        return
    run_quietly(["apt-get", "-q", "update"], environment)
    if run_quietly(command, environment, loud=True) != 0:
        raise SetupError(f"apt-get could not install {' '.join(packages)}; its messages are above.")


def run_quietly(command: list[str], environment: dict[str, str], *, loud: bool = False) -> int:
    """Run a command without input and keep its messages back; show them if it fails and `loud`. Returns its status."""
    result = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if loud and result.returncode:
        sys.stderr.write(result.stdout.decode(errors="replace"))
    return result.returncode
