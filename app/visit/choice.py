"""The models and options of a visit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """Model ids of the catalogue, template id, words to expect, and whether speakers are told apart."""

    speech_model: str = "whisper-base"
    language_model: str = "qwen2.5-coder-1.5b-q4"
    template: str = "soap"
    vocabulary: tuple[str, ...] = ()
    speakers: bool = True
