"""Copied text does not stay in the clipboard: when it is to be cleared, and whether it is still ours."""

import hashlib
import hmac
import os
from dataclasses import dataclass

CLEAR_AFTER = 60.0
"""Seconds after which copied text is taken out of the clipboard again."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was put into the clipboard, as a keyed digest: the text itself is not kept. `at` in seconds."""

    key: bytes
    digest: bytes
    at: float

    def due(self, now: float) -> bool:
        """Whether the minute is over (`now` by the same clock as `at`)."""
        return now - self.at >= CLEAR_AFTER

    def is_in(self, clipboard: str) -> bool:
        """Whether the clipboard still holds our text; what somebody else copied since is never cleared."""
        return hmac.compare_digest(_digest(self.key, clipboard), self.digest)


def copied(text: str, now: float) -> Copied:
    """Note that this text was put into the clipboard."""
    key = os.urandom(32)
    return Copied(key, _digest(key, text), now)


def _digest(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(errors="surrogatepass"), hashlib.sha256).digest()
