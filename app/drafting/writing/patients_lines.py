"""What the patient tells, before it is completed from the talk: one exchange a line, allergies with reactions."""

from collections.abc import Sequence

from app.domain.transcript import Transcript
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.spoken.stretches import plain_stems
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.allergy_lines import with_reactions
from app.drafting.writing.illness_lines import with_reasons
from app.drafting.writing.medicine_lines import taken_medicines
from app.drafting.writing.misplaced import Whose
from app.drafting.writing.one_exchange import OneExchange
from app.drafting.writing.phrases import Phrase
from app.drafting.writing.stated_history import with_stated_history

_BARE = plain_stems(
    "past previous prior surgery surgeries operation operations procedures hospitalization hospitalizations"
)


class PatientsLines:
    """The rules for what the patient tells, with the visit read once."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._one_exchange = OneExchange(transcript)

    def settled(self, section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return the phrases of a section, those of the clinician's sections as they are."""
        if section.said_by:
            return list(phrases)
        taken = taken_medicines(self._one_exchange.settled(section, phrases), self._transcript)
        told = with_reasons(with_reactions(section, taken, self._transcript), self._transcript)
        return with_stated_history(section, [p for p in told if not _is_bare(p)], self._transcript)

    def finished(self, section: SectionTemplate, phrases: Sequence[Phrase], whose: Whose) -> list[Phrase]:
        """Return the completed phrases without medicines that are none of the patient's, and without repeats."""
        if section.said_by:
            return list(phrases)
        own = [p for p in phrases if not _is_no_own_medicine(p, whose)]
        return [p for p in own if not any(_is_part(p, other) for other in own)]


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
