"""A real D-Bus session with a real gnome-keyring, in folders of its own, for one test."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from program import REPOSITORY, Outcome, environment

MISSING = [tool for tool in ("dbus-daemon", "gnome-keyring-daemon") if shutil.which(tool) is None]
_NO_ACTIVATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""
_WAIT = """
import sys, time, secretstorage
for _ in range(300):
    bus = secretstorage.dbus_init()
    answers = secretstorage.check_service_availability(bus)
    bus.close()
    if answers:
        sys.exit()
    time.sleep(0.1)
sys.exit("no key store")
"""
_LOCK = """
import secretstorage
bus = secretstorage.dbus_init()
secretstorage.get_default_collection(bus).lock()
bus.close()
"""


class Desktop:
    """A session bus that starts no service by itself; `unlock` starts the key store with its login collection open."""

    def __init__(self, folder: Path) -> None:
        self.home, runtime = folder / "home", folder / "run"
        self.home.mkdir()
        runtime.mkdir(mode=0o700)
        socket = runtime / "bus"
        config = folder / "bus.conf"
        config.write_text(_NO_ACTIVATION.format(socket=socket))
        self.bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.bus.stdout.readline()
        self.variables = {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
        }
        self.daemon = None

    def environment(self, **extra: str) -> dict[str, str]:
        """What processes of this desktop see; no display, so that no prompt can be answered."""
        clean = {k: v for k, v in environment().items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
        return {**clean, **self.variables, **extra}

    def unlock(self) -> None:
        """Start gnome-keyring and open its login collection, as signing in to the desktop does."""
        self.daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.daemon.stdin.write("the desktop's passphrase")
        self.daemon.stdin.close()
        self.python(_WAIT)

    def lock(self) -> None:
        """Lock the collection, as a screen saver may."""
        self.python(_LOCK)

    def stop_key_store(self) -> None:
        """End the daemon; what it holds stays in its files."""
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(20)
            self.daemon.stdout.close()
            self.daemon = None

    def python(self, program: str, *words: object) -> str:
        """Run a Python program in this desktop; return what it prints."""
        return subprocess.run(
            [sys.executable, "-c", program, *map(str, words)],
            cwd=REPOSITORY,
            env=self.environment(PYTHONPATH=os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "tests/support")))),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout

    def anamnesis(self, *words: object, stdin: str | None = None, **extra: str) -> Outcome:
        """Run `anamnesis WORDS…` in this desktop."""
        done = subprocess.run(
            [sys.executable, "-m", "app", *map(str, words)],
            cwd=REPOSITORY,
            env=self.environment(**extra),
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def close(self) -> None:
        """End every process of the desktop."""
        self.stop_key_store()
        self.bus.terminate()
        self.bus.wait(20)
        self.bus.stdout.close()
