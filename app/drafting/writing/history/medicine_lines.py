"""Medicines of the patient: not those that were only asked for, and not what a medicine is taken for."""

import re
from collections.abc import Sequence

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import said_names
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.writing.phrases import Phrase

_AGAINST = re.compile(
    r"\b(?:would|will|do|does|did|is|are)(?: not|n't) (?:be )?(?:help\w*|work|need\w*|necessary|advis\w*)\b", re.I
)
"""'Paracetamol wouldn't be helpful.'"""
_NO = re.compile(r"^\W*(?:(?:um+|uh+|oh|well|hmm+|er+m?)\W+)*(?:no|nope|nah|none|never|not)\b", re.IGNORECASE)


def taken_medicines(phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the phrases without medicines that the clinician alone names and the patient answers with a no.

    Also without what only ever stands behind a 'for': 'it's for contraception'.
    """
    refused = _refused(transcript)
    return [
        p
        for p in phrases
        if "drug" not in p.field.kinds
        or p.none
        or p.is_quote
        or not (_all_in(p.text, refused) or _is_purpose(p.text, transcript))
    ]


def _all_in(text: str, refused: set[str]) -> bool:
    medicines = medicines_in(text)
    return bool(medicines) and medicines <= refused


def _refused(transcript: Transcript) -> set[str]:
    """Medicines that stand only in the clinician's questions to which the answer begins with a no."""
    refused, otherwise = set[str](), set[str]()
    utterances = transcript.utterances
    for n, utterance in enumerate(utterances):
        following = utterances[n + 1] if n + 1 < len(utterances) else None
        answered_no = (
            following is not None and following.speaker is not utterance.speaker and _NO.search(following.text)
        )
        for sentence in sentences_of(utterance.text):
            clinicians = utterance.speaker is Speaker.CLINICIAN
            asked = clinicians and is_question(tokenise(sentence))
            against = clinicians and not asked and _AGAINST.search(sentence)
            (refused if against or (asked and answered_no) else otherwise).update(medicines_in(sentence))
    return refused - otherwise


def _is_purpose(text: str, transcript: Transcript) -> bool:
    """Whether each time that the text's one name is said, it stands behind 'for'."""
    names = said_names(text)
    if medicines_in(text) or len(names) != 1:
        return False
    word = re.escape(names[0][1])
    said = [u.text for u in transcript.utterances if re.search(rf"\b{word}\b", u.text, re.IGNORECASE)]
    purpose = re.compile(rf"\bfor (?:the |my |your )?{word}\b", re.IGNORECASE)
    every = sum(len(re.findall(rf"\b{word}\b", text, re.IGNORECASE)) for text in said)
    return bool(said) and every == sum(len(purpose.findall(text)) for text in said)
