"""Problems that the clinician names as headings: 'for your next problem, your diabetes, it's well controlled'."""

import re
from collections.abc import Iterator, Sequence

from app.domain.transcript import Transcript
from app.drafting.lexicon.concepts import kind_of
from app.drafting.spoken.exchanges import names_in, said_names
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
    r"(?P<subject>it's|it is|it|that's|you're|you are|your \w+(?: \w+)? (?:is|looks?))\s+(?P<how>.+)$",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"\b(?:control\w*|manag\w+|stable|well|better|worse|improv\w+|elevated|high|low|good|poor\w*|fine|uncontrolled"
    r"|doing (?:\w+ )?(?:good|great))\b",
    re.IGNORECASE,
)
_KINDS = ("condition", "symptom")


def headed_problems(transcript: Transcript, field: Field, known: Sequence[Phrase]) -> Iterator[Phrase]:
    """Yield the problems that no phrase of the assessment names yet, with how each is doing if that is said."""
    have = {name for p in known for name in names_in(p.text)}
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
        yield Phrase(field, f"{named[0][1]}: {how}" if how else named[0][1], ids, stated=True)


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
        if stands and _CONTROL.search(stands["how"]) and read_intent(text) is None:
            subject = "" if stands["subject"].lower() in _EMPTY else f"{stands['subject']} "
            said = re.sub(r"^your\b", "", subject, flags=re.IGNORECASE).lstrip() + stands["how"]
            return re.sub(r"\byour\b", "the", said), tuple(dict.fromkeys(ids))
    return "", clause.ids


_EMPTY = frozenset({"it's", "it is", "it", "that's", "you're", "you are"})
