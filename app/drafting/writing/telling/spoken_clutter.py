"""Speech without what carries nothing: hesitations, back-channels, address; no word that bears on the truth goes."""

import re
from functools import lru_cache

from app.drafting.checking.hearing.quotation import closed, tidy
from app.drafting.lexicon.sentences import RIGHT_AS_TAG, sentences_of
from app.drafting.writing.telling.reported_tables import reported

_HESITATION = re.compile(r"(?<![\w'’-])(?:u[mh]+|er|erm|hm+|mm)(?![\w'’-])[,.…]*\s*", re.I)
_BREAK = re.compile(
    r"(?<![\w'’])(i|i['’]m|i['’]ve|it['’]s|the|an?|my|to|of|in|on|with|and|just|was|were|is|be|been|had|has|'cause)"
    r"\s*,\s*(?=\w)",
    re.I,
)
"""A comma where the speaker only hesitates: 'I, live with', 'and, came out'."""
_STUTTER = re.compile(r"\b([a-z]+(?:['’][a-z]+)?)-\s?(?=\1\b)|\bi[,-]?\s+(?=i(?:['’](?:m|ve|d|ll))?(?![\w'’]))", re.I)
_BEGUN_AGAIN = re.compile(r"(?<![\w'’-])(\w{1,4})-+[,.]*\s+(?=(?:\w+\s+){0,2}\1\w*)", re.I)
"""'ex- exerting': the whole word follows."""
_BROKEN_OFF = re.compile(r"\w-+(?=[\s.,;?!]|$)")
"""A word that ends in a dash; what it was to be nobody knows."""
_UNENDED = re.compile(
    r"\b(?:that['’]s|it['’]s|i['’]m|the|an?|to|of|my|your|and|but|because|is|was|with|for|if|or|from)$", re.I
)
_YEAH_WITHIN = re.compile(r"\s(?:yeah|yep|um+|uh+),\s+", re.I)
_SPELLED_APART = ((re.compile(r"(?<=\w) n['’]t\b"), "n't"), (re.compile(r"\b(gon|wan) na\b", re.I), r"\1na"))
_SAID_TWICE = re.compile(r"\b([a-z]+(?:['’][a-z]+)?)\s+\1\b(?!['’-])", re.I)
_MEANT = {"had", "that", "very", "no", "really", "so", "never", "more"}
_YEAH = re.compile(r"^(?:yeah|yep|um+|uh+|you know|i mean)(?![\w'’-])[\s,.]*(?=\w)", re.I)
"""Within a sentence a yes only fills; a no never does."""
_TRAILING = re.compile(r"\s+(?:to be (?:honest|fair)|honestly|you know|i would say|i['’]d say)$", re.I)
_TAG = re.compile(rf",?\s+(?:ok(?:ay)?|all ?right|alright|{RIGHT_AS_TAG}|you know|yeah)\s*\?+$", re.I)
_LEFT = re.compile(r"\bleft\b", re.I)


def uncluttered(text: str, *, agreed: bool) -> list[str]:
    """Return the sentences of spoken words without fillers, each with its end mark; none if nothing is left or
    a word is broken off.

    Args:
        agreed: a yes at the very beginning goes as well; what it says yes to stands elsewhere.
    """
    found: list[str] = []
    for pattern, put in _SPELLED_APART:
        text = pattern.sub(put, text)
    for sentence in sentences_of(tidy(_STUTTER.sub("", _BEGUN_AGAIN.sub("", tidy(_HESITATION.sub("", text)))))):
        said = _sentence(_TAG.sub(".", sentence), agreed=agreed and not found)
        if _BROKEN_OFF.search(said):
            return []
        if said:
            found.append(said)
    return found


def _sentence(text: str, *, agreed: bool) -> str:
    end = text[-1:] if text[-1:] in ".?!…" else "."
    text = _YEAH_WITHIN.sub(" ", tidy(closed(text).rstrip(" .?!…" if end != "…" else " .")))
    text = _SAID_TWICE.sub(lambda m: m[0] if m[1].lower() in _MEANT else m[1], text)
    parts = [part.strip() for part in text.split(",") if part.strip(" .")]
    kept: list[str] = []
    for part in parts:
        bare = part.lower().replace("’", "'").strip(" .")
        affirms = agreed and not kept and len(parts) > 1 and bare in reported("affirms")
        side = bare == "right" and _LEFT.search(text) and (kept or "left" in (p.lower() for p in parts))
        filler = bare in reported("filler") and not side
        if filler or affirms or (bare in reported("yes") and (agreed or kept)):
            continue
        kept.append(_TRAILING.sub("", _YEAH.sub("", part) if kept else _begun(part, agreed=agreed)))
    said = _BREAK.sub(r"\1 ", ", ".join(part for part in kept if part))
    if end == "." and _UNENDED.search(said):
        end = " …"
    return f"{said.rstrip(' .')}{end}" if any(c.isalnum() for c in said) else ""


def _begun(part: str, *, agreed: bool) -> str:
    """The first stretch of a sentence without the words that only begin it."""
    before = ""
    while part != before:
        before = part
        part = _opener().sub("", part)
        part = _yes().sub("", part) if agreed else part
    return part


@lru_cache(maxsize=1)
def _opener() -> re.Pattern[str]:
    return _first(reported("opener"))


@lru_cache(maxsize=1)
def _yes() -> re.Pattern[str]:
    return _first(reported("yes"))


def _first(phrases: frozenset[str]) -> re.Pattern[str]:
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(map(re.escape, longest))})(?![\w'’-])[\s,.]*(?=\w)", re.I)
