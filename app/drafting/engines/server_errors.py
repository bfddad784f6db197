"""What can go wrong with the organisation's server. No message holds anything that was sent or received."""

from app.domain.errors import EngineError


class ServerError(EngineError):
    """The server could not be used. `what` completes "The organisation's server …".

    `passing` says whether the same request may go well a moment later; `status` is the HTTP status, if one came.
    """

    def __init__(self, what: str, remedy: str, *, passing: bool = False, status: int | None = None) -> None:
        super().__init__(f"The organisation's server {what}.", remedy)
        self.what = what
        self.passing = passing
        self.status = status


class ScoresUnsupportedError(ServerError):
    """The server names no probabilities, so that it cannot be a judge."""

    def __init__(self) -> None:
        super().__init__("gives no probabilities of its answers", "Use a local model for this.")


ASK_IT = "Ask IT to look at the server; run: anamnesis doctor"
CHECK_POLICY = "Ask IT to check [language_server] in the policy; run: anamnesis doctor"


def no_answer(seconds: float) -> ServerError:
    """Nothing came, or nothing more, for so long."""
    return ServerError(f"did not answer within {seconds:g} seconds", ASK_IT)


def broke_off() -> ServerError:
    """The answer ended before it was complete."""
    return ServerError("broke off in the middle of its answer", ASK_IT, passing=True)


def unusable(why: str) -> ServerError:
    """What came is not the agreed protocol."""
    return ServerError(f"gave no usable answer ({why})", ASK_IT)


def from_status(status: int) -> ServerError:
    """An answer with an HTTP status other than 200; its text is left out, it may quote the question."""
    if 300 <= status < 400:
        return ServerError(f"points to another address ({status}), which is never followed", CHECK_POLICY)
    if status in (401, 403):
        return ServerError(f"refuses this machine's key or certificate ({status})", CHECK_POLICY)
    if status == 404:
        return ServerError("does not know the address or the model (404)", CHECK_POLICY)
    if status in (408, 425, 429, 502, 503, 504):
        return ServerError(f"is busy or out of order ({status})", ASK_IT, passing=True)
    if status >= 500:
        return ServerError(f"failed ({status})", ASK_IT, passing=True)
    return ServerError(f"refused the question ({status})", ASK_IT, status=status)
