"""Medicines of which it is only said whether the patient bears them: 'are you fine with aspirin?'"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.drugs import find_drugs, guess_drugs
from app.drafting.lexicon.remembered import remembered
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import is_plain_no

_TOLERANCE = re.compile(
    r"\b(?:fine|ok(?:ay)?|all ?right|happy|good|comfortable) with (?!the\b|your\b|that\b|it\b)"
    r"|\b(?:any|no|had|have|got|a) (?:problems?|troubles?|issues?|reactions?|difficulty) (?:with|to|taking) "
    r"(?!the\b|your\b)"
    r"|\b(?:can|could) you (?:take|have|tolerate)\b|\b(?:toleran\w+|tolerate) |\bsensitive to\b"
    r"|\bis there any reason (?:why )?you (?:can't|cannot|couldn't|can not|shouldn't)\b",
    re.IGNORECASE,
)
_ALLERGY = re.compile(r"\ballerg\w*|\breact(?:ed|ions?)? (?:badly )?to\b", re.IGNORECASE)
_BORNE_BADLY = re.compile(
    r"n['’]t\b|\b(?:not?|never|cannot|avoid|rash|hives|swell\w*|sick|ill|react\w*|bad\w*)\b", re.I
)
_HAPPENS = re.compile(r"\bwhat (?:happen\w*|does (?:it|that) do|did (?:it|that) do|(?:sort|kind) of reaction)\b", re.I)
_TAKES = re.compile(
    r"\b(?:i(?:'m| am)? (?:\w+ )?(?:take|taking|use|using|on)|i(?:'ve| have) (?:\w+ )?been (?:taking|using|on)"
    r"|i(?:'ve| have) (?:\w+ )?(?:taken|used)|every (?:day|morning|night|evening)|(?:once|twice) (?:a|per) (?:day|week)"
    r"|milligrams?|mg)\b",
    re.IGNORECASE,
)


def only_tolerated(transcript: Transcript) -> frozenset[str]:
    """Return the medicines that come up only where it is asked whether the patient can take them."""
    borne, otherwise = set[str](), set[str]()
    for _, sentence, kind in sentences_by_matter(transcript):
        named = _drugs(sentence)
        if kind == "tolerance":
            borne |= named
        else:
            otherwise |= named
    return frozenset(borne - otherwise)


def allergens(transcript: Transcript) -> frozenset[str]:
    """Return the medicines that the patient names as what he does not bear, and nowhere as taken."""
    named, otherwise = set[str](), set[str]()
    for utterance, sentence, kind in sentences_by_matter(transcript):
        told = utterance.speaker is not Speaker.CLINICIAN
        if kind == "allergy" and told:
            named |= _drugs(sentence)
        elif told and not kind:
            otherwise |= _drugs(sentence)
    return frozenset(named - otherwise)


def named_beside_allergens(transcript: Transcript) -> frozenset[str]:
    """Return the medicines that a patient names in one breath before an allergy to another one, and nowhere as one.

    'Just paracetamol. I'm allergic to aspirin.': only there is it plain that the first is none.
    """
    spoken_of, named = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for utterance, sentence, kind in sentences_by_matter(transcript):
        if kind or _BORNE_BADLY.search(sentence):
            spoken_of[utterance.id] |= _drugs(sentence)
        elif utterance.speaker is not Speaker.CLINICIAN and not spoken_of[utterance.id]:
            named[utterance.id] |= _drugs(sentence)
    anywhere = frozenset(name for names in spoken_of.values() for name in names)
    return frozenset(name for n, names in named.items() if spoken_of[n] for name in names - anywhere)


def sentences_by_matter(transcript: Transcript) -> Iterator[tuple[Utterance, str, str]]:
    """Yield every sentence with its utterance and whether it is about 'tolerance', an 'allergy', or neither ('')."""
    utterances = transcript.utterances
    asked, told = "", ""
    for n, utterance in enumerate(utterances):
        if utterance.speaker is Speaker.CLINICIAN:
            asked = ""
            for sentence in sentences_of(utterance.text):
                matter = (_matter(sentence) or _asks_on(sentence, told)) if _asks(sentence) else ""
                asked = matter if _asks(sentence) else (asked or _echo(utterances, n))
                yield utterance, sentence, matter or asked
            continue
        answering, told = "" if asked and is_plain_no(utterance.text) else asked, ""
        for sentence in sentences_of(utterance.text):
            own = "allergy" if _ALLERGY.search(sentence) and not is_plain_no(sentence) else ""
            told = own or told
            yield utterance, sentence, "" if _TAKES.search(sentence) else (own or answering)
            answering = "" if _TAKES.search(sentence) else answering


def _echo(utterances: Sequence[Utterance], n: int) -> str:
    """The matter of the answer before, which the clinician repeats in a few words: 'Okay, penicillin, hives.'"""
    if n < 2 or utterances[n - 1].speaker is Speaker.CLINICIAN or utterances[n - 2].speaker is not Speaker.CLINICIAN:
        return ""
    before = [s for s in sentences_of(utterances[n - 2].text) if _asks(s)]
    repeats = _drugs(utterances[n].text) <= _drugs(utterances[n - 1].text)
    return _matter(before[-1]) if before and repeats else ""


def _asks_on(sentence: str, told: str) -> str:
    """'I'm allergic to aspirin.' 'What happens when you take it?': the question stays with what was told."""
    return told if _HAPPENS.search(sentence) else ""


def _asks(sentence: str) -> bool:
    return is_question(tokenise(sentence))


def _matter(sentence: str) -> str:
    if _ALLERGY.search(sentence):
        return "allergy"
    return "tolerance" if _TOLERANCE.search(sentence) else ""


@remembered
def _drugs(text: str) -> frozenset[str]:
    tokens = tokenise(text)
    return frozenset(hit.name for hit in (*find_drugs(tokens), *guess_drugs(tokens)))
