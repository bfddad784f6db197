"""Whatever fails or is killed while a way to unlock is changed: the old way or the new way opens, and never neither."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
from failing_calls import FAULTS, Fault
from key_store_doubles import FaultyStore, MemoryStore, stores_of
from unlocking_samples import Phone, second_factor_on, unlocking_of
from vault_samples import PASSPHRASE, Template, no_delay, signed_in

from app.domain.errors import DiskFullError, KeyStoreError, MachineError, SignInError
from app.vault import opening
from app.vault.unlocking.code_check import NO_CODE

ENDLESS = 400
NEW = "another passphrase"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("vault"))


class Journey:
    """A vault, a key store and a phone, in the state before an act."""

    def __init__(self, folder, code):
        self.folder, self.code, self.new_code = folder, code, code
        self.items, self.phone = {}, Phone()
        self.stores = stores_of(MemoryStore(self.items))

    def prepare(self, act):
        with signed_in(self.folder) as session:
            unlocking = unlocking_of(session, self.stores)
            if act in {"forget", "remember again"}:
                unlocking.remember(PASSPHRASE)
        if act == "drop":
            self.phone = second_factor_on(self.folder)
            self.phone.wait()

    def run(self, act, session):
        unlocking = unlocking_of(session, self.stores, self.phone.clock)
        if act.startswith("remember"):
            unlocking.remember(PASSPHRASE)
        elif act == "forget":
            unlocking.forget()
        elif act == "confirm":
            self.phone.take(unlocking.begin_second_factor(PASSPHRASE))
            unlocking.confirm_second_factor(self.phone.code)
        elif act == "drop":
            unlocking.drop_second_factor(PASSPHRASE, self.phone.wait().code)
        elif act == "new code":
            self.new_code = unlocking.begin_recovery_code(PASSPHRASE)
            unlocking.confirm_recovery_code(self.new_code)
        else:
            session.users.change_passphrase(PASSPHRASE, NEW)

    def step(self):
        return self.phone.wait().step if self.phone.secret else NO_CODE

    def ways(self):
        """What opens the vault now: each way by its name."""
        found = set()
        for passphrase in (PASSPHRASE, NEW):
            if self._opens(
                lambda p=passphrase: opening.sign_in(
                    self.folder, "anna", p, second=self.step(), delay=no_delay(self.folder)
                )
            ):
                found.add(passphrase)
        if self._opens(
            lambda: opening.sign_in_from_key_store(
                self.folder, "anna", second=self.step(), delay=no_delay(self.folder), stores=self.stores
            )
        ):
            found.add("key store")
        if self.phone.secret and not self._opens(
            lambda: opening.sign_in(
                self.folder, "anna", PASSPHRASE if PASSPHRASE in found else NEW, delay=no_delay(self.folder)
            )
        ):
            found.add("asks for a code")
        return found

    def _opens(self, sign_in):
        try:
            session = sign_in()
        except (SignInError, KeyStoreError):
            return False
        try:
            assert session.audit.verify().first_bad is None
            for code in {self.code, self.new_code}:
                with suppress(SignInError):
                    session.unlocking.check_recovery_code(code)
                    break
            else:
                pytest.fail("no recovery code is in force")
        finally:
            session.close()
        return True


BEFORE_AND_AFTER = {
    "remember": ({PASSPHRASE}, {PASSPHRASE, "key store"}),
    "remember again": ({PASSPHRASE, "key store"}, {PASSPHRASE, "key store"}),
    "forget": ({PASSPHRASE, "key store"}, {PASSPHRASE}),
    "confirm": ({PASSPHRASE}, {PASSPHRASE, "asks for a code"}),
    "drop": ({PASSPHRASE, "asks for a code"}, {PASSPHRASE}),
    "new code": ({PASSPHRASE}, {PASSPHRASE}),
    "passphrase": ({PASSPHRASE}, {NEW}),
}


@pytest.mark.parametrize("act", BEFORE_AND_AFTER)
@pytest.mark.parametrize(("kind", "lasting"), [("disk full", True), ("database I/O error", False)])
def test_act_is_done_or_not_done(template, tmp_path, act, kind, lasting):
    failing, error = FAULTS[kind]
    before, after = BEFORE_AND_AFTER[act]
    journey = Journey(template.copy(tmp_path), template.code)
    journey.prepare(act)
    assert journey.ways() == before
    seen = set()
    for number in range(1, ENDLESS):
        fault = Fault(number, error, lasting=lasting)
        with session_of(journey) as session:
            try:
                with failing(fault):
                    journey.run(act, session)
            except MachineError as caught:
                seen.add(type(caught))
            else:
                break
        found = journey.ways()
        assert found in (before, after), (number, found)
    else:
        pytest.fail("the act never succeeded")
    assert seen == {DiskFullError if "full" in kind else MachineError}
    assert journey.ways() == after
    assert len(journey.items) == (1 if "key store" in after else 0)


def session_of(journey):
    from contextlib import closing

    return closing(
        opening.sign_in(journey.folder, "anna", PASSPHRASE, second=journey.step(), delay=no_delay(journey.folder))
    )


@pytest.mark.parametrize("act", ["remember", "remember again", "forget"])
def test_key_store_that_fails_at_any_call(template, tmp_path, act):
    before, after = BEFORE_AND_AFTER[act]
    for number in range(1, ENDLESS):
        journey = Journey(template.copy(tmp_path / str(number)), template.code)
        journey.prepare(act)
        faulty = FaultyStore(journey.items, number)
        with session_of(journey) as session:
            unlocking = unlocking_of(session, stores_of(faulty))
            try:
                removed = unlocking.forget() if act == "forget" else bool(unlocking.remember(PASSPHRASE))
            except KeyStoreError:
                removed = None
        assert journey.ways() == (before if removed is None else after)
        shutil.rmtree(tmp_path / str(number))
        if faulty.calls < number:
            assert removed
            return
    pytest.fail("the act never succeeded")


def test_recovery_that_drops_the_second_factor_is_done_or_not_done(template, tmp_path):
    failing, error = FAULTS["disk full"]
    for number in range(1, ENDLESS, 2):
        folder = template.copy(tmp_path / str(number))
        second_factor_on(folder)
        fault = Fault(number, error, lasting=False)
        code = None
        with failing(fault), suppress(DiskFullError):
            session, code = opening.sign_in_with_recovery_code(
                folder, "anna", template.code, NEW, drop_second_factor=True, delay=no_delay(folder)
            )
            session.close()
        session, _ = opening.sign_in_with_recovery_code(
            folder, "anna", code or template.code, "third passphrase", drop_second_factor=True, delay=no_delay(folder)
        )
        assert not session.unlocking.status().second_factor
        assert session.audit.verify().first_bad is None
        session.close()
        shutil.rmtree(tmp_path / str(number))
        if not fault.reached:
            return
    pytest.fail("the recovery never succeeded")


KILLED = """
import os, signal, sys
from pathlib import Path
from vault_samples import PASSPHRASE, no_delay
from unlocking_samples import unlocking_of
from app.vault import opening

folder, act, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
session = opening.sign_in(folder, "anna", PASSPHRASE, delay=no_delay(folder))
if act == "new code":
    unlocking = unlocking_of(session)
    code = unlocking.begin_recovery_code(PASSPHRASE)
    print(code, flush=True)
calls = 0
for name in ("open", "write", "fsync", "fdatasync", "replace"):
    def call(*args, real=getattr(os, name), **kwargs):
        global calls
        calls += 1
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    setattr(os, name, call)
if act == "new code":
    unlocking.confirm_recovery_code(code)
else:
    session.users.change_passphrase(PASSPHRASE, "another passphrase")
print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
@pytest.mark.parametrize("act", ["passphrase", "new code"])
def test_killed_at_every_call(template, tmp_path, act):
    """kill -9 at file call 1, 4, 7 … of the act: the vault opens with the old secret or the new one."""
    for number in range(1, ENDLESS, 3):
        folder = template.copy(tmp_path / str(number))
        child = subprocess.run(
            [sys.executable, "-c", KILLED, folder, act, str(number)],
            env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        words = child.stdout.split()
        done = "done" in words
        assert done or child.returncode == -signal.SIGKILL, child.stderr
        new_code = words[0] if act == "new code" else template.code
        journey = Journey(folder, template.code)
        journey.new_code = new_code
        found = journey.ways()
        assert found in BEFORE_AND_AFTER[act], (number, found)
        if done:
            assert found == BEFORE_AND_AFTER[act][1]
        shutil.rmtree(tmp_path / str(number))
        if done:
            return
    pytest.fail("the act never ended")
