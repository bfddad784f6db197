"""The one place where concrete classes meet."""

from functools import cached_property
from typing import TYPE_CHECKING

from app.settings import Paths

if TYPE_CHECKING:
    from app.domain.note import Note
    from app.domain.ports import Session
    from app.domain.transcript import Transcript
    from app.engine.supervisor import Engine
    from app.review.workflow import Review
    from app.visit.choice import Choice
    from app.visit.runner import VisitRunner


class Application:
    """The program's parts, each built when first used so that the window opens before models or database load."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    @cached_property
    def engine(self) -> "Engine":
        """The engine process's handle; the process starts with the first request."""
        from app.engine.supervisor import Engine

        return Engine(self.paths.models)

    def vault_exists(self) -> bool:
        """Whether the data folder holds a vault."""
        from app.vault import vault_exists

        return vault_exists(self.paths.vault)

    def user_names(self) -> list[str]:
        """Sign-in names of the vault's people."""
        from app.vault import user_names

        return user_names(self.paths.vault)

    def create_vault(self, name: str, display_name: str, passphrase: str) -> tuple["Session", str]:
        """Create the vault with its first physician; return the session and the recovery code, shown once."""
        from app.vault import create_vault

        return create_vault(self.paths.vault, name=name, display_name=display_name, passphrase=passphrase)

    def sign_in(self, name: str, passphrase: str) -> "Session":
        """Open the vault. Raises `SignInError`."""
        from app.vault import sign_in

        return sign_in(self.paths.vault, name, passphrase)

    def sign_in_with_recovery_code(self, name: str, code: str, new_passphrase: str) -> tuple["Session", str]:
        """Open the vault with a recovery code, set a new passphrase; return the session and a new code."""
        from app.vault import sign_in_with_recovery_code

        return sign_in_with_recovery_code(self.paths.vault, name, code, new_passphrase)

    def visits(self, session: "Session", choice: "Choice | None" = None) -> "VisitRunner":
        """The runner of a person's visits."""
        from app.visit.runner import VisitRunner

        return VisitRunner(session.encounters, self.engine, check, choice)

    def review(self, session: "Session") -> "Review":
        """The review work flow of a signed-in person."""
        from app.review.workflow import Review

        return Review(session, check)

    def close(self) -> None:
        """End the engine process."""
        if "engine" in self.__dict__:
            self.engine.close()


def build(paths: Paths) -> Application:
    """Return the program for these folders."""
    return Application(paths)


def check(note: "Note", transcript: "Transcript") -> "Note":
    """Mark every statement of a note against the transcript."""
    from app.drafting.checking.check import check_note

    return check_note(note, transcript)
