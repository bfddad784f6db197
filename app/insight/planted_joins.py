"""Plants errors that hold only true words: facts of two matters joined in one statement, and a limit left out."""

import random
import re
from collections.abc import Callable, Iterator, Sequence

from app.domain.transcript import Speaker, Transcript
from app.drafting.checking.hearing.reading import PAIN
from app.drafting.lexicon.concepts import find_concepts, kind_of, wider_than
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.phrases import Hit
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.sites import find_sites, may_be_same
from app.drafting.lexicon.tokens import Token, tokenise
from app.insight.true_statements import third_person

OF_TRUE_WORDS = ("joined_site", "joined_time", "joined_complaint", "joined_test")
"""What is taken from elsewhere in the visit: a place, a length of time, a complaint, a test."""
LIMIT = "limit"
"""A word that limits what the patient tells is left out: sometimes, on and off, used to."""

_TIME = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|couple of|few) (?:days?|weeks?|months?|years?|hours?)\b"
    r"(?! old)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:den(?:y|ies|ied)|no|not|never|none|without|if|or)\b|n['’]t\b|\?", re.IGNORECASE)
_LIMITS = re.compile(
    r"\b(?:sometimes|occasional(?:ly)?|every now and (?:then|again)|(?:every )?once in a while|from time to time"
    r"|at times|on and off|used to|no longer)\b[ ,]*",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"\b(?:few|couple)\b", re.IGNORECASE)
_NO_PLACE = frozenset({"mouth", "side", "sides", "body", "head", "back", "skin", "hand"})
"""Places whose names are said of other things as well."""
_LONGEST = 30
"""Words of a sentence from which a limit is taken."""
_FAR = 4
"""Utterances between two things that were surely not said of each other, with nothing of the one near the other."""


class JoinPlanter:
    """Plants joins into statements of one visit."""

    def __init__(self, transcript: Transcript, seed: int) -> None:
        self._said = [{t.stem for t in tokenise(u.text)} for u in transcript.utterances]
        self._texts = [u.text.lower() for u in transcript.utterances]
        told = [text for text in self._texts if not _DENIED.search(text)]
        self._sites_told = sorted({p for t in told for p in _places(t)} - _NO_PLACE)
        self._times_told = sorted({m.group() for t in told for m in _TIME.finditer(t)})
        self._told = {kind: sorted({n for t in told for n in _names(t, kind)}) for kind in ("symptom", "test")}
        self._patient = [u.text for u in transcript.utterances if u.speaker is Speaker.PATIENT]
        self._random = random.Random(seed)  # noqa: S311 - repeatable choice of test cases, no secret
        self._ways: dict[str, Callable[[str], Iterator[str]]] = {
            "joined_site": self._sites,
            "joined_time": self._times,
            "joined_complaint": lambda text: self._named(text, "symptom"),
            "joined_test": lambda text: self._named(text, "test"),
        }

    def plant(self, kind: str, text: str) -> str | None:
        """Return the statement with a part of another one in place of its own, or None where none fits."""
        if _DENIED.search(text):
            return None
        made = sorted(set(self._ways[kind](text)))
        return self._random.choice(made) if made else None

    def _sites(self, text: str) -> Iterator[str]:
        for own in _places(text):
            for other in self._sites_told if own not in _NO_PLACE else ():
                if not may_be_same(own, other) and self._apart(other, _rest(text, own)):
                    yield _swapped(text, own, other)

    def _times(self, text: str) -> Iterator[str]:
        for match in _TIME.finditer(text):
            own = match.group()
            for other in self._times_told:
                vague = bool(_VAGUE.search(own) or _VAGUE.search(other)) and own[-4:] == other[-4:]
                if other != own.lower() and not vague and self._apart(other, _rest(text, own)):
                    yield _swapped(text, own, other)

    def _named(self, text: str, kind: str) -> Iterator[str]:
        for own in _names(text, kind):
            rest = _rest(text, own)
            for other in self._told[kind] if _tied(rest, kind) else ():
                if not _alike(own, other) and other not in own and own not in other and self._apart(other, rest):
                    yield _swapped(text, own, other)

    def _apart(self, part: str, rest: str) -> bool:
        """Whether nothing of `rest` that has a clinical name was said within `_FAR` utterances of `part`."""
        mine = [t.stem for t in tokenise(part)]
        places = [n for n, said in enumerate(self._said) if all(s in said for s in mine)]
        telling = _named_in(rest)
        near = {m for n in places for m in range(n - _FAR, n + _FAR + 1) if 0 <= m < len(self._said)}
        return bool(places and telling) and not any(telling & self._said[n] for n in near)

    def limits_left_out(self) -> Iterator[tuple[str, str]]:
        """Yield what the patient tells under a limit, told without it, and the whole sentence."""
        for said in self._patient:
            for sentence in sentences_of(said):
                whole = third_person(sentence)
                text = self._without_limit(whole) if len(whole.split()) <= _LONGEST else None
                if text is not None:
                    yield text, whole

    def _without_limit(self, text: str) -> str | None:
        """The statement without its limit, where each mention of what it names was said under one."""
        match = _LIMITS.search(text)
        names = _complaints(text)
        if match is None or not names or _DENIED.search(_rest(text, match.group())):
            return None
        holding = [t for t in self._patient if names & _complaints(t)]
        if not holding or not all(_LIMITS.search(t) for t in holding):
            return None
        left = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
        return left[:1].upper() + left[1:]


def _complaints(text: str) -> set[str]:
    return {h.name for h in find_concepts(tokenise(text)) if kind_of(h.name) in ("symptom", "condition")}


def _named_in(text: str) -> set[str]:
    """Stems of the clinical names in a text: complaints, places, tests, medicines."""
    tokens = tokenise(text)
    hits = [*find_concepts(tokens), *find_sites(tokens), *find_drugs(tokens)]
    return {t.stem for h in hits for t in tokens[h.start : h.end] if not t.is_stop and t.text.isalpha()}


def _tied(rest: str, kind: str) -> bool:
    """Whether what is left ties a name down: a place, time or medicine, no second complaint; any finding for a test."""
    tokens = tokenise(rest)
    kinds = {kind_of(h.name) for h in find_concepts(tokens)}
    if kind == "test":
        return bool(kinds & {"finding", "condition"}) and "test" not in kinds
    return not kinds & {"symptom", "condition"} and bool(find_sites(tokens) or find_drugs(tokens) or _TIME.search(rest))


def _alike(own: str, other: str) -> bool:
    """Whether the two may stand for each other: both are words for pain, or one is wider than the other."""
    named = [{h.name for h in find_concepts(tokenise(name))} for name in (own, other)]
    return all(n & PAIN for n in named) or any(
        b == a or b in wider_than(a) or a in wider_than(b) for a in named[0] for b in named[1]
    )


def _rest(text: str, part: str) -> str:
    return re.sub(re.escape(part), " ", text, flags=re.IGNORECASE)


def _swapped(text: str, own: str, other: str) -> str:
    return re.sub(rf"\b{re.escape(own)}\b", other, text, count=1, flags=re.IGNORECASE)


def _places(text: str) -> list[str]:
    """Single words for places of the body that are no part of another name."""
    tokens = tokenise(text)
    inside = {n for h in find_concepts(tokens) for n in range(h.start, h.end)}
    return [tokens[h.start].text for h in find_sites(tokens) if h.end - h.start == 1 and h.start not in inside]


def _names(text: str, kind: str) -> list[str]:
    tokens = tokenise(text)
    found = [_as_said(tokens, h) for h in find_concepts(tokens) if kind_of(h.name) == kind]
    return [name for name in found if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)]


def _as_said(tokens: Sequence[Token], hit: Hit) -> str:
    return " ".join(t.text for t in tokens[hit.start : hit.end])
