"""What an answer affirms of its question, and what of a sentence is no illness: a comparison, a suspicion."""

import re

from app.domain.transcript import Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.spoken.exchanges import content_stems, is_plain_no, merely_yes, names_in
from app.drafting.spoken.stretches import words_let_stand

_NO = re.compile(r"^\W*(?:(?:um+|uh+|er+m?|oh|well|hmm)\W+)*(?:no|nope|nah|not)\b(?! (?:sure|idea))", re.IGNORECASE)
_LISTED = re.compile(r"\b(?:like|such as|for example)\b[^.?!]*,[^.?!]*,", re.IGNORECASE)
_PARTS = re.compile(r",\s*|\s+or\s+|\b(?:like|such as)\b", re.IGNORECASE)
_UNDECIDED = re.compile(
    r"^\W*(?:(?:um+|uh+|er+m?|oh|well|hmm+|yeah|i mean)\W+)*(?:maybe|perhaps|possibly|not sure|no idea"
    r"|i(?:'m| am) not (?:really |quite )?(?:sure|certain)|i (?:don't|do n't|do not|didn't|did n't) (?:really )?"
    r"(?:know|think|remember|recall|believe))\b",
    re.IGNORECASE,
)
_TELLS_HOW = re.compile(
    r"^\W*(?:(?:um+|uh+|oh|well)\W+)*(?:when(?:ever)?|if|on|after|at|in|every|since|about|for|all|more|worse|mainly"
    r"|it (?:is|was|comes|goes|hurts|started)|not (?:much|very|too))\b",
    re.IGNORECASE,
)
_NO_ILLNESS = re.compile(
    r"\b(?:(?:feels?|felt|feeling|looks?|looked|sounds?|sounded) (?:(?:almost|just|kind of|a bit|really) )?(?:like|as)"
    r"|as (?:if|though)|similar to|compared (?:to|with)|thought|referr\w+|possible|potential|probabl[ey]|suspect\w*"
    r"|etiolog\w+|differential\w*|rul(?:e|ed|ing) (?:it )?out|look(?:ing)? for|test(?:ed|ing)? for|screen\w* for"
    r"|check(?:ing)? for)\b[^.?!;]*",
    re.IGNORECASE,
)
"""A comparison, a suspicion, a reason for a referral: what follows is no illness of the patient."""
_NO_COLD = re.compile(
    r"\b(?:this|that|is|was|are|were|feel\w*|felt|get|gets|getting|very|really|too|so|hot (?:and|or)|the hot|stone"
    r"|freezing) cold\b(?! symptoms?| sores?)",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\bwell\b[\s,]+(?:yeah|yes|when|sometimes|it (?:is|does)|it's|a (?:little|bit))"
    r"|\b(?:yeah|yes)\b[\s,]+(?:it|i|when|a|my)\b"
    r"|\bactually\b|\bexcept\b|\b(?:maybe|sometimes) (?:a |when|it|i)",
    re.IGNORECASE,
)
_IS_RIGHT = re.compile(r"^\W*(?:(?:um+|uh+|oh)\W+)*that(?:'s| is) (?:it|right|correct|the one)\b", re.IGNORECASE)


def without_suspicions(said: str) -> str:
    """A sentence without comparisons, suspicions, reasons of a referral, and things that only are cold."""
    return _NO_COLD.sub(" ", _NO_ILLNESS.sub(" ", said))


def begins_with_no(reply: str) -> bool:
    """Whether a reply begins with a no and does not take it back: 'no … well, yeah, when it beats fast'."""
    return is_plain_no(reply) or (bool(_NO.search(reply)) and not _TAKES_BACK.search(reply))


def words_affirmed(question: Utterance, answer: str) -> str:
    """The words of a question that its answer affirms: none after 'maybe', all where it tells how or when."""
    if _UNDECIDED.search(answer):
        return ""
    if len(content_stems(question.text)) <= 1 or _IS_RIGHT.search(answer):
        return question.text
    if _LISTED.search(question.text) and not merely_yes(answer):
        said = content_stems(answer) | set(names_in(answer))
        parts = _PARTS.split(question.text)
        return " ".join(part for part in parts if (content_stems(part) | set(names_in(part))) & said)
    one = len({n for n in names_in(question.text) if kind_of(n) in ("symptom", "condition")}) <= 1
    return question.text if one and _TELLS_HOW.search(answer) else words_let_stand(question, answer)
