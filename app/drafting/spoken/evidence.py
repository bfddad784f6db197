"""Finds the utterances that a statement rests on: own alignment by rare words, concepts, drugs and numbers.

The language model's citations are only a weak prior; small models name half of the visit.
"""

import math
import weakref
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise

MOST = 4
LEAST_COVER = 0.16
LEAST_GAIN = 0.14
_HINT_BONUS = 0.08
_CONCEPT_WEIGHT = 1.5
_DRUG_WEIGHT = 2.0
_NUMBER_WEIGHT = 1.4
_LONG = 12.0
_SHORT_QUESTION = 12
_MOST_FEATURES = 60
"""Features of a statement that are looked for; ordinary statements have fewer."""
_QUESTION_WORDS = words("question")
_ANSWER_WORDS = words("answer")
_OPENERS = words("opener")


def features(tokens: Sequence[Token]) -> dict[str, float]:
    """Return what identifies the content of a text, with the weight of its kind (before rarity)."""
    found: dict[str, float] = {}
    for number in read_numbers(tokens):
        found[f"#{number.value:g}"] = _NUMBER_WEIGHT
    for hit in find_concepts(tokens):
        found[f"c:{hit.name}"] = _CONCEPT_WEIGHT
    for hit in find_drugs(tokens):
        found[f"d:{hit.name}"] = _DRUG_WEIGHT
    for token in tokens:
        if not token.is_stop and token.text.isalpha() and len(token.text) > 1:
            found.setdefault(token.stem, 1.0)
    return found


def _heaviest(weights: dict[str, float]) -> dict[str, float]:
    """The features that say most; a text of thousands of words must not cost minutes."""
    if len(weights) <= _MOST_FEATURES:
        return weights
    kept = sorted(weights, key=lambda f: -weights[f])[:_MOST_FEATURES]
    return {f: weights[f] for f in kept}


@dataclass(frozen=True, slots=True)
class _Entry:
    utterance: Utterance
    features: frozenset[str]
    question: bool
    answer: bool
    short: bool


class EvidenceFinder:
    """Index of one transcript; build it once, ask it for every statement."""

    def __init__(self, transcript: Transcript) -> None:
        self._entries = [_read(u) for u in transcript.utterances]
        self._position = {u.id: n for n, u in enumerate(transcript.utterances)}
        self._where: dict[str, list[int]] = defaultdict(list)
        self._besides: dict[str, tuple[int, ...]] = {}
        for n, entry in enumerate(self._entries):
            for feature in entry.features:
                self._where[feature].append(n)

    def _rarity(self, feature: str) -> float:
        seen = len(self._where.get(feature, ()))
        return math.log(1.0 + len(self._entries) / (0.5 + seen)) if seen else 0.0

    def find(self, text: str, hints: Sequence[str] = ()) -> tuple[str, ...]:
        """Return ids of the utterances that support `text`, best first; empty if nothing does."""
        weights = _heaviest({f: w * self._rarity(f) for f, w in features(tokenise(text)).items()})
        unheard = sum(1 for w in weights.values() if w == 0.0)
        total = sum(weights.values()) + unheard * 0.5 * math.log(1.0 + len(self._entries))
        if total <= 0.0:
            return ()
        hinted = {self._position[h] for h in hints if h in self._position}
        chosen = self._choose(weights, total, hinted if len(hinted) <= MOST else set())
        return tuple(self._entries[n].utterance.id for n in self._with_pairs(chosen))

    def _choose(self, weights: dict[str, float], total: float, hinted: set[int]) -> list[int]:
        uncovered = {f: w for f, w in weights.items() if w > 0}
        own: dict[int, float] = defaultdict(float)
        near: dict[int, float] = defaultdict(float)
        for feature, weight in uncovered.items():
            self._spread(feature, weight, own, near)
        candidates, chosen = set(own), list[int]()
        while len(chosen) < MOST and candidates:
            gains = {n: (own[n] + 0.25 * near.get(n, 0.0)) * self._shortness(n) for n in candidates}
            best = max(gains, key=lambda n: (gains[n] + (_HINT_BONUS * total if n in hinted else 0.0), -n))
            least = LEAST_COVER if not chosen else LEAST_GAIN
            if gains[best] < least * total or (not chosen and not self._telling(best, weights)):
                break
            chosen.append(best)
            candidates.discard(best)
            for feature in [f for f in uncovered if f in self._entries[best].features]:
                self._spread(feature, -uncovered.pop(feature), own, near)
        return chosen

    def _spread(self, feature: str, weight: float, own: dict[int, float], near: dict[int, float]) -> None:
        """Add a feature's weight to the utterances that have it, and to those beside them that have not."""
        for n in self._where[feature]:
            own[n] += weight
        for n in self._beside(feature):
            near[n] += weight

    def _beside(self, feature: str) -> tuple[int, ...]:
        known = self._besides.get(feature)
        if known is None:
            around = {n + d for n in self._where[feature] for d in (-2, -1, 1, 2)} - set(self._where[feature])
            known = self._besides[feature] = tuple(n for n in around if 0 <= n < len(self._entries))
        return known

    def _shortness(self, n: int) -> float:
        length = len(self._entries[n].features)
        return 1.0 if length <= _LONG else 0.85 + 0.15 * _LONG / length

    def _telling(self, n: int, weights: dict[str, float]) -> bool:
        """One clinical feature or two words that it shares, or its question or answer; one everyday word is chance."""
        pair = self._answer_of(n) if self._entries[n].question else self._question_of(n)
        said = self._entries[n].features | (frozenset() if pair is None else self._entries[pair].features)
        shared = [f for f, w in weights.items() if w > 0 and f in said]
        if any(f[:2] in ("c:", "d:") for f in shared):
            return True
        return len(shared) >= 2 or (len(shared) == 1 and len(weights) <= 2)

    def _with_pairs(self, chosen: Iterable[int]) -> list[int]:
        """Add the answer to a chosen question, and the question to a chosen bare answer."""
        out: list[int] = []
        for n in chosen:
            pair = [n]
            if self._entries[n].question and (answer := self._answer_of(n)) is not None:
                pair.append(answer)
            elif (question := self._question_of(n)) is not None:
                pair.insert(0, question)
            out.extend(m for m in pair if m not in out)
        return out[: MOST + 2]

    def _answer_of(self, n: int) -> int | None:
        asker = self._entries[n].utterance.speaker
        for m in range(n + 1, min(n + 4, len(self._entries))):
            entry = self._entries[m]
            same = entry.utterance.speaker == asker and asker is not Speaker.UNKNOWN
            if same and not entry.answer:
                if entry.question:
                    return None
                continue
            if entry.answer or entry.short or entry.utterance.speaker is Speaker.PATIENT:
                return m
        return None

    def _question_of(self, n: int) -> int | None:
        entry = self._entries[n]
        if not (entry.answer or entry.short) or n == 0:
            return None
        before = self._entries[n - 1]
        differs = before.utterance.speaker != entry.utterance.speaker or entry.utterance.speaker is Speaker.UNKNOWN
        return n - 1 if before.question and differs else None


def _read(utterance: Utterance) -> _Entry:
    tokens = tokenise(utterance.text)
    content = sum(1 for t in tokens if not t.is_stop)
    return _Entry(
        utterance=utterance,
        features=frozenset(features(tokens)),
        question=is_question(tokens),
        answer=bool(tokens) and any(t.text in _ANSWER_WORDS for t in tokens[:3]),
        short=content <= 4,
    )


def is_question(tokens: Sequence[Token]) -> bool:
    """Whether an utterance asks something: a question mark near its end, or a question word at its start."""
    if any(t.after == "?" for t in tokens[-12:]):
        return True
    start = next((n for n, t in enumerate(tokens[:3]) if t.text not in _OPENERS), 0)
    if not tokens:
        return False
    if tokens[-1].after not in (".", "!"):
        return tokens[start].text in _QUESTION_WORDS
    return tokens[start].text == "any" or (len(tokens) <= _SHORT_QUESTION and _asks_any(tokens))


def _asks_any(tokens: Sequence[Token]) -> bool:
    """'In the family, any heart disease.': recognisers write full stops behind questions."""
    return any(t.text == "any" and n and tokens[n - 1].after == "," for n, t in enumerate(tokens))


_finders: dict[int, tuple[weakref.ref[Transcript], EvidenceFinder]] = {}


def finder_for(transcript: Transcript) -> EvidenceFinder:
    """Return the index of this transcript object; it is dropped together with the transcript."""
    key = id(transcript)
    known = _finders.get(key)
    if known is not None and known[0]() is transcript:
        return known[1]
    finder = EvidenceFinder(transcript)
    _finders[key] = (weakref.ref(transcript, lambda _: _finders.pop(key, None)), finder)
    return finder


def find_evidence(text: str, transcript: Transcript, hints: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the ids of the utterances that support `text`, best first.

    Usually 1 to 4; a question and its answer count as one and both are named. Empty if nothing supports the text.
    `hints` are ids that a model cited: a weak prior, ignored when unknown or more than a few.
    """
    return finder_for(transcript).find(text, hints)
