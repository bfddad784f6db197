"""What a visit tells that belongs into a note: claims, each with its sentence and, if it answers one, its question."""

import re
from collections.abc import Iterator

from app.domain.transcript import Speaker
from app.domain.unnoted import UnnotedKind
from app.drafting.checking.hearing.context import contexts
from app.drafting.checking.hearing.heard import Heard, HeardMention, Status
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.reading import Clause, Kind
from app.drafting.checking.hearing.spoken_pieces import Piece, SpokenPieces
from app.drafting.checking.rules.results import results_in
from app.drafting.checking.unnoted.claims import Claim
from app.drafting.checking.unnoted.course import details_of
from app.drafting.checking.unnoted.tables import (
    find_red_flags,
    has_cue,
    is_ignored,
    names,
    red_concepts,
)
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.drugs import SURE_LEAST, guess_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tables import words
from app.drafting.spoken.exchanges import content_stems
from app.drafting.spoken.relatives import named_relative

_VITALS = frozenset(
    {"blood pressure", "heart rate", "respiratory rate", "temperature", "oxygen saturation", "weight", "height"}
    | {"body mass index", "peak flow"}
)
_HABITS = frozenset({"smoking", "vaping", "alcohol", "drug use"})
_PLANNED = frozenset({"test", "procedure", "therapy", "plan", "specialist"})
_FIRST_PERSON = frozenset({"i", "my", "me", "mine"})
_TELLS = frozenset({Speaker.PATIENT, Speaker.OTHER, Speaker.UNKNOWN})
_EXAMINES = frozenset({Speaker.CLINICIAN, Speaker.UNKNOWN})
_DOSE_REACH = 8
_IS_THAT_RIGHT = re.compile(r"\b(?:is that|that's|am i) (?:right|correct|true)\s*\?$", re.IGNORECASE)
_SUMMARY = 4
_OF_CLINICIAN = frozenset({UnnotedKind.FINDING, UnnotedKind.ASSESSMENT, UnnotedKind.PLAN, UnnotedKind.TEST})
_OWN_KINDS = {
    "symptom": UnnotedKind.SYMPTOM,
    "finding": UnnotedKind.SYMPTOM,
    "condition": UnnotedKind.ILLNESS,
    "procedure": UnnotedKind.OPERATION,
    "therapy": UnnotedKind.MEDICINE,
    "test": UnnotedKind.TEST,
    "social": UnnotedKind.SOCIAL,
}


def claims_of(heard: Heard, pieces: SpokenPieces) -> list[Claim]:
    """All claims of a visit in spoken order; the same thing said twice is two claims."""
    found: list[Claim] = []
    for group in (heard.concepts, heard.drugs):
        for mentions in group.values():
            for mention in mentions:
                found.extend(_Reader(heard, pieces, mention).claims())
    found += _measured(heard, pieces)
    found += _red_flags(heard, pieces)
    found += _guessed(heard, pieces)
    found += details_of(heard, pieces)
    return sorted(found, key=lambda c: (c.place, c.piece.first))


class _Reader:
    """Reads one mention of the visit."""

    def __init__(self, heard: Heard, pieces: SpokenPieces, mention: HeardMention) -> None:
        self._heard = heard
        self._pieces = pieces
        self._m = mention
        self._clause = heard.clauses[mention.clause][1]
        self._asks = self._clause.question
        self._piece = pieces.piece(mention.clause, mention.mention.start)
        self._kind = kind_of(mention.mention.name)
        self._drug = mention.mention.kind is Kind.DRUG

    def claims(self) -> Iterator[Claim]:
        m = self._m
        name, said = m.mention.name, m.mention.said
        if not self._drug and (name in names("skip") or is_ignored(name, said, self._piece.text)):
            return
        if self._asks and not self._ends_with_answer():
            yield from self._answered()
        elif m.speaker in _TELLS:
            yield from self._told()
        asks = self._piece.text.endswith("?") and not _IS_THAT_RIGHT.search(self._piece.text)
        if m.speaker in _EXAMINES and not self._asks and not asks:
            yield from self._examined()

    def _ends_with_answer(self) -> bool:
        return self._clause.tokens[-1].after != "?" and self._m.speaker is Speaker.PATIENT

    def _answered(self) -> Iterator[Claim]:
        """Named in a question: only what the answer makes of it counts."""
        m = self._m
        if m.status not in (Status.AFFIRMED, Status.NEGATED) or m.confirmed_by is None:
            return
        if not self._piece.text.endswith("?") and has_cue("general", self._piece.text):
            return  # 'if you develop any rash, or …' warns and asks nothing
        if m.speaker is Speaker.PATIENT or (self._drug and m.status is Status.NEGATED):
            return
        kind = UnnotedKind.MEDICINE if self._drug else self._own_kind()
        if kind is None or (kind in (UnnotedKind.TEST, UnnotedKind.MEDICINE) and m.status is Status.NEGATED):
            return
        if m.mention.context.negated and "help" in {t.stem for t in self._clause.tokens}:
            return  # 'it has not helped with the itch' denies no itch
        yield self._claim(kind, denied=m.status is Status.NEGATED, answered=True, weight=1.0)

    def _told(self) -> Iterator[Claim]:
        """The patient, or somebody for them, says so."""
        m = self._m
        if m.status in (Status.ASKED, Status.HYPOTHETICAL) or has_cue("unheard", self._piece.text):
            return
        if m.speaker is Speaker.UNKNOWN and not self._first_person() and not m.mention.context.relative:
            return
        denied = m.mention.context.negated
        if self._drug:
            yield from self._drug_told(denied)
            return
        kind = self._own_kind()
        if kind is UnnotedKind.TEST and not has_cue("done", self._piece.text):
            return
        if kind is None or (denied and kind in (UnnotedKind.TEST, UnnotedKind.MEDICINE, UnnotedKind.OPERATION)):
            return
        if kind is UnnotedKind.SOCIAL and m.mention.name not in _HABITS and not self._first_person():
            return
        yield self._claim(kind, denied=denied, weight=1.5 if not denied else 1.2)

    def _own_kind(self) -> UnnotedKind | None:
        """What the mention is when the patient says it of himself."""
        if self._kind == "therapy" and self._m.mention.name not in names("medicine"):
            return None
        if self._m.mention.context.relative and has_cue("other people", self._piece.text):
            return None
        return _OWN_KINDS.get(self._kind)

    def _drug_told(self, denied: bool) -> Iterator[Claim]:
        question = self._pieces.question(self._m.utterance)
        asked = self._pieces.utterances[question].text.lower() if question is not None else ""
        allergic = "allerg" in asked or any(c.name == "allergy" for c in self._clause.concepts())
        yield self._claim(UnnotedKind.ALLERGY if allergic else UnnotedKind.MEDICINE, denied=denied, weight=2.0)
        for quantity in self._quantities():
            yield self._claim(UnnotedKind.MEDICINE, denied=None, quantity=quantity, weight=1.5)

    def _examined(self) -> Iterator[Claim]:
        """The clinician says what was found, what it is, or what will be done."""
        m, text = self._m, self._piece.text
        negated = m.mention.context.negated
        if (self._drug or self._kind in _PLANNED) and has_cue("plan", text) and not negated:
            if self._kind == "test" and results_in(self._clause.tokens) and not has_cue("ahead", text):
                yield self._claim(UnnotedKind.TEST, denied=None)
            else:
                yield self._claim(UnnotedKind.PLAN, denied=None)
                for quantity in self._quantities() if self._drug else ():
                    yield self._claim(UnnotedKind.PLAN, denied=None, quantity=quantity)
        elif m.status is Status.HYPOTHETICAL or m.mention.context.relative:
            return
        elif self._kind == "test" and (results_in(self._clause.tokens) or read_numbers(self._clause.tokens)):
            if not has_cue("ahead", text):
                yield self._claim(UnnotedKind.TEST, denied=None)
        elif has_cue("general", text):
            return
        elif self._kind == "finding" and not has_cue("ahead", text):
            yield self._claim(UnnotedKind.FINDING, denied=negated, weight=1.2)
        elif self._kind == "symptom" and has_cue("exam", text) and self._examines():
            yield self._claim(UnnotedKind.FINDING, denied=negated)
        elif self._kind == "condition" and not negated and has_cue("assessment", text):
            yield self._claim(UnnotedKind.ASSESSMENT, denied=False)
        elif self._is_agreed_to():
            yield self._claim(_OWN_KINDS[self._kind], denied=negated, weight=0.8)

    def _is_agreed_to(self) -> bool:
        """'You stopped vomiting.' 'There was no blood in it, is that right?' 'Yes.'"""
        named = self._kind == "symptom" or (self._kind == "condition" and not self._m.mention.context.negated)
        return named and self._heard.agreed(self._m) and not self._sums_up()

    def _sums_up(self) -> bool:
        """A clinician who names so many things repeats what was told."""
        here = self._heard.clauses_of[self._m.utterance]
        return len({c.name for clause in here for c in clause.concepts()}) >= _SUMMARY

    def _examines(self) -> bool:
        """Beside a symptom something that only an examination shows."""
        here = {kind_of(c.name) for c in self._clause.concepts()}
        return bool(here & {"finding", "measure"}) or (has_cue("exam", self._piece.text) and "you" not in self._texts())

    def _quantities(self) -> list[Quantity]:
        """Doses and frequencies near the name, in the same clause."""
        m = self._m.mention
        return [
            q
            for q in self._clause.quantities
            if q.measure in (Measure.DOSE, Measure.FREQUENCY)
            and (0 <= q.start - m.end <= _DOSE_REACH or 0 <= m.start - q.end <= 3)
        ]

    def _first_person(self) -> bool:
        return bool(_FIRST_PERSON & self._texts())

    def _texts(self) -> set[str]:
        return {t.text for t in self._clause.tokens}

    def _claim(
        self,
        kind: UnnotedKind,
        *,
        denied: bool | None,
        answered: bool = False,
        quantity: Quantity | None = None,
        weight: float = 1.0,
    ) -> Claim:
        m = self._m.mention
        relative = self._relative(answered)
        return Claim(
            m.name,
            self._final_kind(kind, denied, relative),
            denied,
            self._piece,
            m.said,
            frozenset(t.stem for t in self._clause.tokens[m.start : m.end] if not t.is_stop),
            relative,
            answered,
            self._m.conditional,
            self._drug,
            quantity,
            weight + (0.5 if m.name in red_concepts() else 0.0),
            words=self._words(answered),
            sites=self._m.sites if self._kind in ("symptom", "finding") else frozenset(),
        )

    def _relative(self, answered: bool) -> str:
        """Of whom it is said; 'my knee' after talk of the mother is the patient's own."""
        relative = self._m.mention.context.relative
        if relative and self._first_person() and not named_relative(self._clause.tokens):
            return ""
        return "family" if answered and not relative and has_cue("family", self._piece.text) else relative

    def _words(self, answered: bool) -> frozenset[str]:
        """What was told: the answer's words if it answers, else the sentence's."""
        places = self._pieces.answer(self._m.utterance) if answered else ()
        told = " ".join(self._pieces.utterances[n].text for n in places) if places else self._piece.text
        return frozenset(content_stems(told)) - words("yes") - words("no")

    def _final_kind(self, kind: UnnotedKind, denied: bool | None, relative: str) -> UnnotedKind:
        if kind in _OF_CLINICIAN:
            return kind
        if relative:
            return UnnotedKind.FAMILY if relative in names("blood") else UnnotedKind.SOCIAL
        if self._m.mention.name == "allergy":
            return UnnotedKind.ALLERGY
        if kind is UnnotedKind.SYMPTOM:
            told = UnnotedKind.RED_FLAG if self._m.mention.name in red_concepts() else kind
            return UnnotedKind.DENIED if denied else told
        return self._illness(denied) if kind is UnnotedKind.ILLNESS else kind

    def _illness(self, denied: bool | None) -> UnnotedKind:
        if has_cue("kin", self._piece.text):
            return UnnotedKind.FAMILY
        if "allerg" in self._m.mention.said:
            return UnnotedKind.ALLERGY
        return UnnotedKind.CONCERN if not denied and has_cue("concern", self._piece.text) else UnnotedKind.ILLNESS


def _measured(heard: Heard, pieces: SpokenPieces) -> Iterator[Claim]:
    """Vital signs with their numbers, and how long something of the patient's lasts."""
    for at, (n, clause) in enumerate(heard.clauses):
        if not clause.quantities:
            continue
        speaker = heard.speaker(n)
        for quantity in clause.quantities:
            vital = _vital(clause, quantity)
            if vital and not (clause.question and speaker is not Speaker.PATIENT):
                yield _of_quantity(clause, quantity, vital, UnnotedKind.VITAL_SIGN, pieces.piece(at, quantity.start))
            elif quantity.measure is Measure.DURATION and speaker in _TELLS and _of_symptom(clause):
                piece = pieces.piece(at, quantity.start)
                yield _of_quantity(clause, quantity, f"time {quantity.said}", UnnotedKind.SYMPTOM, piece)


def _vital(clause: Clause, quantity: Quantity) -> str:
    if quantity.measure is Measure.PRESSURE:
        return "blood pressure"
    if quantity.measure not in (Measure.NUMBER, Measure.PERCENT):
        return ""
    named = [c for c in clause.concepts() if c.name in _VITALS and abs(c.start - quantity.start) <= 8]
    return named[0].name if named else ""


def _of_symptom(clause: Clause) -> bool:
    kinds = {kind_of(c.name) for c in clause.concepts() if not c.context.relative and not c.context.negated}
    return "symptom" in kinds


def _of_quantity(clause: Clause, quantity: Quantity, name: str, kind: UnnotedKind, piece: Piece) -> Claim:
    stems = frozenset(t.stem for t in clause.tokens[quantity.start : quantity.end] if not t.is_stop)
    return Claim(name, kind, None, piece, quantity.said, stems, quantity=quantity)


def _red_flags(heard: Heard, pieces: SpokenPieces) -> Iterator[Claim]:
    for at, (n, clause) in enumerate(heard.clauses):
        if clause.question or heard.speaker(n) not in _TELLS:
            continue
        hits = find_red_flags(clause.tokens)
        for hit, context in zip(hits, contexts(clause.tokens, [(h.start, h.end) for h in hits]), strict=True):
            told = "not" in {t.text for t in clause.tokens[hit.start : hit.end]} or not context.negated
            if told and not context.hypothetical and not context.relative:
                tokens = clause.tokens[hit.start : hit.end]
                stems = frozenset(t.stem for t in tokens if not t.is_stop)
                said = " ".join(t.text for t in tokens)
                yield Claim(hit.name, UnnotedKind.RED_FLAG, False, pieces.piece(at, hit.start), said, stems, weight=2.0)


def _guessed(heard: Heard, pieces: SpokenPieces) -> Iterator[Claim]:
    """Medicines whose names were misheard, where the patient tells of them."""
    for at, (n, clause) in enumerate(heard.clauses):
        if clause.question or heard.speaker(n) not in _TELLS:
            continue
        for guess in guess_drugs(clause.tokens, SURE_LEAST):
            tokens = clause.tokens[guess.start : guess.end]
            stems = frozenset(t.stem for t in tokens)
            said = " ".join(t.text for t in tokens)
            piece = pieces.piece(at, guess.start)
            yield Claim(guess.name, UnnotedKind.MEDICINE, False, piece, said, stems, drug=True, weight=1.5)
