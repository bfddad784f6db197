"""Who is the clinician? Cues in the wording, weighed as log odds.

The weights were fitted by logistic regression on public simulated visits and rounded; see DECISIONS.md.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A wording and its log odds for "clinician says this" against "patient says this"."""

    name: str
    pattern: re.Pattern[str]
    weight: float


def _cue(name: str, pattern: str, weight: float) -> Cue:
    return Cue(name, re.compile(pattern, re.IGNORECASE), weight)


_BODY = (
    "chest|head|back|stomach|belly|leg|arm|knee|throat|heart|foot|feet|hand|shoulder|neck|nose|skin|"
    "mom|mum|mother|dad|father|wife|husband|son|daughter|kids?|doctor|family|job|work"
)
_FEELINGS = (
    "feel|felt|was|had|have|just|can'?t|couldn'?t|don'?t|didn'?t|haven'?t|get|got|noticed|take|took|tried|went|work|"
    "live|smoke|drink|used|guess|mean|do"
)
_PLANS = (
    "i'?ll (order|prescribe|refer|send|get|check|have)|i('d| would) like (to|you)|"
    "we('ll| will|'re going to| can)|i'?m going to|i want (to|you)|let'?s|prescri|refer(ral)?|follow[- ]up|recommend|"
    "blood ?work|x-?ray|ultrasound|ecg|ekg|mri|ct scan|blood test|lab(s|oratory)?"
)
_INVITATIONS = (
    "what brings you|how can i help|tell me|walk me through|describe|go ahead and|let me know|what can i do for"
)
_INSTRUCTIONS = (
    "take a deep breath|breathe in|lie down|sit up|roll up|open your mouth|follow my finger|say ah|"
    "does (it|that|this) hurt|squeeze"
)
_FINDINGS = (
    "on (your )?(physical )?exam|your (heart|lungs|blood pressure|vitals|pulse|temperature)|"
    "i (hear|see|appreciate)|auscultation|tenderness|murmur"
)
_ACKNOWLEDGEMENTS = (
    "sounds good|i see|got it|i understand|that'?s (great|good|helpful)|sorry to hear|perfect|great|all right|alright"
)
_HEDGES = "i think|maybe|probably|kind of|sort of|like a|i'm not sure|i don'?t know|i don'?t think"
_ANSWERS = "yes|yeah|yep|yup|no|nope|nah|not really|not that|uh-?huh|mm-?hmm"

CUES: tuple[Cue, ...] = (
    _cue("question", r"\?", 2.0),
    _cue("any", r"^(?:\W*(?:and|or|okay|ok|so|no)\W+)*any\b|\b(have|had|having|notice|noticed|with|or) any\b", 1.3),
    _cue("second person", r"(?<!thank )\b(you|your|you're|you've)\b", 2.0),
    _cue("invites", rf"\b({_INVITATIONS})\b", 1.8),
    _cue("instructs", rf"\b({_INSTRUCTIONS})\b", 2.5),
    _cue("plans", rf"\b({_PLANS})\b", 2.0),
    _cue("examines", rf"\b({_FINDINGS})\b", 1.4),
    _cue("rounds off", rf"\b({_ACKNOWLEDGEMENTS})\b", 0.9),
    _cue("first person", r"\b(i|i'm|i've|me|my|mine|myself)\b", -1.5),
    _cue("own body", rf"\bmy (own |left |right |upper |lower )?({_BODY})\b", -2.2),
    _cue("feels", rf"\bi ({_FEELINGS})\b|\bi('ve| have) been\b", -1.2),
    _cue("answers yes or no", rf"^\W*({_ANSWERS})\b", -1.7),
    _cue("hedges", rf"\b({_HEDGES})\b", -0.7),
    _cue("it does", r"^\W*(it|it's|they|she|he|just|about|since|like)\b", -1.3),
    _cue("thanks", r"\b(thank you|thanks)\b", -2.0),
)


def clinician_log_odds(text: str) -> float:
    """Log odds that these words were a clinician's; positive means clinician, 0 nothing known."""
    return sum(cue.weight for cue in CUES if cue.pattern.search(text)) if text.strip() else 0.0
