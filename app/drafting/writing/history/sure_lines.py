"""A line of the history must be readable alone: its subject, its own drug and time, and a heading that fits."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.affirmed import without_suspicions
from app.drafting.spoken.examining import examined
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.spoken.relatives import named_relative
from app.drafting.spoken.stretches import plain_stems
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.history.history_lines import allergies_field
from app.drafting.writing.history.plain_answers import is_complaint
from app.drafting.writing.misplaced import social_field
from app.drafting.writing.phrases import Phrase

_FAMILY_DOCTOR = re.compile(r"\bfamily (?:doc|doctor|physician|practice|medicine)\b", re.IGNORECASE)
_BARE_SUBJECT = re.compile(
    r'^"?(?:(?:um+|uh+|well|yeah|yes|so|and|but|maybe|just|only)\W+)*'
    r"(?:it|that|this|there|they|those|these|he|she|a (?:little|bit|lot)|kind of)\b",
    re.IGNORECASE,
)
_FEW = 3
"""Words with content of a remark that tells nothing without what it answers."""
_GENERAL = frozenset({"pain", "discomfort", "tenderness", "malaise"})
_DOSE_ALONE = re.compile(r"\d+\s*(?:mg|milligrams?|mcg|micrograms?|grams?|ml|units?|tablets?)\b", re.IGNORECASE)
_NO_MEDICINE_LINE = re.compile(r"\b(?:side[- ]effects?|allerg\w+|intoleran\w+|reactions?)\b", re.IGNORECASE)
_FREQUENCY = re.compile(
    r"[,\s]*\b(?:(?:once|twice|three times|four times|\d+ times|one|two) (?:a|per|each|every) (?:day|week|month|night)"
    r"|(?:once|twice|three times) (?:daily|weekly)|every (?:\w+ )?(?:hours?|day|morning|night|evening|other day|week)"
    r"|daily|nightly|weekly)\b",
    re.IGNORECASE,
)
_FOR_TIME = re.compile(
    r"\s*\bfor (?:the (?:last|past) |about |around )*((?:\w+ ){1,2}(?:day|week|month|year)s?)\b", re.IGNORECASE
)
_BEGAN = re.compile(
    r"\b(?:start\w*|began|begun|came on|coming on|since when|first|notic\w+|diagnosed|onset)\b", re.IGNORECASE
)
_NOT_NOW = re.compile(
    r"\b(?:in the past|used to (?:take|use|be on)|years ago|not (?:any ?more|any longer|now)|no longer"
    r"|(?:haven't|have n't|have not) (?:been taking|taken|used|had)|stopped)\b",
    re.IGNORECASE,
)
_INTENDS = re.compile(
    r"\b(?:i'll|i will|i'm going to|i'm gonna) (?:\w+ )?(?:take|try|use|get|buy|pick)\b", re.IGNORECASE
)
_AGAIN = re.compile(r"\b(?:started|restarted|back on|again|now)\b", re.IGNORECASE)
_FAMILY = re.compile(
    r"\b(?:died|dead|passed|deceased|healthy|well|alive|living|aged?|old|adopted|unknown|problems?|trouble|issues?|symptoms?|same|similar|sick|ill"
    r"|no|none|not|denies|\w+(?:itis|osis|oma|emia|pathy)|disease|syndrome|disorder|cancer|attack|stones?)\b|\d",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:had|did have|did get|used to|was having|were)\b[^.?!;]*\buntil\b(?! (?:now|today|recently))"
    r"|\bused to (?:have|get|be|feel)\b",
    re.IGNORECASE,
)
_ALLERGIC = re.compile(r"\b(?:allerg\w+)(?: to)?\b", re.IGNORECASE)
_PAST = re.compile(r"\(in the past\)|\b(?:past|previous\w*|former\w*|stopped|used to)\b", re.IGNORECASE)
_EARLIER_ASKED = re.compile(
    r"\b(?:ever|have you)\b[^?.]*\b(?:before|previously|in the past)\b"
    r"|\b(?:previous|prior|earlier|past)\b|\bbefore this\b",
    re.IGNORECASE,
)
_EARLIER_SAID = re.compile(r"\b(?:before|previous\w*|prior|earlier|past|history|ever)\b", re.IGNORECASE)


class SureLines:
    """The rules that leave out what a reader would take for something else, with the visit read once."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._text = {u.id: u.text for u in transcript.utterances}
        self._examined = examined(transcript)
        self._sentences = [(u.speaker, s) for u in transcript.utterances for s in sentences_of(u.text) if s.strip()]

    def settled(self, section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return the phrases of what the patient tells without those that cannot be placed surely."""
        return list(self._settled(section, [self._allergy(section, p, phrases) for p in phrases]))

    def _allergy(self, section: SectionTemplate, phrase: Phrase, phrases: Sequence[Phrase]) -> Phrase:
        """'Ibuprofen allergy' among the illnesses stands with the allergies."""
        field = allergies_field(section)
        medicines = medicines_in(phrase.text)
        if field is None or phrase.is_quote or "condition" not in phrase.field.kinds or not medicines:
            return phrase
        if "allergy" not in names_in(phrase.text):
            return phrase
        known = next((p for p in phrases if p.field is field and medicines <= medicines_in(p.text)), None)
        return known or replace(phrase, field=field, text=_ALLERGIC.sub("", phrase.text).strip())

    def _settled(self, section: SectionTemplate, phrases: Sequence[Phrase]) -> Iterator[Phrase]:
        for phrase in dict.fromkeys(phrases):
            if phrase.none:
                yield phrase
            elif not (self._on_examination(phrase) or self._is_unsure(phrase)):
                if "drug" not in phrase.field.kinds:
                    yield self._placed(section, self._timed(phrase))
                elif (own := self._own_dose(phrase)) is not None:
                    yield own

    def _on_examination(self, phrase: Phrase) -> bool:
        """Whether a phrase rests on answers given while being examined and on nothing else."""
        return bool(phrase.evidence) and set(phrase.evidence) <= self._examined

    def _is_unsure(self, phrase: Phrase) -> bool:
        if "condition" in phrase.field.kinds and not phrase.is_quote and kinds_in(phrase.text) == {"measure"}:
            return True
        if _is_no_illness_of_family(phrase):
            return True
        if self._is_over(phrase):
            return True
        return _is_bare_remark(phrase) or _is_only_compared(phrase) or _is_no_denial(phrase) or self._is_earlier(phrase)

    def _is_over(self, phrase: Phrase) -> bool:
        """Whether the patient names a complaint only as one that ended long ago: 'I had cramps until the operation'."""
        names = {n for n in names_in(phrase.text) if kind_of(n) == "symptom"}
        if phrase.field.role != "symptoms" or phrase.is_quote or '"' in phrase.text or not names:
            return False
        own = [s for who, s in self._sentences if who is Speaker.PATIENT and names <= set(names_in(s))]
        return bool(own) and all(_ENDED.search(s) for s in own)

    def _is_earlier(self, phrase: Phrase) -> bool:
        """Whether an earlier injury or episode was denied, of which the denial says nothing."""
        if phrase.field.role != "denied" or _EARLIER_SAID.search(phrase.text):
            return False
        asked = [self._text[e] for e in phrase.evidence if "?" in self._text.get(e, "") or e in self._text]
        wanted = content_stems(phrase.text)
        of_it = [s for text in asked for s in sentences_of(text) if wanted & content_stems(s)]
        told = any(
            who is Speaker.PATIENT and wanted and wanted <= content_stems(s) and s not in of_it
            for who, s in self._sentences
        )
        return bool(of_it) and any(_EARLIER_ASKED.search(s) for s in of_it) and (told or not names_in(phrase.text))

    def _placed(self, section: SectionTemplate, phrase: Phrase) -> Phrase:
        """A complaint told under work and home stands with the complaints."""
        symptoms = section.field_with("symptoms")
        social = phrase.field is social_field(section) and not named_relative(tokenise(phrase.text))
        if social and symptoms is not None and "symptom" in kinds_in(phrase.text):
            return replace(phrase, field=symptoms)
        return phrase

    def _timed(self, phrase: Phrase) -> Phrase:
        """A phrase without 'for three months' where the visit only speaks of three months ago."""
        found = _FOR_TIME.search(phrase.text)
        if phrase.is_quote or found is None:
            return phrase
        time = re.escape(found[1])
        ago = re.compile(rf"\b{time} (?:ago|back)\b", re.IGNORECASE)
        before = r"\b(?:for|over|past|last|lasted|lasting|took|been|during|within|in|about)\W+(?:\w+\W+){0,3}"
        lasting = re.compile(rf"{before}{time}\b(?! (?:ago|back))", re.IGNORECASE)
        said = [s for _, s in self._sentences if ago.search(s)]
        if not said or any(_BEGAN.search(s) for s in said) or any(lasting.search(s) for _, s in self._sentences):
            return phrase
        return replace(phrase, text=phrase.text[: found.start()] + phrase.text[found.end() :])

    def _own_dose(self, phrase: Phrase) -> Phrase | None:
        """A medicine with its own frequency; None for a dose without a name and what was taken only in the past."""
        if phrase.is_quote or '"' in phrase.text:
            return None if _INTENDS.search(phrase.text) else phrase
        medicines = medicines_in(phrase.text)
        if _NO_MEDICINE_LINE.search(phrase.text) or (
            _DOSE_ALONE.search(phrase.text) and not medicines and _is_only_dose(phrase.text)
        ):
            return None
        if self._was_used(phrase.text):
            return replace(phrase, text=f"{phrase.text} (in the past)")
        if self._is_past(phrase):
            return None
        frequency = _FREQUENCY.search(phrase.text)
        if len(medicines) != 1 or frequency is None or self._said_of(medicines, frequency.group().strip(" ,")):
            return phrase
        return replace(phrase, text=(phrase.text[: frequency.start()] + phrase.text[frequency.end() :]).strip(" ,"))

    def _was_used(self, text: str) -> bool:
        """Whether the patient says just this of it: 'I used to be on an insulin pump'."""
        if _PAST.search(text):
            return False
        used = re.compile(
            rf"\bused to (?:be on|have|take|use|wear|get)\W+(?:(?:an?|the|some|my)\W+)?{re.escape(text)}\b",
            re.IGNORECASE,
        )
        return any(who is Speaker.PATIENT and used.search(s) for who, s in self._sentences)

    def _said_of(self, medicines: frozenset[str], frequency: str) -> bool:
        """Whether the talk says a frequency behind the medicine's name, before another medicine is named."""
        current: set[str] = set()
        wanted = content_stems(frequency) | {t.text for t in tokenise(frequency)}
        for _, sentence in self._sentences:
            for clause in re.split(r",|\band\b|\bso\b|\bbut\b|\bfor\b", sentence):
                named = medicines_in(clause)
                current = set(named) or current
                if medicines & current and wanted <= {t.text for t in tokenise(clause)} | content_stems(clause):
                    return True
        return False

    def _is_past(self, phrase: Phrase) -> bool:
        """Whether all that the patient says of a medicine, or answers when asked for it, is of earlier."""
        if _PAST.search(phrase.text):
            return False
        named, wanted = medicines_in(phrase.text), plain_stems(phrase.text)
        own = [
            s
            for who, s in self._sentences
            if who is Speaker.PATIENT and not _INTENDS.search(s)
            if (named & medicines_in(s) if named else wanted & plain_stems(s))
        ]
        patients = {u.id for u in self._transcript.utterances if u.speaker is Speaker.PATIENT}
        said = own or [self._text[e] for e in phrase.evidence if e in patients]
        again = any(_AGAIN.search(self._text.get(e, "")) for e in phrase.evidence)
        return bool(said) and not again and all(_NOT_NOW.search(s) for s in said)


def _is_only_dose(text: str) -> bool:
    return not kinds_in(text) & {"drug", "therapy"} and bool(re.match(r"^\W*(?:\d|one|two|half|a )", text))


def _is_bare_remark(phrase: Phrase) -> bool:
    """Whether a line is a short remark about 'it' that names neither complaint nor place: 'that hurts'."""
    if phrase.field.role != "symptoms" or "–" in phrase.text or "(" in phrase.text:
        return False
    text = phrase.text.strip('"')
    if not _BARE_SUBJECT.search(text) or find_sites(tokenise(text)):
        return False
    return len(content_stems(text)) < _FEW and not set(names_in(text)) - _GENERAL


def _is_only_compared(phrase: Phrase) -> bool:
    """Whether a quotation among the illnesses names one only to say how something felt, or what somebody thought."""
    if "condition" not in phrase.field.kinds or not phrase.is_quote:
        return False
    named = {n for n in names_in(phrase.text) if kind_of(n) == "condition"}
    return bool(named) and not named & set(names_in(without_suspicions(phrase.text)))


def _is_no_denial(phrase: Phrase) -> bool:
    """Whether a word is denied that names nothing one could have: 'denies fun'."""
    if phrase.field.role != "denied" or phrase.is_quote or names_in(phrase.text):
        return False
    return len(content_stems(phrase.text)) == 1 and not is_complaint(phrase.text)


def _is_no_illness_of_family(phrase: Phrase) -> bool:
    """Whether a line of the family's history names no illness and nothing else of health: where they come from."""
    if phrase.field.role != "family" or phrase.is_quote or '"' in phrase.text:
        return False
    health = kinds_in(phrase.text) - {"social"} or find_sites(tokenise(phrase.text)) or _FAMILY.search(phrase.text)
    return not health or bool(_FAMILY_DOCTOR.search(phrase.text))
