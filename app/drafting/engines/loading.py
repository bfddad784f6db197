"""Picks the engine for a language model: by the files in its folder, or the organisation's server."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, runtime_checkable

from app.domain.errors import InputError, ModelMissingError
from app.drafting.engines.language_model import LanguageModel
from app.policy import load_policy

DEFAULT_CONTEXT_TOKENS = 8192


@runtime_checkable
class Elsewhere(Protocol):
    """What a model has that does not always write on this machine: it says where an answer was written."""

    @property
    def names(self) -> frozenset[str]:
        """Everybody whose answers count as this model's."""

    @property
    def is_remote(self) -> bool:
        """Whether the next question leaves this machine."""

    def begin(self, told: Callable[[str], None]) -> None:
        """Begin a piece of work; `told` hears a phrase if the work comes back to this machine."""

    def notices(self, earlier: Iterable[str] = ()) -> tuple[str, ...]:
        """Sentences for the note on who wrote it; `earlier` wrote what was answered before."""


def load_language_model(folder: Path, *, threads: int = 0, context_tokens: int | None = None) -> LanguageModel:
    """Load the model in `folder`: a `.gguf` file with llama.cpp, else `model.bin` with CTranslate2.

    Args:
        threads: processor threads; 0 takes as many as there are processors.
        context_tokens: room for prompt and answer; None takes a size that holds an hour-long visit's parts.

    Raises:
        ModelMissingError: no model of a known form lies there.
        EngineError: the engine cannot load it.
    """
    context = context_tokens or DEFAULT_CONTEXT_TOKENS
    gguf = sorted(folder.glob("*.gguf")) if folder.is_dir() else []
    if gguf:
        from app.drafting.engines.llama_cpp import LlamaCppModel

        return LlamaCppModel(gguf[0], threads=threads, context_tokens=context)
    if (folder / "model.bin").is_file() and (folder / "tokenizer.json").is_file():
        from app.drafting.engines.ctranslate import CTranslateModel

        return CTranslateModel(folder, threads=threads, context_tokens=context)
    raise ModelMissingError(
        f"No language model lies in {folder}.", "Fetch one with: anamnesis models fetch qwen2.5-coder-1.5b-q4"
    )


def load_organisation(local: Callable[[str], LanguageModel]) -> LanguageModel:
    """Return the server that the policy names, with a local model behind it. Nothing is contacted or loaded yet.

    `local` loads the model of an id; an empty one stands for the program's default.

    Raises `InputError` if the policy names no server.
    """
    server = load_policy().language_server
    if server is None:
        raise InputError(
            "The organisation's policy names no language server.", "Choose a model of `anamnesis models list`."
        )
    from app.drafting.engines.fallback_model import FallbackModel

    named = server.local_model
    return FallbackModel(server, lambda: local(named), local_context_tokens=DEFAULT_CONTEXT_TOKENS)


def names_of(model: LanguageModel) -> frozenset[str]:
    """Return whose earlier answers count as this model's."""
    return model.names if isinstance(model, Elsewhere) else frozenset({model.name})
