"""What a person said, fit to be quoted: without stutters and fillers, cut between clauses, its sense unchanged."""

import re
from collections.abc import Callable

from app.drafting.lexicon.sentences import SPOKEN_POINT
from app.drafting.lexicon.tables import words

LONGEST_QUOTE = 36
"""Words of one quoted sentence; more is cut between clauses around the clinical word, with an ellipsis."""
LONGEST_ANSWER = 45
"""Words of an answer of several sentences; more is cut between sentences, with an ellipsis."""
LONGEST_TOLD = 80
"""Words up to which what comes later in an answer stands as well where it tells something clinical."""
_CUT_TO = 26
_SAYS_SOMETHING = 3

_COUNTING = r"(?!(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|twenty|no|very)\b)"
_FILLER = r"(?:you know|y'know|I mean|ohh*|umm*|uhh*)\b"
_TIDIED = (
    (re.compile(r"\s+"), " "),
    (SPOKEN_POINT, " point "),
    (re.compile(r"\s+(?=[,.?!])"), ""),
    (re.compile(r"^[\s,.]+"), ""),
    (re.compile(rf"(?:,\s*|(?<=[.?!])\s+|^){_FILLER}(?:,|(?=[.?!]))(?=\s+(?:i|it|he|she|they|we|you)\b)", re.I), ","),
    (re.compile(rf"(?:,\s*|(?<=[.?!])\s+|^){_FILLER}(?:,|(?=[.?!]))", re.I), " "),
    (re.compile(rf"\b{_COUNTING}(\w+(?:['’]\w+)?)(?:,? \1\b)+(?![-'’])", re.I), r"\1"),
    (re.compile(r"\b(\w+(?:['’]\w+)? \w+(?:['’]\w+)?),? \1\b(?![-'’])", re.I), r"\1"),
    (re.compile(r"\b(\w+ \w+ \w+),? \1\b", re.I), r"\1"),
    (re.compile(r"\s+"), " "),
    (re.compile(r",(?:\s*,)+"), ","),
    (re.compile(r",(?=[.?!])"), ""),
    (re.compile(r"(?<=[.?!]),\s*"), " "),
)
_OPENER = re.compile(r"^(?:(?:and|so|well|oh+|hey|like|i mean|you know|y'know|now)\b(?:\s*,\s*|\s+))+(?=\w)", re.I)
_NOD = re.compile(
    r"^(?:(?:(?:yeah|yes|yep|okay|ok|alright|all right|mm-hmm|mhm)\b(?:\s*[,.]\s*|\s+))|right\s*[,.]\s*)+(?=\w)", re.I
)
"""'Right ear' is a side."""
_TAIL = re.compile(r"(?:[,.]?\s+(?:and|so|but|or|yeah|y'know|you know|um+|uh+|like))+\s*[.,]?$", re.I)
_TAIL_OF_ANSWER = re.compile(_TAIL.pattern.replace("yeah|", ""), re.I)
_OR_SO = re.compile(r"\bor so\W*$", re.I)
"""'A week or so' is less sure than 'a week'."""
_CLAUSE = re.compile(
    r",\s+|\s+(?=(?:and|but|because|'cause|so|although|whereas)\s+(?:i|it|he|she|they|we|you|my|the|there)\b)", re.I
)
_JOINING = frozenset({"and", "but", "so", "because", "'cause", "although", "whereas", "then", "or"})
_SUBJECTS = frozenset({"i", "it", "he", "she", "they", "we", "you", "there"})
_GOVERNING = 5
"""Words of a clause with 'not' or 'if' that governs the next one: 'I don't think, well, it is …'."""
_NOT_OR_IF = words("negating") | words("no") | {"if", "when", "whether"}


def tidy(text: str) -> str:
    """Return a text without words said twice, fillers between commas, and the commas they leave behind."""
    for pattern, put in _TIDIED:
        text = pattern.sub(put, text)
    return text.strip(" ,")


def opened(text: str, *, nods: bool = False) -> str:
    """Return a sentence without 'so', 'well', 'and' before it; with `nods` also without 'yeah' or 'okay'.

    'But', 'no' and everything that a sentence is made of stays.
    """
    bare, before = text, ""
    while bare != before:
        before = bare
        bare = _OPENER.sub("", bare)
        bare = _NOD.sub("", bare) if nods else bare
    return bare[:1].upper() + bare[1:]


def closed(text: str, *, answers: bool = False) -> str:
    """Return a text without the 'and, you know' or 'yeah' that trails behind its end; an answer keeps its 'yeah'."""
    found = None if _OR_SO.search(text) else (_TAIL_OF_ANSWER if answers else _TAIL).search(text)
    return text if found is None or not text[: found.start()].strip() else f"{text[: found.start()].rstrip(' ,.')}."


def cut(text: str, about: str = "") -> str:
    """Return a sentence of at most `LONGEST_QUOTE` words: the clauses around the first word of `about` if it is longer.

    It begins where a clause has a subject of its own, so that no 'not' or 'if' is cut off from what it governs.
    """
    if len(text.split()) <= LONGEST_QUOTE:
        return text
    parts = _clauses(text)
    wanted = about.lower().split()[:1]
    at = next((n for n, part in enumerate(parts) if wanted and wanted[0] in part.lower()), 0)
    first, last = at, at + 1
    while first and (not _is_own(parts[first]) or _governs(parts[first - 1])):
        first -= 1
    while last < len(parts) and (not _is_own(parts[last]) or _length(parts[first : last + 1]) <= _CUT_TO):
        last += 1
    kept = " ".join(parts[first:last])
    if len(kept.split()) > LONGEST_QUOTE:
        return _window(text.split(), wanted)
    return f"{'… ' if first else ''}{kept.strip(' ,')}{' …' if last < len(parts) else ''}"


def _window(said: list[str], wanted: list[str]) -> str:
    """Return `LONGEST_QUOTE` words of a sentence without borders, the wanted one in their middle."""
    at = next((i for i, w in enumerate(said) if wanted and wanted[0] in w.lower()), 0)
    first = max(0, min(at - LONGEST_QUOTE // 2, len(said) - LONGEST_QUOTE))
    kept = " ".join(said[first : first + LONGEST_QUOTE])
    return f"{'… ' if first else ''}{kept}{' …' if first + LONGEST_QUOTE < len(said) else ''}"


def first_sentences(sentences: list[str], tells: Callable[[str], bool] | None = None) -> str:
    """Return the first sentences of an answer, as many as `LONGEST_ANSWER` words hold, and what begins with 'but'.

    Up to the last sentence that `tells` something clinical as many as `LONGEST_TOLD` words hold.
    """
    last = max((n for n, sentence in enumerate(sentences) if tells and tells(sentence)), default=-1)
    kept: list[str] = []
    for n, sentence in enumerate(sentences):
        begins = sentence.lower().split()[:1]
        goes_on = begins and begins[0].strip(",") in ("but", "except", "no", "not", "only")
        longest = LONGEST_TOLD if n <= last else LONGEST_ANSWER
        if _length(kept) >= _SAYS_SOMETHING and _length([*kept, sentence]) > longest and not goes_on:
            return f"{' '.join(kept)} …"
        kept.append(sentence)
    return " ".join(kept)


def _clauses(text: str) -> list[str]:
    """The parts of a sentence between commas and before 'and I', 'but it', commas kept."""
    found, at = [], 0
    for border in _CLAUSE.finditer(text):
        found.append(text[at : border.start()] + ("," if "," in border.group() else ""))
        at = border.end()
    parts: list[str] = []
    for part in (p.strip() for p in (*found, text[at:]) if p.strip(" ,")):
        if parts and " " not in part:
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    return parts


def _is_own(part: str) -> bool:
    """Whether a part has a subject of its own: 'but I', 'it comes'."""
    said = [w.strip(",.") for w in part.lower().split()[:2]]
    said = [w.partition("'")[0].partition("’")[0] for w in said]
    return bool(said) and (said[0] in _SUBJECTS or (said[0] in _JOINING and said[-1] in _SUBJECTS))


def _governs(part: str) -> bool:
    said = part.lower().replace("’", "'").split()
    return len(said) <= _GOVERNING and any(w.strip(",.") in _NOT_OR_IF or "n't" in w for w in said)


def _length(parts: list[str]) -> int:
    return sum(len(part.split()) for part in parts)
