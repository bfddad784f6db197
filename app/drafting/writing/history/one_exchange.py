"""A phrase must rest on one exchange: a complaint with the place, time or trigger of another one was told by nobody."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems, denies_itself, names_in, said_names
from app.drafting.spoken.heard_names import as_heard
from app.drafting.spoken.relatives import named_relative
from app.drafting.spoken.stretches import Stretch, plain_stems, refused_questions, stretches_of
from app.drafting.spoken.talk import questions_of
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.own_words import own_words
from app.drafting.writing.phrases import Phrase

MOST_EVIDENCE = 4
LONGEST_CARRY = 12
"""Utterances over which 'it' and 'the pain' are still the complaint that was named last."""

_JOINTS = re.compile(
    r"(?:,\s*(?:and\s+|or\s+)?|\s+(?:and|or|but)\s+|\s+(?=(?:in|on|at|with|when|while|whenever|after|before|during|from"
    r"|into|to|for|since|because|due|around|over|near|by|as)\s))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\w+: ")
_TOPICS = plain_stems("worry worried worries concern concerned fear afraid anxious feeling feels having experiencing")
"""Words that say what kind of line it is."""
_OF_PATIENT = frozenset({"symptom", "condition"})
_FEWEST = 2
"""Words with content of a phrase of which two could stand in different exchanges."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a phrase says: its words, clinical names with their words, and numbers."""

    stems: frozenset[str]
    names: tuple[tuple[str, frozenset[str]], ...]
    numbers: frozenset[float]
    kin: bool

    @classmethod
    def of(cls, text: str) -> "_Wanted":
        text = _LABEL.sub("", as_heard(text))
        names = tuple((name, plain_stems(said)) for name, said in said_names(text))
        tokens = tokenise(text)
        numbers = frozenset(n.value for n in read_numbers(tokens))
        return cls(plain_stems(text) - _TOPICS, names, numbers, bool(named_relative(tokens)))

    def missing(self, stretch: Stretch) -> frozenset[str]:
        """The words that a stretch does not say, also under no other name; numbers as words."""
        meant = {s for name, stems in self.names if name in stretch.names for s in stems}
        numbers = {f"#{n:g}" for n in self.numbers - stretch.numbers}
        # 'feeling down' has no word of content
        wordless = {f"#{name}" for name, stems in self.names if not stems and name not in stretch.names}
        return frozenset(self.stems - stretch.stems - meant | numbers | wordless)


class OneExchange:
    """Compares phrases with the stretches of a visit, read once."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._stretches = stretches_of(transcript)
        self._refused = refused_questions(transcript)
        self._said = plain_stems(" ".join(u.text for u in transcript.utterances))

    def settled(self, section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return the phrases of what the patient tells, mixtures cut down to what one stretch of talk says.

        What cannot be cut is quoted in the patient's own words, or left out.
        """
        if section.said_by:
            return list(phrases)
        denied = section.field_with("denied")
        found = [self._settled(p, denied) if _counts(p) else self._refused_at(p) for p in phrases]
        return _once(p for p in found if p is not None)

    def _settled(self, phrase: Phrase, denied: Field | None) -> Phrase | None:
        wanted = _Wanted.of(phrase.text)
        single = len(wanted.stems) < _FEWEST and not (phrase.field.role == "symptoms" and wanted.names)
        if single or not wanted.stems:
            return phrase
        no = self._refusal(wanted) if phrase.field.role == "symptoms" and len(wanted.stems) >= _FEWEST else ()
        if no and denied is not None and self._mixed(wanted, supposed=False):
            return Phrase(denied, phrase.text, no)
        if not self._mixed(wanted):
            return phrase
        return self._cut(phrase) or self._quoted(phrase)

    def _refused_at(self, phrase: Phrase) -> Phrase:
        """A denial with the question that was denied as its evidence, not a warning that names the same."""
        if phrase.field.role != "denied" or phrase.none or phrase.is_quote:
            return phrase
        return replace(phrase, evidence=self._refusal(_Wanted.of(phrase.text)) or phrase.evidence)

    def _mixed(self, wanted: _Wanted, *, supposed: bool = True) -> frozenset[str]:
        """Words of a phrase that are said, but not in the stretch that says most of it; empty if one tells it all.

        Args:
            supposed: what a question for how or when takes for granted, and what stands beside a denial, counts, too.
        """
        best: frozenset[str] | None = None
        for stretch in self._stretches:
            if wanted.kin and stretch.sentences > 1:
                continue
            if not supposed and (stretch.takes_for_granted or denies_itself(stretch.told)):
                continue
            mixed = frozenset(m for m in wanted.missing(stretch) if m in self._said or m.startswith("#"))
            if not mixed or self._carried(wanted, mixed, stretch):
                return frozenset()
            if best is None or len(mixed) < len(best):
                best = mixed
        return best or frozenset()

    def _carried(self, wanted: _Wanted, mixed: frozenset[str], stretch: Stretch) -> bool:
        """Whether only the complaint's name is missing, and the talk before speaks of that complaint and no other."""
        topics = {n for n, _ in wanted.names if kind_of(n) == "symptom"}
        of_topics = {s for n, stems in wanted.names if n in topics for s in stems}
        if not topics or not mixed <= of_topics or stretch.symptoms - topics or mixed == wanted.stems:
            return False
        if wanted.kin or stretch.utterances[-1].speaker is Speaker.CLINICIAN:
            return False
        before = [
            s
            for s in self._stretches
            if stretch.place - LONGEST_CARRY <= s.place < stretch.place and (s.symptoms or mixed <= s.stems)
        ]
        last = [s for s in before if s.place == before[-1].place]
        said = {stem for s in last for stem in s.stems}
        return mixed <= said or any(topics & s.names for s in last)

    def _refusal(self, wanted: _Wanted) -> tuple[str, ...]:
        """Question and answer, if all that a phrase says was asked at once and denied."""
        for question, answer in self._refused:
            asked = Stretch((question,), questions_of(question.text))
            if not any(m in self._said or m.startswith("#") for m in wanted.missing(asked)):
                return question.id, answer.id
        return ()

    def _cut(self, phrase: Phrase) -> Phrase | None:
        """The phrase without the pieces that are told elsewhere; its first piece must stay."""
        pieces = _pieces(phrase.text)
        for last in range(len(pieces) - 1, 0, -1):
            text = "".join(pieces[:last]).strip(" ,")
            wanted = _Wanted.of(text)
            if wanted.stems and not self._mixed(wanted) and _still_says(phrase, text):
                return replace(phrase, text=text, evidence=self._evidence(wanted) or phrase.evidence)
        named = [(said, _Wanted.of(said)) for n, said in said_names(phrase.text) if kind_of(n) in _OF_PATIENT]
        told = [(said, wanted) for said, wanted in named if not self._mixed(wanted) and said != phrase.text.lower()]
        if not told or phrase.field.role != "symptoms":
            return None
        return replace(phrase, text=told[0][0], evidence=self._evidence(told[0][1]) or phrase.evidence)

    def _quoted(self, phrase: Phrase) -> Phrase | None:
        if "condition" in phrase.field.kinds and names_in(phrase.text):
            return phrase if phrase.evidence else None  # 'for the blood pressure' is no line of a history
        quote, ids = own_words(as_heard(phrase.text), self._transcript)
        return replace(phrase, text=quote, evidence=ids) if quote else None

    def _evidence(self, wanted: _Wanted) -> tuple[str, ...]:
        """The utterances of the first stretch that says all, those that hold a word of it."""
        for stretch in self._stretches:
            if wanted.stems - wanted.missing(stretch) == wanted.stems:
                names = {n for n, _ in wanted.names}
                ids = [u.id for u in stretch.utterances if _shares(u.text, wanted, names)]
                return tuple(ids)[:MOST_EVIDENCE]
        return ()


def _shares(text: str, wanted: _Wanted, names: set[str]) -> bool:
    return bool(plain_stems(text) & wanted.stems or names & set(names_in(text)))


def _counts(phrase: Phrase) -> bool:
    """Whether a phrase is the model's, of the patient's complaints, illnesses, home or worries."""
    field = phrase.field
    if phrase.none or phrase.is_quote or '"' in phrase.text or not field.form:
        return False
    return field.role not in ("denied", "family") and "drug" not in field.kinds


def _pieces(text: str) -> list[str]:
    """A phrase cut before its joints, joints kept."""
    found, at = list[str](), 0
    for joint in _JOINTS.finditer(text):
        found.append(text[at : joint.start()])
        at = joint.start()
    return [*found, text[at:]]


def _still_says(phrase: Phrase, text: str) -> bool:
    """Whether what is left names a complaint or an illness where the whole phrase did, or says more than one word."""
    return bool(names_in(text)) if names_in(phrase.text) else len(content_stems(text)) > 1


def _once(phrases: Iterable[Phrase]) -> list[Phrase]:
    kept: list[Phrase] = []
    for phrase in phrases:
        same = [k for k in kept if k.field is phrase.field and k.text.lower() == phrase.text.lower()]
        if not same:
            kept.append(phrase)
    return kept
