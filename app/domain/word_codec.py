"""A recognised word as a JSON value, as it stands in transcripts and in final text. Times in seconds."""

from app.domain.json_reading import member, read_list, read_number, read_object, read_span, read_text, refused
from app.domain.words import Word


def word_to_json(w: Word) -> dict[str, object]:
    """Return the word as a JSON object."""
    return {"start": w.start, "end": w.end, "text": w.text, "p": w.p}


def word_from_json(data: object, where: str = "word") -> Word:
    """Read a word; `where` names its place in errors. Raises `InputError`."""
    item = read_object(data, where)
    start, end = read_span(item, where)
    p = read_number(member(item, "p", where), f"{where}.p")
    if not 0 <= p <= 1:
        raise refused(f"{where}.p is not between 0 and 1")
    return Word(start=start, end=end, text=read_text(member(item, "text", where), f"{where}.text"), p=p)


def words_from_json(data: object, where: str = "words") -> tuple[Word, ...]:
    """Read a list of words. Raises `InputError`."""
    return tuple(word_from_json(item, f"{where}[{i}]") for i, item in enumerate(read_list(data, where)))
