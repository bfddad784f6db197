"""The format of a sealed recording: an authenticated header and one-second records under AES-256-GCM.

Header: magic "ANAU", version, algorithm, key id (16 bytes), salt (32), rate in Hz (4), channels (1), frames per
block (4), tag (16). Record: kind (1: block, 2: end), plaintext length (4), CRC-32 of both and the index (4),
ciphertext with tag (16). Samples are 16-bit little-endian PCM.

The stream's key is HKDF-SHA256 of the encounter's data key with a salt of its own, so a nonce made of the record's
index (11 bytes) and its kind (1 byte) never repeats: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár
2015). The CRC only tells a record that was cut from one whose length was damaged; authenticity comes from GCM.
"""

import os
import struct
import zlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault.blob import PREFIX, BlobKind, context
from app.vault.field_blob import KEY_ID, DataKey

KIND = BlobKind(b"ANAU", 1, 1, "recording")
BLOCK, END, HEAD = 1, 2, 0
TAG = 16
RECORD_HEAD = 9
_SHAPE = struct.Struct(">IBI")
_SALT = 32
_HEAD_BODY = PREFIX + KEY_ID + _SALT + _SHAPE.size
HEADER_SIZE = _HEAD_BODY + TAG
SAMPLE_BYTES = 2
MAXIMUM_RATE = 384_000
MAXIMUM_CHANNELS = 8


@dataclass(frozen=True, slots=True)
class AudioShape:
    """`rate` in Hz, `channels`, `block` in frames."""

    rate: int
    channels: int
    block: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        return SAMPLE_BYTES * self.channels

    @property
    def block_bytes(self) -> int:
        """Plaintext bytes of a whole block."""
        return self.block * self.frame_bytes

    @property
    def possible(self) -> bool:
        """Whether the figures are ones this program writes."""
        return 1 <= self.rate <= MAXIMUM_RATE and 1 <= self.channels <= MAXIMUM_CHANNELS and self.block == self.rate


class AudioSeal:
    """Seals and opens the parts of one recording."""

    def __init__(self, key: DataKey, encounter_id: str, shape: AudioShape, salt: bytes) -> None:
        self.shape = shape
        body = KIND.prefix() + key.id + salt + _SHAPE.pack(shape.rate, shape.channels, shape.block)
        self._bound = body + context("audio", encounter_id)
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=salt, info=self._bound).derive(key.secret))
        self.header = body + self._cipher.encrypt(_nonce(0, HEAD), b"", self._bound)

    @classmethod
    def new(cls, key: DataKey, encounter_id: str, shape: AudioShape) -> "AudioSeal":
        """A seal for a new recording."""
        return cls(key, encounter_id, shape, os.urandom(_SALT))

    @classmethod
    def of_header(cls, key: DataKey, encounter_id: str, header: bytes) -> "AudioSeal":
        """The seal of an existing recording. Raises `SealBrokenError`, `VersionError`."""
        KIND.check(header, HEADER_SIZE)
        shape = AudioShape(*_SHAPE.unpack_from(header, PREFIX + KEY_ID + _SALT))
        if header[PREFIX : PREFIX + KEY_ID] != key.id or not shape.possible:
            raise KIND.broken()
        seal = cls(key, encounter_id, shape, header[PREFIX + KEY_ID : PREFIX + KEY_ID + _SALT])
        if seal.header != header[:HEADER_SIZE]:
            raise KIND.broken()
        return seal

    def record(self, index: int, kind: int, pcm: bytes) -> bytes:
        """The sealed record of `pcm`."""
        start = bytes((kind,)) + len(pcm).to_bytes(4, "big")
        return start + _crc(start, index) + self._cipher.encrypt(_nonce(index, kind), pcm, self._bound)

    def record_head(self, head: bytes, index: int) -> tuple[int, int]:
        """Kind and plaintext length in a record's first nine bytes. Raises `SealBrokenError`."""
        kind, length = head[0], int.from_bytes(head[1:5], "big")
        whole = self.shape.block_bytes
        right_length = length == whole if kind == BLOCK else length < whole and not length % self.shape.frame_bytes
        if _crc(head[:5], index) != head[5:9] or kind not in {BLOCK, END} or not right_length:
            raise KIND.broken()
        return kind, length

    def open(self, index: int, kind: int, body: bytes) -> bytes:
        """The PCM of a record's ciphertext. Raises `SealBrokenError`."""
        try:
            return self._cipher.decrypt(_nonce(index, kind), body, self._bound)
        except InvalidTag as error:
            raise KIND.broken() from error


def _nonce(index: int, kind: int) -> bytes:
    return index.to_bytes(11, "big") + bytes((kind,))


def _crc(start: bytes, index: int) -> bytes:
    return zlib.crc32(start + index.to_bytes(8, "big")).to_bytes(4, "big")
