"""CTranslate2 in this process: models converted by `scripts/convert_model`."""

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.domain.errors import EngineError
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, Prompt, share

POLL_SECONDS = 0.02

_CHAT_FORMS = {
    "<|im_start|>": (
        "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{context}",
        "\n\n{instruction}<|im_end|>\n<|im_start|>assistant\n",
    ),
    "<|start_header_id|>": (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\n{context}",
        "\n\n{instruction}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "<start_of_turn>": (
        "<bos><start_of_turn>user\n{system}\n\n{context}",
        "\n\n{instruction}<end_of_turn>\n<start_of_turn>model\n",
    ),
}
"""How model families mark turns, by the token that tells the family: the part that is cached, and the rest."""


class CTranslateModel:
    """A converted model. It knows no grammar: answers must be validated by the caller."""

    def __init__(self, folder: Path, *, threads: int = 0, context_tokens: int = 8192) -> None:
        """Load the model. Raises `EngineError` if it cannot be read or its chat form is unknown."""
        import ctranslate2
        from tokenizers import Tokenizer

        self.device: str
        """`cuda` or `cpu`, where the model runs."""
        self._generator: Any
        ctranslate2.set_log_level(logging.ERROR)  # nothing on stderr
        self._name = folder.name
        self._context_tokens = context_tokens
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self.device, self._generator = _load(folder, threads or os.cpu_count() or 1)
        except Exception as error:  # tokenizers raises bare Exception, CTranslate2 RuntimeError
            raise EngineError(
                f"The language model {folder.name} cannot be loaded.", "Convert it again with scripts/convert_model."
            ) from error
        form = next((f for mark, f in _CHAT_FORMS.items() if self._tokenizer.token_to_id(mark) is not None), None)
        if form is None:
            raise EngineError(f"The chat form of {folder.name} is unknown.", "Use a Qwen, Llama 3 or Gemma model.")
        self._form = form

    @property
    def name(self) -> str:
        """The model folder's name."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and answer may have together."""
        return self._context_tokens

    @property
    def obeys_grammar(self) -> bool:
        """CTranslate2 has no token masks."""
        return False

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt."""
        return sum(len(part) for part in self._encode(prompt))

    def generate(self, asked: Generation) -> str:
        """Answer the prompt; see `LanguageModel.generate`. Reading reports its start and its end only."""
        total = self.count_tokens(asked.prompt)
        ids: list[int] = []
        written = ""
        asked.tell_read(0, total)

        def step(result: Any) -> bool:  # noqa: ANN401 - CTranslate2 ships no types
            ids.append(int(result.token_id))
            return asked.cancel is not None and asked.cancel.cancelled

        def tell() -> None:
            nonlocal written
            text = self._tokenizer.decode(ids)
            if len(text) > len(written) and not text.endswith("\ufffd"):
                asked.tell_written(text[len(written) :])
                written = text

        def watch() -> None:
            if ids and not written:
                asked.tell_read(total, total)
            tell()

        result = self._run(asked.prompt, watch, asked.cancel, max_length=asked.max_tokens, callback=step)
        text = str(self._tokenizer.decode(result.sequences_ids[0]))
        if len(text) > len(written):
            asked.tell_written(text[len(written) :])
        return text

    def score(self, prompt: Prompt, answers: tuple[str, ...], *, cancel: CancelToken | None = None) -> dict[str, float]:
        """Share of each answer as the first word of the reply; see `LanguageModel.score`."""
        options = {"max_length": 1, "num_hypotheses": 40, "return_alternatives": True, "return_scores": True}
        result = self._run(prompt, lambda: None, cancel, **options)
        words = [str(self._tokenizer.decode(ids)) for ids in result.sequences_ids]
        return share(list(zip(words, result.scores, strict=True)), answers)

    def close(self) -> None:
        """Free the model."""
        self._generator = None

    def _run(self, prompt: Prompt, watch: Callable[[], None], cancel: CancelToken | None, **options: Any) -> Any:  # noqa: ANN401 - CTranslate2 ships no types
        """Run asynchronously, so that cancelling need not wait until the prompt is read."""
        if self._generator is None:
            raise EngineError("The language model is closed.", "Load it again.")
        prefix, suffix = self._encode(prompt)
        if len(prefix) + len(suffix) + options["max_length"] > self._context_tokens:
            raise EngineError(
                "The text is too long for the language model's context.", "Use a model with more context."
            )
        try:
            pending = self._generator.generate_batch(
                [suffix], static_prompt=prefix, include_prompt_in_result=False, asynchronous=True, **options
            )[0]
            while not pending.done():
                if cancel is not None:
                    cancel.check()
                watch()
                time.sleep(POLL_SECONDS)
            result = pending.result()
        except RuntimeError as error:
            raise EngineError(
                "The language model failed.", "Try again; if it stays so, run: anamnesis doctor"
            ) from error
        if cancel is not None:
            cancel.check()
        return result

    def _encode(self, prompt: Prompt) -> tuple[list[str], list[str]]:
        """Tokens of the shared prefix and of the rest."""
        cached, rest = self._form
        encode = self._tokenizer.encode
        prefix = encode(cached.format(system=prompt.system, context=prompt.context), add_special_tokens=False).tokens
        suffix = encode(rest.format(instruction=prompt.instruction), add_special_tokens=False).tokens
        return prefix, suffix


def _load(folder: Path, threads: int) -> tuple[str, Any]:
    """Load on the graphics processor if one word can be written there, else on the processor."""
    import ctranslate2

    if ctranslate2.get_cuda_device_count() > 0:
        with contextlib.suppress(RuntimeError):  # no room, or its libraries are missing, which only shows at work
            generator = ctranslate2.Generator(str(folder), device="cuda", intra_threads=threads)
            first_word = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))[0]
            generator.generate_batch([[first_word]], max_length=1)
            return "cuda", generator
    return "cpu", ctranslate2.Generator(str(folder), device="cpu", intra_threads=threads)
