"""`anamnesis record` as a process of its own, started, watched and killed by fault tests."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
from program import REPOSITORY, environment
from vault_samples import CHEAP, PASSPHRASE

from app.vault import opening, sign_in


class RecordingProcess:
    """A command that records; `wait_until_it_records` reads its hint."""

    def __init__(self, data: Path, extra: dict[str, str], *words: object, stdout: int = subprocess.PIPE) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "--data-dir", str(data), *map(str, words)],
            cwd=REPOSITORY,
            env=environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_until_it_records(self) -> str:
        """Return the lines of stderr up to the hint."""
        lines = []
        while line := self.process.stderr.readline():
            lines.append(line)
            if "Ctrl-C stops it" in line:
                return "".join(lines)
        self._forget()
        raise AssertionError(f"it did not record: {lines} {self.process.returncode}")

    def power_cut(self, player: subprocess.Popen[bytes]) -> None:
        """Kill it and everything that it started, and freeze the player in the same moment: nobody speaks meanwhile."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        player.send_signal(signal.SIGSTOP)
        os.kill(self.process.pid, signal.SIGKILL)
        for child in children:
            child.kill()
        self._forget()
        psutil.wait_procs(children, 10)

    def kill(self) -> list[psutil.Process]:
        """Kill only the program; return those of its children that do not end by themselves."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        os.kill(self.process.pid, signal.SIGKILL)
        self._forget()
        return psutil.wait_procs(children, 10)[1]

    def _forget(self) -> None:
        self.process.wait(10)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def ctrl_c(self) -> None:
        """Press Ctrl-C, as a terminal does it: the whole process group hears it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, timeout: float = 240) -> tuple[int, str, str]:
        """Wait for its end; return status, stdout, stderr."""
        out, err = self.process.communicate(timeout=timeout)
        return self.process.returncode, out, err


def make_vault(folder: Path) -> tuple[Path, dict[str, str]]:
    """Make a data folder with a vault; return it and the environment that signs in."""
    data = folder / "data"
    session, _code = opening.create_vault(
        data / "vault", name="anna", display_name="Anna Ek", passphrase=PASSPHRASE, cost=CHEAP
    )
    session.close()
    (folder / "pass.txt").write_text(PASSPHRASE + "\n")
    return data, {"ANAMNESIS_PASSPHRASE_FILE": str(folder / "pass.txt")}


def opened(data: Path):
    """A session on the vault of a data folder."""
    return sign_in(data / "vault", "anna", PASSPHRASE)


def wait_for(condition, seconds: float = 60.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
