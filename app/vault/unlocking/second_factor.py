"""Codes of an authenticator app: time-based one-time passwords (RFC 6238), SHA-1, six digits, 30 seconds.

SHA-1 because common authenticator apps know nothing else; HMAC does not rest on its collision resistance
(RFC 6238 section 1.2, RFC 4226 appendix B.2).
"""

import base64
import io
import os

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from app.domain.errors import SecondFactorWrongError
from app.domain.unlocking import SecondFactorOffer

SECRET = 20
"""Bytes of the shared secret: the length of the hash (RFC 4226 section 4, requirement R6)."""
STEP = 30
DRIFT = 1
"""Steps that the phone's clock may be early or late (RFC 6238 section 5.2 asks for a small bound)."""
_DIGITS = 6
_ISSUER = "Anamnesis"


def new_secret() -> bytes:
    """Return a new shared secret."""
    return os.urandom(SECRET)


def accepted_step(secret: bytes, code: str, now: float, last: int) -> int:
    """Return the time step that a code stands for: the present one, or one off, and later than `last`.

    `now` is Unix time in seconds. A step that was accepted before is not accepted again (RFC 6238 section 5.2).
    Raises `SecondFactorWrongError`.
    """
    digits = "".join(code.split())
    if len(digits) == _DIGITS and digits.isascii() and digits.isdigit():
        totp = _totp(secret)
        present = int(now // STEP)
        for step in range(max(present - DRIFT, last + 1, 0), present + DRIFT + 1):
            try:
                totp.verify(digits.encode(), step * STEP)
            except InvalidToken:
                continue
            return step
    raise SecondFactorWrongError(
        "The code is wrong, too old, or was used before.",
        "Wait for the app's next code; if that fails too, compare the clocks of phone and computer.",
    )


def offer(secret: bytes, name: str) -> SecondFactorOffer:
    """What an authenticator app needs to take the secret over, under this sign-in name."""
    import segno

    uri = _totp(secret).get_provisioning_uri(name, _ISSUER)
    code = segno.make(uri, error="m", micro=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=4, border=4, light="white", dark="black")
    text = base64.b32encode(secret).decode()
    return SecondFactorOffer(
        uri=uri,
        key_text=" ".join(text[i : i + 4] for i in range(0, len(text), 4)),
        svg=drawn.getvalue().decode(),
        modules=tuple(tuple(bool(dark) for dark in row) for row in code.matrix),
    )


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), STEP)  # noqa: S303 - see the head of this file
