"""The key store of a real desktop: gnome-keyring on a session bus of its own; every step is a process of its own."""

import json

import pytest
from program import is_declared
from secret_service import MISSING, Desktop
from vault_samples import CHEAP, PASSPHRASE

from app.vault import opening

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {' '.join(MISSING)}")


@pytest.fixture
def desktop(tmp_path):
    made = Desktop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def vault(desktop, tmp_path):
    """A function that runs `anamnesis` on a vault whose owner is remembered; `typed` gives the passphrase too."""
    passphrase = tmp_path / "pass.txt"
    passphrase.write_text(f"{PASSPHRASE}\n")
    session, _ = opening.create_vault(
        tmp_path / "data" / "vault", name="anna", display_name="Anna Ek, MD", passphrase=PASSPHRASE, cost=CHEAP
    )
    session.close()
    given = {"ANAMNESIS_PASSPHRASE_FILE": str(passphrase), "ANAMNESIS_DATA_DIR": str(tmp_path / "data")}

    def run(*words, typed=False, **extra):
        chosen = given if typed else {"ANAMNESIS_DATA_DIR": given["ANAMNESIS_DATA_DIR"]}
        return desktop.anamnesis(*words, **{**chosen, **extra})

    desktop.unlock()
    done = run("users", "remember", "on", typed=True)
    assert done.status == 0, done.err
    return run


def test_remembered_person_opens_the_vault_in_another_process(vault, desktop):
    for _ in range(2):
        listed = vault("users", "list", "--json")
        assert listed.status == 0, listed.err
        assert json.loads(listed.out)["users"][0]["name"] == "anna"
    status = json.loads(vault("users", "remember", "status", "--json").out)
    assert status == {"remembered_in": "Secret Service (GNOME Keyring and others)"}
    used = [e for e in json.loads(vault("audit", "show", "--json").out)["entries"] if e["action"] == "sign-in"]
    assert used[-1]["detail"] == "key store"


def test_key_survives_the_end_of_the_key_store(vault, desktop):
    desktop.stop_key_store()
    desktop.unlock()
    assert vault("users", "list").status == 0


def test_locked_collection_is_told_and_the_passphrase_opens(vault, desktop):
    desktop.lock()
    refused = vault("users", "list")
    assert is_declared(refused)
    assert "locked" in refused.err
    assert "passphrase" in refused.err
    assert vault("users", "list", typed=True).status == 0


def test_absent_daemon_is_told_and_the_passphrase_opens(vault, desktop):
    desktop.stop_key_store()
    refused = vault("users", "list")
    assert is_declared(refused)
    assert "passphrase or recovery code" in refused.err
    assert vault("users", "list", typed=True).status == 0
    again = vault("users", "remember", "on", typed=True)
    assert is_declared(again)
    assert "key store" in again.err


def test_no_session_bus_is_told(vault):
    refused = vault("users", "list", DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere")
    assert is_declared(refused)
    assert vault("users", "list", typed=True, DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere").status == 0


def test_lost_item_is_told(vault, desktop):
    gone = desktop.python(
        "import secretstorage\nbus = secretstorage.dbus_init()\n"
        "items = list(secretstorage.get_default_collection(bus).get_all_items())\n"
        "for item in items: item.delete()\nprint(len(items))\nbus.close()"
    )
    assert gone.strip() == "1"
    refused = vault("users", "list")
    assert is_declared(refused)
    assert "no longer" in refused.err
    assert vault("users", "list", typed=True).status == 0


def test_forgetting_removes_the_item_and_asks_for_the_passphrase(vault, desktop):
    assert vault("users", "remember", "off").status == 0
    assert is_declared(vault("users", "list"))
    left = desktop.python(
        "import secretstorage\nbus = secretstorage.dbus_init()\n"
        "print(len(list(secretstorage.get_default_collection(bus).get_all_items())))\nbus.close()"
    )
    assert left.strip() == "0"


def test_export_asks_for_the_passphrase_though_remembered(vault):
    refused = vault("export", "0" * 32)
    assert is_declared(refused)
    assert "passphrase" in refused.err


@pytest.mark.parametrize("named", ["keyring.backends.null.Keyring", "evil.Keyring"])
def test_no_setting_of_keyring_leads_elsewhere(vault, desktop, tmp_path, named):
    """Variable, configuration file and its path for modules: none is followed, nor is the named code ever run."""
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    for folder in ("config", "data"):
        place = desktop.home / folder / "python_keyring"
        place.mkdir(parents=True)
        (place / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={named}\nkeyring-path={tmp_path}\n")
    seen = vault(
        "users", "list",
        PYTHON_KEYRING_BACKEND=named,
        KEYRING_PROPERTY_PREFERRED_COLLECTION="/org/freedesktop/secrets/collection/session",
        KEYRING_PROPERTY_SCHEME="KeePassXC",
    )  # fmt: skip
    assert seen.status == 0, seen.err
    assert not (tmp_path / "ran").exists()


def test_doctor_tries_the_key_store(desktop, tmp_path):
    models = str(tmp_path / "no-models")

    def line():
        told = desktop.anamnesis("doctor", "--json", ANAMNESIS_MODELS_DIR=models, ANAMNESIS_DATA_DIR=str(tmp_path))
        return next(f for f in json.loads(told.out)["findings"] if f["name"] == "key store")

    assert line()["health"] == "note"
    desktop.unlock()
    assert line()["health"] == "ok"
    assert "Secret Service" in line()["detail"]
