"""What becomes of the phrases a model wrote: filler dropped, repeats dropped, wrong sides put right."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.transcript import Speaker, Transcript
from app.drafting.answer_form import Claim
from app.drafting.evidence import find_evidence, is_question
from app.drafting.exchanges import Exchanges, content_stems, kinds_in, names_in
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise
from app.drafting.prompt_lines import without_control_tokens
from app.drafting.templates import Field, SectionTemplate

_FILLER = re.compile(
    r"(?:n/?a|not (?:applicable|mentioned|discussed|specified|stated|provided|available|given|talked about|reported"
    r"|said)|unknown|unspecified|unclear|yes|nothing|no change|\.+|-+)(?: (?:in|by|during) the .*)?",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"(?:no|none|nil|denied|denies|negative|never|none (?:known|reported)|no [\w -]{0,50})",
    re.IGNORECASE,
)
_DENYING = re.compile(r"^(?:denies(?: any)?|denied|no|not|without|does not have|negative for)\s+", re.IGNORECASE)
_TAG = re.compile(r"\b(?:ok(?:ay)?|alright|all right|right)\s*\?$", re.IGNORECASE)
_BULLET = re.compile(r"^[\s\-*•·]+|[\s.;,]+$")
_FIRST_PERSON = (
    (re.compile(r"\b(?:my|our)\b", re.IGNORECASE), "the"),
    (re.compile(r"^i(?:'m| am)\s+", re.IGNORECASE), ""),
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in its field, with the ids of the utterances that support it, best first."""

    field: Field
    text: str
    evidence: tuple[str, ...]
    none: bool = False

    @property
    def sentence(self) -> str:
        """The phrase as the field says it."""
        return self.field.none if self.none else _sentence(self.field.say.format(self.text))


@dataclass(slots=True)
class Sorter:
    """Sorts the phrases of one note; remembers what was said in it and what was left out."""

    transcript: Transcript
    exchanges: Exchanges
    seen: set[str] = field(default_factory=set)
    unheard_numbers: int = 0
    _numbers: frozenset[float] | None = None
    _clinician: Transcript | None = None

    def sort(self, section: SectionTemplate, claims: Iterable[Claim]) -> list[Phrase]:
        """Return the phrases worth keeping, in the order of the section's fields."""
        by_name = {f.name: f for f in section.fields}
        kept = [p for claim in claims if (p := self._sorted(section, by_name[claim.field], claim.text)) is not None]
        kept = [p for p in kept if not any(_holds(other, p) for other in kept)]
        return [p for f in section.fields for p in kept if p.field is f]

    def _sorted(self, section: SectionTemplate, into: Field, raw: str) -> Phrase | None:
        text = clean(raw)
        if not text or _FILLER.fullmatch(text) or text.lower() in {f.name for f in section.fields}:
            return None
        if into.role == "denied" and _NONE.fullmatch(text) and not names_in(text):
            return None
        if section.said_by is None and self.exchanges.is_rejected_choice(text):
            return None
        if _NONE.fullmatch(text) and into.role != "denied" and not (names_in(text) and not into.none):
            return self._none(into)
        into, text = self._right_side(section, into, text)
        if self._invents_a_number(text):
            self.unheard_numbers += 1
            return None
        return self._supported(section, into, text)

    def _none(self, into: Field) -> Phrase | None:
        """ "None" only counts if somebody asked and the answer was no: no mention is not a denial."""
        if not into.none or self._repeats(into.none):
            return None
        evidence = find_evidence(into.none, self.transcript)
        return Phrase(into, "", evidence, none=True) if self.exchanges.refused.intersection(evidence) else None

    def _right_side(self, section: SectionTemplate, into: Field, text: str) -> tuple[Field, str]:
        """What was denied goes to the denied, what was told leaves them, what relatives have goes to the family."""
        family, denied = section.field_with("family"), section.field_with("denied")
        if family is not None and (denials := self.exchanges.family_denials(text)):
            return family, f"no {', '.join(denials)}"
        if family is not None and into is not family and self.exchanges.is_only_familys(text):
            return family, text
        if into.role == "denied":
            text = _DENYING.sub("", text)
            symptoms = section.field_with("symptoms")
            if symptoms is None or not self.exchanges.is_told(text):
                return into, text
            into = symptoms
        elif denied is not None and self.exchanges.is_denied(text):
            return denied, ", ".join(names_in(text)) or _DENYING.sub("", text)
        return _field_for(section, into, text), text

    def _supported(self, section: SectionTemplate, into: Field, text: str) -> Phrase | None:
        sentence = into.say.format(text)
        evidence = find_evidence(text, self.transcript)
        if section.said_by is Speaker.CLINICIAN:
            told = find_evidence(text, self._said_by_clinician())
            if evidence and not set(told).intersection(evidence):
                return None  # the patient said it, or the clinician only asked it: no finding, diagnosis or plan
            evidence = told
        return None if self._repeats(sentence) else Phrase(into, text, evidence)

    def _said_by_clinician(self) -> Transcript:
        """The transcript without the patient's words and without questions."""
        if self._clinician is None:
            kept = tuple(
                replace(u, text=statements_of(u.text))
                for u in self.transcript.utterances
                if u.speaker in (Speaker.CLINICIAN, Speaker.UNKNOWN) and statements_of(u.text)
            )
            self._clinician = Transcript(self.transcript.duration, self.transcript.language, "", kept)
        return self._clinician

    def _invents_a_number(self, text: str) -> bool:
        """Whether half of the text's numbers or more were never spoken: a pressure of 120/80 has to have both."""
        if self._numbers is None:
            spoken = (read_numbers(tokenise(u.text)) for u in self.transcript.utterances)
            self._numbers = frozenset(n.value for numbers in spoken for n in numbers)
        numbers = {n.value for n in read_numbers(tokenise(text)) if any(c.isdigit() for c in text)}
        return bool(numbers) and 2 * len(numbers - self._numbers) >= len(numbers)

    def _repeats(self, sentence: str) -> bool:
        """Whether the note says it already; remembers it if not."""
        key = " ".join(sorted({t.stem for t in tokenise(sentence.partition(":")[2] or sentence) if not t.is_stop}))
        if not key or key in self.seen:
            return True
        self.seen.add(key)
        return False


def denials_not_yet_said(exchanges: Exchanges, denied: Field, said: Sequence[str]) -> list[Phrase]:
    """What was asked and plainly denied, but is missing from the sentences so far."""
    known = {name for text in said for name in names_in(text)}
    found: list[Phrase] = []
    for exchange in exchanges.denials:
        missing = [n for n in exchange.concepts if n in exchanges.denied and n not in known]
        if missing and not exchange.family:
            known.update(missing)
            found.append(Phrase(denied, ", ".join(missing), (exchange.question.id, exchange.answer.id)))
    return found


def _field_for(section: SectionTemplate, into: Field, text: str) -> Field:
    """The field for a phrase by the kinds of its clinical words; where they say nothing, the model's choice stands."""
    kinds = kinds_in(text)
    if not kinds or kinds.intersection(into.kinds) or not (into.kinds or into.role == "rest"):
        return into
    better = next((f for f in section.fields if kinds.intersection(f.kinds)), None)
    if better is not None:
        return better
    return (section.field_with("rest") or into) if into.kinds else into


def _holds(other: Phrase, phrase: Phrase) -> bool:
    """Whether another phrase of the field says the same and more, on evidence that it shares."""
    if other is phrase or other.field is not phrase.field or phrase.none:
        return False
    less, more = content_stems(phrase.text), content_stems(other.text)
    return less < more and bool(set(phrase.evidence).intersection(other.evidence))


def clean(raw: str) -> str:
    """Return a phrase without bullets, control tokens, final stop and first person."""
    text = _BULLET.sub("", without_control_tokens(raw))
    for pattern, instead in _FIRST_PERSON:
        text = pattern.sub(instead, text)
    return text.strip()


def statements_of(text: str) -> str:
    """The sentences of an utterance that are not questions."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return " ".join(s for s in sentences if not is_question(tokenise(s)) or _TAG.search(s))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
