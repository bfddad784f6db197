"""What a note says, ready to be asked whether something is in it, also in other words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.note import Note, Statement, Support
from app.domain.unnoted import UnnotedKind
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.quantities import Measure, Quantity
from app.drafting.checking.hearing.spoken_pieces import plain
from app.drafting.checking.rules.doses import same_value
from app.drafting.checking.rules.durations import same_time
from app.drafting.checking.rules.verdict import Case
from app.drafting.checking.unnoted.claims import Claim, may_be_at
from app.drafting.checking.unnoted.tables import find_red_flags, members
from app.drafting.lexicon.concepts import find_concepts, kind_of, narrower_than, wider_than
from app.drafting.lexicon.drugs import family_of
from app.drafting.lexicon.labels import split_label
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, stem, tokenise
from app.drafting.spoken.heard_names import as_taken, taken_for

_NEGATING = words("negating") | words("no") | {"denies", "denied", "deny", "nkda", "nka", "absent", "free"}
_TOLD_SECTIONS = ("subjective", "history", "allerg", "family")
_HALF = 0.5
_NEARLY_ALL = 0.75
_PREFIX = 4
_QUESTION = re.compile(r'"[^"]*\?"')
"""A quoted question denies nothing, whatever its words."""
_BEGINNING = 3
_SAYS_LITTLE = frozenset(
    stem(w)
    for w in ("maybe", "moment", "time", "thing", "things", "bit", "lot", "way", "probably", "day", "feel", "get")
)
_FEW = 3
"""Words of a question that asks for a concept and nothing more."""
_DONE = frozenset({UnnotedKind.PLAN})


@dataclass(frozen=True, slots=True)
class _Said:
    """A mention of the note, by the number of its statement."""

    statement: int
    denied: bool
    hypothetical: bool
    relative: bool
    sites: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Line:
    """A statement read: words, numbers, utterances; whether it denies anything, begins so, tells what was before."""

    statement: Statement
    stems: frozenset[str]
    denies: bool
    only_denies: bool
    quantities: tuple[Quantity, ...]
    evidence: frozenset[int]
    tells: bool


class Noted:
    """Index of one note against one visit."""

    def __init__(self, note: Note, heard: Heard) -> None:
        self._lines: list[_Line] = []
        self._said: dict[str, list[_Said]] = defaultdict(list)
        self.text = " "
        for section in note.sections:
            name = f"{section.key} {section.title}".lower()
            for statement in section.statements:
                self._read(statement, name, heard)
        self._stems = {s for line in self._lines for s in line.stems}

    def holds(self, claim: Claim) -> bool:
        """Whether the note says what was claimed, in these or other words, as told or denied as it was."""
        if claim.detail:
            return not self.has_news([claim.place], claim.stems, claim.counted, named=claim.named)
        if claim.quantity is not None:
            return self._holds_quantity(claim, claim.quantity)
        if claim.name == "allergy":
            return self._holds_allergy(claim)
        if any(self._fits(said, claim) for name in _same(claim) for said in self._said.get(name, ())):
            return True
        if any(
            self._fits(said, claim) and claim.place in self._lines[said.statement].evidence
            for name in wider_than(claim.name)
            for said in self._said.get(name, ())
        ):
            return True
        return self._worded(claim) or (not claim.denied and self.speaks_of(members(claim.name)))

    def holds_words(self, text: str, places: frozenset[int] | None = None) -> bool:
        """Whether one statement has every word of a text, denied or not as the text is.

        Of a quoted question with its answer the answer's words are enough where a statement rests on both (`places`).
        """
        stems, denies = _content(tokenise(text)), _denies(tokenise(text))
        if stems and any(stems <= line.stems and denies is line.denies for line in self._lines):
            return True
        _, quoted, answer = text.rpartition('" – "')
        said = _content(tokenise(answer))
        if places is None or not quoted or not said:
            return False
        return any(places <= line.evidence and said <= line.stems for line in self._lines)

    def tells(self, stems: Iterable[str]) -> bool:
        """Whether one statement has half of these words, or all together have nearly all of them."""
        wanted = frozenset(stems)
        if not wanted or len(wanted & self._stems) >= _NEARLY_ALL * len(wanted):
            return True
        return any(len(wanted & line.stems) >= _HALF * len(wanted) for line in self._lines)

    def denies(self, stems: Iterable[str], named: Iterable[str] = ()) -> bool:
        """Whether a statement that denies something has half of these words, or all named concepts are denied."""
        wanted, concepts = frozenset(stems), list(named)
        if not wanted or any(n.denies and len(wanted & n.stems) >= _HALF * len(wanted) for n in self._lines):
            return True
        return (
            bool(concepts)
            and len(wanted) <= _FEW
            and all(any(said.denied for said in self._said.get(c, ())) for c in concepts)
        )

    def has_news(
        self,
        places: Iterable[int],
        stems: Iterable[str],
        numbers: Sequence[Quantity] = (),
        asked: Iterable[str] = (),
        named: Iterable[str] = (),
    ) -> bool:
        """Whether what was said in some utterances tells more than the statements on the same matter.

        Those are the statements that rest on the utterances and are at least partly supported, and all that share half
        of the words, or of the words `asked`, or have a thing that was `named`. What tells more has a number, or half
        of its words and more than one, of its own: 'vomiting.' does not tell 'I vomited at the start'.
        """
        wanted, told, question = set(places), frozenset(stems) - _SAYS_LITTLE, frozenset(asked)
        about = {said.statement for name in named for said in self._said.get(name, ())}
        near = [
            n
            for number, n in enumerate(self._lines)
            if number in about
            or (n.evidence & wanted and n.statement.support in (Support.SUPPORTED, Support.PARTIAL))
            or len(told & n.stems) >= _HALF * len(told)
            or (question and len(question & n.stems) >= _HALF * len(question))
        ]
        held = frozenset(s for line in near for s in line.stems)
        if any(not any(same_quantity(q, other) for line in near for other in line.quantities) for q in numbers):
            return True
        new = told - held
        return len(new) > _HALF * len(told) and (len(new) > 1 or len(told) == 1)

    def speaks_of(self, phrases: Iterable[str]) -> bool:
        """Whether one of the phrases (as `plain` writes them) is in the note."""
        return any(p in self.text for p in phrases)

    def denies_or_rests_on(self, phrases: Iterable[str], places: Iterable[int]) -> bool:
        """Whether what the patient told speaks of it with a no, or rests on these utterances.

        'Stop these medications' of the plan does not say what he takes, nor a medicine that he takes no other.
        """
        wanted, told = set(places), [line for line in self._lines if line.tells] or self._lines
        settled = [plain(line.statement.text) for line in told if line.denies or line.evidence & wanted]
        return any(p in text for text in settled for p in phrases)

    def rests_on(self, places: Iterable[int]) -> bool:
        """Whether a statement that is at least partly supported rests on one of these utterances."""
        wanted, stands = set(places), (Support.SUPPORTED, Support.PARTIAL)
        return any(line.evidence & wanted and line.statement.support in stands for line in self._lines)

    def has_all(self, stems: Iterable[str]) -> bool:
        """Whether one statement has all of these words."""
        wanted = frozenset(stems)
        return any(wanted <= line.stems for line in self._lines)

    def _read(self, statement: Statement, section: str, heard: Heard) -> None:
        label, body = split_label(statement.text)
        case = Case(as_taken(body), section, (), heard, label, taken_for(body))
        number = len(self._lines)
        tokens = [t for clause in case.clauses for t in clause.tokens]
        whole = tokenise(as_taken(statement.text))
        places = frozenset(heard.position[e] for e in statement.evidence if e in heard.position)
        quantities = tuple(q for clause in case.clauses for q in clause.quantities)
        told = any(part in section for part in _TOLD_SECTIONS)
        begins = _denies(whole[:_BEGINNING])
        denies = _denies(tokenise(_QUESTION.sub('"', statement.text)))
        self._lines.append(_Line(statement, _content(whole), denies, begins, quantities, places, told))
        self.text += f"{plain(section)}{plain(statement.text)}"
        for clause in case.clauses:
            for mention in (*clause.concepts(), *clause.drugs()):
                c, sites = mention.context, clause.sites_near(mention)
                self._said[mention.name].append(_Said(number, c.negated, c.hypothetical, bool(c.relative), sites))
        heading = statement.text[: len(statement.text) - len(body)]
        for hit in find_concepts(tokenise(heading)):
            if kind_of(hit.name) == "plan":  # 'Follow-up: in two weeks.'
                self._said[hit.name].append(_Said(number, denied=False, hypothetical=False, relative=False))
        if label == "allergy":
            denied = bool({t.text for t in tokens[:3]} & _NEGATING)
            self._said["allergy"].append(_Said(number, denied, hypothetical=False, relative=False))
        for hit in find_red_flags(tokens):
            self._said[hit.name].append(_Said(number, denied=False, hypothetical=False, relative=False))

    def _fits(self, said: _Said, claim: Claim) -> bool:
        if said.hypothetical and claim.kind not in _DONE:
            return False
        if claim.kind is UnnotedKind.PLAN:
            line = self._lines[said.statement]
            return not line.tells
        if said.relative is not bool(claim.relative) and kind_of(claim.name) in ("symptom", "condition"):
            return False
        return (claim.denied is None or said.denied is claim.denied) and may_be_at(said.sites, claim.sites)

    def _holds_quantity(self, claim: Claim, quantity: Quantity) -> bool:
        named = {s.statement for name in _same(claim) for s in self._said.get(name, ())}
        for number, line in enumerate(self._lines):
            if claim.drug and number not in named:
                continue
            if any(same_quantity(quantity, q) for q in line.quantities):
                return True
        return False

    def _holds_allergy(self, claim: Claim) -> bool:
        """'Allergic to nuts' is in the note only with the nuts; 'no allergies' also as NKDA."""
        if claim.denied:
            return any(s.denied or "nkda" in self.text or "nka" in self.text for s in self._said.get("allergy", ()))
        stems = claim.words - {"allergi", "allergic", "reaction"}
        told = [self._lines[s.statement] for s in self._said.get("allergy", ()) if not s.denied]
        return any(not stems or stems & line.stems for line in told)

    def _worded(self, claim: Claim) -> bool:
        """A statement with the very words, denied or not as they were, where the thing was not recognised as such."""
        read = {s.statement for name in _same(claim) for s in self._said.get(name, ())}
        return bool(claim.stems) and any(
            _shared(claim.stems, line.stems) >= (_HALF if claim.denied and claim.place in line.evidence else 1.0)
            and (claim.denied is None or (line.denies if claim.denied else not line.only_denies))
            and not (claim.kind is UnnotedKind.PLAN and line.tells)
            for number, line in enumerate(self._lines)
            if number not in read
        )


def _same(claim: Claim) -> tuple[str, ...]:
    return (claim.name, *(family_of(claim.name) if claim.drug else narrower_than(claim.name)))


def _shared(stems: frozenset[str], line: frozenset[str]) -> float:
    """Share of words that a line has, also as the beginning of a longer one: 'heart' in 'heartbeat'."""
    have = sum(1 for s in stems if s in line or (len(s) >= _PREFIX and any(word.startswith(s) for word in line)))
    return have / len(stems)


def _content(tokens: Iterable[Token]) -> frozenset[str]:
    return frozenset(t.stem for t in tokens if not t.is_stop)


def _denies(tokens: Iterable[Token]) -> bool:
    return any(t.text in _NEGATING for t in tokens)


def same_quantity(a: Quantity, b: Quantity) -> bool:
    """Return whether two are the same number, whatever it was called; 'a few days' covers three."""
    if a.measure is Measure.PRESSURE or b.measure is Measure.PRESSURE:
        return a.measure is b.measure and same_value(a.value, b.value) and a.second == b.second
    if a.measure is Measure.DURATION and b.measure is Measure.DURATION:
        return same_time(a, b)
    return same_value(a.value, b.value)
