"""The models and options of a visit."""

from dataclasses import dataclass

from app.domain.errors import InputError
from app.domain.style import NO_WISH, StyleWish
from app.policy import Policy
from app.server_policy import ORGANISATION


@dataclass(frozen=True, slots=True)
class Choice:
    """Model ids of the catalogue, template id, words to expect, whether speakers are told apart.

    `draft_ahead`: the draft is prepared while the visit goes on. `style`: the choices made on how the note is written.
    """

    speech_model: str = "whisper-base"
    language_model: str = "qwen2.5-coder-1.5b-q4"
    template: str = "soap"
    vocabulary: tuple[str, ...] = ()
    speakers: bool = True
    draft_ahead: bool = True
    style: StyleWish = NO_WISH


def language_model_of(policy: Policy, named: str | None = None) -> str:
    """Return the model that drafts: the one a person named, else what the policy prefers, else the program's own.

    Raises `InputError` if the organisation's server is named and the policy names none.
    """
    server = policy.language_server
    if named == ORGANISATION and server is None:
        raise InputError(
            "The organisation's policy names no language server.", "Choose a model of `anamnesis models list`."
        )
    if named:
        return named
    return ORGANISATION if server is not None and server.prefer == "server" else Choice().language_model
