"""The golden header of version 2: one person has a device slot. Made once, `python tests/support/golden_header.py`."""

import base64
import json
import sys
from dataclasses import replace
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "unit" / "vault" / "golden" / "header-2"
KEYS = "keys.json"


def make(folder: Path) -> None:
    """A header of two people, one of them remembered; and the keys that open it."""
    from app.vault.accounts import new_account
    from app.vault.header import NAME, Header, pack, slot_bound
    from app.vault.key_material import founder_bundle
    from app.vault.key_slot import Argon2Cost, open_slot
    from app.vault.unlocking.device_slot import DeviceKey, device_bound, seal_device_slot

    vault_id, passphrase = "0" * 32, "golden horse battery"
    keys, cost, accounts = founder_bundle(), Argon2Cost(19_456, 2, 1), []
    device = DeviceKey.generate()
    for user_id, name in (("1" * 32, "anna"), ("2" * 32, "ines")):
        account, _ = new_account(vault_id, user_id, name, passphrase, keys, cost)
        accounts.append(account)
    first = accounts[0]
    user_key = open_slot(first.passphrase_slot, passphrase, slot_bound(vault_id, first.id, "passphrase"))
    slot = seal_device_slot(user_key, device, device_bound(vault_id, first.id, "SecretService"))
    accounts[0] = replace(first, device_store="SecretService", device_slot=slot)
    header = Header(vault_id, "2026-11-21T12:00:00.000000Z", tuple(accounts)).with_code(keys.derived("header"))
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(pack(header))
    words = {"passphrase": passphrase, "device_key": base64.b64encode(device.secret).decode()}
    (folder / KEYS).write_text(json.dumps(words) + "\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN)
