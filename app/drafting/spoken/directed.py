"""What only the clinician says, as an order or under an 'if', is no fact that the patient told."""

import re

from app.domain.transcript import Speaker
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.spoken.exchanges import content_stems
from app.drafting.spoken.talk import Talk, questions_of

_DIRECTS = re.compile(
    r"\b(?:i(?:'d| would)? (?:want|like|need|advise|recommend) (?:you )?(?:to)?|you (?:should|need to|must|can|could)"
    r"|make sure|we(?:'ll| will)|i(?:'ll| will)|(?:nurse|team|office|reception|someone) will"
    r"|let's|going to)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\b(?:if|unless|in case)\b|\bor you(?:r \w+(?: \w+)?)? (?:develop|gets?|is|are)\b", re.IGNORECASE
)
_CONCLUDES = re.compile(
    r"\bi think (?:you|that|this|it)\b|\bthat means\b|\bmakes me think\b|\bi (?:do )?appreciate\b", re.I
)
_LEAST = 0.6


def is_directed(text: str, said: Talk) -> bool:
    """Whether a phrase stands in the clinician's orders ('record your pressures at home') and the patient told none."""
    return _only_in(text, said, _DIRECTS)


def is_concluded(text: str, said: Talk) -> bool:
    """Whether a phrase is only what the clinician concludes or finds ('I think you're retaining fluid')."""
    return _only_in(text, said, _CONCLUDES)


def is_supposed(text: str, said: Talk) -> bool:
    """Whether a phrase stands only in a condition of the clinician's ('if your neck gets worse')."""
    return _only_in(text, said, _SUPPOSES)


def _only_in(text: str, said: Talk, cue: re.Pattern[str]) -> bool:
    stems = content_stems(text)
    if not stems or _is_told(stems, said):
        return False
    holding = [
        sentence
        for utterance in said.transcript.utterances
        if utterance.speaker is not Speaker.PATIENT
        for sentence in sentences_of(utterance.text)
        if len(stems & content_stems(sentence)) >= _LEAST * len(stems)
    ]
    return bool(holding) and all(cue.search(sentence) for sentence in holding)


def _is_told(stems: frozenset[str], said: Talk) -> bool:
    """Whether patient or company say most of the words, or are asked for them."""
    told = [
        questions_of(u.text) if u.speaker in (Speaker.CLINICIAN, Speaker.UNKNOWN) else u.text
        for u in said.transcript.utterances
    ]
    return len(stems & content_stems(" ".join(told))) >= _LEAST * len(stems)
