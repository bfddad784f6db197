"""What a clause of the clinician says will be done: by whom it is said, whether it is decided, what and when."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem
from app.drafting.spoken.plan_openings import (
    A_COLLEAGUE_IS_TO,
    AWAY,
    LEAD,
    OPENINGS,
    PLAIN_LEAD,
    PLAN_IS,
    THOUGHT_OF,
    TIME_LEAD,
    YOU_CAN_GET,
)

_SUPPOSED = re.compile(r"^(?P<if>(?:if|unless|once|when|as soon as|should you|until)\b.+)$", re.IGNORECASE)

_NEED_NOT = re.compile(
    r"^(?:(?:i|we) (?:don't|do not) (?:think|believe|feel) (?:that )?)?(?:you|we|there's|there is)"
    r"(?: do(?: not|n't)| don't|n't)?(?: really)? (?:no need|need)(?: for)? (?P<what>.+)$",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:don't|do not|no need)\b", re.IGNORECASE)
_SAME_DOSE = re.compile(
    r"\b(?:stays?|remains?|staying|leave|keep\w*)\b.{0,30}"
    r"\b(?:the same|as (?:it|they) (?:is|are)|at the same|unchanged)\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"^(?:absolutely |just )?no (?:more )?\w+.*\b(?:until|for (?:the next|at least|\w+ (?:days?|weeks?|months?)))\b",
    re.I,
)
_WOULD_HELP = re.compile(
    r"^(?P<what>.+?),? (?:would|will|can|could|may|might)(?: also| really| certainly| probably| often)*"
    r" (?:help\b.*|be (?:\w+ )?(?:a good idea|important|advisable|sensible|useful|helpful|good|worthwhile|best)\b.*)$",
    re.IGNORECASE,
)
_NAMING = re.compile(r"^(?:(?:things?|stuff|something) like|what (?:we|i) (?:call|say)(?: an?)?)\s+", re.IGNORECASE)
_I_THINK = re.compile(r"^(?:i (?:do )?think|maybe|perhaps)(?: that)?,?\s+", re.IGNORECASE)
_FINE = re.compile(
    r"^(?P<what>.+?) (?:is|are|would be|should be|will be) (?:absolutely |perfectly |totally |all )?"
    r"(?:fine|ok(?:ay)?|safe|alright|right)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_ALLOWED = re.compile(
    r"\b(?:can|could|may|should|must|do|is it (?:ok|okay|safe|all right|alright|fine)) (?:i|we|to|if)\b", re.I
)
_HOUSEKEEPING = re.compile(
    r"\b(?:look(?:ing)? at|listen\w*|examin\w+|physical exam|(?:ask|tell) (?:you|me)|talk|go(?:ing)? over|discuss|show"
    r"|(?:have|take) a (?:good |quick |little )?(?:look|listen|seat|history)|bear with|go from there|take it from there"
    r"|deep breath|breathe|breaths? (?:in|out)|come with me|check you out|checked out(?! (?:\w+ ){0,3}(?:further|in"
    r"|at|by)\b)|get you well|get well"
    r"|finali[sz]e|pull up|see what|see how|step by step|one (?:moment|second)|hear (?:me|you)|button|undress"
    r"|get dressed|sit up|lie (?:down|back)|hop up|(?:the|your) (?:note|report|visit)|be honest|confirm|cuff|couch"
    r"|(?:shoes?|socks?|shirt|top|trousers|jacket) off|on the scales?|roll (?:up|over)"
    r"|take your (?:blood pressure|temperature|pulse|time)|lay back|for me(?= (?:please|and|now|is|does)|[,.]?$)"
    r"|(?:is|does|do|did|are) (?:that|it|this|these|there|here) (?:\w+ )?(?:hurt|pain\w*|sore|tender|uncomfortable"
    r"|ok(?:ay)?)"
    r"|(?:that|it)(?:'s| is) (?:painful|sore|tender|uncomfortable)|how does (?:that|it|this) feel|tell me (?:if|when)"
    r"|get (?:on )?to .{1,30} in (?:just )?a (?:second|moment|minute|bit)|take it (?:that )?(?:you|he|she|they)"
    r"|(?:start|begin) with your (?:\w+ ){1,3}first"
    r"|this way|over here|walk you (?:out|to)|review \w+ (?:\w+ ){0,4}with you|template|dictat\w+|recording"
    r"|instead of you"
    r"|(?:your|the) (?:kids|children|wife|husband|son|daughter) (?:can|could|should|do|will)"
    r"|make sure (?:that )?,?(?:we|you're not|you aren't|you don't have|there|it's not|it isn't|your \w+(?:'s| is)))\b",
    re.IGNORECASE,
)
_LOOKED_AT = re.compile(
    r"\b(?:someone|somebody|(?:an? |the |one of (?:the|our) )(?:gps?|doctors?|nurses?|specialists?|colleagues?))"
    r" (?:to |will |can )?(?:just )?(?:have|take) a (?:quick |good )?look .+|\bget (?:your|that|this|it)\b.{0,30}?"
    r"\b(?:checked|looked at|seen)\b.*",
    re.IGNORECASE,
)
_EXPLAINED = re.compile(
    r"(?:,\s*|\s+)(?:which|that) (?:means?|is just|is a|is an|it|helps?|will help|can help|essentially)\b.*$"
    r"|,\s*(?:that|this|it)(?:'s| is| means) .*$"
    r"|,? (?:i )?i(?:'m| am) (?:recommend|suggest|advis)ing (?:this|that)\b.*$"
    r"|,? etc(?:etera)?\b.*$|,?\s+you know,? because\b.*$",
    re.IGNORECASE,
)
_SEE_HOW = re.compile(
    r"(?<=\w)(?:,?\s+(?:and|then|to|just)+|,) (?:we'll |let's )?see (?:how|what|if|whether|where)\b.*$", re.I
)
_ASIDE = re.compile(r"(?<=\w),? and (?:then )?(?:you know,? )?sometimes (?:people|patients|we|they|you)\b.*$", re.I)
_ONLY_EXPLAINED = re.compile(
    r"\b(?:sometimes|often|some (?:people|patients)),? (?:we|i|people|patients|they|you) (?:\w+ )?"
    r"(?:need|have|give|use)\b|\bwhich (?:i(?:'d| would)|we(?:'d| would)) (?:like|prefer|rather) to avoid\b"
    r"|\breview (?:the|your) (?:results? of |\w+ ){0,4}?(?:results?|x-?rays?|scans?|mri|ct"
    r"|ultrasound|films?|labs?|images?"
    r"|imaging)\b(?:(?! again| next| when| once).)*\b(?:that|which) (?:we|you|they) (?:did|had|got|took)\b",
    re.IGNORECASE,
)
"""What is done in other cases, is hoped to be avoided, or is only read out now."""
_TAILS = re.compile(
    r"(?:,|(?<!'s)(?<!\bis)(?<!\bare)(?<!\bfeel)(?<!\blook)(?<!\bwas))\s+(?:ok(?:ay)?|yeah|all right|alright)"
    r"(?:,?\s+(?:and|so|but))?$"
    r"|,?\s+(?:and|so|but|or|you know)(?: (?:your|the|an?))?$"
    r"|,?\s+and during that time$|,\s+(?:actually|ok(?:ay)?|i know|you know|i mean)\b.*$",
    re.IGNORECASE,
)
_BECAUSE = re.compile(r",?\s+(?:because|'cause|since)\b(?P<why>.*)$", re.IGNORECASE)
_LONGEST_WHY = 12
_TAKEN_BACK = re.compile(r"^.*\bbut (?=(?:if|unless)\b)", re.IGNORECASE)
_GOVERNS = re.compile(
    r"(?:\b(?:not|to|can|will|could|should|does|do|did|may|might|and|or|that|when|if|where|point|like|feel|think"
    r"|tests?|results?|labs|bloods?|scans?|symptoms?|they"
    r"|(?:when|if|that|while|once|as) (?:you|he|she|it|we|i)"
    r"|(?:would|will|can|could|should|must|may|might)(?: \w+ly| always| often| also)?)|n't)$",
    re.IGNORECASE,
)
_IDLE = re.compile(
    r"^(?:go ahead|double[- ]check|start (?:again|over)(?! (?:on|with|the|your)\b)|start in (?:three|two),? (?:two"
    r"|one)|take (?:care|it (?:from|easy|one|step))|come (?:and (?!see)"
    r"|on)|let (?!(?:me|us|them|him|her) know)"
    r"|go (?:from|on|over|through|into(?! (?:the )?hospital))|check (?:out|that|it)|test (?:that|it)"
    r"|give me (?!a (?:call|ring))\w+|get better"
    r"|get (?:it|that|you|this) (?:under|sorted|well|better)|review your (?:past )?history"
    r"|put (?:it|that|this) (?:in|down|up)|give (?:me|you) a (?:second|minute|moment)|call (?:it|that|this)"
    r"|make (?!sure|an? (?:\w+ )?appointment)\w+|keep (?:it|that|them|your \w+) (?:there|still|up|straight|nice)"
    r"|see (?!you\b|him\b|her\b|me\b|us\b|an?\b|the\b|your (?:gp|doctor|\w+ist)|someone|one of|another)\w+)\b",
    re.IGNORECASE,
)
_GERUNDS = {"doing": "do", "seeing": "see"}
"""Forms that the stemmer leaves as they are; 'going' is mostly 'going to' with a break."""
_BROKEN = re.compile(
    r"^(?:what )?(?:i|we)\b[^,]{0,20}?(?:\b(?:would|should|will|can|could|suggest|recommend|advise)|['’]ll|['’]d),"
    r" (?!(?:i|we|you|if|ok|okay|and|but|so)\b)",
    re.IGNORECASE,
)
_LONGEST_OPENING = 32
"""Characters in which people hesitate before an order: 'what I would, suggest is, taking'."""
_OTHERS_WILL = re.compile(r"\s+and (?:they|he|she)(?:['’]ll| will| can)\b.*$", re.IGNORECASE)
_DRINKS = re.compile(r"^(?:(?:the|plenty of|lots of|more|your|oral|clear) )*(?:fluids?|water|liquids)\b", re.IGNORECASE)
"""'I want you to push fluids' is no command of the examination."""
_SEEN_BY = re.compile(
    r"^(?!i\b|we\b|if\b|what\b).{3,80}? (?:should|must|needs? to|has to|ought to) be"
    r" (?:evaluated|seen|assessed|reviewed|checked|examined|looked at) by \w",
    re.IGNORECASE,
)
"""'The lump should be evaluated by urology.'"""
_TO_BE_DONE_AWAY = re.compile(
    r"^(?:(?:it|that|this|those|they|these) (?:really |just |also )?(?:needs?|has|have|ought)|needs)"
    rf" (?=to be \w+.*{AWAY.pattern})",
    re.IGNORECASE,
)
"""'It needs to be checked out in the hospital.'"""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be done: the `verb` in its plain form, what it is done to, on what condition.

    `how` is decided, patient (told to the patient), may (the patient is free to), open (only thought of), not
    (forbidden), order (an imperative) or stated (a clause that is a plan as it stands, `verb` empty).
    """

    how: str
    verb: str
    rest: str
    condition: str = ""

    @property
    def text(self) -> str:
        """Action and object."""
        return f"{self.verb} {self.rest}".strip()


def read_intent(clause: str, before: str = "") -> Intent | None:
    """Return what a clause says will be done, or None if it says nothing of the kind.

    Args:
        before: what the patient said before the clinician's turn; "walking is fine" is a plan after "may I walk?".
    """
    text = LEAD.sub("", clause).strip(" ,")
    text = PLAIN_LEAD.sub("", text)
    text = _ASIDE.sub("", _SEE_HOW.sub("", text))
    if looked := _LOOKED_AT.search(text):
        return Intent("stated", "", looked.group())
    text = _OTHERS_WILL.sub("", text) if _HOUSEKEEPING.search(text) else text
    if _HOUSEKEEPING.search(text) or not text or _ONLY_EXPLAINED.search(text):
        return None
    supposed = _SUPPOSED.match(text)
    if supposed:
        return _with_condition(supposed["if"])
    if time := TIME_LEAD.match(text):
        found = _plain(time["rest"], before)
        when = time["time"] or time["soon"]
        return None if found is None else Intent(found.how, found.verb, f"{found.rest} {when}", found.condition)
    found = _plain(text, before)
    if found is None and _BROKEN.match(text):
        opening = text[:_LONGEST_OPENING]
        found = _plain(opening.replace(",", "") + text[_LONGEST_OPENING:], before)
    return found


def _with_condition(text: str) -> Intent | None:
    """'If it gets worse, call us': the first place behind which something is to be done parts condition and action."""
    text = _TAKEN_BACK.sub("", text)
    for match in re.finditer(r",\s*(?:then\s+)?|\s+then\s+|\s+(?=(?:i|we|you|please|call|come|go|ring)\b)", text):
        condition, action = text[: match.start()], text[match.end() :]
        loose = not match.group().strip(" ")
        if (
            len(condition.split()) < 3
            or not action
            or action.startswith("to ")
            or (loose and _GOVERNS.search(condition))
        ):
            continue
        found = _plain(PLAIN_LEAD.sub("", action), "")
        if found is not None and not (loose and found.how in ("may", "might", "stated")):
            return Intent(found.how, found.verb, found.rest, condition[:1].lower() + condition[1:])
    return None


def _plain(text: str, before: str) -> Intent | None:
    text = _shortened(text)
    found = _as_it_stands(text, before) or _wrapped(text)
    named = PLAN_IS.match(text) if found is None else None
    return Intent("stated", "", named["what"] or named["best"]) if named else found


def _shortened(text: str) -> str:
    """Without explanations and long reasons behind the action."""
    text = _EXPLAINED.sub("", text)
    text = _TAILS.sub("", text)
    why = _BECAUSE.search(text)
    return (
        text[: why.start()] if why and (why["why"].startswith(",") or len(why["why"].split()) > _LONGEST_WHY) else text
    )


def _as_it_stands(text: str, before: str) -> Intent | None:
    """A clause that is a plan without any opening: 'the tablets stay the same', 'no lifting until Monday'."""
    need = _NEED_NOT.match(text)
    if need and _NEGATED.search(text):
        joint = "" if need["what"].startswith("to ") else "for "
        return Intent("not", "", f"no need {joint}{need['what']}")
    if _WITHOUT.match(text):
        return Intent("not", "", text)
    stated = _stated(text, before)
    return Intent("stated", "", _NAMING.sub("", stated)) if stated else None


def _stated(text: str, before: str) -> str:
    if _SEEN_BY.match(text) or (_SAME_DOSE.search(text) and not re.match(r"(?:i|we|you|let)\b", text, re.I)):
        return text
    fine = _FINE.match(text)
    if fine and _ALLOWED.search(before) and len(fine["what"].split()) > 1:
        return text
    if _TO_BE_DONE_AWAY.match(text):
        return _TO_BE_DONE_AWAY.sub("", text)
    if thing := A_COLLEAGUE_IS_TO.match(text) or YOU_CAN_GET.match(text):
        return thing["what"]
    helps = _WOULD_HELP.match(_I_THINK.sub("", text))
    if helps and not re.match(r"(?:that|it|this|they|you|we|i|he|she|if|what|let's|see)\b", helps["what"], re.I):
        return PLAIN_LEAD.sub("", helps["what"])
    return ""


def _wrapped(text: str) -> Intent | None:
    """The intent behind 'I'd like you to', 'we'll', 'please'; without any of them it must be an imperative."""
    text, how, thought_of = _opened(text)
    text = _NAMING.sub("", text)
    verb, _, rest = text.partition(" ")
    rest = rest.strip(" ,")
    base = _base(verb, rest, how)
    if base is None:
        return Intent("open", "", text) if thought_of else None
    how = "not" if how == "refused" else how
    if (how == "not" and is_no_advice(base)) or _IDLE.match(f"{base} {rest}"):
        return None
    return Intent(how, base, rest)


def _opened(text: str) -> tuple[str, str, bool]:
    """The text behind its openings, what they make of it, and whether the last one was 'think about'."""
    how, thought_of = "order", False
    for _ in range(8):
        for pattern, effect in OPENINGS:
            match = pattern.match(text)
            if match:
                thought_of = bool(THOUGHT_OF.match(match.group()))
                text = text[match.end() :]
                how = effect if effect and how not in ("open", "not", "refused") else how
                break
        else:
            break
    return text, how, thought_of


def _base(verb: str, rest: str, how: str) -> str | None:
    """The plain form of a verb that can be an order said in this way, or None."""
    goes = verb.lower() == "going" and AWAY.search(rest)
    root = "go" if goes else _GERUNDS.get(verb.lower(), stem(verb.lower().strip(",")))
    base = _bases().get(root) or _bases().get(f"{root}e")
    passive = verb.lower() == "be" and (re.match(r"\w+ed\b|seen\b", rest, re.I) or rest.startswith("in touch"))
    if how in ("patient", "not", "decided") and passive:
        return "be"
    if (
        base is None
        and how in ("patient", "not")
        and verb.isalpha()
        and (not is_no_advice(verb) or _DRINKS.match(rest))
    ):
        return verb.lower()
    if how == "order" and (base not in words("plan-imperative") or not rest or verb.lower() != base):
        return None
    if how in ("decided", "open", "refused") and base not in words("plan-verb") | words("plan-verb-of-kind"):
        return None
    return base


def is_no_advice(verb: str) -> bool:
    """Whether 'you need to …' or 'don't …' with this verb is talk of the consultation itself."""
    return stem(verb.lower()) in {stem(w) for w in words("plan-no-advice")}


@lru_cache(maxsize=1)
def _bases() -> dict[str, str]:
    """Plain forms of the verbs by their stem: 'referring' is 'refer'."""
    known = words("plan-verb") | words("plan-verb-of-kind") | words("plan-imperative")
    return {stem(verb): verb for verb in sorted(known)}
