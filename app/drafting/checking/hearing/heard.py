"""What was said in the visit, ready to be compared: every mention with its speaker, and questions joined to answers."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.answers import Answer, Answers, presupposes
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import PAIN, Clause, Kind, Mention, presses, read_clauses
from app.drafting.checking.hearing.side_places import HeardSide, concept_feature, number_feature, sides_of
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.drugs import FUZZY_LEAST, guess_drugs
from app.drafting.lexicon.sites import pain_concept_of
from app.drafting.lexicon.tables import words
from app.drafting.spoken.conditions import goes_on_with_condition
from app.drafting.spoken.evidence import EvidenceFinder, finder_for
from app.drafting.spoken.relatives import carried_relatives, named_relative, of_self, of_third_person

_YES = words("yes")
_SAME_UTTERANCE = 0.5
_FAR = 9
_LEAST_BEFORE = 2
_POINTING = frozenset({"your", "this", "that", "these", "those"})
_PREPOSITIONS = frozenset({"in", "for", "of", "with", "from", "besides", "about", "to"})
_CAUSING = frozenset({"causing", "caused"})
_ASKING = frozenset({"does", "did", "do", "is", "was"})
_AFTER_VERB = frozenset(
    {"when", "if", "here", "there", "anywhere", "at", "too", "more", "less", "now", "or", "a", "any", "you"}
)
_CONDITION_BEFORE, _CONDITION_AFTER = 10, 6
_TIMES_OF_DAY = frozenset({"night", "nights", "morning", "mornings", "evening", "bed", "bedtime"})
_GIVING = words("giving") | {"use", "using", "dose", "pill", "tablet"}
_ANSWERED_WITHIN = 2
_AUXILIARIES = frozenset({"does", "did", "do", "is", "was", "are", "were", "has", "have", "had", "will", "would"})
_DICTATED = words("dictated")
_CONDITIONS = words("condition-cue")


_SELF = frozenset({"i", "my", "i'm", "i've", "me"})
_ASKING_FIRST = words("question") | {"could", "should", "am"}


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
    sides: frozenset[str] = frozenset()
    confirmed_by: Speaker | None = None
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class HeardQuantity:
    """A quantity with its utterance, its clause and the drugs it may belong to."""

    quantity: Quantity
    utterance: int
    clause: int
    drugs: frozenset[str] = frozenset()


class Heard:
    """Index of a transcript for the rules."""

    def __init__(self, transcript: Transcript, doubtful: Collection[str] = ()) -> None:
        """Read a transcript; `doubtful` are ids of utterances of which it is not sure who said them."""
        self.transcript = transcript
        self.doubtful = frozenset(doubtful)
        self.finder: EvidenceFinder = finder_for(transcript)
        self.position = {u.id: n for n, u in enumerate(transcript.utterances)}
        carried = carried_relatives(transcript)
        self.clauses: list[tuple[int, Clause]] = [
            (n, c)
            for n in range(len(transcript.utterances))
            for c in of_whom(read_clauses(_with_condition(transcript.utterances, n)), carried[n])
        ]
        self.clauses_of: dict[int, list[Clause]] = defaultdict(list)
        for n, clause in self.clauses:
            self.clauses_of[n].append(clause)
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
        self.sides: list[HeardSide] = []
        self.stems: dict[str, set[int]] = defaultdict(set)
        self.clauses_with: dict[str, set[int]] = defaultdict(set)
        self._answers = Answers(self.clauses, self._speakers)
        self.guessed_drugs: dict[str, str] = {}
        for at in range(len(self.clauses)):
            self._take(at)

    def speaker(self, utterance: int) -> Speaker:
        """Who speaks in this utterance; a 'patient' who dictates examination findings is a wrong tag."""
        return self._speakers[utterance]

    def where_told(self, text: str) -> tuple[str, ...]:
        """Ids of the utterances in which a concept of the text was so, though in other words; at most two.

        So means affirmed, or denied where the text denies it.
        """
        named = {(m.name, m.context.negated) for c in read_clauses(text) for m in c.concepts()}
        places: dict[int, None] = {}
        for name, negated in sorted(named):
            wanted = Status.NEGATED if negated else Status.AFFIRMED
            places |= dict.fromkeys(m.utterance for m in self.concepts.get(name, []) if m.status is wanted)
        return tuple(self.transcript.utterances[n].id for n in list(places)[:2])

    def drug_quantities(self, generic: str) -> list[HeardQuantity]:
        """Quantities said of a drug; where none is, those of the utterances around it."""
        own = [q for q in self.quantities if generic in q.drugs]
        places = {m.utterance + d for m in self.drugs.get(generic, []) for d in (-1, 0, 1, 2)}
        near = [q for q in self.quantities if q.utterance in places]
        doses = [q for q in own if _is_dose(q.quantity)]
        rates = [q for q in own if q.quantity.measure is Measure.FREQUENCY]
        return [
            *(doses or [q for q in near if _is_dose(q.quantity)]),
            *(rates or [q for q in near if q.quantity.measure is Measure.FREQUENCY]),
        ]

    def likeness(self, clause: Clause, note: Mention) -> Callable[[HeardMention], float]:
        """Return a measure of how much of a note clause, `note` aside, was said with a heard mention.

        Words of the mention's own clause count in full, those elsewhere in its utterance a part.
        """
        own = {t.stem for n, t in enumerate(clause.tokens) if not t.is_stop and not note.start <= n < note.end}

        def measure(heard: HeardMention) -> float:
            return sum(
                self.rarity(s) * (1.0 if heard.clause in self.clauses_with.get(s, ()) else _SAME_UTTERANCE)
                for s in own
                if heard.utterance in self.stems.get(s, ())
            )

        return measure

    def words_around(self, heard: HeardMention, reach: int = 4) -> frozenset[str]:
        """Stems within `reach` words of a mention, up to the next mention of the same thing."""
        clause = self.clauses[heard.clause][1]
        mention = heard.mention
        same = [m for m in clause.mentions if m.name == mention.name and m is not mention]
        first = max([m.end for m in same if m.end <= mention.start] + [mention.start - reach, 0])
        last = min([m.start for m in same if m.start >= mention.end] + [mention.end + reach, len(clause.tokens)])
        return frozenset(t.stem for t in clause.tokens[first:last])

    def rarity(self, stem: str) -> float:
        """How much a word says about where it was said: the rarer in the visit, the more; 0 if nobody said it."""
        seen = len(self.stems.get(stem, ()))
        return math.log(1.0 + len(self.transcript.utterances) / (0.5 + seen)) if seen else 0.0

    def agreed(self, heard: HeardMention) -> bool:
        """Whether somebody else says yes right after a mention."""
        for n, clause in self.clauses[heard.clause + 1 :]:
            if n > heard.utterance + 1:
                return False
            first = clause.tokens[1:3] if clause.tokens[0].text == "that" else clause.tokens[:1]  # 'that's right'
            if n > heard.utterance and any(t.text in _YES for t in first):
                return True
        return False

    def answer(self, at: int) -> bool | None:
        """What the question in this clause was answered with: yes, no, or unclear."""
        return self._answers.to(at).value

    def _take(self, at: int) -> None:
        n, clause = self.clauses[at]
        speaker = self.speaker(n)
        asks = clause.question and not presupposes(clause)
        answer = self._answers.to(at) if asks else Answer()
        groups = {Kind.CONCEPT: self.concepts, Kind.DRUG: self.drugs, Kind.SITE: self.sites}
        denied: dict[str, bool] = {}
        for mention in (*self._of_press_before(at), *self._of_site_before(at)):
            status = self._status(mention, at, asks, answer)
            if status in (Status.AFFIRMED, Status.NEGATED):
                denied[mention.name] = status is Status.NEGATED
                self.stems[concept_feature(mention.name, denied=denied[mention.name])].add(n)
            before = groups[mention.kind][mention.name]
            sites = clause.sites_near(mention) or _sites_asked(before, n)
            conditional = _has_condition(clause, mention)
            sides = clause.sides_near(mention)
            before.append(HeardMention(mention, n, at, speaker, status, sites, sides, answer.who, conditional))
        self.sides.extend(sides_of(clause, n, denied))
        for quantity in clause.quantities:
            self.quantities.append(HeardQuantity(quantity, n, at, self._owners(clause, quantity, n)))
            self.stems[number_feature(quantity.value)].add(n)
        if clause.drugs():
            self._last_drug = (clause.drugs()[-1].name, n)
        for token in clause.tokens:
            self.stems[token.stem].add(n)
            self.clauses_with[token.stem].add(at)
        for guess in guess_drugs(clause.tokens, FUZZY_LEAST):
            self.guessed_drugs.setdefault(guess.name, " ".join(t.text for t in clause.tokens[guess.start : guess.end]))

    def _status(self, mention: Mention, at: int, question: bool, answer: Answer) -> Status:
        if mention.context.hypothetical:
            return Status.HYPOTHETICAL
        if mention.context.negated:
            return Status.NEGATED
        if question and mention.name in answer.named:
            return Status.ASKED  # the answer's own words count
        if not question or _is_presupposed(self.clauses[at][1], mention):
            return Status.AFFIRMED
        if answer.value is None:
            return Status.AFFIRMED if self._tells_anyway(mention, at) else Status.ASKED
        return Status.AFFIRMED if answer.value else Status.NEGATED

    def _tells_anyway(self, mention: Mention, at: int) -> bool:
        """What reads like an open question: a finding is dictated, and patients do not ask for their symptoms."""
        if kind_of(mention.name) == "finding":
            return True
        n, clause = self.clauses[at]
        tells = self.speaker(n) is Speaker.PATIENT and kind_of(mention.name) == "symptom"
        own = bool(_SELF & {t.text for t in clause.tokens}) and clause.tokens[0].text not in _ASKING_FIRST
        return tells and not any(t.text in ("you", "your") or (t.after == "?" and not own) for t in clause.tokens)

    def _of_press_before(self, at: int) -> list[Mention]:
        """'Now I press on the breastbone. Does that hurt?' asks for tenderness."""
        n, clause = self.clauses[at]
        m, before = self.clauses[at - 1] if at else (n, None)
        follows = before is not None and n - m <= 1 and self.speaker(m) is self.speaker(n) and not before.concepts()
        if not follows or not clause.question or before is None or not presses(before.tokens):
            return list(clause.mentions)
        return [replace(x, name="tenderness") if x.name == "pain" else x for x in clause.mentions]

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
        if quantity.measure is Measure.FREQUENCY and not before:  # 'at bedtime I take 20 mg of X'
            after = [d for d in clause.drugs() if 0 <= d.start - quantity.end <= _FAR]
        names = {d.name for d in after[:1] + before}
        if not before and utterance - self._last_drug[1] <= 2 and not _is_time_of_day(clause, quantity):
            names.add(self._last_drug[0])
        return frozenset(names)


def _with_condition(utterances: Sequence[Utterance], n: int) -> str:
    """The words of utterance `n`, with an 'if' before them where they go on with a condition begun before."""
    text = utterances[n].text
    return f"if {text}" if goes_on_with_condition(utterances, n) else text


def _sites_asked(before: Sequence[HeardMention], utterance: int) -> frozenset[str]:
    """'Any numbness down your legs?' 'A little bit of numbness': the answer is of the place asked about."""
    last = before[-1] if before else None
    asked = last is not None and last.status is Status.ASKED and 0 < utterance - last.utterance <= _ANSWERED_WITHIN
    return last.sites if last is not None and asked else frozenset()


def _is_presupposed(clause: Clause, mention: Mention) -> bool:
    """'Do you take anything for your asthma?' 'Any stress causing chest pain?': the answer is not about that."""
    if mention.kind is not Kind.SITE and mention.start and clause.tokens[mention.start - 1].text in _CAUSING:
        return True
    if mention.start and mention.end < len(clause.tokens) and clause.tokens[mention.start - 1].text == "the":
        asks = clause.tokens[mention.start - 2].text if mention.start > 1 else ""
        if asks in _AUXILIARIES:  # 'does the pain move anywhere?'
            return mention.kind is not Kind.SITE
    if mention.end - mention.start != 1 or mention.kind is Kind.SITE or mention.start < _LEAST_BEFORE:
        return False
    before, earlier = clause.tokens[mention.start - 1].text, clause.tokens[mention.start - 2].text
    if earlier in _ASKING and (mention.end == len(clause.tokens) or clause.tokens[mention.end].text in _AFTER_VERB):
        return False  # 'does that hurt when I press?'
    return before in _POINTING or (before == "the" and earlier in _PREPOSITIONS)


def _has_condition(clause: Clause, mention: Mention) -> bool:
    """'Does it hurt when I press here?': the condition stands close to the mention.

    In 'burning when you urinate' it belongs to the complaint itself; in 'hurts when I press' it does not.
    """
    first = max(0, mention.start - _CONDITION_BEFORE)
    before, own = clause.tokens[first : mention.start], clause.tokens[mention.start : mention.end]
    after = clause.tokens[mention.end : mention.end + _CONDITION_AFTER]
    of_pain = mention.name in PAIN or any(pain_concept_of(s.name) == mention.name for s in clause.sites())
    return any(t.text in _CONDITIONS for t in (*before, *after, *(own if of_pain else ())))


def _is_time_of_day(clause: Clause, quantity: Quantity) -> bool:
    """'It bothers me at night' says nothing of the medicine named before; 'I take it at night' does."""
    of_day = quantity.measure is Measure.FREQUENCY and quantity.said.split()[-1] in _TIMES_OF_DAY
    return of_day and not any(t.text in _GIVING or t.text in ("one", "two") for t in clause.tokens)


def _is_dose(quantity: Quantity) -> bool:
    """A dose, or a bare number that may be one: 'metformin, five hundred'."""
    return quantity.measure is Measure.DOSE or (quantity.measure is Measure.NUMBER and not quantity.unit)


def of_whom(clauses: Sequence[Clause], carried: str = "") -> list[Clause]:
    """Give each clause the relative whom the exchange, or an earlier clause of the utterance, is about."""
    found: list[Clause] = []
    third = any(of_third_person(c.tokens) for c in clauses)
    for clause in clauses:
        named = named_relative(clause.tokens)
        relative = carried if not of_self(clause.tokens) else ""
        found.append(clause.said_of(relative) if relative and not named else clause)
        if named:
            carried = named if third else ""
        elif not relative:
            carried = ""
    return found


def said_by(mentions: Sequence[HeardMention]) -> set[Speaker]:
    """Everybody who said or confirmed one of the mentions."""
    return {m.speaker for m in mentions} | {m.confirmed_by for m in mentions if m.confirmed_by is not None}
