"""The one place where concrete classes meet."""

import shutil
from functools import cached_property
from typing import TYPE_CHECKING

from app.settings import Paths
from app.visit.prepared import PreparedPassages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.audio.sound_source import SourceOpener
    from app.domain.note import Note
    from app.domain.ports import Session
    from app.domain.records import LastBackup, Restored
    from app.domain.syncing import ServerAddress
    from app.domain.transcript import Transcript
    from app.domain.unnoted import Unnoted
    from app.domain.work import CancelToken, Progress
    from app.drafting.templates.template_files import TemplateFolders
    from app.engine.supervisor import Engine
    from app.policy import Policy
    from app.review.workflow import Review
    from app.vault.session import VaultSession
    from app.visit.choice import Choice
    from app.visit.recordings import Recordings
    from app.visit.runner import VisitRunner
    from app.visit.style_learning import StyleLearning


class Application:
    """The program's parts, each built when first used so that the window opens before models or database load."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.sound_source: SourceOpener | None = None
        """Where recordings get their sound from; None: the machine's microphones."""
        self._busy: set[str] = set()
        self._recordings: tuple[Session, Recordings] | None = None
        self.prepared = PreparedPassages()

    @cached_property
    def engine(self) -> "Engine":
        """The engine process's handle; the process starts with the first request."""
        from app.engine.supervisor import Engine

        return Engine(self.paths.models, niceness=10)

    @cached_property
    def ears(self) -> "Engine":
        """A second engine process, only for live text, which goes first: drafting never delays it."""
        from app.engine.supervisor import Engine

        return Engine(self.paths.models, memory_mb=2000, name="ears")

    @property
    def note_types(self) -> "TemplateFolders":
        """Where note types are read from. Raises `InputError` (policy)."""
        from pathlib import Path

        from app.drafting.templates.template_files import TemplateFolders

        folder = self.policy.templates_folder
        return TemplateFolders(self.paths.templates, Path(folder) if folder else None)

    @cached_property
    def policy(self) -> "Policy":
        """The organisation's policy. Raises `InputError` if its file is not understood."""
        from app.policy import load_policy

        return load_policy()

    @cached_property
    def choice(self) -> "Choice":
        """Models and options where nobody names others: the policy may prefer the organisation's server."""
        from app.visit.choice import Choice, language_model_of

        return Choice(language_model=language_model_of(self.policy))

    def vault_exists(self) -> bool:
        """Whether the data folder holds a vault."""
        from app.vault import vault_exists

        return vault_exists(self.paths.vault)

    def user_names(self) -> list[str]:
        """Sign-in names of the vault's people."""
        from app.vault import user_names

        return user_names(self.paths.vault)

    def remembered_names(self) -> list[str]:
        """Sign-in names that this computer's key store may unlock; the key store itself is not asked."""
        from app.vault import remembered_names

        return remembered_names(self.paths.vault)

    def create_vault(self, name: str, display_name: str, passphrase: str) -> tuple["Session", str]:
        """Create the vault with its first physician; return the session and the recovery code, shown once."""
        from app.vault import create_vault

        session, code = create_vault(
            self.paths.vault,
            name=name,
            display_name=display_name,
            passphrase=passphrase,
            second_factor_required=self.policy.second_factor_required,
        )
        return self._under_policy(session), code

    def sign_in(self, name: str, passphrase: str, code: str = "") -> "Session":
        """Open the vault; `code` is that of the authenticator app, '' until `SecondFactorNeededError` asks for it.

        Raises `SignInError`, `SecondFactorNeededError`, `SecondFactorWrongError`, `InputError` (policy).
        """
        from app.vault import sign_in

        required = self.policy.second_factor_required
        return self._under_policy(
            sign_in(self.paths.vault, name, passphrase, code=code, second_factor_required=required)
        )

    def sign_in_from_key_store(self, name: str, code: str = "") -> "Session":
        """Open the vault with the key in this computer's key store, which may show a prompt: not for a UI thread.

        Raises as `sign_in`, and `KeyStoreError` with the way out in words: offer the passphrase then.
        """
        from app.vault import sign_in_from_key_store

        required = self.policy.second_factor_required
        return self._under_policy(
            sign_in_from_key_store(self.paths.vault, name, code=code, second_factor_required=required)
        )

    def sign_in_with_recovery_code(
        self,
        name: str,
        code: str,
        new_passphrase: str,
        second_factor_code: str = "",
        *,
        drop_second_factor: bool = False,
    ) -> tuple["Session", str]:
        """Open the vault with recovery code `code`, set a new passphrase; return the session and a new recovery code.

        After `SecondFactorNeededError` give the `second_factor_code`, or `drop_second_factor` if the phone is lost.
        """
        from app.vault import sign_in_with_recovery_code

        session, new_code = sign_in_with_recovery_code(
            self.paths.vault,
            name,
            code,
            new_passphrase,
            second_factor_code=second_factor_code,
            second_factor_required=self.policy.second_factor_required,
            drop_second_factor=drop_second_factor,
        )
        return self._under_policy(session), new_code

    def join_vault(
        self, file: "Path", code: str, name: str, passphrase: str, *, user: str = "", password: str = ""
    ) -> None:
        """Make this machine's vault from an enrolment file; `user` and `password` are for the shared server."""
        from app.vault import join_vault

        join_vault(self.paths.vault, file, code, name, passphrase, user=user, password=password)

    def _shared_server(self) -> "ServerAddress | None":
        """The shared database of the policy."""
        from app.domain.syncing import ServerAddress

        shared = self.policy.shared_database
        return ServerAddress(shared.host, shared.port, shared.database, shared.ca_file) if shared else None

    def _under_policy(self, session: "Session") -> "Session":
        """Note a policy that changed since the last sign-in; a session that cannot be noted is no session.

        What the policy no longer keeps is erased, if the person may; re-keying that was cut off goes on meanwhile.
        """
        from app.domain.people import Permission
        from app.policy import fingerprint

        try:
            session.audit.policy_in_force(fingerprint(self.policy))
            session.syncing.start(self._shared_server())
            session.team.emergency.apply(self.policy.emergency)
            due = session.unlocking.status().second_factor_due  # until then nothing is done in their name
            if session.user.may(Permission.ERASE_DUE) and not due:
                session.records.erase_due(self.policy.retention, asked=False)
        except BaseException:
            session.close()
            raise
        session.team.rotation.start()
        return session

    def last_backup(self) -> "LastBackup | None":
        """When this machine last made a backup; nobody needs to be signed in. Raises `MachineError`."""
        from app.vault import last_backup

        return last_backup(self.paths.vault)

    def backup_overdue(self) -> bool:
        """Whether the policy's days without a backup are over; also if there never was one."""
        from datetime import UTC, datetime, timedelta

        last, days = self.last_backup(), self.policy.backup_days
        return days > 0 and (last is None or datetime.now(UTC) - last.made_at > timedelta(days=days))

    def restore(
        self,
        backup: "Path",
        sign_in: "Callable[[Path], VaultSession]",
        *,
        partial: bool = False,
        erased_list: "Path | None" = None,
        progress: "Progress | None" = None,
        cancel: "CancelToken | None" = None,
    ) -> "Restored":
        """Restore a backup as this data folder's vault, which must not be there yet.

        `sign_in` opens the vault in a folder with what the person gave (`app.vault.sign_in` or
        `sign_in_with_recovery_code`). Raises as `app.vault.restore`.
        """
        from app.domain.work import CancelToken, no_progress
        from app.vault import restore

        return restore(
            backup,
            self.paths.vault,
            sign_in,
            partial=partial,
            erased_list=erased_list,
            progress=progress or no_progress,
            cancel=cancel or CancelToken(),
        )

    def visits(self, session: "Session", choice: "Choice | None" = None) -> "VisitRunner":
        """The runner of a person's visits."""
        from app.visit.runner import VisitRunner

        learn = self.style_learning(session).learned
        chosen = choice or self.choice
        return VisitRunner(session.encounters, self.engine, check, chosen, self._busy, self.prepared, learn)

    def style_learning(self, session: "Session") -> "StyleLearning":
        """What is learned of a person's style, and the switch for it."""
        from app.visit.style_learning import StyleLearning

        return StyleLearning(session.own_notes, session.user, allowed=self.policy.learn_style)

    def recordings(self, session: "Session", choice: "Choice | None" = None, *, live: bool = True) -> "Recordings":
        """The recordings of a person, the same for as long as they are signed in. Raises `InputError` (policy)."""
        from app.domain.people import Permission
        from app.visit.consent import load_wording
        from app.visit.recordings import Recordings

        if self._recordings is None or self._recordings[0] is not session:
            recordings = Recordings(
                session.encounters,
                self.policy,
                load_wording(self.policy.consent_wording),
                ears=self.ears if live else None,
                free=self._free_space,
                busy=self._busy,
                choice=choice or self.choice,
                source=self.sound_source,
                drafting=self.engine if live else None,
                prepared=self.prepared,
            )
            if session.user.may(Permission.RECORD):
                recordings.warm_up()
            self._recordings = (session, recordings)
        return self._recordings[1]

    def review(self, session: "Session") -> "Review":
        """The review work flow of a signed-in person."""
        from app.review.workflow import Review

        return Review(session, check, missing=missing)

    def close(self) -> None:
        """Seal a recording that still runs, and end the engine processes."""
        try:
            self.end_recordings()
        finally:
            for name in ("engine", "ears"):
                if name in self.__dict__:
                    getattr(self, name).close()

    def end_recordings(self) -> None:
        """Seal a recording that still runs; to be called before its session is closed. Its text is made later.

        What was prepared for drafts is dropped.
        """
        if self._recordings is not None:
            recordings, self._recordings = self._recordings[1], None
            recordings.close()
        self.prepared.clear()

    def _free_space(self) -> int:
        """Free bytes of the disk that holds the vault."""
        return shutil.disk_usage(self.paths.vault).free


def build(paths: Paths) -> Application:
    """Return the program for these folders."""
    return Application(paths)


def check(note: "Note", transcript: "Transcript") -> "Note":
    """Mark every statement of a note against the transcript."""
    from app.drafting.checking.check import check_note

    return check_note(note, transcript)


def missing(note: "Note", transcript: "Transcript") -> "tuple[Unnoted, ...]":
    """What was said and is not in the note, best first."""
    from app.drafting.checking.unnoted.missing import said_not_noted

    return said_not_noted(note, transcript)
