"""Which sentences of an utterance are worth quoting in a section: no house-keeping, no guesses among the findings."""

import re

from app.domain.transcript import Speaker
from app.drafting.checking.rules.results import results_in
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import kinds_in
from app.drafting.spoken.governed import stretches_of
from app.drafting.spoken.intents import read_intent
from app.drafting.spoken.plan_clauses import clauses_of, plainly_spelt
from app.drafting.spoken.run_on import begins_asking, is_run_on
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.phrases import explains

_HOUSEKEEPING = re.compile(
    r"\b(?:bear with me|(?:going to|gonna|gon na|like to|need to|just) ask you|step by step|before we start|hold on"
    r"|(?:let me|can i|could i|i'll) (?:just )?(?:ask|check|confirm|pull up|type|write|note)|can you hear me"
    r"|questions? (?:we|i) need to ask|review your (?:past )?history|take a (?:good )?history|get(?: you)? well,? soon"
    r"|one (?:second|moment|minute)|let's (?:talk|discuss|go over|take a step back)|finali[sz]e the (?:note|report)"
    r"|take a look and see|show me)\b|^hey,? \w+",
    re.IGNORECASE,
)
_WAIT = re.compile(
    r"^\W*(?:(?:so|ok(?:ay)?|great|right|alright|well|um|uh)\b\W*)*(?:just )?bear with me"
    r"(?: (?:for )?(?:\w+ ){0,2}(?:seconds?|minutes?|moment))?\W*(?:and )?(?:then )?",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(?:might|could) (?:be|have)\b|\b(?:someone|people|patients) (?:may|can)\b"
    r"|\b(?:need|want) to (?:exclude|rule out)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(?:i'll|i'm (?:just )?(?:going to|gonna|gon na)|let me|let's|want to|like to)(?:\W+\w+){0,5}?\W+"
    r"(?:listen|press|examine|(?:take a )?look at (?:your|some|the)|check (?:you|your \w+) out|exam|examination)\b",
    re.IGNORECASE,
)
_EXAMINED = re.compile(r"\b(?:exam|examination|palpation|auscultation|you (?:do )?have (?:some|a|no))\b", re.IGNORECASE)
_TALKS = re.compile(
    r"\b(?:someone|people|often when|i'm always|things? (?:that )?(?:we|they|i)(?:'d| would| will)? (?:be )?worried"
    r"|what (?:we're|i'm) worried|you (?:seem\w*|are|were|sound\w*) (?:\w+ )?(?:worried|concerned))\b|^\W*if\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:looks?|sounds?|seems?) like,? (?:here )?(?:that )?(?:you (?:you )?(?:went|were|had|fell"
    r"|came|have been)|he|she|they|your \w+ (?:\w+ )?was)\b"
    r"|\b(?:in the office today|vital signs)\b",
    re.IGNORECASE,
)
"""What happened or was measured, and no conclusion."""
_RECAPS = re.compile(r"\b(?:recap|summari[sz]e|you(?:'ve| have) (?:been having|mentioned|told))\b", re.IGNORECASE)
_PLANS = re.compile(
    r"\b(?:options?|diary|would be (?:\w+ )?(?:important|sensible|good|advisable|helpful)"
    r"|we (?:should|could|can|need to)|you (?:should|could|can|need to)|i(?:'d| would) like|let's|going to)\b",
    re.IGNORECASE,
)


def worth_quoting(said: str, section: SectionTemplate) -> str:
    """Return the clinician's sentences without those that say nothing for the section; all for other speakers."""
    if section.said_by is not Speaker.CLINICIAN:
        return said
    kept = [_WAIT.sub("", sentence) for sentence in sentences_of(said)]
    kept = [sentence for sentence in kept if sentence and not _HOUSEKEEPING.search(sentence)]
    if "finding" in section.complete:
        kept = [s for s in kept if not (_SUPPOSES.search(s) or explains(s) or _ANNOUNCES.search(s))]
    elif "plan" in section.complete:
        kept = [s for s in kept if not _ANNOUNCES.search(s) and (_has_cue(s, section.cues) or not _is_found(s))]
        kept = [s for s in kept if not is_run_on(s) and _is_ordered(s)]
    elif section.cues and "plan" not in section.complete:
        kept = [piece for sentence in kept for piece in _thoughts(sentence)]
        kept = [_without_orders(sentence) for sentence in kept if _concludes(sentence, section.cues)]
    return " ".join(kept)


def _thoughts(sentence: str) -> list[str]:
    """A sentence, or of run-on talk the statements that name an illness or complaint and are not told or examined."""
    if sentence.rstrip().endswith((".", "!", "?")) and not is_run_on(sentence):
        return [sentence]
    return [
        piece
        for piece in stretches_of(sentence)
        if kinds_in(piece) & {"condition", "symptom"}
        and not (begins_asking(piece) or _TOLD.search(piece) or _EXAMINED.search(piece) or is_question(tokenise(piece)))
    ]


def _without_orders(sentence: str) -> str:
    """A conclusion without the orders behind it: 'I think it is gout, so I'll start colchicine'."""
    sentence = plainly_spelt(sentence)
    clauses = clauses_of(sentence)
    while len(clauses) > 1 and read_intent(clauses[-1]) is not None:
        clauses.pop()
    return sentence[: sentence.find(clauses[-1]) + len(clauses[-1])] if clauses[-1] in sentence else sentence


def _is_ordered(sentence: str) -> bool:
    """Whether a clause of a sentence orders or decides something; a plan is not made of what is only mentioned."""
    return any(read_intent(clause) is not None for clause in clauses_of(plainly_spelt(sentence)))


def _is_found(sentence: str) -> bool:
    """Whether a sentence tells a finding or a result rather than a plan."""
    return bool(_EXAMINED.search(sentence) or results_in(tokenise(sentence)))


def _concludes(sentence: str, cues: tuple[str, ...]) -> bool:
    """Whether a sentence says what the clinician thinks it is; 'I think a diary would be important' is a plan."""
    if not _has_cue(sentence, cues):
        return False
    if _TALKS.search(sentence):
        return False
    kinds = kinds_in(sentence)
    return "condition" in kinds or not (kinds & {"drug", "test"} or _PLANS.search(sentence) or _RECAPS.search(sentence))


def _has_cue(sentence: str, cues: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(cue)}\b", sentence.lower()) for cue in cues)
