"""Problems that the clinician names as headings: 'for your next problem, your diabetes, it's well controlled'."""

import re
from collections.abc import Iterator, Sequence

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import forms_of, kind_of
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in, said_names
from app.drafting.spoken.governed import stretches_of
from app.drafting.spoken.intents import read_intent
from app.drafting.spoken.plan_clauses import Clause, plan_clauses
from app.drafting.templates.template import Field
from app.drafting.writing.phrases import Phrase

_ORDINAL = r"(?:first|second|third|fourth|fifth|next|other|last|final)"
_HEADING = re.compile(
    r"\b(?:for|regarding|about|as for|in terms of) (?:your|the) "
    rf"(?:{_ORDINAL} (?:problem|issue|thing|diagnosis),?(?: of| is)?(?: your| the)?|(?=\w))"
    r"\s*(?P<what>[^,.]{3,50}?)(?P<end>,|$)\s*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?:first|second|third|fourth|fifth|next|other|last|final) (?:problem|issue|diagnosis)\b", re.I
)
_STANDS = re.compile(
    r"^(?:so,? |and,? |you know,? |well,? )*(?:i think (?:that )?|it (?:looks|seems|sounds) like,? )?(?:again,? )?"
    r"(?P<subject>it's|it is|it|that's|you're|you are|your \w+(?: \w+)? (?:is|looks?))\s+(?P<how>.+)$"
    r"|^(?:so,? |and,? |you know,? |well,? )*i (?:do not|don't) (?:think|believe|feel)(?: that)? (?:it's|it is|that's)"
    r"\s+(?P<hownot>.+)$",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"\b(?:control\w*|manag\w+|stable|well|better|worse|improv\w+|elevated|high|low|good|poor\w*|fine|uncontrolled"
    r"|doing (?:\w+ )?(?:good|great))\b",
    re.IGNORECASE,
)
_KINDS = ("condition", "symptom")
_OPENS = re.compile(
    rf"\b(?:(?:for|regarding|as for) (?:your|the|this|that) (?:{_ORDINAL} (?:problem|issue|diagnosis)"
    r"|problem(?= (?:of|with)\b))(?: the first problem)?|problem number \w+"
    r"|(?:assessment|plan) for(?= (?:this|your|the)\b)),?(?:\s+(?:of|is|with|so|the|that|this|your|an?))*\s+"
    r"(?P<what>.+)$",
    re.IGNORECASE,
)
"""The heading of a problem in talk without commas."""
_KNOWN = re.compile(
    r"^(?:(?:so|and|then|now|okay|alright|great|good|lastly) )*(?:for|what that means for) (?:the"
    r"|your) (?P<what>(?:\w+ ){0,3}?\w+)"
    r"(?P<end> that (?:you|we)\b|$)",
    re.IGNORECASE,
)
_MEANS = re.compile(r"\bwhat (?:that|this|it) means (?=for (?:the|your)\b)", re.IGNORECASE)
_ENDS = re.compile(
    r",|\.|\s+(?:i|we|you|so|my|that|which|what|let's|okay|alright|it|it's|and (?:i|we|so|it)|now|is"
    r"|are|as|based|just)\b",
    re.IGNORECASE,
)
_LONGEST = 7
_MOST_OF_NAME = 1  # words of a problem that its clinical name does not hold: 'rotator cuff repair'
_NO_PROBLEM = frozenset({"test", "drug", "procedure", "specialist", "plan", "measure"})
_STOPS = re.compile(
    r"^(?:(?:your|the|this|that|an?|of|or|and)\s+)+|(?:\s+(?:your|the|this|that|an?|of|or|and))+$", re.I
)


def headed_problems(transcript: Transcript, field: Field, known: Sequence[Phrase]) -> Iterator[Phrase]:
    """Yield the problems that no phrase of the assessment names yet, with how each is doing if that is said."""
    have = {name for p in known for name in names_in(p.text) if not _only_names(p.text)}
    clauses = plan_clauses(transcript)
    for n, clause in enumerate(clauses):
        heading = None if clause.asks else _heading(clause.text)
        if heading is None:
            continue
        named = [(name, said) for name, said in said_names(heading["what"]) if kind_of(name) in _KINDS]
        if len(named) != 1 or named[0][0] in have:
            continue
        have.add(named[0][0])
        how, ids = _how_it_is(clause, clause.text[heading.end() :], clauses[n + 1 : n + 3])
        if not how and any(named[0][0] in names_in(p.text) for p in known):
            continue
        yield Phrase(field, f"{named[0][1]}: {how}" if how else named[0][1], ids, stated=True)


def _only_names(text: str) -> bool:
    """Whether a line names problems and says nothing of them."""
    rest = content_stems(text) - {stem for _, said in said_names(text) for stem in content_stems(said)}
    return len(rest) <= _MOST_OF_NAME


def without_bare(known: Sequence[Phrase], headed: Sequence[Phrase]) -> list[Phrase]:
    """The lines known before without those that only name problems of which a heading says how they are."""
    told = {name for p in headed if ":" in p.text for name in names_in(p.text)}
    return [p for p in known if not (_only_names(p.text) and names_in(p.text) and set(names_in(p.text)) <= told)]


def run_on_problems(transcript: Transcript) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield the problems that talk without commas names as headings: words, clinical names, the utterance's id."""
    for utterance in transcript.utterances:
        if utterance.speaker is Speaker.PATIENT:
            continue
        for stretch in stretches_of(utterance.text):
            what = _problem_in(stretch)
            if what:
                yield (
                    _spelt(what),
                    tuple(dict.fromkeys(n for n in names_in(what) if kind_of(n) in _KINDS)),
                    utterance.id,
                )


def _spelt(what: str) -> str:
    """A problem with its abbreviations in capitals, as a recogniser leaves them small: 'chf' is 'CHF'."""
    forms = {form.lower(): form for name in names_in(what) for form in forms_of(name) if not form.islower()}
    return re.sub(r"[A-Za-z]+", lambda m: forms.get(m[0].lower(), m[0]), what)


def _problem_in(stretch: str) -> str:
    """The problem that a stretch of talk is headed with, or ''."""
    opens = _OPENS.search(stretch)
    if opens:
        what = _STOPS.sub("", _ENDS.split(opens["what"], maxsplit=1)[0].strip(" ,"))
        tells = bool(content_stems(what)) and not kinds_in(what) & _NO_PROBLEM
        return what if tells and len(what.split()) <= _LONGEST else ""
    means = _MEANS.search(stretch)
    known = _KNOWN.match(stretch[means.end() :] if means else stretch)
    if known is None:
        return ""
    said = [said for name, said in said_names(known["what"]) if kind_of(name) == "condition"]
    return known["what"] if len(said) == 1 and content_stems(known["what"]) <= content_stems(said[0]) else ""


def _heading(text: str) -> re.Match[str] | None:
    """A heading at the beginning of a clause: a numbered problem, or what is said before a comma."""
    found = _HEADING.search(text)
    if found is None or (found.start() > 0 and text[: found.start()].rstrip(" ,").lower() not in _BEFORE):
        return None
    return found if _NUMBERED.search(found.group()) or found["end"] == "," else None


_BEFORE = frozenset({"so", "and", "now", "then", "okay", "lastly", "finally", "well", "and then", "so then", "next"})


def _how_it_is(clause: Clause, rest: str, after: Sequence[Clause]) -> tuple[str, tuple[str, ...]]:
    """How a problem is doing by the same clause or the next two, in the clinician's words; '' if that is not said."""
    near = [(rest, clause.ids), *((c.text, (*clause.ids, *c.ids)) for c in after if c.number - clause.number <= 1)]
    for text, ids in near:
        stands = _STANDS.match(text)
        if stands and stands["hownot"] and _CONTROL.search(stands["hownot"]):
            return f"not {stands['hownot']}", tuple(dict.fromkeys(ids))
        if stands and stands["how"] and _CONTROL.search(stands["how"]) and read_intent(text) is None:
            subject = "" if stands["subject"].lower() in _EMPTY else f"{stands['subject']} "
            said = re.sub(r"^your\b", "", subject, flags=re.IGNORECASE).lstrip() + stands["how"]
            return re.sub(r"\byour\b", "the", said), tuple(dict.fromkeys(ids))
    return "", clause.ids


_EMPTY = frozenset({"it's", "it is", "it", "that's", "you're", "you are"})
