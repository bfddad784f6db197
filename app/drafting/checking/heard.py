"""What was said in the visit, ready to be compared: every mention with its speaker, and questions joined to answers."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.transcript import Speaker, Transcript
from app.drafting.checking.quantities import Measure, Quantity
from app.drafting.checking.reading import PAIN, Clause, Kind, Mention, read_clauses
from app.drafting.evidence import EvidenceFinder, finder_for
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.drugs import FUZZY_LEAST, guess_drugs
from app.drafting.lexicon.sites import pain_concept_of
from app.drafting.lexicon.tables import words
from app.drafting.relatives import carried_relatives, named_relative, of_self, of_third_person

_YES = words("yes")
_NO = words("no")
_FILLER = words("filler-answer")
_WEAK_YES = words("weak-yes")
_NEGATING = words("negating")
_ONLY = words("only")
_OPEN = words("open-question")
_OPENERS = words("opener")
_DICTATED = words("dictated")
_CONDITIONS = words("condition-cue")


class Status(StrEnum):
    """How a thing was said to be."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    ASKED = "asked"
    HYPOTHETICAL = "hypothetical"


@dataclass(frozen=True, slots=True)
class HeardMention:
    """A mention in the visit: utterance number, who spoke, how it was meant. `confirmed_by`: who answered.

    `conditional`: said of a special case only ('does it hurt when I press here?').
    """

    mention: Mention
    utterance: int
    clause: int
    speaker: Speaker
    status: Status
    sites: frozenset[str] = frozenset()
    confirmed_by: Speaker | None = None
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class HeardQuantity:
    """A quantity with its utterance number and the drugs it may belong to."""

    quantity: Quantity
    utterance: int
    drugs: frozenset[str] = frozenset()


class Heard:
    """Index of a transcript for the rules."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.finder: EvidenceFinder = finder_for(transcript)
        self.position = {u.id: n for n, u in enumerate(transcript.utterances)}
        carried = carried_relatives(transcript)
        self.clauses: list[tuple[int, Clause]] = [
            (n, c) for n, u in enumerate(transcript.utterances) for c in _of_whom(read_clauses(u.text), carried[n])
        ]
        self._speakers = [
            Speaker.UNKNOWN if u.speaker is Speaker.PATIENT and _DICTATED & set(u.text.lower().split()) else u.speaker
            for u in transcript.utterances
        ]
        self.concepts: dict[str, list[HeardMention]] = defaultdict(list)
        self.drugs: dict[str, list[HeardMention]] = defaultdict(list)
        self.sites: dict[str, list[HeardMention]] = defaultdict(list)
        self.quantities: list[HeardQuantity] = []
        self._last_drug = ("", -9)
        self.named_in = {n for n, c in self.clauses if c.concepts()}
        self.sides: list[tuple[str, str, int]] = []
        self.stems: dict[str, set[int]] = defaultdict(set)
        self.guessed_drugs: dict[str, str] = {}
        for at in range(len(self.clauses)):
            self._take(at)

    def speaker(self, utterance: int) -> Speaker:
        """Who speaks in this utterance; a 'patient' who dictates examination findings is a wrong tag."""
        return self._speakers[utterance]

    def where_told(self, text: str) -> tuple[str, ...]:
        """Ids of the utterances in which a concept of the text was affirmed, though in other words; at most two."""
        names = {m.name for c in read_clauses(text) for m in c.concepts()}
        told = [m.utterance for name in sorted(names) for m in self.concepts.get(name, [])]
        affirmed = {m.utterance for name in names for m in self.concepts.get(name, []) if m.status is Status.AFFIRMED}
        places = dict.fromkeys(n for n in told if n in affirmed)
        return tuple(self.transcript.utterances[n].id for n in list(places)[:2])

    def drug_quantities(self, generic: str) -> list[HeardQuantity]:
        """Quantities said of a drug; where none is, those of the utterances around it."""
        own = [q for q in self.quantities if generic in q.drugs]
        if any(q.quantity.measure in (Measure.DOSE, Measure.FREQUENCY) for q in own):
            return own
        places = {m.utterance + d for m in self.drugs.get(generic, []) for d in (-1, 0, 1, 2)}
        return [q for q in self.quantities if q.utterance in places]

    def likeness(self, clause: Clause, note: Mention) -> Callable[[HeardMention], float]:
        """Return a measure of how much of a note clause, `note` aside, is in the utterance of a heard mention."""
        own = {t.stem for n, t in enumerate(clause.tokens) if not t.is_stop and not note.start <= n < note.end}
        return lambda heard: self._share(own, heard.utterance)

    def shared(self, clause: Clause) -> Callable[[int], float]:
        """Return a measure of how much of a note clause is in an utterance."""
        own = {t.stem for t in clause.tokens if not t.is_stop}
        return lambda utterance: self._share(own, utterance)

    def _share(self, stems: set[str], utterance: int) -> float:
        count = len(self.transcript.utterances)
        seen = (len(self.stems[s]) for s in stems if utterance in self.stems.get(s, ()))
        return sum(math.log(1.0 + count / (0.5 + n)) for n in seen)

    def agreed(self, heard: HeardMention) -> bool:
        """Whether somebody else says yes right after a mention."""
        for n, clause in self.clauses[heard.clause + 1 :]:
            if n > heard.utterance + 1:
                return False
            if n > heard.utterance and clause.tokens[0].text in _YES:
                return True
        return False

    def answer(self, at: int) -> bool | None:
        """What the question in this clause was answered with: yes, no, or unclear."""
        return self._answer(at)[0]

    def _take(self, at: int) -> None:
        n, clause = self.clauses[at]
        speaker = self.speaker(n)
        asks = clause.question and not _presupposes(clause)
        answer, who = self._answer(at) if asks else (None, None)
        groups = {Kind.CONCEPT: self.concepts, Kind.DRUG: self.drugs, Kind.SITE: self.sites}
        conditional = any(t.text in _CONDITIONS for t in clause.tokens)
        for mention in (*clause.mentions, *self._of_site_before(at)):
            status = _status(mention, asks, answer)
            groups[mention.kind][mention.name].append(
                HeardMention(mention, n, at, speaker, status, clause.sites_near(mention), who, conditional)
            )
        self.sides.extend((side, site, n) for side, site in clause.sided())
        self.quantities.extend(HeardQuantity(q, n, self._owners(clause, q, n)) for q in clause.quantities)
        if clause.drugs():
            self._last_drug = (clause.drugs()[-1].name, n)
        for token in clause.tokens:
            self.stems[token.stem].add(n)
        for guess in guess_drugs(clause.tokens, FUZZY_LEAST):
            self.guessed_drugs.setdefault(guess.name, " ".join(t.text for t in clause.tokens[guess.start : guess.end]))

    def _of_site_before(self, at: int) -> list[Mention]:
        """'It's my chest. I've been getting this tightness.' says chest tightness."""
        n, clause = self.clauses[at]
        before = [c for m, c in self.clauses[max(0, at - 1) : at] if n - m <= 1 and self.speaker(m) is self.speaker(n)]
        if clause.sites() or clause.question or not before or before[0].concepts() or before[0].question:
            return []
        sites = [name for s in before[0].sites() if (name := pain_concept_of(s.name))]
        pains = [m for m in clause.concepts() if m.name in PAIN]
        return [replace(pain, name=name) for pain in pains for name in sites]

    def _owners(self, clause: Clause, quantity: Quantity, utterance: int) -> frozenset[str]:
        """'20 mg of X' is of X; else of the drug named last before it, or named right after it."""
        after = [d for d in clause.drugs() if 0 <= d.start - quantity.end <= 3]
        if after and any(t.text == "of" for t in clause.tokens[quantity.end : after[0].start]):
            return frozenset({after[0].name})
        before = [d for d in clause.drugs() if d.end <= quantity.start][-1:]
        names = {d.name for d in after[:1] + before}
        if not before and utterance - self._last_drug[1] <= 2:
            names.add(self._last_drug[0])
        return frozenset(names)

    def _answer(self, at: int) -> tuple[bool | None, Speaker | None]:
        """Yes, no or unclear, and who says it: looked for in the next clauses, whoever is tagged as speaking."""
        asked_in, question = self.clauses[at]
        last = question.tokens[-1].text
        if len(question.tokens) > 3 and last in ("no", "nope", "yes", "yep"):
            return last.startswith("y"), self.speaker(asked_in)
        for step, (n, clause) in enumerate(self.clauses[at + 1 : at + 6], start=at + 1):
            if n - asked_in > 3:
                break
            again = n == asked_in or (self.speaker(n) is self.speaker(asked_in) and not clause.concepts())
            if clause.question and again and clause.tokens[0].text not in _YES | _NO:
                continue
            said = [t.text for t in clause.tokens if t.text not in _FILLER]
            if said:
                return self._meaning(question, step, said), self.speaker(n)
        return None, None

    def _meaning(self, question: Clause, at: int, said: Sequence[str]) -> bool | None:
        """Yes, no, or None where the answer leaves it open.

        Of several things asked about, those that the answer does not name are taken as denied. An answer that tells
        of something else ('any chest pain?' 'sometimes my shoulder aches') leaves the question open.
        """
        if said[0] in _YES | _NO:
            return said[0] in _YES
        asked = {m.name for m in question.mentions if m.kind is not Kind.SITE}
        utterance = self.clauses[at][0]
        answers = [c for n, c in self.clauses[at : at + 4] if n == utterance]
        named = {m.name for c in answers for m in c.mentions if m.kind is not Kind.SITE}
        if asked & named:
            return False if len(asked) > 1 else None
        if asked and named and polarity(said):
            return None
        return polarity(said)


def _of_whom(clauses: Sequence[Clause], carried: str) -> list[Clause]:
    """Give each clause the relative whom the exchange, or an earlier clause of the utterance, is about."""
    found: list[Clause] = []
    for clause in clauses:
        named = named_relative(clause.tokens)
        relative = carried if not of_self(clause.tokens) else ""
        found.append(clause.said_of(relative) if relative and not named else clause)
        if named:
            carried = named if any(of_third_person(c.tokens) for c in clauses) else ""
    return found


def polarity(said: Sequence[str]) -> bool | None:
    """Whether an answer's first words mean yes (True), no (False) or neither."""
    first = said[:3]
    if first[0] in _YES:
        return True
    if first[0] in _NO or _NEGATING & set(first) or said[:4][-1] == "not":
        return False
    if first[0] in _ONLY:
        return None
    if first[0] in ("have", "do", "did", "has", "am") or set(first) & (_YES | _WEAK_YES):
        return True
    return (
        True
        if first[0] in ("it", "they", "that") and first[1:2] in (["does"], ["do"], ["did"], ["is"], ["has"])
        else None
    )


def _presupposes(clause: Clause) -> bool:
    """'How bad is the pain?' says that there is pain; 'how about any pain?' does not."""
    texts = [t.text for t in clause.tokens]
    start = next((n for n, t in enumerate(texts[:4]) if t not in _OPENERS), 0)
    return texts[start] in _OPEN and "any" not in texts and texts[start + 1 : start + 2] != ["about"]


def _status(mention: Mention, question: bool, answer: bool | None) -> Status:
    if mention.context.hypothetical:
        return Status.HYPOTHETICAL
    if mention.context.negated:
        return Status.NEGATED
    if not question or (answer is None and kind_of(mention.name) == "finding"):
        return Status.AFFIRMED
    if answer is None:
        return Status.ASKED
    return Status.AFFIRMED if answer else Status.NEGATED


def said_by(mentions: Sequence[HeardMention]) -> set[Speaker]:
    """Everybody who said or confirmed one of the mentions."""
    return {m.speaker for m in mentions} | {m.confirmed_by for m in mentions if m.confirmed_by is not None}
