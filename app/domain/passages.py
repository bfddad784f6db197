"""Passages of a visit that the language model has already read, with what it answered. JSON beside it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.json_reading import (
    member,
    read_list,
    read_object,
    read_one_of,
    read_span,
    read_text,
    read_texts,
    refused,
)
from app.domain.transcript import Speaker

_DIGEST_LETTERS = 64


@dataclass(frozen=True, slots=True)
class AnsweredPassage:
    """What a model answered about the words between two times (seconds) of a visit.

    `words` is `words_digest` of what was said, `speakers` who said how many words of it, in order. `template` and
    `model` name the form and the model; an answer counts for no other. `answers` holds phrases by "section.field".
    """

    start: float
    end: float
    words: str
    template: str
    model: str
    answers: Mapping[str, tuple[str, ...]]
    speakers: tuple[tuple[Speaker, int], ...] = ()


def words_digest(texts: Iterable[str]) -> str:
    """Return SHA-256 (hex) of the letters and digits of the texts: case, punctuation and spaces do not count."""
    letters = "".join(c for text in texts for c in text.casefold() if c.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()


def answered_to_json(passage: AnsweredPassage) -> dict[str, object]:
    """Return the answered passage as a JSON object."""
    return {
        "start": passage.start,
        "end": passage.end,
        "words": passage.words,
        "template": passage.template,
        "model": passage.model,
        "answers": {key: list(phrases) for key, phrases in passage.answers.items()},
        "speakers": [[speaker.value, number] for speaker, number in passage.speakers],
    }


def answered_from_json(data: object, where: str = "passage") -> AnsweredPassage:
    """Read an answered passage; `where` names its place in errors. Raises `InputError`."""
    item = read_object(data, where)
    start, end = read_span(item, where)
    words = read_text(member(item, "words", where), f"{where}.words")
    if len(words) != _DIGEST_LETTERS:
        raise refused(f"{where}.words is not a SHA-256 digest")
    answers = read_object(member(item, "answers", where), f"{where}.answers")
    return AnsweredPassage(
        start=start,
        end=end,
        words=words,
        template=read_text(member(item, "template", where), f"{where}.template"),
        model=read_text(member(item, "model", where), f"{where}.model"),
        answers={key: read_texts(phrases, f"{where}.answers") for key, phrases in answers.items()},
        speakers=tuple(_share(share) for share in read_list(member(item, "speakers", where), f"{where}.speakers")),
    )


def _share(data: object) -> tuple[Speaker, int]:
    share = read_list(data, "passage.speakers")
    number = share[1] if len(share) == 2 else None
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise refused("passage.speakers holds something else than pairs of speaker and number of words")
    return Speaker(read_one_of([s.value for s in Speaker], share[0], "passage.speakers")), number
