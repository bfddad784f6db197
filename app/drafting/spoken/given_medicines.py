"""Medicines of which the visit first hears when they are given or advised: a plan, none of the patient's own."""

import re
from collections.abc import Iterator

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import find_concepts
from app.drafting.lexicon.drugs import find_drugs, guess_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.remembered import remembered
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems
from app.drafting.spoken.talk import statements_of
from app.drafting.spoken.tolerated import sentences_by_matter

NO_MEDICINE = frozenset(
    {"physical therapy", "occupational therapy", "counseling", "brace", "crutches", "ice", "heat", "elevation"}
    | {"compression", "hydration", "diet", "salt restriction", "exercise", "weight management", "sunscreen"}
    | {"hearing aid", "glasses", "smoking cessation"}
)
"""Clinical concepts of treatment that nobody takes or applies as a medicine; they are advice."""

MEDICINE_CLASSES = frozenset(
    {"antibiotic", "painkiller", "nsaid", "steroid", "opioid", "muscle relaxant", "antidepressant", "antihistamine"}
    | {"antacid", "diuretic", "statin", "supplement", "eye drops", "ear drops", "nasal spray", "moisturizer"}
)
"""Clinical concepts that name a class of medicines."""
_GIVES = re.compile(
    r"\b(?:start(?:ing)?|prescrib\w*|give you|giving you|get you|put you on|try|add|recommend\w*|suggest\w*|write you"
    r"|advis(?:e|able|ing)|consider\w*|think about|send (?:in|over)|(?:like|want) you to (?:take|use)"
    r"|you (?:can|could|should|may|might) (?:also )?(?:take|use|try|get|buy|have)|worth (?:taking|trying)"
    r"|from (?:the|a|your) (?:pharmacy|chemist)"
    r"|over the counter|(?:can|could|may|might|will|would|should|does) (?:also |really |often |sometimes )?help"
    r"|if you (?:take|use)|options? (?:is|are|would|for))\b",
    re.IGNORECASE,
)
_HAS_ALREADY = re.compile(
    r"\b(?:continue|keep|still|already|currently|same|stop|increase|decrease|raise|lower|stay|refill|your|been|again"
    r"|back on|we(?: have|'ve|'d| had)? (?:put|started|have|had|got) you|last (?:year|month|week|time|visit)"
    r"|(?:year|month|week)s? ago"
    r"|you(?:'re| are) (?:on|taking|using)|you take|you use|you(?:'ve| have) (?:had|tried|taken|used|got))\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:increas\w*|decreas\w*|rais\w*|lower\w*|chang\w*|switch\w*|go (?:up|down)|bump|up to|down to)\b",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"\b(?:continue|keep taking|keep you on|stay on|carry on)\b", re.IGNORECASE)
_ASKS = re.compile(r"\W*(?:(?:and|so|okay)\W+)*(?:do|did|are|have|how|were|if)\b", re.IGNORECASE)
_YOUR_PLACE = re.compile(
    r"\byour (?=(?:local )?(?:pharmacy|pharmacist|chemist|pain|headache|symptoms?|fever|temperature)\b)", re.I
)
_NOD = 3  # words with content; a longer answer of the patient begins another matter


def newly_given(transcript: Transcript) -> frozenset[str]:
    """Medicines, and classes of them, that the clinician gives or advises before anybody spoke of them otherwise.

    What is joined to an advised one counts, too: 'you could take paracetamol.' 'And anti-inflammatories such as …'
    """
    found, known = set[str](), set[str]()
    gives = False
    borne = {(utterance.id, sentence) for utterance, sentence, matter in sentences_by_matter(transcript) if matter}
    for utterance in transcript.utterances:
        if utterance.speaker is not Speaker.CLINICIAN:
            told = [s for s in sentences_of(utterance.text) if (utterance.id, s) not in borne]
            known |= {name for sentence in told for name in medicines_in(sentence)}
            gives = gives and len(content_stems(utterance.text)) <= _NOD
            continue
        for sentence, advised in _advised(utterance.text, gives):
            named = medicines_in(sentence) - known
            if advised:
                found |= named
            gives = advised and bool(named or gives)
            known |= named if advised or (utterance.id, sentence) not in borne else set()
    return frozenset(found)


@remembered
def medicines_in(text: str) -> frozenset[str]:
    """Names of the medicines in a text, misheard ones and classes ('painkiller') too."""
    tokens = tokenise(text)
    drugs = frozenset(hit.name for hit in (*find_drugs(tokens), *guess_drugs(tokens)))
    return drugs | {hit.name for hit in find_concepts(tokens) if hit.name in MEDICINE_CLASSES}


def is_newly_given(text: str, given: frozenset[str]) -> bool:
    """Whether all medicines of a text (at least one) were only given in this visit."""
    named = medicines_in(text)
    return bool(named) and named <= given


def is_new_dose(text: str, transcript: Transcript) -> bool:
    """Whether the numbers of a medicine's phrase stand only where the clinician gives or changes it: that is a plan."""
    medicines, numbers = medicines_in(text), _numbers(text)
    if not medicines or not numbers:
        return False
    spoken = [t.text for t in tokenise(text) if not t.is_stop and t.text.isalpha()]
    told = [
        (utterance.speaker, sentence)
        for utterance in transcript.utterances
        # a look at the plain words first: names are looked up only where one stands
        if utterance.speaker is not Speaker.CLINICIAN
        or (any(word in utterance.text.lower() for word in spoken) and medicines & medicines_in(utterance.text))
        for sentence in sentences_of(utterance.text)
        if numbers & _numbers(sentence)
    ]
    ordered = [_GIVES.search(s) or _CHANGES.search(s) for who, s in told if who is Speaker.CLINICIAN]
    return bool(ordered) and all(ordered) and len(ordered) == len(told)


def is_continued(text: str, transcript: Transcript) -> bool:
    """Whether the clinician says to continue the medicine of a phrase: that is a plan as well."""
    medicines = medicines_in(text)
    return bool(medicines) and any(
        _CONTINUED.search(sentence) and not _ASKS.match(sentence) and medicines <= medicines_in(sentence)
        for utterance in transcript.utterances
        if utterance.speaker is Speaker.CLINICIAN
        for sentence in sentences_of(utterance.text)
    )


def _numbers(text: str) -> set[float]:
    return {n.value for n in read_numbers(tokenise(text))}


def _advised(text: str, before: bool) -> Iterator[tuple[str, bool]]:
    """The sentences of the clinician, each with whether it gives or advises what it names."""
    for sentence in sentences_of(text):
        stated = bool(statements_of(sentence))
        joined = before and re.match(r"\W*(?:(?:um|uh|er)\W+)*(?:and|or|also|plus|then)\b", sentence, re.IGNORECASE)
        has = _HAS_ALREADY.search(_YOUR_PLACE.sub("", sentence))
        before = stated and not has and bool(_GIVES.search(sentence) or joined)
        yield sentence, before
