"""New key material for a vault and its first person."""

import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.vault.key_bundle import KeyBundle
from app.vault.sealing_pair import SealingPrivate


def new_signing_key() -> bytes:
    """The 32 private bytes of a new Ed25519 key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def founder_bundle() -> KeyBundle:
    """All keys of a new vault: the vault key, the organisation's two pairs, the founder's two pairs."""
    organisation = new_signing_key()
    recovery = SealingPrivate.generate()
    public = Ed25519PrivateKey.from_private_bytes(organisation).public_key().public_bytes_raw()
    return KeyBundle(
        vault_key=os.urandom(32),
        sealing=SealingPrivate.generate(),
        signing=new_signing_key(),
        organisation_public=public,
        recovery_public=recovery.public(),
        organisation_signing=organisation,
        organisation_recovery=recovery,
    )
