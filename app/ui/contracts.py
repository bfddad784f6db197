"""What the window expects of the rest of the house; wiring hands in objects that fit."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.domain.encounter import Encounter, NoteVersion, Stage, StageState
from app.domain.live import Observer
from app.domain.note import Section
from app.domain.ports import Session
from app.domain.recording import Consent, Mark, UnfinishedRecording
from app.domain.records import RetentionLimits
from app.domain.revision import Revision
from app.domain.second_look import SecondLook
from app.domain.style import Style, StyleWish
from app.domain.unnoted import Unnoted
from app.domain.work import CancelToken, Progress
from app.settings import Paths

if TYPE_CHECKING:
    from app.audio.input_devices import InputDevice
    from app.audio.microphone_choice import MicrophoneChoice
    from app.audio.recorder import Recorder
    from app.drafting.templates.template_files import TemplateFile

StageObserver = Callable[[Stage, StageState], None]
SectionObserver = Callable[[Section], None]

ExportNote = Callable[[Session, Encounter, Path, bool], None]
"""Write the note to a file, with or without quotations of the transcript, and record that it left the vault."""


class NoteTypeFiles(Protocol):
    """The note types that there are; reading their files may last."""

    def files(self) -> Sequence["TemplateFile"]: ...


class VisitRunner(Protocol):
    """Takes a recording through its stages. Every call may last; none is made on the interface thread."""

    def import_recording(self, source: Path, title: str, progress: Progress, cancel: CancelToken) -> str:
        """Seal the file's audio into a new encounter and return its id."""

    def process(
        self,
        encounter_id: str,
        progress: Progress,
        cancel: CancelToken,
        on_change: StageObserver | None = None,
        on_section: SectionObserver | None = None,
        *,
        template: str | None = None,
        style: StyleWish | None = None,
    ) -> None:
        """Run the stages that are not done; a failed stage is stored and raised.

        `template` and `style` count if nothing was chosen for this visit before; else that stays.

        `on_section` gets checked sections as they are written; a later one takes the place of one of the same key.
        """

    def redraft(
        self,
        encounter_id: str,
        template: str,
        progress: Progress,
        cancel: CancelToken,
        on_change: StageObserver | None = None,
        *,
        style: StyleWish | None = None,
    ) -> None:
        """Draft an unsigned visit again as another note type: a new version; the ones before stay."""

    def revise(
        self,
        encounter_id: str,
        section: str,
        statements: Sequence[str],
        instruction: str,
        progress: Progress,
        cancel: CancelToken,
    ) -> Revision:
        """Propose other lines for statements (none named: the whole section); nothing is stored."""

    def look_again(self, encounter_id: str, progress: Progress, cancel: CancelToken) -> SecondLook:
        """Have the language model doubt what the rules passed; nothing is stored."""

    def get_ready_to_revise(self) -> None:
        """Begin to load what a revision needs, unless something else goes first; never fails for it."""

    def forget(self, encounter_id: str) -> None:
        """A visit was destroyed: drop what was prepared of its draft."""


class Learned(Protocol):
    """What was learned of a person's style: from how many signed notes, how many of them of the wanted type."""

    @property
    def style(self) -> Style: ...

    @property
    def notes(self) -> int: ...

    @property
    def like(self) -> int: ...


class StyleLearning(Protocol):
    """Learning a person's style from their signed notes. Every call but `allowed` reads the vault."""

    @property
    def allowed(self) -> bool: ...

    @property
    def on(self) -> bool: ...

    def switch(self, *, on: bool) -> None: ...

    def forget(self) -> None: ...

    def learned(self, note_type: str, about: str) -> Learned | None: ...


class Review(Protocol):
    """Changes to a note. Each call appends a version and raises `ConflictError` if somebody was faster."""

    def current(self, encounter_id: str) -> NoteVersion | None: ...

    def edit_statement(self, encounter_id: str, statement_id: str, text: str, expected_latest: int) -> NoteVersion: ...

    def add_statement(self, encounter_id: str, section_key: str, text: str, expected_latest: int) -> NoteVersion: ...

    def add_unnoted(self, encounter_id: str, entry: Unnoted, expected_latest: int) -> NoteVersion: ...

    def apply_revision(self, encounter_id: str, revision: Revision, expected_latest: int) -> NoteVersion: ...

    def add_doubts(self, encounter_id: str, look: SecondLook, expected_latest: int) -> NoteVersion: ...

    def missing(self, encounter_id: str) -> tuple[Unnoted, ...]: ...

    def remove_statement(self, encounter_id: str, statement_id: str, expected_latest: int) -> NoteVersion: ...

    def restore(self, encounter_id: str, number: int, expected_latest: int) -> NoteVersion: ...

    def mark_reviewed(self, encounter_id: str, expected_latest: int) -> NoteVersion: ...

    def sign(
        self,
        encounter_id: str,
        passphrase: str,
        meaning: str,
        expected_latest: int,
        acknowledged: bool = False,
        *,
        left_out: int = 0,
    ) -> NoteVersion: ...

    def add_addendum(self, encounter_id: str, text: str, passphrase: str, expected_latest: int) -> NoteVersion: ...


class RecordingPolicy(Protocol):
    """What the organisation asks for."""

    @property
    def consent_required(self) -> bool: ...

    @property
    def lock_minutes(self) -> int: ...


class SealedPolicy(Protocol):
    """What the organisation decided about keeping and erasing."""

    @property
    def retention(self) -> RetentionLimits: ...

    @property
    def backup_days(self) -> int: ...


class ConsentWording(Protocol):
    """The text that is read out before a recording; `id` names its version."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...


class LiveVisit(Protocol):
    """A visit that is being recorded. Every call may last a moment; none is made on the interface thread."""

    @property
    def encounter_id(self) -> str: ...

    @property
    def elapsed(self) -> float: ...

    @property
    def paused(self) -> bool: ...

    @property
    def muted(self) -> bool: ...

    @property
    def choice(self) -> "MicrophoneChoice": ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def mute(self, on: bool) -> None: ...

    def bookmark(self) -> Mark: ...

    def use(self, choice: "MicrophoneChoice") -> None: ...

    def stop(self, progress: Progress, cancel: CancelToken) -> None:
        """Seal the sound first, then save the rest of the transcript."""

    def cancel(self) -> None:
        """Stop and destroy."""

    def withdraw(self, consent: Consent) -> None:
        """Stop, store the withdrawal, destroy."""


class Recordings(Protocol):
    """Visits recorded by the signed-in person. `observe` is called from any thread."""

    @property
    def policy(self) -> RecordingPolicy: ...

    @property
    def wording(self) -> ConsentWording: ...

    def devices(self) -> Sequence["InputDevice"]: ...

    def open_microphone(self, choice: "MicrophoneChoice", observe: Observer) -> "Recorder":
        """Let levels flow without keeping sound. Raises `MachineError`."""

    def start(
        self,
        title: str,
        consent: Consent | None,
        choice: "MicrophoneChoice",
        observe: Observer,
        recorder: "Recorder | None" = None,
        *,
        template: str | None = None,
        style: StyleWish | None = None,
    ) -> LiveVisit:
        """`template` and `style` are stored with the visit before any sound."""

    def decline(self, title: str, consent: Consent) -> str:
        """Store the refusal and return the id of a visit without sound."""

    def unfinished(self) -> Sequence[UnfinishedRecording]: ...

    def resume(self, encounter_id: str, choice: "MicrophoneChoice", observe: Observer) -> LiveVisit:
        """It is drafted as what was chosen when it began."""

    def finish(self, encounter_id: str) -> None:
        """End a recording that was cut off; its transcript is made by `VisitRunner.process`."""

    def discard(self, encounter_id: str) -> None: ...


class Application(Protocol):
    """The house as `app.wiring.build` makes it."""

    @property
    def paths(self) -> Paths: ...

    def vault_exists(self) -> bool: ...

    def user_names(self) -> list[str]: ...

    def create_vault(self, name: str, display_name: str, passphrase: str) -> tuple[Session, str]:
        """Return the signed-in first physician and the recovery code, which is shown once."""

    def remembered_names(self) -> list[str]:
        """Sign-in names that this computer's key store may unlock."""

    def sign_in(self, name: str, passphrase: str, code: str = "") -> Session:
        """Raises `SecondFactorNeededError`: call again with the code; `SecondFactorWrongError`: with another."""

    def sign_in_from_key_store(self, name: str, code: str = "") -> Session:
        """As `sign_in`, but the system may ask the person and wait; raises `KeyStoreError`."""

    def sign_in_with_recovery_code(
        self,
        name: str,
        code: str,
        new_passphrase: str,
        second_factor_code: str = "",
        *,
        drop_second_factor: bool = False,
    ) -> tuple[Session, str]: ...

    def visits(self, session: Session) -> VisitRunner: ...

    def review(self, session: Session) -> Review: ...

    def recordings(self, session: Session) -> Recordings: ...

    @property
    def note_types(self) -> NoteTypeFiles: ...

    @property
    def policy(self) -> SealedPolicy: ...

    def style_learning(self, session: Session) -> StyleLearning: ...

    def end_recordings(self) -> None:
        """Seal a recording that still runs; called before the session is closed."""

    def close(self) -> None: ...


class AudioPlayer(Protocol):
    """Plays 16-bit mono PCM; `on_end` is called from any thread when the sound has ended by itself."""

    def play(self, pcm: bytes, rate: int, on_end: Callable[[], None]) -> None: ...

    def stop(self) -> None: ...
