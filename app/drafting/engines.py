"""Picks the engine for a language model by the files in its folder."""

from pathlib import Path

from app.domain.errors import ModelMissingError
from app.drafting.language_model import LanguageModel

DEFAULT_CONTEXT_TOKENS = 8192


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
        from app.drafting.llama_cpp import LlamaCppModel

        return LlamaCppModel(gguf[0], threads=threads, context_tokens=context)
    if (folder / "model.bin").is_file() and (folder / "tokenizer.json").is_file():
        from app.drafting.ctranslate import CTranslateModel

        return CTranslateModel(folder, threads=threads, context_tokens=context)
    raise ModelMissingError(
        f"No language model lies in {folder}.", "Fetch one with: anamnesis models fetch qwen2.5-coder-1.5b-q4"
    )
