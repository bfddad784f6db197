"""Known answers of every primitive the vault relies on; a build that computes differently must not open a vault."""

from collections.abc import Callable


def failed_known_answers() -> list[str]:
    """Return the names of the primitives that do not give their published answer; empty when all is well."""
    tests: dict[str, Callable[[], bool]] = {
        "AES-256-GCM": _aes_gcm,
        "HKDF-SHA256": _hkdf,
        "Argon2id": _argon2id,
        "Ed25519": _ed25519,
        "HPKE": _hpke,
    }
    return [name for name, test in tests.items() if not test()]


def _aes_gcm() -> bool:
    """McGrew and Viega, GCM specification, test cases 13 and 14."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher = AESGCM(bytes(32))
    empty = cipher.encrypt(bytes(12), b"", None).hex()
    block = cipher.encrypt(bytes(12), bytes(16), None).hex()
    return (
        empty == "530f8afbc74536b9a963b4f1c4cb738b"
        and block == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
    )


def _hkdf() -> bool:
    """RFC 5869, appendix A.1."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    salt, info = bytes(range(13)), bytes(range(0xF0, 0xFA))
    key = HKDF(SHA256(), 42, salt, info).derive(b"\x0b" * 22).hex()
    return key == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"


def _argon2id() -> bool:
    """RFC 9106, section 5.3."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    tag = Argon2id(
        salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=32, ad=b"\x04" * 12, secret=b"\x03" * 8
    ).derive(b"\x01" * 32)
    return tag.hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


def _ed25519() -> bool:
    """RFC 8032, section 7.1, test 1."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    return key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def _hpke() -> bool:
    """Sealing is randomised, so: what is sealed opens, and does not open in another context (RFC 9180, section 5)."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    private = MLKEM768X25519PrivateKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())
    sealed = suite.encrypt(b"known", private.public_key(), info=b"here")
    if suite.decrypt(sealed, private, info=b"here") != b"known":
        return False
    try:
        suite.decrypt(sealed, private, info=b"elsewhere")
    except InvalidTag:
        return True
    return False
