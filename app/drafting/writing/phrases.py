"""What becomes of the phrases a model wrote: filler dropped, repeats dropped, wrong sides put right."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.domain.transcript import Speaker, Transcript
from app.drafting.checking.hearing.heard import Heard, Status
from app.drafting.checking.rules.results import results_in
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import neighbours_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.answer_form import Claim
from app.drafting.reading.prompt_lines import without_control_tokens
from app.drafting.spoken.exchanges import Exchanges, content_stems, kinds_in, merely_yes, names_in, said_names
from app.drafting.spoken.heard_names import heard_diagnosis, heard_names
from app.drafting.spoken.other_ones import asks_for_others
from app.drafting.spoken.talk import Talk
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.misplaced import (
    Whose,
    copies_example,
    needs_own_words,
    own_medicine,
    right_field,
    settled_field,
)
from app.drafting.writing.own_words import own_words

_FILLER = re.compile(
    r"(?:n/?a|not (?:applicable|mentioned|discussed|specified|stated|provided|available|given|talked about|reported"
    r"|said)|unknown|unspecified|unclear|yes|nothing|no change|\.+|-+)(?: (?:in|by|during) the .*)?",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"(?:no|none|nil|denied|denies|negative|never|none (?:known|reported)|no [\w -]{0,50})", re.IGNORECASE
)
_DENYING = re.compile(r"^(?:denies(?: any)?|denied|no|not|without|does not have|negative for)\s+", re.IGNORECASE)
_DENIALS = re.compile(r",\s*(?:and |or )?(?=(?:no|denies|without)\s)", re.IGNORECASE)
_EXPLAINS = re.compile(r"\b(?:that|this|it|which) means?\b|\bmakes me think\b|\bthis is because\b", re.IGNORECASE)
_DOSE = re.compile(r"\d\s*(?:mg|milligrams?|mcg|micrograms?|ml|units?|tablets?|puffs?)\b", re.IGNORECASE)
_BULLET = re.compile(r"^[\s\-*•·]+|[\s.;,]+$")
_FIRST_PERSON = (
    (re.compile(r"\b(?:my|our)\b", re.IGNORECASE), "the"),
    (re.compile(r"^i(?:'m| am)\s+", re.IGNORECASE), ""),
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in its field, with its evidence, best first; `stated` is the clinician's own line, never reworded."""

    field: Field
    text: str
    evidence: tuple[str, ...]
    none: bool = False
    stated: bool = False

    @property
    def is_quote(self) -> bool:
        """Whether the phrase is somebody's own words."""
        return self.text.startswith('"')

    @property
    def sentence(self) -> str:
        """The phrase as the field says it."""
        if self.none:
            return self.field.none
        told = self.is_quote and self.field.role == "symptoms" and '" – "' not in self.text
        say = "Reports {}." if told else self.field.say
        said = say.format(self.text)
        said = said[:1].upper() + said[1:]
        return re.sub(r'([.!?…])"\.$', r'\1"', said)


@dataclass(slots=True)
class Sorter:
    """Sorts the phrases of one note; remembers what was said in it and what was left out."""

    transcript: Transcript
    exchanges: Exchanges
    seen: set[str] = field(default_factory=set)
    unheard_numbers: int = 0
    left_out: int = 0
    _visit: Talk | None = None
    _passage: Talk | None = None
    _heard: Heard | None = None
    _whose: Whose | None = None

    def sort(self, section: SectionTemplate, claims: Iterable[Claim], within: Talk | None = None) -> list[Phrase]:
        """Return the phrases worth keeping, in the order of the section's fields.

        Args:
            within: the passage that the claims are about; their words, numbers and evidence are looked for there.
        """
        self._passage = within
        by_name = {f.name: f for f in section.fields}
        pieces = [(f, text) for c in claims for f in [by_name[c.field]] for text in _single_claims(f, c.text)]
        kept = [p for into, text in pieces if (p := self._sorted(section, into, text)) is not None]
        kept = [p for p in kept if not any(_holds(other, p) for other in kept)]
        return [p for f in section.fields for p in kept if p.field is f]

    def _sorted(self, section: SectionTemplate, into: Field, raw: str) -> Phrase | None:
        text = clean(raw)
        if self._says_nothing(section, into, text) or (copies_example(text) and not self.passage.holds_all(text)):
            return None
        if _is_none(section, text) and into.role != "denied" and not (names_in(text) and not into.none):
            return self._none(into)
        if section.said_by is None and "drug" in into.kinds:
            text = own_medicine(text, self.visit, self.whose)
        if self._denies_wrongly(section, into, text) or (place := self._place(section, into, text)) is None:
            return None
        if needs_own_words(into, place, text):
            return self._in_own_words(place, text)
        into, text = self._right_side(section, place, text)
        return self._as_said(section, settled_field(section, into, text, self.whose), text)

    def _as_said(self, section: SectionTemplate, into: Field, text: str) -> Phrase | None:
        """The phrase if it was said, and by whom its section takes it."""
        if self._invents_a_number(text):
            self.unheard_numbers += 1
            return None
        said = self.passage.states if section.said_by is Speaker.CLINICIAN else self.passage.holds
        if not said(text):
            self.left_out += 1
            return None
        return self._supported(section, into, text)

    def _place(self, section: SectionTemplate, into: Field, text: str) -> Field | None:
        place = right_field(section, into, text, self.passage, self.whose)
        self.left_out += place is None and bool(section.said_by)
        return place

    @property
    def whose(self) -> Whose:
        """What of the visit is not the patient's own."""
        if self._whose is None:
            self._whose = Whose.of(self.transcript, self.exchanges)
        return self._whose

    def _in_own_words(self, place: Field, text: str) -> Phrase | None:
        quote, ids = own_words(text, self.passage.transcript, asked="wife" in place.when)
        return Phrase(place, quote, ids) if quote and not self._repeats(quote) else None

    def _says_nothing(self, section: SectionTemplate, into: Field, text: str) -> bool:
        if not text or _FILLER.fullmatch(text) or text.lower() in {f.name for f in section.fields}:
            return True
        if into.role == "denied" and _NONE.fullmatch(text) and not names_in(text):
            return True
        return section.said_by is None and self.exchanges.is_rejected_choice(text)

    def _denies_wrongly(self, section: SectionTemplate, into: Field, text: str) -> bool:
        """A symptom that was answered with a yes is never denied; what nobody denied is left out and counted."""
        denied = section.field_with("denied")
        denies = into.role == "denied" or bool(_DENYING.match(text))
        if denied is None or not denies or into.role == "family":
            return False
        names = set(names_in(text))
        if names & self.exchanges.affirmed:
            return True
        if into.role == "denied" or not names or into.none or names <= self.exchanges.denied:
            return False
        if self.exchanges.refused.intersection(self._evidence(text)):
            return False
        self.left_out += 1
        return True

    def _none(self, into: Field) -> Phrase | None:
        """ "None" only counts if somebody asked and the answer was no: no mention is not a denial."""
        if not into.none or self._repeats(into.none):
            return None
        evidence = self._evidence(into.none)
        asked = [u for u in self.transcript.utterances if u.id in evidence and u.id in self.exchanges.refused]
        asked = [u for u in asked if not asks_for_others(u.text, into.kinds, self.transcript)]
        about = content_stems(into.none)
        return Phrase(into, "", evidence, none=True) if any(about & content_stems(u.text) for u in asked) else None

    def _right_side(self, section: SectionTemplate, into: Field, text: str) -> tuple[Field, str]:
        """What was denied goes to the denied, what was told leaves them, what relatives have goes to the family."""
        family, denied = section.field_with("family"), section.field_with("denied")
        asked = self._evidence(text) if into.role == "denied" else ()
        if family is not None and (denials := self.exchanges.family_denials(_DENYING.sub("", text), asked)):
            return family, f"no {', '.join(denials)}"
        if family is not None and into is not family and self.exchanges.is_only_familys(text):
            relative = self.exchanges.relative_of(text)
            specific = relative and relative != "family" and relative not in text.lower()
            return family, f"{text} ({relative})" if specific else text
        if denied is not None and into is not denied and _DENYING.match(text) and names_in(text) and not into.none:
            return denied, _DENYING.sub("", text)
        if into.role == "denied":
            text = _DENYING.sub("", text)
            symptoms = section.field_with("symptoms")
            if symptoms is None or not self.exchanges.is_told(text) or self._was_only_denied(text):
                return into, text
            into = symptoms
        elif denied is not None and (into.role != "family" and self._was_only_denied(text)):
            into, text = denied, _DENYING.sub("", text)
        elif denied is not None and self.exchanges.is_denied(text):
            into, text = denied, ", ".join(names_in(text)) or _DENYING.sub("", text)
        return (into if into.role == "denied" else _field_for(section, into, text)), text

    def _was_only_denied(self, text: str) -> bool:
        """Whether every symptom or illness of the text came up, and was denied each time."""
        if self._heard is None:
            self._heard = Heard(self.transcript)
        names = [n for n in names_in(text) if kind_of(n) in ("symptom", "condition")]
        heard = [self._heard.concepts.get(n, []) for n in names]
        statuses = [{m.status for m in told if not m.conditional} or {m.status for m in told} for told in heard]
        return bool(names) and all(Status.NEGATED in s and s <= {Status.NEGATED, Status.ASKED} for s in statuses)

    def _supported(self, section: SectionTemplate, into: Field, text: str) -> Phrase | None:
        evidence = self._evidence(text)
        if section.said_by is Speaker.CLINICIAN:
            told = self._clinicians_evidence(text)
            # the patient said it, the clinician only asked it, or nobody did: no finding, diagnosis or plan
            if not self._stated(text, told, evidence) or not self._clinician_says(into, text, told):
                self.left_out += not evidence or bool(told)
                return None
            evidence = told
        if into.role == "denied" and not evidence:
            self.left_out += 1
            return None
        if (into.strict and not _fits(into, text)) or _is_no_symptom(into, text):
            self.left_out += into.role != "result"
            return None
        text = heard_diagnosis(text) if not (into.kinds or into.role) and section.said_by else text
        text = heard_names(text)
        return None if self._repeats(into.say.format(text)) else Phrase(into, text, evidence)

    @property
    def visit(self) -> Talk:
        """The whole visit."""
        if self._visit is None:
            self._visit = Talk(self.transcript)
        return self._visit

    @property
    def passage(self) -> Talk:
        """The passage that the phrases are about."""
        return self._passage or self.visit

    def _evidence(self, text: str) -> tuple[str, ...]:
        """Where a text was said: in the passage, or else anywhere in the visit."""
        return self.passage.evidence(text) or self.visit.evidence(text)

    def _clinicians_evidence(self, text: str) -> tuple[str, ...]:
        return self.passage.stated_evidence(text) or self.visit.stated_evidence(text)

    def _stated(self, text: str, told: Sequence[str], evidence: Sequence[str]) -> bool:
        """Whether the clinician's statements are the evidence, or hold every word of the phrase."""
        if set(told).intersection(evidence):
            return True
        stems = content_stems(text)
        return "symptom" not in kinds_in(text) and any(
            u.id in told and stems and stems <= content_stems(u.text) for u in self.visit.stated.utterances
        )

    def _clinician_says(self, into: Field, text: str, told: Sequence[str]) -> bool:
        """Whether the clinician stated each diagnosis of a phrase, each word of a "no …", and did not just explain."""
        said = self.visit.stated.utterances
        conditions = {n for n in names_in(text) if kind_of(n) == "condition"}
        if not conditions <= {n for u in said for n in names_in(u.text)}:
            return False
        if _DENYING.match(text) and not content_stems(text) <= {s for u in said for s in content_stems(u.text)}:
            return False
        if into.role == "result" and not any(_gives_result(text, part) for u in said for part in neighbours_of(u.text)):
            return False
        first = next((u for u in said if u.id == told[0]), None)
        return not ("finding" in into.kinds and first is not None and explains(first.text))

    def _invents_a_number(self, text: str) -> bool:
        """Whether half of the text's numbers or more were never spoken: a pressure of 120/80 has to have both."""
        spoken = self.passage.numbers
        numbers = {n.value for n in read_numbers(tokenise(text)) if any(c.isdigit() for c in text)}
        return bool(numbers) and 2 * len(numbers - spoken) >= len(numbers)

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
        asked = [n for n in exchange.concepts if kind_of(n) != "social"]  # 'anything to eat or drink?' asks of no habit
        missing = [n for n in asked if n in exchanges.denied and n not in known]
        if missing and not exchange.family:
            known.update(missing)
            words = dict.fromkeys(w for n, w in said_names(exchange.question.text) if n in missing)
            found.append(Phrase(denied, ", ".join(words or missing), (exchange.question.id, exchange.answer.id)))
    return found


def affirmed_not_yet_said(exchanges: Exchanges, symptoms: Field, phrases: Sequence[Phrase]) -> list[Phrase]:
    """What was asked and answered with a yes, however small, but is missing: the symptom with the answer's words."""
    known = {name for p in phrases if p.field.role != "denied" for name in names_in(p.text)}
    found: list[Phrase] = []
    for exchange in exchanges.affirmations:
        missing = [n for n in exchange.concepts if n not in known]
        if missing:
            known.update(missing)
            answer = without_control_tokens(exchange.answer.text).replace('"', "")
            words = dict.fromkeys(w for n, w in said_names(exchange.question.text) if n in missing)
            asked = ", ".join(words or missing)
            text = asked if merely_yes(answer) else f'{asked} ("{answer}")'
            found.append(Phrase(symptoms, text, (exchange.question.id, exchange.answer.id)))
    return found


def explains(text: str) -> bool:
    """Whether a sentence explains or weighs rather than tells what was found."""
    return bool(_EXPLAINS.search(text))


def _gives_result(text: str, said: str) -> bool:
    """Whether a sentence names the tests of a phrase and all of its results, words and numbers."""
    claimed, heard = tokenise(text), tokenise(said)
    numbers = {n.value for n in read_numbers(claimed)}
    results = results_in(claimed)
    return (
        bool(numbers or results)
        and numbers <= {n.value for n in read_numbers(heard)}
        and results <= results_in(heard)
        and bool(set(names_in(text)) & set(names_in(said)))
        and {n for n in names_in(text) if kind_of(n) == "test"} <= set(names_in(said))
    )


def _is_none(section: SectionTemplate, text: str) -> bool:
    """Whether a phrase says that there is nothing; 'no heavy lifting' of the clinician is advice."""
    return bool(_NONE.fullmatch(text)) and not (section.said_by and len(content_stems(text)) > 1)


def _single_claims(into: Field, text: str) -> list[str]:
    """'No cough, no fever' are two denials, and 'nausea, vomiting' among symptoms two claims."""
    if _DENYING.match(text) and _DENIALS.search(text):
        return _DENIALS.split(text)
    pieces = re.split(r",\s*(?:and |or )?", text)
    return pieces if into.role in ("symptoms", "denied") and all(map(names_in, pieces)) else [text]


def _fits(into: Field, text: str) -> bool:
    """Whether a phrase has a word of the field's kinds, or of a medicine a misheard name or a dose."""
    kinds = kinds_in(text)
    if kinds.intersection(into.kinds) or _tests_for(into, kinds):
        return True
    if "drug" not in into.kinds:
        return "finding" in into.kinds and "measure" in kinds
    return bool(guess_drugs(tokenise(text))) or bool(_DOSE.search(text))


def _is_no_symptom(into: Field, text: str) -> bool:
    kinds = kinds_in(text)
    return into.role == "symptoms" and bool(kinds) and not kinds.intersection(into.kinds)


def _tests_for(into: Field, kinds: frozenset[str]) -> bool:
    """Among the tests, 'cholesterol' is a test and no illness."""
    return "test" in into.kinds and into.role != "result" and kinds == {"condition"}


def _field_for(section: SectionTemplate, into: Field, text: str) -> Field:
    """The field for a phrase by the kinds of its clinical words; where they say nothing, the model's choice stands."""
    kinds = kinds_in(text)
    rest = section.field_with("rest")
    if _tests_for(into, kinds):
        return into
    if into.strict and rest is not None and not kinds and not _fits(into, text):
        return rest
    if not kinds or kinds.intersection(into.kinds) or not (into.kinds or into.role == "rest"):
        return into
    better = next((f for f in section.fields if kinds.intersection(f.kinds)), None)
    if better is not None:
        return better
    return (rest or into) if into.kinds else into


def _holds(other: Phrase, phrase: Phrase) -> bool:
    """Whether another phrase of the field says the same and more, on evidence that it shares."""
    if other is phrase or other.field is not phrase.field or phrase.none:
        return False
    less, more = content_stems(phrase.text), content_stems(other.text)
    shorter = less < more or (less == more and len(phrase.text) < len(other.text))
    return shorter and bool(set(phrase.evidence).intersection(other.evidence))


def clean(raw: str) -> str:
    """Return a phrase without bullets, control tokens, final stop and first person."""
    text = _BULLET.sub("", without_control_tokens(raw))
    for pattern, instead in _FIRST_PERSON:
        text = pattern.sub(instead, text)
    return text.strip()
