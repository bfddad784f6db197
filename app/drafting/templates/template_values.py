"""The values of a template file, each with a reader that refuses what cannot be and says why."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.transcript import Speaker
from app.drafting.templates.template import KINDS, READERS, ROLES

LONGEST_TEXT = 2_000
MOST_SECTIONS = 60
MOST_FIELDS = 120
MOST_WORDS = 400

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_KEY = re.compile(r"[a-z][a-z0-9-]{0,59}")
_LOINC = re.compile(r"(\d{1,7})-(\d)")

Reader = Callable[[object], Any]


class TemplateFaultError(ValueError):
    """What is wrong, and where in the file."""

    def __init__(self, problem: str, *places: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.places = places

    def within(self, place: str) -> "TemplateFaultError":
        """The same, seen from further out."""
        return TemplateFaultError(self.problem, place, *self.places)

    def __str__(self) -> str:
        return f"{', '.join(self.places)}: {self.problem}" if self.places else self.problem


def refuse_unknown(raw: Mapping[str, Any], known: Mapping[str, Reader]) -> None:
    for key in raw:
        if key not in known:
            raise TemplateFaultError(f"is unknown; the keys here are {', '.join(known)}", shown(key))


def value_of(raw: Mapping[str, Any], key: str, reader: Reader) -> Any:  # noqa: ANN401 - what the key's reader returns
    try:
        return reader(raw[key])
    except TemplateFaultError as fault:
        raise (fault if fault.places else fault.within(key)) from None


def _table(known: Mapping[str, Reader], place: str, most: int) -> Reader:
    """Reads an array of tables; each fault is told with the number and name of its table."""

    def read(value: object) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise TemplateFaultError(f"must be written as [[{place}]]")
        if len(value) > most:
            raise TemplateFaultError(f"there are more than {most}")
        made = []
        for number, item in enumerate(value, start=1):
            try:
                refuse_unknown(item, known)
                made.append({key: value_of(item, key, reader) for key, reader in known.items() if key in item})
            except TemplateFaultError as fault:
                raise fault.within(name_of(place, number, item.get("key") or item.get("name"))) from None
        return made

    return read


def _sections(value: object) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = _table(_SECTION, "section", MOST_SECTIONS)(value)
    if not made:
        raise TemplateFaultError("there is none")
    for number, section in enumerate(made, start=1):
        for key in ("key", "title"):
            if key not in section:
                raise TemplateFaultError("is missing", name_of("section", number, section.get("key")), key)
        section.setdefault("field", [])
    distinct([section["key"] for section in made], "section")
    return made


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TemplateFaultError("must be a text that is not empty")
    if len(value) > LONGEST_TEXT:
        raise TemplateFaultError(f"is longer than {LONGEST_TEXT} characters")
    return value.strip()


def _line(value: object) -> str:
    text = _text(value)
    if any(not c.isprintable() for c in text):
        raise TemplateFaultError("must be one line without control characters")
    return text


def _optional_line(value: object) -> str:
    return "" if value == "" else _line(value)


def _sentence(value: object) -> str:
    text = _line(value)
    if text.count("{}") != 1 or set("{}") & set(text.replace("{}", "")):
        raise TemplateFaultError("must hold {} once, and no other braces")
    return text


def _field_name(value: object) -> str:
    text = _line(value)
    if set('":\\') & set(text):
        raise TemplateFaultError('must not hold ", : or \\')
    return text


def _lines(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TemplateFaultError('must be a list such as ["one", "two"]')
    if len(value) > MOST_WORDS:
        raise TemplateFaultError(f"has more than {MOST_WORDS} entries")
    return tuple(_line(item) for item in value)


def _cues(value: object) -> tuple[str, ...]:
    return tuple(" ".join(text.lower().split()) for text in _lines(value))


def _kinds(value: object) -> tuple[str, ...]:
    texts = _lines(value)
    for text in texts:
        _one_of(text, KINDS)
    return texts


def _one_of(value: object, known: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise TemplateFaultError(f"{shown(value)} is none of: {', '.join(k for k in known if k)}")
    return value


def _matching(pattern: re.Pattern[str], words: str) -> Reader:
    def read(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise TemplateFaultError(f"must be {words}")
        return value

    return read


def _section_key(value: object) -> str:
    key: str = _matching(_KEY, "a name of small letters, digits and hyphens")(value)
    if key.startswith(("addendum", "problem")):
        raise TemplateFaultError("must not begin with 'addendum' or 'problem', which the program uses itself")
    return key


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TemplateFaultError("must be true or false")
    return value


def _most(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 50:
        raise TemplateFaultError("must be a whole number from 1 to 50")
    return value


def _loinc(value: object) -> str:
    """A LOINC code; its last digit is a check digit (Mod 10, LOINC Users' Guide, appendix C)."""
    match = _LOINC.fullmatch(value) if isinstance(value, str) else None
    if match is None or loinc_check_digit(match[1]) != match[2]:
        raise TemplateFaultError("is no LOINC code")
    return match[0]


def loinc_check_digit(number: str) -> str:
    """Return the Mod 10 check digit of a LOINC number: every second digit from the right is doubled."""
    doubled = str(int(number[::-1][::2]) * 2)
    return str(-sum(int(digit) for digit in doubled + number[::-1][1::2]) % 10)


def distinct(names: Sequence[str], what: str) -> None:
    """Names that differ only in case or punctuation could not be told apart in a model's answer."""
    seen: dict[str, str] = {}
    for name in names:
        key = " ".join(re.findall(r"\w+", name.lower()))
        if key in seen:
            raise TemplateFaultError(f"there are two called {shown(name)}", what)
        seen[key] = name


def refuse(raw: Mapping[str, Any], keys: Sequence[str], problem: str) -> None:
    for key in keys:
        if key in raw:
            raise TemplateFaultError(problem, key)


def name_of(what: str, number: int, name: object) -> str:
    return f"{what} {number}" + (f" ({shown(name)})" if isinstance(name, str) and name else "")


def shown(value: object) -> str:
    """A value for an error line: short, on one line, without control characters."""
    text = "".join(c if c.isprintable() else "?" for c in str(value))
    return text if len(text) <= 60 else f"{text[:59]}…"


_FIELD: dict[str, Reader] = {
    "name": _field_name,
    "use": _line,
    "group": _line,
    "say": _sentence,
    "none": _optional_line,
    "role": lambda value: _one_of(value, ROLES),
    "kinds": _kinds,
    "strict": _flag,
    "asked": _cues,
    "names": _lines,
    "form": _flag,
    "exchange": _flag,
    "number": _flag,
    "key": _field_name,
    "hint": _line,
    "when": _cues,
    "first": _flag,
    "said": _cues,
}
_SECTION: dict[str, Reader] = {
    "key": _section_key,
    "title": _line,
    "loinc": _loinc,
    "ask": _text,
    "most_per_field": _most,
    "said_by": lambda value: Speaker(_one_of(value, [s.value for s in Speaker])),
    "quotes": _kinds,
    "complete": _kinds,
    "cues": _cues,
    "use": _lines,
    "labels": _flag,
    "optional": _flag,
    "field": _table(_FIELD, "field", MOST_FIELDS),
}
TOP: dict[str, Reader] = {
    "type": _matching(_ID, "a name of small letters, digits and hyphens"),
    "title": _line,
    "loinc": _loinc,
    "reader": lambda value: _one_of(value, READERS),
    "fields_of": _line,
    "by_problem": _lines,
    "section": _sections,
}
