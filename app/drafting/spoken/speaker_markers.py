"""Ways of talking that only a clinician has, or only a patient: they tell that a speaker's label is wrong."""

import re
from collections.abc import Iterable

from app.drafting.spoken.plan_clauses import plainly_spelt

_JUST = r"(?:(?:also|just|then|still|probably|go ahead and|go ahead|try to|try and|to) )*"
_TESTS = (
    r"(?:x-?ray|mri|ct|scan|ultrasound|lab\w*|blood|tests?|titer|culture|panel|urinalysis|biopsy|echo\w*|referral"
    r"|brace)"
)
_CHECKED = r"(?:lab\w*|blood|levels?|stud\w+|panel|titer|tests?|kidney|thyroid|cholesterol|a1c|urine|pressure)"
_ORDERS = (
    rf"(?:order|prescribe|refer you|send (?:you|in|off|out|a|an|for)|get (?:you|some|a|an) (?:\w+ ){{0,3}}?{_TESTS}"
    rf"|check (?:your|some|these|those|a|an) (?:\w+ ){{0,3}}?{_CHECKED}"
    r"|(?:start|put|continue|keep|bring|check) you|(?:give|write) you (?:an?|some|the) (?!list|idea|time|story|rundown)"
    r"|have you (?:come|see|follow|take|start|try|return)"
    r"|see you (?:back|again|in)|(?:increase|decrease|adjust|change|listen to|look at|move|press on|feel) your"
    r"|refill|take a listen|examine|do a (?:quick |brief |little |physical )+exam\w*)"
)
_WILL = (
    r"(?:(?:i|we)(?:'m|'re| am| are) (?:\w+ )?going to|(?:i|we)(?:'ll| will)|let me|i want to"
    r"|(?:i|we)(?:'d| would) like to)"
)
_PART = (
    r"(?:abdominal|abdomen|heart|lungs?|neck|back|knee|belly|skin|neuro(?:logic(?:al)?)?|musculoskeletal|physical"
    r"|shoulder|elbow|wrist|hand|foot|ankle|hip|leg|extremit\w+|eye|ear|throat|vital signs?|breast|pelvic|rectal)"
)
_SOUND = r"(?:murmurs?|gallops?|rales|rhonchi|wheez\w+|rubs?)"
_ILL = r"(?:\w+itis|fracture|infection|deficiency|dvt|tear|disease)"
_TOLD_TO = (
    r"(?:watch (?:for|out)|take (?!a look|care)|continue|stop|come back|follow up|call (?:me|us|the office)|keep|start"
    r"|go to the|return|avoid|monitor|check your|try to|schedule)"
)

CLINICIANS_ALONE = (
    rf"{_WILL} {_JUST}{_ORDERS}",
    rf"(?:i|we)(?: do| would|'d|'m going to| also| just| really)* (?:want|need|like) you (?:to )?{_JUST}{_TOLD_TO}",
    r"what (?:i|we) (?:do )?want you to (?:\w+ )?(?:do|watch|take|keep|try|look)",
    rf"on your (?:\w+ ){{0,2}}?{_PART} exam\w*|your (?:\w+ )?{_PART} exam\w*",
    r"i (?:do )?(?:don't )?(?:also )?appreciate (?:an?|any|some|no)",
    r"your (?:lungs?|belly|abdomen|heart|neck) (?:is|are|sounds?) (?:nice |very |and )*"
    r"(?:soft|clear|regular|supple|non-?tender)",
    r"i (?:also |did |just )?(?:reviewed|review|looked at) (?:the results of )?your (?:\w+ ){0,2}?"
    r"(?:vitals?|labs?|results?|x-?rays?|mri|scan|blood|tests?)",
    r"do you have any (?:other )?questions (?:for me|about|on) (?:that|this|what|the|it|any)",
    r"for (?:your|the|this|that) (?:first|second|third|fourth|next|last) (?:problem|issue|diagnosis)",
    r"(?:my|the) assessment and (?:my )?plan",
    rf"{_SOUND},? (?:or |and )?{_SOUND}",
    rf"(?:low likelihood|rule out|consistent with|evidence of) (?:an? |any |the )?(?:\w+ )?{_ILL}",
    r"(?:do|does) (?:it|that|this) hurt (?:at all )?(?:when|if|as) i",
    r"is (?:it|that|this) (?:\w+ )?(?:tender|sore|painful) (?:\w+ )?(?:when|where|as|that|if) i",
)
"""Said by nobody but a clinician; one of them is enough."""
CLINICIANS = (
    r"have you (?:ever |been |had |noticed |tried |taken |experienced |felt )+(?:any |to |an? |some )?\w+",
    r"do you (?:have|take|smoke|drink|feel|get|notice|ever) (?:any|other|a family|alcohol|medic\w+|allerg\w+)",
    r"(?:what|how) about (?:your |any )(?:\w+ )?(?:family|mother|father|fever|chills|infections?|pain|medic\w+"
    r"|allerg\w+|appetite|sleep|diabetes|blood|other|numbness|swelling)",
    r"are you (?:still )?(?:taking|having|allergic|on any|able to|watching|checking|using|getting)",
    r"any (?:history of|other (?:symptoms|medical|problems|conditions|medications)|fevers?|chills|nausea|numbness)",
    r"(?:any|your) (?:past )?medical (?:history|conditions?)",
    r"your body (?:makes|can|is|does|will|needs|tends|reacts?|could)",
    r"(?:some|most|many) (?:people|patients)|people (?:need|have|find|live|who|with)",
    r"we (?:often|usually|sometimes) (?:see|give|use|do)",
    r"(?:i|we) don't (?:really )?think (?:you|there is|there's|we need|it's anything)",
    r"make sure (?:that )?you (?:tell|take|call|come|keep|say|drink|get|follow|do)",
    r"you (?:may|might|can|should|could) (?:also )?(?:take|try|use|want to|notice|need to|apply|continue|start)",
    r"(?:doesn't|don't|not) (?:necessarily )?(?:seem|need|appear) to be (?:the case for|worried)|in your case",
    r"(?:antibodies|medication|medicine|disease|infection) (?:\w+ ){0,6}?(?:your body|organs|prevent|works? by)",
    r"(?:there is|there's) (?:a |some |also )?(?:risk|chance|tenderness|swelling|no (?:tenderness|fracture|evidence))",
    r"is that your understanding|(?:she|he|they) referred you|happy to explain|your (?:pcp|primary care)",
    r"we (?:may|might) want to (?:look|check|do|consider|get|send)",
    r"go ahead and (?:get|schedule|take|stop|continue) (?:your|the|that|these)",
)
"""Said by clinicians as a rule; two of different kinds are enough."""
_BODY = (
    r"(?:chest|head|back|stomach|belly|knee|leg|arm|shoulder|throat|foot|hand|hip|neck|ankle|elbow|wrist|eyes?|ears?"
    r"|skin)"
)
_COMPLAINT = r"(?:pains?|colds?|dizzy|tired|sick|headaches?|short of breath|nauseous|infections?|fevers?|chills)"
PATIENTS = (
    r"my (?:own )?(?:pcp|primary care|doctor|physician|gp)",
    r"i(?:'ve| have)? (?:\w+ )?(?:just )?(?:got|been|was|were) (?:just )?"
    r"(?:diagnosed|prescribed|admitted|hospitali[sz]ed)",
    r"(?:started|put) me on",
    r"i(?:'ve| have) been (?:having|feeling|taking|using|getting|struggling|coughing|throwing)",
    rf"i (?:get|got|have|had|feel|felt) (?:\w+ ){{0,3}}?{_COMPLAINT}",
    r"i (?:smoke|drink|vomited|threw up|fell)|i (?:take|took) (?:it|them|my|the|some|an?) "
    r"(?:tylenol|ibuprofen|medic\w+|pills?|tablets?|advil|aspirin|insulin)",
    rf"my (?:\w+ )?{_BODY} (?:\w+ ){{0,2}}?(?:hurts?|aches?|is|was|been|feels?|started|has|swells?|gets?)",
    r"(?:it|that) (?:burns|aches|bothers me)",
    r"(?:should|do) i (?:need to|be|have to|take|keep|stop|worry)|is there anything i (?:need|can)",
    r"my (?:symptoms?|pain|medic\w+|diabetes|cancer|surgery|blood pressure|migraines?|allerg\w+)",
    r"my (?:family|wife|husband|mom|mother|dad|father|kids)",
    r"(?<!you've )(?<!you )(?:told|referred|sent|gave) me",
    r"(?:i'm|i am) (?:\w+ )?(?:anxious|scared|nervous|in pain|allergic|having)",
)
"""Said of oneself, as a patient does; clinicians have wives and doctors, too, so two are needed."""
_QUOTES = re.compile(
    r"\b(?:said|says|told (?:me|us)|tells me|was like|saying|wants?|wanted|supposed|you said|doctors?|he|she|they)\b"
    r"[^.?!]{0,40}$",
    re.IGNORECASE,
)
"""In front of words that are somebody else's: 'my doctor said we're going to order an MRI'."""


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for pattern in patterns)


_ALONE, _CLINICIANS, _PATIENTS = _compiled(CLINICIANS_ALONE), _compiled(CLINICIANS), _compiled(PATIENTS)
_LEAST = 2


def talks_as_clinician(text: str) -> bool:
    """Whether a text is said by a clinician and nothing in it by a patient."""
    said = plainly_spelt(text)
    alone = sum(_is_own(p, said) for p in _ALONE)
    return bool(alone or sum(_is_own(p, said) for p in _CLINICIANS) >= _LEAST) and not _told_by_patient(said)


def talks_as_patient(text: str) -> bool:
    """Whether a text is said by a patient and nothing in it by a clinician."""
    said = plainly_spelt(text)
    return _told_by_patient(said) >= _LEAST and not any(_is_own(p, said) for p in (*_ALONE, *_CLINICIANS))


def _told_by_patient(said: str) -> int:
    return sum(bool(p.search(said)) for p in _PATIENTS)


def _is_own(pattern: re.Pattern[str], said: str) -> bool:
    """Whether the words are the speaker's own, and not what somebody told him."""
    return any(not _QUOTES.search(said[: m.start()]) for m in pattern.finditer(said))
