"""Typed messages between the program and its engine process.

A frame is: 4 bytes big-endian length of a JSON object, the object, then raw bytes (audio), if any. Nothing is
pickled, so neither side can be made to run code by the other.
"""

import json
import struct
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, TypeVar

from app.domain.errors import EngineError

_LENGTH = struct.Struct(">I")
_MAX_HEADER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Audio:
    """A piece of 16-bit little-endian PCM at 16 kHz, channels interleaved, for the job; `payload` holds the samples."""

    kind: ClassVar[str] = "audio"
    job: int
    payload: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Transcribe the audio sent before under the same job; `gaps` (seconds) are where sound is missing in it."""

    kind: ClassVar[str] = "transcribe"
    job: int
    model: str
    vocabulary: list[str] = field(default_factory=list, repr=False)
    speakers: bool = True
    language: str | None = None
    channels: int = 1
    gaps: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listen:
    """Transcribe sound that is still being spoken: it comes as `Audio` of the same job until `EndOfSound`.

    `earlier` are the windows that are final already, each `{"window": …, "state": …}`; `sound_from` (seconds) is where
    the sound that comes begins; `gaps` (seconds) are where sound is missing, as far as that is known.
    """

    kind: ClassVar[str] = "listen"
    job: int
    model: str
    vocabulary: list[str] = field(default_factory=list, repr=False)
    speakers: bool = True
    language: str | None = None
    channels: int = 1
    earlier: list[dict[str, Any]] = field(default_factory=list, repr=False)
    sound_from: float = 0.0
    gaps: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gap:
    """Sound is missing at `at` seconds of a `Listen` job; sent before the sound that is behind it."""

    kind: ClassVar[str] = "gap"
    job: int
    at: float


@dataclass(frozen=True, slots=True)
class EndOfSound:
    """No more sound comes for this `Listen` job: finish it."""

    kind: ClassVar[str] = "end-of-sound"
    job: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Draft a note of the template from a transcript (its JSON contract).

    `earlier` are passages that were answered before (`domain/passages.py`); they are not asked again. `style` is how
    the note is written (`domain/style.py`), empty for the standard.
    """

    kind: ClassVar[str] = "draft"
    job: int
    model: str
    template: str
    transcript: dict[str, Any] = field(repr=False)
    earlier: list[dict[str, Any]] = field(default_factory=list, repr=False)
    style: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """Read a passage of a visit that is still going on, and answer it unless `answer` is false.

    `utterances` are the passage's (none: only the form is read), `context` those before it that the question shows as
    already noted. The result is the answered passage, or an empty object if there is no usable answer or none was
    asked for.
    """

    kind: ClassVar[str] = "passage"
    job: int
    model: str
    template: str
    utterances: list[dict[str, Any]] = field(repr=False)
    context: list[dict[str, Any]] = field(default_factory=list, repr=False)
    answer: bool = True


@dataclass(frozen=True, slots=True)
class Revise:
    """Propose other words for statements of a note's section (none named: all of them) as an instruction asks.

    `transcript` is empty for a visit without one. The result is the revision (`domain/revision_codec.py`), checked.
    """

    kind: ClassVar[str] = "revise"
    job: int
    model: str
    section: str
    statements: list[str]
    instruction: str = field(repr=False)
    note: dict[str, Any] = field(repr=False)
    transcript: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Judge:
    """Ask whether a sentence of a note is said in some lines of the talk; the result is `{"belief": 0 to 1}`."""

    kind: ClassVar[str] = "judge"
    job: int
    model: str
    sentence: str = field(repr=False)
    lines: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Preload:
    """Load a model so that a later request finds it ready."""

    kind: ClassVar[str] = "preload"
    job: int
    model: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the job at its next step."""

    kind: ClassVar[str] = "cancel"
    job: int


@dataclass(frozen=True, slots=True)
class ProgressMade:
    """Fraction done, 0 to 1, with a phrase without patient content."""

    kind: ClassVar[str] = "progress"
    job: int
    fraction: float
    phrase: str


@dataclass(frozen=True, slots=True)
class PartDone:
    """A part of the result as it comes: an utterance, a section of a note, live text, as JSON."""

    kind: ClassVar[str] = "part"
    job: int
    value: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """The job's result as JSON (a transcript, a note, an answered passage, a revision)."""

    kind: ClassVar[str] = "finished"
    job: int
    value: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended with a declared error, or with a bug (`code` `bug`: type and lines only, no message)."""

    kind: ClassVar[str] = "failed"
    job: int
    code: str
    message: str
    remedy: str = ""


Request = Transcribe | Listen | Draft | Passage | Revise | Judge | Preload
Message = Request | Audio | Gap | EndOfSound | Cancel | ProgressMade | PartDone | Finished | Failed

_KINDS: dict[str, type[Any]] = {
    cls.kind: cls
    for cls in (
        Audio,
        Transcribe,
        Listen,
        Gap,
        EndOfSound,
        Draft,
        Passage,
        Revise,
        Judge,
        Preload,
        Cancel,
        ProgressMade,
        PartDone,
        Finished,
        Failed,
    )
}

M = TypeVar("M")


def encode(message: Message) -> bytes:
    """Return the frame of a message."""
    fields = asdict(message)
    payload = fields.pop("payload", b"")
    header = json.dumps({"kind": message.kind, **fields}, ensure_ascii=False, allow_nan=False).encode()
    frame: bytes = _LENGTH.pack(len(header)) + header + payload
    return frame


def decode(frame: bytes) -> Message:
    """Return the message of a frame. Raises `EngineError` for anything that is not one."""
    try:
        (length,) = _LENGTH.unpack_from(frame)
        if length > _MAX_HEADER or _LENGTH.size + length > len(frame):
            raise EngineError("The engine process sent a frame of a wrong length.", "Start again.")
        fields = json.loads(frame[_LENGTH.size : _LENGTH.size + length])
        cls = _KINDS[fields.pop("kind")]
        if cls is Audio:
            fields["payload"] = frame[_LENGTH.size + length :]
        message: Message = cls(**fields)
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError("The engine process sent a frame that is no message.", "Start again.") from error
    return message
