"""Second factor and recovery codes from the command line, on real files with the real passphrase function."""

import base64
import json
import os
import re
import subprocess
import sys
import time

import pytest
from key_store_doubles import code_at
from program import REPOSITORY, anamnesis, environment, is_declared

from app.vault.unlocking.second_factor import STEP, offer


class Owner:
    """Anna, her vault, her passphrase in a file, and what her authenticator app shows."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "pass.txt").write_text("correct horse battery staple\n")
        self.variables = {
            "ANAMNESIS_PASSPHRASE_FILE": str(folder / "pass.txt"), "ANAMNESIS_DATA_DIR": str(folder / "data"),
        }  # fmt: skip
        made = self.run("users", "create", "anna")
        assert made.status == 0, made.err
        self.recovery_code = made.out.split("\n\n")[1].strip()
        self.secret, self.used = b"", 0

    def run(self, *words, stdin=None, code=None, **extra):
        variables = {**self.variables, **extra}
        if code is not None:
            (self.folder / "code.txt").write_text(f"{code}\n")
            variables["ANAMNESIS_CODE_FILE"] = str(self.folder / "code.txt")
        return anamnesis(*words, stdin=stdin, **variables)

    def next_code(self):
        """A code of a step that was not used yet; the app's clock may run one step ahead."""
        self.used = max(self.used + 1, int(time.time()) // STEP)
        while self.used > int(time.time()) // STEP + 1:
            time.sleep(0.5)
        return code_at(self.secret, self.used * STEP)

    def switch_on(self):
        """Run `second-factor on` as somebody who reads the key from the screen and types the code."""
        running = subprocess.Popen(
            [sys.executable, "-m", "app", "users", "second-factor", "on"], cwd=REPOSITORY,
            env=environment(**self.variables), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        shown = running.stdout.readline()
        uri = running.stdout.readline()
        self.secret = base64.b32decode(re.search(r"app: ([A-Z2-7 ]+)", shown)[1].replace(" ", ""))
        assert f"secret={base64.b32encode(self.secret).decode()}" in uri
        out, err = running.communicate(self.next_code() + "\n", timeout=100)
        assert running.returncode == 0, err
        return out


@pytest.fixture
def owner(tmp_path):
    return Owner(tmp_path)


def test_second_factor_from_on_to_off(owner):
    assert json.loads(owner.run("users", "second-factor", "status", "--json").out) == {"on": False, "required": False}
    assert "recovery code" in owner.switch_on()
    refused = owner.run("users", "list")
    assert is_declared(refused)
    assert "ANAMNESIS_CODE_FILE" in refused.err
    code = owner.next_code()
    assert owner.run("users", "list", code=code).status == 0
    assert is_declared(owner.run("users", "list", code=code))
    assert is_declared(owner.run("users", "list", code="000000"))
    entry, leave = owner.next_code(), owner.next_code()
    off = owner.run("users", "second-factor", "off", code=entry, stdin=f"{leave}\n")
    assert off.status == 0, off.err
    assert owner.run("users", "list").status == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_at_a_terminal_the_code_is_drawn_and_may_be_mistyped(owner):
    """The drawn code is read back from the screen, module by module; the person's first code is wrong."""
    import pty

    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "app", "users", "second-factor", "on"], cwd=REPOSITORY,
        env=environment(**owner.variables, COLUMNS="120"), stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    screen = b""

    def until(words):
        nonlocal screen
        while words not in screen:
            screen += os.read(ours, 4096)

    until(b"app shows: ")
    text = screen.decode()
    owner.secret = base64.b32decode(re.search(r"app: ([A-Z2-7 ]+)", text)[1].replace(" ", ""))
    drawn = [line for line in text.replace("\r", "").split("\n") if line and set(line) <= set("█▀▄ ")]
    rows = [row for line in drawn for row in ([c in "▄ " for c in line], [c in "▀ " for c in line])]
    modules = tuple(tuple(row[4:-4]) for row in rows[4 : 4 + len(rows[0]) - 8])
    assert modules == offer(owner.secret, "anna").modules
    os.write(ours, b"000000\n")
    until(b"wrong, too old")
    os.write(ours, owner.next_code().encode() + b"\n")
    until(b"The second factor is on")
    assert running.wait(60) == 0
    os.close(ours)


def test_lost_phone(owner):
    owner.switch_on()
    typed = owner.recovery_code + "\n"
    refused = owner.run("users", "recover", "anna", stdin=typed)
    assert is_declared(refused)
    done = owner.run("users", "recover", "anna", "--drop-second-factor", stdin=typed)
    assert done.status == 0, done.err
    assert owner.run("users", "list").status == 0


def test_lost_phone_and_lost_computer(owner, tmp_path):
    owner.switch_on()
    backup, elsewhere = tmp_path / "backup", {"ANAMNESIS_DATA_DIR": str(tmp_path / "elsewhere")}
    assert owner.run("backup", backup, code=owner.next_code()).status == 0
    words, typed = ("restore", backup, "--recovery-code"), owner.recovery_code + "\n"
    assert is_declared(owner.run(*words, stdin=typed, **elsewhere))
    done = owner.run(*words, "--drop-second-factor", stdin=typed, **elsewhere)
    assert done.status == 0, done.err
    assert owner.run("users", "list", **elsewhere).status == 0


def test_policy_that_requires_it_lets_nothing_else_happen(owner, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("second_factor_required = true\n")
    owner.variables["ANAMNESIS_POLICY"] = str(policy)
    refused = owner.run("encounters", "list")
    assert is_declared(refused)
    assert "users second-factor on" in refused.err
    owner.switch_on()
    assert owner.run("encounters", "list", code=owner.next_code()).status == 0


def test_new_recovery_code_is_typed_back(owner):
    wrong = owner.run("users", "recovery-code", stdin=owner.recovery_code + "\n")
    assert is_declared(wrong)
    assert owner.run("users", "recovery-code", "--check", stdin=owner.recovery_code + "\n").status == 0
    running = subprocess.Popen(
        [sys.executable, "-m", "app", "users", "recovery-code"], cwd=REPOSITORY,
        env=environment(**owner.variables), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    running.stdout.readline(), running.stdout.readline()
    new = running.stdout.readline().strip()
    _, err = running.communicate(new + "\n", timeout=100)
    assert running.returncode == 0, err
    assert is_declared(owner.run("users", "recovery-code", "--check", stdin=owner.recovery_code + "\n"))
    assert owner.run("users", "recovery-code", "--check", stdin=new + "\n").status == 0


def test_code_file_that_cannot_be_read_is_told(owner):
    outcome = owner.run("users", "list", ANAMNESIS_CODE_FILE=str(owner.folder / "nowhere"))
    assert is_declared(outcome)
    assert "nowhere" not in outcome.err


def test_computer_without_key_store_says_so(owner):
    outcome = owner.run("users", "remember", "on", DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    assert is_declared(outcome)
    assert "passphrase or recovery code" in outcome.err
    assert owner.run("users", "remember", "status").out == "This computer does not remember you.\n"
