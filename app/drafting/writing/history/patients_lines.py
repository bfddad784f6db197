"""What the patient tells, before it is completed from the talk: one exchange a line, allergies with reactions."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript import Transcript
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import kinds_in
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.spoken.stretches import plain_stems
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.history.affirmed_lines import AffirmedLines
from app.drafting.writing.history.allergy_lines import with_reactions
from app.drafting.writing.history.illness_lines import with_reasons
from app.drafting.writing.history.medicine_lines import taken_medicines
from app.drafting.writing.history.one_exchange import OneExchange
from app.drafting.writing.history.plain_answers import is_complaint
from app.drafting.writing.history.stated_history import with_stated_history
from app.drafting.writing.history.sure_lines import SureLines
from app.drafting.writing.misplaced import Whose
from app.drafting.writing.own_words import own_words
from app.drafting.writing.phrases import Phrase

_FEELS = frozenset({"feeling", "having", "getting", "being", "noticing", "experiencing", "losing", "ongoing"})
_SHORTEST = 5
"""Letters of a word in -ing that may be no verb: 'king', 'ring'."""
_BARE = plain_stems(
    "past previous prior surgery surgeries operation operations procedures hospitalization hospitalizations"
)


class PatientsLines:
    """The rules for what the patient tells, with the visit read once."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._affirmed = AffirmedLines(transcript)
        self._one_exchange = OneExchange(transcript)
        self._sure = SureLines(transcript)

    def settled(self, section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return the phrases of a section, those of the clinician's sections as they are."""
        if section.said_by:
            return list(phrases)
        affirmed = self._affirmed.settled(section, self._one_exchange.settled(section, phrases))
        taken = taken_medicines(affirmed, self._transcript)
        told = with_reasons(with_reactions(section, taken, self._transcript), self._transcript)
        told = [self._as_told(p) for p in told if not _is_bare(p)]
        return with_stated_history(section, _once(told), self._transcript)

    def _as_told(self, phrase: Phrase) -> Phrase:
        """A bare activity, 'climbing stairs', is no complaint: the sentence says what comes of it."""
        if phrase.field.role != "symptoms" or phrase.is_quote or not is_activity(phrase.text):
            return phrase
        quote, ids = own_words(phrase.text, self._transcript)
        return replace(phrase, text=quote, evidence=ids) if quote else phrase

    def finished(self, section: SectionTemplate, phrases: Sequence[Phrase], whose: Whose) -> list[Phrase]:
        """Return the completed phrases without medicines that are none of the patient's, and without repeats."""
        if section.said_by:
            return list(phrases)
        own = [p for p in self._sure.settled(section, phrases) if not _is_no_own_medicine(p, whose)]
        return [p for p in own if not any(_is_part(p, other) for other in own)]


def is_activity(text: str) -> bool:
    """Whether a text names only what somebody does, and no complaint: 'carrying shopping'."""
    tokens = tokenise(text)
    first = tokens[0].text if tokens and not find_sites(tokens) else ""
    does = first.endswith("ing") and first not in _FEELS and len(first) > _SHORTEST
    return does and not kinds_in(text) & {"symptom", "condition", "finding"} and not is_complaint(text)


def _once(phrases: Sequence[Phrase]) -> list[Phrase]:
    return list({(p.field.name, p.text, p.none): p for p in phrases}.values())


def _is_bare(phrase: Phrase) -> bool:
    """Whether a phrase only names what was asked for: 'past surgeries'."""
    stems = plain_stems(phrase.text)
    return "procedure" in phrase.field.kinds and not phrase.none and bool(stems) and stems <= _BARE


def _is_no_own_medicine(phrase: Phrase, whose: Whose) -> bool:
    """Whether a phrase under the medicines names only such as are new, not borne, or were only asked about."""
    medicines = medicines_in(phrase.text) if "drug" in phrase.field.kinds else set()
    return bool(medicines) and medicines <= whose.given | whose.tolerated | whose.allergens


def _is_part(phrase: Phrase, other: Phrase) -> bool:
    """Whether another phrase says all that a phrase says of the same words of the visit: 'racing', 'heart racing'."""
    if other is phrase or phrase.none or not phrase.evidence or not set(phrase.evidence) <= set(other.evidence):
        return False
    if phrase.field is not other.field and not (phrase.is_quote and '"' in other.text and not other.field.kinds):
        return False
    less, more = plain_stems(phrase.text), plain_stems(other.text)
    return bool(less) and less < more and _numbers(phrase.text) <= _numbers(other.text)


def _numbers(text: str) -> set[float]:
    return {n.value for n in read_numbers(tokenise(text))}
