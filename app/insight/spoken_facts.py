"""What was said in a visit, read simply and apart from the checks, so that a planted error is truly one."""

from collections import defaultdict
from collections.abc import Sequence

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise

KIN = words("kin")
_NEAR = 2


class SpokenFacts:
    """Sets of what a transcript names, and who named it."""

    def __init__(self, transcript: Transcript) -> None:
        self._utterances = [tokenise(u.text + " .") for u in transcript.utterances]
        tokens = [t for utterance in self._utterances for t in utterance]
        self.stems = {t.stem for t in tokens}
        self.numbers = {n.value for utterance in self._utterances for n in read_numbers(utterance)}
        self.sites = {h.name for utterance in self._utterances for h in find_sites(utterance)}
        self.relatives = {t.text for t in tokens} & KIN
        self._drug_places = _places(self._utterances, drugs=True)
        self._concept_places = _places(self._utterances, drugs=False)
        self.drugs, self.concepts = set(self._drug_places), set(self._concept_places)
        self.by_patient = self._by(transcript, Speaker.PATIENT)
        self.by_clinician = self._by(transcript, Speaker.CLINICIAN)
        self._kin_places = {n for n, u in enumerate(self._utterances) if {t.text for t in u} & KIN}
        self._times = {
            (n.value, u[n.end].text.rstrip("s")) for u in self._utterances for n in read_numbers(u) if n.end < len(u)
        }

    def _by(self, transcript: Transcript, speaker: Speaker) -> set[str]:
        return {
            name
            for name, places in self._concept_places.items()
            if any(transcript.utterances[n].speaker is speaker for n in places)
        }

    def number_near_drug(self, value: float, drug: str) -> bool:
        """Whether a number was said within two utterances of a drug's name."""
        return any(
            number.value == value
            for place in self._drug_places.get(drug, ())
            for n in range(max(0, place - _NEAR), min(len(self._utterances), place + _NEAR + 1))
            for number in read_numbers(self._utterances[n])
        )

    def has_time(self, number: str, unit: str) -> bool:
        """Whether that many of a unit of time were said."""
        values = [n.value for n in read_numbers(tokenise(number))]
        return any((value, unit.rstrip("s")) in self._times for value in values)

    def said_of_kin(self, concept: str) -> bool:
        """Whether a relative is named within two utterances of a mention of the concept."""
        return any(abs(n - k) <= _NEAR for n in self._concept_places.get(concept, ()) for k in self._kin_places)

    def said_of_patient(self, concept: str) -> bool:
        """Whether the concept was said where no relative is named near."""
        places = self._concept_places.get(concept, ())
        return any(all(abs(n - k) > _NEAR for k in self._kin_places) for n in places)


def _places(utterances: Sequence[Sequence[Token]], *, drugs: bool) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for n, utterance in enumerate(utterances):
        for hit in find_drugs(utterance) if drugs else find_concepts(utterance):
            found[hit.name].append(n)
    return dict(found)
