"""What the clinician says aloud of an examination or a test: findings as stated, results with their test."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domain.transcript import Transcript
from app.drafting.checking.rules.results import results_in
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems, kinds_in, said_names
from app.drafting.spoken.intents import read_intent
from app.drafting.spoken.plan_clauses import Clause, plan_clauses

_EXAMINES = re.compile(
    r"\b(?:physical exam\w*|examin\w+|on (?:your |the )?(?:\w+ ){0,2}exam\b|have a (?:quick |good )?(?:look|listen)"
    r"|take a (?:quick )?(?:look|listen) (?:at|to|in) (?:you|your)|listen(?:ing)? (?:to )?(?:you|your|the)"
    r"|deep breath|when i (?:press|push|touch|tap|move|squeeze)|take your (?:blood pressure|pulse|temperature))\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:i think|i suspect|makes me think|assessment|diagnos\w+|(?:my|the|our) plan|for your (?:\w+ )?problem"
    r"|(?:normally|usually),? (?:at|i|we|in)|in summary|sounds like|consistent with|what we(?:'ll| will)"
    r"|i(?:'d| would) (?:like|recommend))\b",
    re.IGNORECASE,
)
_OPENS_TEST = re.compile(
    r"\b(?:show me|(?:look(?:ing)?|have a look|take a look)(?: here)? at|review(?:ing)?|this is|these are"
    r"|here(?:'s| is| are)|we(?: also)? (?:did|have|got|took)|they(?: also)? did|you had|results? of|results? from)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:so|and|but|okay|ok|now|also|then|yeah|yes|all right|alright|you know|um|uh"
    r"|as you can see|the (?:good|bad) news is(?: that)?|today|currently|again)\b[\s,]*"
    r"|(?:no|good|great|right|well|here)\b(?=\s*[,.]|\s+(?:so|okay|ok|and|but|now|you|your|i|there|it|that|this)\b)[\s,.]*"
    r"|on (?:physical |your )?exam(?:ination)?,?\s+(?=(?:you|your|there|i)\b)"
    r"|(?:of )?(?:your|the) [\w ]{3,25},\s+(?=(?:i|you|there|it)\b)|your,?\s+(?=you\b)"
    r"|(?:in (?:reviewing|summary)|looking|after my exam|on (?:physical |the |my )?exam\w*"
    r"|here in the (?:office|clinic))\b[^,]*,\s*)+",
    re.IGNORECASE,
)
_PART = re.compile(r"^on (?:your |the )?(?P<part>[\w ]{2,30}?) exam\w*,?\s+", re.IGNORECASE)
_HEARS = re.compile(
    r"^i (?P<not>(?:do not|don't|can't|cannot|could not|couldn't|did not|didn't) )?(?:also )?(?:do |can |could |did )?"
    r"(?:also |really )*(?:appreciate|hear|see|feel|notice|find|detect|palpate)d?\s+"
    r"(?P<what>(?!that you|how you|you\b).+)$",
    re.IGNORECASE,
)
_THERE = re.compile(r"^there(?:'s| is| are|'re)\s+(?:(?P<not>not|n't) )?(?P<what>.+)$", re.IGNORECASE)
_YOU_HAVE = re.compile(
    r"^you (?P<not>(?:do not|don't) )?(?:do )?(?:also )?(?:have|'ve got)\s+(?P<what>.+)$", re.IGNORECASE
)
_SUMS_UP = re.compile(
    r"^(?P<what>(?:just )?(?:some|a (?:little|bit)(?: bit)?(?: of)?|mild|slight|moderate|severe|significant|limited"
    r"|decreased|reduced|full|no) (?!of\b)[^.?]+)$",
    re.IGNORECASE,
)
"""'Okay, so some stiffness when you turn the neck', said to what the examined patient answered."""
_BARE = re.compile(r"^(?:\w+ ){0,2}?\w+(?: \w+){0,3} (?:of|over|on|in|at|around|along|with)\b[^.?,]+$", re.IGNORECASE)
"""'Tenderness over the shin': a finding without a verb."""
_HAS_CLAUSE = re.compile(r"\b(?:i|you|we|they|he|she|that|which|will|can|should|is|are)\b", re.IGNORECASE)
_IS = re.compile(
    r"^(?:(?:your|the|both|all) )?(?P<what>[\w' -]{2,50}?"
    r"(?:'s| is(?:n't)?| are(?:n't)?| sounds?| looks?| seems?| feels?| has| have| was(?:n't)?| were(?:n't)?"
    r"| does(?: not|n't) (?:look|feel|sound|seem))\s+.+)$",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"^(?:it|this|that|these|they|which)(?: also)?(?: does| do)? "
    r"(?P<what>(?:looks?|shows?|is|was|are|were|appears?|seems?|came back|demonstrates?|reveals?)\b.*)$",
    re.IGNORECASE,
)
_EMPTY_VERB = re.compile(
    r"^(?:is|was|are|were|shows?(?: that)?|demonstrates?|reveals?|appears? to be)\s+"
    r"(?:that )?(?:(?:you (?:do )?have|you've got|there(?:'s| is| are))\s+)?"
    r"|(?:(?<=looks like )|(?<=look like ))(?:you have|there(?:'s| is))\s+",
    re.IGNORECASE,
)
_THAT_THERE_IS = re.compile(r"^that (?:you (?:do )?(?:also )?have|there(?:'s| is| are))\s+", re.IGNORECASE)
_ANY = re.compile(r"^(?:any|an?|some)\s+", re.IGNORECASE)
_TALKS = re.compile(
    r"\b(?:you (?:said|told|mentioned)|i (?:know|understand|think)|your (?:concern|point|worry)|why|reason|question"
    r"|problem is|(?:sound|look|seem)s? (?:good|great|like a plan|ok)\?|might|could be|may be|if|worr\w+|because"
    r"|need to|going to|will|should|surprising|let me|(?:does|do) (?:that|it|this)|any (?:other )?questions"
    r"|no problem)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r",?\s+(?:and|but)\s+(?=(?:you(?: do(?:n't| not)?)? have|you know|you could|your|there(?:'s| is| are)"
    r"|i (?:do|don't|hear|see|can|also)|(?:it|this|that) (?:also )?(?:shows|looks)|no)\b)"
    r"|,\s+(?=(?:there(?:'s| is| are)|you (?:do|don't) have|your|it (?:also )?(?:shows|looks))\b)"
    r"|,?\s+(?=so (?:i|that|we)\b)",
    re.IGNORECASE,
)
_NAMED_TEST = re.compile(
    r"\b(?:results? of|show me) (?:your|the) (?P<test>[\w -]{3,30}\blabs?|[\w -]{3,30} tests?)\b", re.IGNORECASE
)
_TAIL = re.compile(
    r",?\s+and (?:that|it|this) (?:can|could|may|might)\b.*$"
    r"|,?\s+(?:which is(?: which is)? (?:good|great|normal for you|not surprising.*)|not surprising\b.*|and so on"
    r"|so|and|but|there|right now|and you know|you know)$",
    re.IGNORECASE,
)
_DEGREE = re.compile(r"\b(?:little|small|large|mild|moderate|good|no|some)\b", re.IGNORECASE)
_AGO = re.compile(
    r"\b(?:about |around )?\w+ (?:day|week|month|year)s? ago\b|\blast (?:week|month|year|time|visit)\b", re.I
)
_PRONOUN = re.compile(
    r"^(?:i|you|we|he|she|they|it|that|this|these|those|let's|let|which|what|there|everything|something)\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:has|have|had) been\b|\b(?:was|were|used to|before|last time)\b", re.IGNORECASE)
_BROKEN_OFF = (
    (re.compile(r"\bthere(?:'s| is) no,? (?=there(?:'s| is) no\b)", re.I), ""),
    (re.compile(r"^.*\bthere(?:'s| is) normal \w+ (?=there(?:'s| is) no\b)", re.I), ""),
    (re.compile(r"\b(no|of), (?=\w)", re.I), r"\1 "),
    (re.compile(r"\bor there(?:'s| is) no\b", re.I), "or"),
)
_TEST_KINDS = frozenset({"finding", "symptom", "measure", "condition"})
_FOUND = frozenset({"finding", "symptom", "measure"})
_SHORTEST = 3
"""Letters of a result; 'no' alone was broken off."""
_REACH = 45
"""Sentences after which an examination that nobody ended is over."""
_TEST_REACH = 8
"""Sentences in which 'it shows' is said of the test that was opened."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as stated, or a result; `test` names the test that gave it, '' for an examination."""

    text: str
    ids: tuple[str, ...]
    test: str = ""


@dataclass(frozen=True, slots=True)
class _State:
    exam_from: int = -1000
    test: str = ""
    test_from: int = -1000


def stated_findings(transcript: Transcript) -> list[Finding]:
    """Return findings and results in spoken order; the results of one test stand together."""
    found: list[Finding] = []
    state = _State()
    for clause in plan_clauses(transcript):
        before, state = state, _moved(state, clause)
        if clause.asks or is_question(tokenise(clause.text)) or read_intent(clause.text, clause.before) is not None:
            continue
        for piece in _SPLIT.split(clause.text):
            for finding in _read(piece.strip(" ,"), clause, state if state != _State() else before):
                found = _added(found, finding)
    return found


def _moved(state: _State, clause: Clause) -> _State:
    """What the talk is about after a clause: an examination that began, a test that was opened, neither."""
    opens = _OPENS_TEST.search(clause.text)
    told = (
        opens is not None
        and opens[0].lower().startswith(("this", "these"))
        and results_in(tokenise(_SPLIT.split(clause.text)[0]))
    )
    test = _test_in(clause.text) if opens and not told else ""
    if test:
        when = _AGO.search(clause.text)
        return _State(state.exam_from, f"{test} ({when.group()})" if when else test, clause.number)
    if _EXAMINES.search(clause.text):
        return _State(exam_from=clause.number)
    if _CONCLUDES.search(clause.text):
        return _State()
    return state


def _test_in(text: str) -> str:
    """The test that a clause names, in its words; 'results of your diabetes labs' names one, too."""
    tests = [said for name, said in said_names(text) if kind_of(name) == "test"]
    if tests:
        spelt = r"[\s-]+".join(map(re.escape, tests[0].split()))
        whole = re.search(
            rf"(?:\b(?!your|the|some|an?|of|at|did|show|me|this|is\b)\w+ )?\b{spelt}s?"
            r"(?:,? of (?:your|the) [\w ]{3,20})?",
            text,
            re.I,
        )
        return re.sub(r"\byour\b", "the", whole.group() if whole else tests[0]).replace(",", "")
    named = _NAMED_TEST.search(text)
    return named["test"] if named else ""


def _read(piece: str, clause: Clause, state: _State) -> Iterator[Finding]:
    part = _PART.match(_LEAD.sub("", piece)) or _PART.match(piece)
    text = _PART.sub("", _LEAD.sub("", _PART.sub("", _LEAD.sub("", piece)))).strip(" ,")
    for pattern, put in _BROKEN_OFF:
        text = pattern.sub(put, text)
    if not text or _TALKS.search(text):
        return
    tested = clause.number - state.test_from <= _TEST_REACH
    result = _result(text, state.test if tested else "")
    if result:
        told = _tidied(result[1])
        if len(told) > _SHORTEST and content_stems(told):
            yield Finding(told, clause.ids, result[0])
        return
    examined = clause.number - state.exam_from <= _REACH or part is not None
    if told := _finding(text, examined=examined):
        yield Finding(_tidied(told), clause.ids)


def _result(text: str, test: str) -> tuple[str, str] | None:
    """A test and what it gave, if a clause says so."""
    named = any(kind_of(name) == "test" for name, _ in said_names(text))
    gives = results_in(tokenise(text)) or read_numbers(tokenise(_AGO.sub("", text)))
    telling = bool(gives or kinds_in(text) & _TEST_KINDS)
    shown = re.search(r"\bwhich (?P<what>(?:looks?|shows?|is|was)\b.*)$", text) if named else None
    shown = shown or (_SHOWN.match(text) if not _OPENS_TEST.match(text) or gives else None)
    if test and shown and (telling or "good" in text):
        what = _EMPTY_VERB.sub("", shown["what"])
        return test, re.sub(r"^look like\b", "looks like", what)
    if named and gives and not _PAST.search(text) and (own := _named_result(text)):
        return "", own
    there = _THERE.match(text)
    if test and there and (kinds_in(text) & _TEST_KINDS or _DEGREE.search(text)):
        return test, _ANY.sub("no " if there["not"] else "", there["what"])
    seen = _HEARS.match(text)
    if test and seen and seen["not"] and kinds_in(text) & _TEST_KINDS and re.search(r"\b(?:see|find)\b", text):
        return test, f"no {_ANY.sub('', seen['what'])}"
    return (test, text) if test and re.match(r"everything\b", text, re.I) else None


def _named_result(text: str) -> str:
    """'Your sugar is high at twelve' without the address; what only opens a test is no result."""
    text = re.sub(r"^it (?:looks|seems) like (?:your|the)\s+", "", text, flags=re.I)
    if _PRONOUN.match(text) or not _IS.match(text):
        return ""
    return re.sub(r"^(?:your|the)\s+", "", text, flags=re.I)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(str(n.value) for n in read_numbers(tokenise(text)))


def _finding(text: str, *, examined: bool) -> str:
    """A finding in few words: 'I don't hear a murmur' is 'no murmur'; '' if a clause tells none."""
    kinds = kinds_in(text)
    told = _IS.match(text)
    measured = "measure" in kinds and bool(results_in(tokenise(text)))
    if told and not _PRONOUN.match(text) and not _PAST.search(text) and (kinds & _FOUND if examined else measured):
        return told["what"]
    summed = _SUMS_UP.match(text) if examined and kinds & _FOUND and not _HAS_CLAUSE.search(text) else None
    if (
        examined
        and _BARE.match(text)
        and kinds_in(" ".join(text.split()[:2])) & _FOUND
        and not _HAS_CLAUSE.search(text)
    ):
        return text
    if summed:
        return re.sub(r"^just ", "", summed["what"], flags=re.IGNORECASE)
    for pattern, wanted in ((_HEARS, _FOUND if examined else {"finding"}), (_THERE, _FOUND), (_YOU_HAVE, _FOUND)):
        match = pattern.match(text)
        if match and kinds & wanted and (examined or pattern is _HEARS):
            what = _ANY.sub("", _THAT_THERE_IS.sub("", match["what"]))
            return f"no {what}" if match["not"] else what
    return ""


def _tidied(text: str) -> str:
    text = re.sub(r"\byour\b", "the", _TAIL.sub("", _TAIL.sub("", text)), flags=re.I).strip(" ,")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _added(found: list[Finding], finding: Finding) -> list[Finding]:
    """The findings with one more: results of one test in one line, repeats left out."""
    stems = content_stems(finding.text)
    if any(
        f.test == finding.test and stems <= content_stems(f.text) and _numbers(finding.text) <= _numbers(f.text)
        for f in found
    ):
        return found
    same = next((n for n, f in enumerate(found) if finding.test and f.test == finding.test), None)
    if same is None:
        return [*found, finding]
    old = found[same]
    joined = replace(old, text=f"{old.text}; {finding.text}", ids=tuple(dict.fromkeys((*old.ids, *finding.ids))))
    return [*found[:same], joined, *found[same + 1 :]]
