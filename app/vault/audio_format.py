"""The format of a sealed recording: segments, each an authenticated header and records under AES-256-GCM.

Header: magic "ANAU", version, algorithm, key id (16 bytes), salt (32), rate in Hz (4), channels (1), frames per
block (4), what the segment follows (44, from version 2 on), name (32, version 3), tag (16). Record: kind (1: block,
2: end), plaintext length (4), CRC-32 of both and the index (4), ciphertext with tag (16). Samples are 16-bit
little-endian PCM.

A segment follows nothing (the first), or: its number (4), the number of whole blocks of the segment before it (8),
SHA-256 of that segment's header (32). So a segment that is exchanged, left out or cut is noticed by the next one.
Version 1 has one segment of one-second blocks; version 2 is written with blocks of a quarter of a second. Version 3 is
a segment that was sealed anew under another key: its name is the digest that the header had in which it was recorded,
so the segment after it still follows, and each file can be replaced by itself.

A segment's key is HKDF-SHA256 of the encounter's data key with a salt of its own, so a nonce made of the record's
index (11 bytes) and its kind (1 byte) never repeats: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár
2015). The CRC only tells a record that was cut from one whose length was damaged; authenticity comes from GCM.
"""

import hashlib
import os
import struct
import zlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault.blob import PREFIX, BlobKind, context
from app.vault.field_blob import KEY_ID, DataKey, key_id_of

KIND = BlobKind(b"ANAU", 2, 1, "recording")
FIRST_KIND = BlobKind(b"ANAU", 1, 1, "recording")
RESEALED_KIND = BlobKind(b"ANAU", 3, 1, "recording")
BLOCK, END, HEAD = 1, 2, 0
TAG = 16
RECORD_HEAD = 9
_SHAPE = struct.Struct(">IBI")
_ORIGIN = struct.Struct(">IQ32s")
_SALT = 32
_FIXED = PREFIX + KEY_ID + _SALT + _SHAPE.size
_NAME = 32
HEADER_SIZE = _FIXED + _ORIGIN.size + TAG
FIRST_HEADER_SIZE = _FIXED + TAG
LONGEST_HEADER = HEADER_SIZE + _NAME
_SIZES = {1: (FIRST_KIND, FIRST_HEADER_SIZE), 3: (RESEALED_KIND, LONGEST_HEADER)}
SAMPLE_BYTES = 2
MAXIMUM_RATE = 384_000
MAXIMUM_CHANNELS = 8


@dataclass(frozen=True, slots=True)
class AudioShape:
    """`rate` in Hz, `channels`, `block` in frames."""

    rate: int
    channels: int
    block: int

    @classmethod
    def of_quarters(cls, rate: int, channels: int) -> "AudioShape":
        """Blocks of a quarter of a second, to whole frames."""
        return cls(rate, channels, max(1, rate // 4))

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        return SAMPLE_BYTES * self.channels

    @property
    def block_bytes(self) -> int:
        """Plaintext bytes of a whole block."""
        return self.block * self.frame_bytes

    @property
    def record_bytes(self) -> int:
        """Bytes of a whole block's record in the file."""
        return RECORD_HEAD + self.block_bytes + TAG

    @property
    def possible(self) -> bool:
        """Whether the figures are ones that this program writes."""
        return (
            1 <= self.rate <= MAXIMUM_RATE and 1 <= self.channels <= MAXIMUM_CHANNELS and 1 <= self.block <= self.rate
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """Which segment of a recording this is, counted from 0, and what it follows: whole blocks and header's digest."""

    number: int = 0
    blocks: int = 0
    header: bytes = bytes(32)


class AudioSeal:
    """Seals and opens the parts of one segment."""

    def __init__(self, key: DataKey, encounter_id: str, body: bytes) -> None:
        """`body` is the header without its tag."""
        salt = body[PREFIX + KEY_ID : PREFIX + KEY_ID + _SALT]
        self.shape = AudioShape(*_SHAPE.unpack_from(body, PREFIX + KEY_ID + _SALT))
        self.origin = Origin(*_ORIGIN.unpack_from(body, _FIXED)) if len(body) > _FIXED else Origin()
        self._bound = body + context("audio", encounter_id)
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=salt, info=self._bound).derive(key.secret))
        self.header = body + self._cipher.encrypt(_nonce(0, HEAD), b"", self._bound)
        self.name = body[_FIXED + _ORIGIN.size :] or hashlib.sha256(self.header).digest()

    @classmethod
    def new(cls, key: DataKey, encounter_id: str, shape: AudioShape, origin: Origin) -> "AudioSeal":
        """A seal for a new segment."""
        packed = _SHAPE.pack(shape.rate, shape.channels, shape.block)
        followed = _ORIGIN.pack(origin.number, origin.blocks, origin.header)
        return cls(key, encounter_id, KIND.prefix() + key.id + os.urandom(_SALT) + packed + followed)

    def renewed(self, key: DataKey, encounter_id: str) -> "AudioSeal":
        """A seal for the same segment under another data key: same shape, origin and name."""
        shape, origin = self.shape, self.origin
        packed = _SHAPE.pack(shape.rate, shape.channels, shape.block)
        followed = _ORIGIN.pack(origin.number, origin.blocks, origin.header)
        start = RESEALED_KIND.prefix() + key.id + os.urandom(_SALT)
        return AudioSeal(key, encounter_id, start + packed + followed + self.name)

    @property
    def key_id(self) -> bytes:
        """The id of the data key it is sealed under."""
        return key_id_of(self.header)

    @classmethod
    def of_header(cls, key: DataKey, encounter_id: str, start: bytes) -> "AudioSeal":
        """The seal of an existing segment, from its first bytes. Raises `SealBrokenError`, `VersionError`."""
        version = start[PREFIX - 2] if len(start) >= PREFIX else 0
        kind, size = _SIZES.get(version, (KIND, HEADER_SIZE))
        kind.check(start, size)
        named = key.named(key_id_of(start))
        if named is None:
            raise KIND.broken()
        seal = cls(named, encounter_id, start[: size - TAG])
        if seal.header != start[:size] or not seal.shape.possible:
            raise KIND.broken()
        return seal

    def followed_by(self, blocks: int) -> Origin:
        """The origin of the segment after this one, which holds so many whole blocks."""
        return Origin(self.origin.number + 1, blocks, self.name)

    def record(self, index: int, kind: int, pcm: bytes) -> bytes:
        """The sealed record of `pcm`."""
        start = bytes((kind,)) + len(pcm).to_bytes(4, "big")
        return start + _crc(start, index) + self._cipher.encrypt(_nonce(index, kind), pcm, self._bound)

    def record_head(self, head: bytes, index: int) -> tuple[int, int]:
        """Kind and plaintext length in a record's first nine bytes. Raises `SealBrokenError`."""
        if len(head) < RECORD_HEAD:
            raise KIND.broken()
        kind, length = head[0], int.from_bytes(head[1:5], "big")
        whole = self.shape.block_bytes
        right_length = length == whole if kind == BLOCK else length < whole and not length % self.shape.frame_bytes
        if _crc(head[:5], index) != head[5:RECORD_HEAD] or kind not in {BLOCK, END} or not right_length:
            raise KIND.broken()
        return kind, length

    def open(self, index: int, expected: int, record: bytes) -> bytes:
        """The PCM of a whole record of the expected kind. Raises `SealBrokenError`."""
        kind, length = self.record_head(record[:RECORD_HEAD], index)
        if kind != expected or len(record) != RECORD_HEAD + length + TAG:
            raise KIND.broken()
        try:
            return self._cipher.decrypt(_nonce(index, kind), record[RECORD_HEAD:], self._bound)
        except InvalidTag as error:
            raise KIND.broken() from error


def _nonce(index: int, kind: int) -> bytes:
    return index.to_bytes(11, "big") + bytes((kind,))


def _crc(start: bytes, index: int) -> bytes:
    return zlib.crc32(start + index.to_bytes(8, "big")).to_bytes(4, "big")
