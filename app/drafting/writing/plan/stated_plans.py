"""Plan lines from the clinician's own sentences: 'we'll raise the statin from 20 to 40' is no matter of summarising."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.transcript import Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.spoken.examining import said_while_examining
from app.drafting.spoken.exchanges import content_stems, names_in
from app.drafting.spoken.given_medicines import NO_MEDICINE, medicines_in
from app.drafting.spoken.heard_names import heard_names
from app.drafting.spoken.intents import Intent, read_intent
from app.drafting.spoken.offers import offered_only
from app.drafting.spoken.plan_clauses import Clause, plan_clauses
from app.drafting.spoken.plan_openings import AROUND, AWAY, DONE, OF_ANOTHER, PARTING

TEST, DRUG, SPECIALIST, REST, FOLLOW = "test", "drug", "specialist", "rest", "follow"

_MEDICINE_WORD = re.compile(
    r"\b(?:medications?|medicines?|tablets?|pills?|capsules?(?! endoscop)|inhalers?|cream|ointment|dose|refill"
    r"|prescription)\b",
    re.I,
)
_REFERS = re.compile(r"^(?:refer|send)\b|\breferral\b|^(?:book|arrange|get|see)\b.*\bspecialist\b", re.IGNORECASE)
_A_REFERRAL = re.compile(r"(?:(?:out|in|through) )?an? (?:\w+ ){0,2}referral\b", re.IGNORECASE)
_FOLLOWS = re.compile(
    r"^(?:see (?:you|me|us|another|a gp|the gp|your gp|your doctor)\b"
    r"|come (?:back|in|to (?:the|my|our|one)|and see|see)\b|be (?:in touch|seen|assessed|reviewed)\b|return\b"
    r"|follow up\b|follow you\b|bring (?:you|him|her) (?:back|in)\b|review (?:you|this|it)\b"
    r"|get back(?! to (?:our|this|the|that|what|your|it)\b)\b|check back\b"
    r"|(?:do|have) an? (?:follow|review)|recheck (?:it|this|you)\b|book (?:you )?(?:in|back)\b|call you\b|ring you\b"
    r"|no need to (?:come back|follow up|see)\b"
    r"|(?:book|schedule|arrange|make)\b.*\b(?:appointment|visit|follow[- ]?up|review|slot)\b)",
    re.IGNORECASE,
)
_TEST_WORD = re.compile(
    r"\b(?:tests?|blood work|bloods|blood count|scans?|x-?rays?|swabs?|sample|labs|imaging|biops\w+|workup|work up)\b",
    re.I,
)
_EVERYDAY = re.compile(r"\b(?:work|school|sports?|exercise|driv\w+|swim\w*|walk\w*|run\w*|lift\w*|travel|fly)\b", re.I)
_FREE = {"may": "can", "might": "could"}
_BOOKS = frozenset({"book", "schedule", "arrange"})
_ORDERS = frozenset({"do", "get", "run", "have", "order", "request"})
_CHECKS = frozenset({"check", "test", "recheck", "repeat", "measure"})
_IN_BLOOD = re.compile(r"\b(?:thyroid|kidneys?|liver|iron|sugars?|cholesterol|vitamins?|hormones?|levels?)\b", re.I)
_TAKES_TEST = frozenset({"do", "get", "order", "run", "have", "arrange", "request", "need", "start", "send"})
_GIVES = frozenset({"give", "prescribe", "get", "put", "have", "order", "need", "recommend"})
_OBJECT = re.compile(
    r"^(?:you|him|her|them)\b(?! (?:are|have|can|will))(?: (?:up|over|off|out)\b)?(?: (?:to|on|for|with)\b)?\s*",
    re.I,
)
_ARTICLE = re.compile(r"^(?:just,? )?(?:an?|some|the|your)\s+", re.IGNORECASE)
_TO = re.compile(r"^(?:(?:to|for|off(?: with)?|in|on)\s+)+", re.IGNORECASE)
_AGAIN = re.compile(
    r"^(?:see you|have you come back|bring you back|come back and see (?:me|us)|see (?:me|us))(?: again| back)?\s*",
    re.I,
)
_PRONOUN = re.compile(r"^(?:it|that|them|those|this|these|one)\b(?! (?:easy|is|was|may|could))", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^(?:and |or |then |plus |but )?"
    r"(?:within|for (?:the next|at least|about|an?|one|two|three|four|five|six|seven|ten|\d+)|in|at|until|before"
    r"|after|by|once|twice|three times|every|with|without|over|during|if|unless|as needed|when needed|daily|from)\b",
    re.IGNORECASE,
)
_GENERAL_END = re.compile(r"\b(?:tests?|blood work|bloods|labs|scans?)$", re.IGNORECASE)
_WHAT_FOR = re.compile(
    r"^(?:(?:we|i|that|they|it)(?:'ll| will| would)? )?(?:just )?(?:look(?:s|ing)? (?:at|for)|includ(?:es?|ing)"
    r"|things like|such as)(?: things like)?\s+(?=\S)",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"^no need (?:to do|for) anything\b(?! like)", re.IGNORECASE)
_CUT_OFF = re.compile(
    r",?\s+(?:and|or)(?: (?:your|the|an?))?$|,?\s+but (?:you|i|we) (?:said|mentioned|told)(?: \w+){0,2}$", re.IGNORECASE
)
_HAS_VERB = re.compile(
    r"\b(?:i|we|you|he|she|it|they|there)\b(?!\s*$)|\b(?:is|are|was|were|do|does|did|has|have|had|looks?|shows?"
    r"|seems?)\b",
    re.I,
)
_LONGEST_TAIL = 12  # words of a sentence that only goes on with a plan
LONGEST_LINE = 45
"""Words of a line; a longer one is left to quoting."""
_LEFT_OPEN = re.compile(
    r"\b(?:if|unless) (?!that's the case|so\b|you (?:can|could|don't mind|want|like))[^,].*?(?= then |$)", re.IGNORECASE
)
_INTRODUCES = re.compile(r"^(?:(?:\S+\s+){0,3}|.*\b(?:is|are),?(?: that)?(?: you know)?,?\s*)$", re.IGNORECASE)
_IF = re.compile(r"\b(?:if|unless)\b", re.IGNORECASE)
_FOR_THAT = re.compile(r"\bfor (?:that|this|those|these)[\s.]*$", re.IGNORECASE)
"""'Chest pain is an emergency. You need to go to A and E for that.'"""
_IF_POSSIBLE = re.compile(r"\bif (?:possible|needed|necessary|you (?:can|could|like|want))\b", re.IGNORECASE)
_NO_MORE = frozenset({stem(w) for w in ("all", "first", "test", "tests", "blood", "bloods", "general", "set", "those")})
_LOOKS_AGAIN = re.compile(
    r"^(?:(?:so|and|um|then|okay|well),? )*(?:let's|let us|(?:we|i)(?:'ll| will| can| want to|'d like to)|you(?:'ll"
    r"| want to| can)) (?P<what>(?:come back and )?"
    r"(?:take a(?:nother)? look|revisit|touch base|check in|regroup|reassess|wait)\b[^.?]{0,40}?"
    r"\b(?:in|those|these|another|for|after),?(?: about| maybe| the)?"
    r" (?:\w+[ -]){0,2}?(?:days?|weeks?|months?|years?)\b)",
    re.IGNORECASE,
)
"""'Let's take a look in six months.'"""
_NOD = 1
_SOON = 3
"""Sentences within which 'it' is the medicine just ordered."""


@dataclass(frozen=True, slots=True)
class StatedPlan:
    """A line of the plan: what kind of order it is, its words, and the utterances that say it."""

    kind: str
    text: str
    ids: tuple[str, ...]
    number: int
    to_program: bool = False
    verb: str = ""


def stated_plans(transcript: Transcript) -> list[StatedPlan]:
    """Return the plan lines that the clinician states, in spoken order; nothing is added to his words."""
    found: list[StatedPlan] = []
    before: Clause | None = None
    clauses = plan_clauses(transcript)
    spoken = {u.id: n for n, u in enumerate(transcript.utterances)}
    examined, offered = said_while_examining(clauses), offered_only(clauses)
    for place, clause in enumerate(clauses):
        if (again := _LOOKS_AGAIN.match(clause.text)) and not clause.asks:
            found.append(StatedPlan(FOLLOW, again["what"], clause.ids, clause.number))
            before = None
            continue
        intent = None if clause.asks or place in offered else read_intent(clause.text, clause.before)
        if intent is not None and (place in examined or clause.to_program) and _kind(intent) in (None, REST):
            intent = None
        if intent is None:
            if found and _goes_on(clause, found[-1]):
                found[-1] = _longer(found[-1], clause.text, clause)
        elif found and _is_about(intent, found[-1], clause):
            then = "; then " if clause.number == found[-1].number and intent.how == "order" else "; "
            found[-1] = _longer(found[-1], _of_pronoun(intent), clause, joint=then)
        else:
            near = before is not None and _only_nods(
                transcript.utterances[spoken[before.ids[-1]] + 1 : spoken[clause.ids[0]]]
            )
            found += _plans_of(*_on_condition(intent, before if near else None, clause))
        before = clause if intent is None else None
    return _once(found)


def _only_nods(between: Sequence[Utterance]) -> bool:
    """Whether nothing is said between two sentences of the clinician but a nod or two."""
    return all("?" not in u.text and len(content_stems(u.text)) <= _NOD for u in between)


def _on_condition(intent: Intent, before: Clause | None, clause: Clause) -> tuple[Intent, Clause]:
    """An order whose condition is the clause before: 'if it is not better by Monday. I'd like you to come back.'"""
    supposed_before = before is not None and not before.asks and _IF.search(before.text)
    if before is not None and supposed_before and AWAY.search(intent.text) and _FOR_THAT.search(clause.text):
        case = before.text.strip(" ,.")
        return replace(intent, condition=f'("{case}")'), clause
    supposed = _LEFT_OPEN.search(before.text) if before is not None and not before.asks else None
    if before is None or supposed is None or not _INTRODUCES.match(before.text[: supposed.start()]):
        return intent, clause
    if (
        clause.number - before.number > 1
        or clause.to_program
        or intent.condition
        or intent.how in ("stated", *_FREE)
        or _IF.search(_IF_POSSIBLE.sub("", clause.text))
    ):
        return intent, clause
    ids = tuple(dict.fromkeys((*before.ids, *clause.ids)))
    condition = supposed.group().strip(" ,.")
    return replace(intent, condition=condition[:1].lower() + condition[1:]), replace(clause, ids=ids)


def _plans_of(intent: Intent, clause: Clause) -> Iterator[StatedPlan]:
    kind = _kind(intent)
    if kind is None:
        return
    text = _worded(intent, kind)
    if (
        _NOTHING.match(text)
        or PARTING.fullmatch(text)
        or len(text.split()) > LONGEST_LINE
        or not content_stems(f"{intent.verb} {text}")
    ):
        return
    yield StatedPlan(kind, text, clause.ids, clause.number, clause.to_program, intent.verb)


def _kind(intent: Intent) -> str | None:
    """The kind of order; None if its verb needs a clinical word and has none."""
    verb, text = intent.verb, intent.text
    kinds = {kind_of(name) for name in names_in(AROUND.sub("", text))}
    tested = verb != "keep" and bool(kinds & {"test", "procedure"} or _TEST_WORD.search(intent.rest))
    tested = tested or (verb in _CHECKS and bool(_IN_BLOOD.search(intent.rest)))
    drug = _names_medicine(text) or ((intent.how != "not" or verb == "change") and bool(_MEDICINE_WORD.search(text)))
    ordered = intent.how in ("decided", "open", "not") or verb in _TAKES_TEST
    follows = bool(_FOLLOWS.match(text)) and (verb not in ("call", "ring") or intent.rest.startswith("you"))
    refers = bool(_REFERS.search(text)) and bool(kinds & {"specialist", "therapy"} or verb == "refer")
    refers = refers or (verb in ("send", "put", "make", "place") and bool(_A_REFERRAL.match(intent.rest)))
    first_fits = (
        (verb == "go" and bool(AWAY.search(intent.rest)), REST),
        (tested and verb in _BOOKS, TEST),
        (follows, FOLLOW),
        (refers, SPECIALIST),
        (tested and ordered and (verb in _ORDERS or not drug), TEST),
        (drug, DRUG),
        ("specialist" in kinds and verb in {*_BOOKS, "see", "get", "send"}, SPECIALIST),
        (_is_advice(intent, kinds), REST),
    )
    return next((kind for fits, kind in first_fits if fits), None)


def _names_medicine(text: str) -> bool:
    return bool(medicines_in(text) or {n for n in names_in(text) if kind_of(n) == "therapy"} - NO_MEDICINE)


def _is_advice(intent: Intent, kinds: set[str]) -> bool:
    """Whether an order that is no test, medicine or visit says enough to stand among the advice."""
    if AWAY.search(intent.text):
        return True
    if not intent.verb and intent.how == "open":
        return bool(kinds & {"test", "procedure", "specialist", "therapy"})
    if intent.how in _FREE:
        named = bool(kinds & {"therapy", "plan", "procedure", "measure"})
        return named or bool(_EVERYDAY.search(intent.text)) or intent.verb in ("call", "ring", "contact")
    if intent.verb in words("plan-verb-of-kind") and intent.how in ("decided", "open"):
        return bool(kinds & {"therapy", "procedure"} or {"sick note", "refill"} & set(names_in(intent.text)))
    if intent.how == "stated":
        return bool(kinds) or re.match(r"(?:\w+\s){0,2}\w+ing\b", intent.rest, re.I) is not None
    return True


def _worded(intent: Intent, kind: str) -> str:
    """The order in few words: the verb only where the heading does not say it."""
    told = f"do not {intent.text}" if intent.verb else intent.rest
    if intent.how != "not":
        told = _told(intent, kind)
        if intent.how in _FREE and _starts(told, intent.verb):
            told = f"{_FREE[intent.how]} {told}"
        elif intent.how == "open" and _starts(told, intent.verb):
            told = f"consider {_gerund(intent.verb)}{told[len(intent.verb) :]}"
        elif intent.how == "open" or intent.how in _FREE:
            told = f"consider {told}"
    said = f"{told} {intent.condition}".strip()
    return heard_names(said[:1].lower() + said[1:] if _lowers(said) else said)


def _told(intent: Intent, kind: str) -> str:
    """Verb and object, or the object alone under a heading that stands for the verb."""
    if intent.verb in ("call", "ring", "see", "bring", "let"):
        told = intent.text
        return _AGAIN.sub("", told) if kind == FOLLOW and intent.how == "decided" else told
    rest = _OBJECT.sub("", intent.rest)
    if (
        kind == TEST
        and intent.verb in _TAKES_TEST
        and (intent.verb != "send" or rest != intent.rest or _TO.match(rest))
    ):
        return DONE.sub("", _ARTICLE.sub("", _TO.sub("", rest)))
    if kind == SPECIALIST and intent.verb in ("refer", "send"):
        rest = rest.removeprefix("out ")
        return _ARTICLE.sub("", _TO.sub("", rest))
    treated = kind == DRUG or any(kind_of(n) == "therapy" for n in names_in(rest))
    if treated and intent.verb in _GIVES and (intent.verb != "put" or rest != intent.rest):
        return _ARTICLE.sub("", _TO.sub("", rest))
    told = f"{intent.verb} {_ARTICLE.sub('', rest) if kind == DRUG else rest}".strip()
    return _AGAIN.sub("", told) if kind == FOLLOW and intent.how == "decided" else told


def _starts(text: str, verb: str) -> bool:
    return bool(verb) and text.partition(" ")[0] == verb


def _gerund(verb: str) -> str:
    """'Repeat' as 'repeating'."""
    if re.search(r"(?:^|[^aeiou])[aeiou][bgmnpt]$", verb) and verb not in ("monitor", "order", "record"):
        return f"{verb}{verb[-1]}ing"
    return f"{verb[:-1] if verb.endswith('e') and not verb.endswith('ee') else verb}ing"


def _lowers(text: str) -> bool:
    """Whether the first word is written with a capital only because it began a sentence."""
    first = text.partition(" ")[0]
    return first[1:].islower() and not medicines_in(first)


def _goes_on(clause: Clause, last: StatedPlan) -> bool:
    """Whether a sentence without a verb only goes on with the plan before: 'and some blood tests', 'for two weeks'."""
    if last.kind == TEST and clause.number - last.number <= 1 and _WHAT_FOR.match(clause.text):
        return not clause.asks
    if clause.asks or clause.number - last.number > 1 or clause.to_program or last.to_program:
        return False
    text = clause.text
    if _HAS_VERB.search(text) or len(text.split()) > _LONGEST_TAIL + 8:
        return False
    if _GOES_ON.match(text):
        return len(text.split()) <= _LONGEST_TAIL and bool(content_stems(text) or read_numbers(tokenise(text)))
    names = names_in(text)
    wanted = {TEST: {"test", "condition", "measure", "procedure"}, SPECIALIST: {"specialist"}}.get(last.kind, set())
    if last.kind == DRUG:
        return bool(medicines_in(text)) or bool(_MEDICINE_WORD.search(text) and read_numbers(tokenise(text)))
    return bool(names) and {kind_of(n) for n in names} <= wanted


def _is_about(intent: Intent, last: StatedPlan, clause: Clause) -> bool:
    """Whether an order is about 'it', the medicine just ordered, or how much of it is given."""
    treats = last.kind == DRUG or any(kind_of(n) == "therapy" for n in names_in(last.text))
    if not treats or clause.number - last.number > _SOON or intent.how == "not":
        return False
    rest = _OBJECT.sub("", intent.rest)
    supply = (
        intent.verb in ("give", "prescribe")
        and not medicines_in(rest)
        and re.search(r"\b(?:supply|days?|weeks?)\b", rest)
    )
    if OF_ANOTHER.match(rest) or (supply and not medicines_in(last.text)):
        return False
    return bool(_PRONOUN.match(rest) or supply) and intent.verb in words("plan-of-medicine")


def _of_pronoun(intent: Intent) -> str:
    rest = _PRONOUN.sub("", _OBJECT.sub("", intent.rest)).strip(" ,")
    if intent.verb in _GIVES:
        return _ARTICLE.sub("", rest)
    may = f"{_FREE[intent.how]} " if intent.how in _FREE else "consider " if intent.how == "open" else ""
    return f"{may}{intent.verb} {rest}".strip() + (f" {intent.condition}" if intent.condition else "")


def _longer(last: StatedPlan, text: str, clause: Clause, joint: str = "") -> StatedPlan:
    goes_on = last.kind == TEST and _WHAT_FOR.match(text)
    text = heard_names(_WHAT_FOR.sub("", text) if goes_on else text)
    if goes_on or (not joint and last.kind == TEST and _GENERAL_END.search(last.text)):
        joint = ": "
    elif not joint:
        joint = " " if _GOES_ON.match(text) and not text.lower().startswith(("and ", "or ")) else ", "
    both = _CUT_OFF.sub("", f"{last.text}{joint}{text}")
    if len(both.split()) > LONGEST_LINE:
        return last
    ids = tuple(dict.fromkeys((*last.ids, *clause.ids)))
    return replace(last, text=both, ids=ids, number=clause.number)


def _once(plans: Sequence[StatedPlan]) -> list[StatedPlan]:
    """Without lines that only repeat another one, such as an order that is dictated again to the computer."""
    found: list[StatedPlan] = []
    for plan in plans:
        if any(_repeats(plan, other) for other in found):
            continue
        found = [other for other in found if not _repeats(other, plan)] + [plan]
    return found


def _repeats(plan: StatedPlan, other: StatedPlan) -> bool:
    if plan.kind != other.kind:
        return False
    numbers = numbers_of(plan.text) <= numbers_of(other.text)
    if content_stems(plan.text) <= content_stems(AROUND.sub("", other.text)):
        return numbers
    names = set(names_in(plan.text))
    if plan.kind == TEST and content_stems(plan.text) <= _NO_MORE:
        return True
    more = content_stems(plan.text) - content_stems(other.text)
    if plan.kind == TEST and names and names <= set(names_in(other.text)) and not more - _NO_MORE:
        return numbers
    return plan.to_program and bool(names) and names <= set(names_in(other.text)) and numbers


def numbers_of(text: str) -> set[float]:
    return {n.value for n in read_numbers(tokenise(text))}
