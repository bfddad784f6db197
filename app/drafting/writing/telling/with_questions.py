"""An answer that names nothing of its own stands with its question: 'I take it twice' tells nothing of what.

Likewise an order about 'this' alone stands with the words before it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.note import Section, Statement
from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.quotation import opened
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems, is_plain_no, names_in
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.spoken.plan_clauses import plainly_spelt
from app.drafting.spoken.run_on import parted, questions_apart
from app.drafting.templates.template import Template
from app.drafting.writing.telling.spoken_clutter import uncluttered

LONGEST_QUESTION = 30
"""Words of a question that is shown with its answer."""
_LEAST_QUESTION = 2
_NOD = 3
_QUOTED = re.compile(r'^(?P<label>Reports |Medications: )?"(?P<said>[^"]+)"\.?$')
"""Other labels, 'Tobacco', 'Severity', say themselves what was asked."""
_CLAUSE = re.compile(r"[,.;?!…]|\b(?:but|because|so|when|if|and (?:i|then|it|my|we))\b", re.IGNORECASE)
_OPENERS = words("yes") | words("no") | words("filler-answer") | words("filler") | {"so", "well", "just", "like"}
_IT = frozenset({"it", "them", "one", "ones", "they", "those", "these"})
_THAT = frozenset({"this", "that"})
_VERBS_OF_THAT = frozenset(
    {"kind", "sort", "started", "happened", "happens", "comes", "goes", "hurts", "helps", "seems"}
)
_OWN = frozenset({"i", "we", "my", "our", "he", "she", "you", "nothing", "nobody"})
_POINTS = re.compile(r"\b(?:it|that|this|them|those|one)\b", re.IGNORECASE)
_BEGINS = re.compile(
    r"\b(?:i know|i (?:see|understand)|we (?:talked|spoke)|you (?:said|told|mentioned|were))\b", re.IGNORECASE
)
_AS_SAID = re.compile(r"^(?:\w+ )?like i (?:said|told you|mentioned)\b(?: before| earlier)?(?: when\b)?", re.IGNORECASE)
_TELL = re.compile(r"\b(?:tell me|talk to me|describe|what about|how about)\b", re.IGNORECASE)
_ORDER = re.compile(r"^(?P<label>[A-Z][A-Za-z ,/&-]{0,48}: )?(?P<what>[^\"]{4,60}?)\.$")
_BIDS = re.compile(r"[\s,.]*(?:\b(?:so|and|but)\s+)?\b(?:we|i|you|let)\S*(?:\s+\S+){0,4}\s*$", re.IGNORECASE)
_STATES = re.compile(
    r"(?<!that )(?<!which )(?<!if )(?<!as )(?<!what )"
    r"\b(?:i am|i'm|you have|you do have|there is|there's|this is|it is)\b",
    re.IGNORECASE,
)
_BEFORE_ORDER = 40
"""Words of what stands before an order."""


def with_questions(sections: Sequence[Section], template: Template, transcript: Transcript) -> tuple[Section, ...]:
    """Return the sections, quoted answers without a topic of their own behind the question that gives it.

    The evidence of such a statement is question and answer. Not for a note that the patient reads.
    """
    if template.reader:
        return tuple(sections)
    told = {s.key: s.said_by for s in template.sections}
    exchanges = _Topics(transcript)
    found = []
    for section in sections:
        as_told = exchanges.asked if told.get(section.key) is None else exchanges.ordered
        found.append(replace(section, statements=tuple(map(as_told, section.statements))))
    return tuple(found)


class _Topics:
    """What the answers and orders of one visit are about."""

    def __init__(self, transcript: Transcript) -> None:
        self._utterances = transcript.utterances
        self._place = {u.id: n for n, u in enumerate(transcript.utterances)}

    def asked(self, statement: Statement) -> Statement:
        """A quoted answer with its question, where its first clause names nothing."""
        shape = _QUOTED.match(statement.text)
        if shape is None or not (is_topicless(shape["said"]) or _echoes_and_denies(shape["said"])):
            return statement
        at = self._answers_with(shape["said"], statement)
        asked = self._question(at) if at is not None else None
        if at is None or asked is None:
            return statement
        question, utterance = asked
        label = "" if (shape["label"] or "").startswith("Reports") else shape["label"] or ""
        ids = tuple(dict.fromkeys([utterance.id, self._utterances[at].id, *statement.evidence]))
        said = shape["said"][:1].upper() + shape["said"][1:]
        return replace(statement, text=f'{label}"{question}" – "{said}"', evidence=ids)

    def ordered(self, statement: Statement) -> Statement:
        """An order about 'this' with what the clinician says right before it."""
        shape = _ORDER.match(statement.text)
        if shape is None or not _is_about_this(shape["what"]):
            return statement
        for utterance in (self._utterances[self._place[e]] for e in statement.evidence if e in self._place):
            before = _said_before(shape["what"], plainly_spelt(utterance.text))
            if before and _names(tokenise(before)):
                return replace(statement, text=f'{statement.text[:-1]} ("{before}").')
        return statement

    def _answers_with(self, said: str, statement: Statement) -> int | None:
        """The number of the patient's utterance that begins with a quotation's first words."""
        first = [t.text for t in tokenise(said) if t.text not in _OPENERS][:4]
        for place in (self._place[e] for e in statement.evidence if e in self._place):
            utterance = self._utterances[place]
            begun = [t.text for t in tokenise(utterance.text) if t.text not in _OPENERS]
            if utterance.speaker is Speaker.PATIENT and first and _begins_so(begun, first):
                return place
        return None

    def _question(self, at: int) -> tuple[str, Utterance] | None:
        """What the clinician asks right before utterance `at`, nods of his left out."""
        for utterance in reversed(self._utterances[max(0, at - 2) : at]):
            if utterance.speaker is not Speaker.CLINICIAN:
                return None
            if len(utterance.text.split()) <= _NOD and not is_question(tokenise(utterance.text)):
                continue
            asked = question_of(utterance.text)
            return (asked, utterance) if asked else None
        return None


def _echoes_and_denies(said: str) -> bool:
    """'Any foods that make you nauseous?' 'Nauseous. No, nothing.': the word is the question's, the answer is no."""
    first, *others = sentences_of(said) or [""]
    return len(first.split()) <= _NOD and any(is_plain_no(sentence) for sentence in others)


def _said_before(order: str, text: str) -> str:
    """The clause right before an order in run-on talk, from its own subject on; '' if there is none."""
    at = text.lower().find(order.lower())
    said = _BIDS.sub("", " ".join(text[: max(0, at)].split()[-_BEFORE_ORDER:]))
    begun = [m.start() for m in _STATES.finditer(said)]
    return " ".join(uncluttered(said[begun[-1] :].strip(" ,."), agreed=True)).rstrip(" .") if begun else ""


def question_of(text: str) -> str:
    """Return the question at the end of an utterance, with the words before it where it only points; '' if none."""
    pieces = [p for s in sentences_of(text.strip()) for p in questions_apart(s)]
    asks = pieces[-1].rstrip().endswith("?") or is_question(tokenise(pieces[-1]))
    if not asks:
        tells = list(_TELL.finditer(pieces[-1]))
        if not tells:
            return ""
        at = tells[-1].start()
        pieces = [*pieces[:-1], *filter(None, (pieces[-1][:at].strip(), pieces[-1][at:]))]
    asked = pieces[-1]
    if _POINTS.search(asked) and not _names(tokenise(asked)):
        before = [p for piece in pieces[:-1] for p in parted(piece)]
        while before and len(f"{before[-1]} {asked}".split()) <= LONGEST_QUESTION:
            asked = f"{before.pop()} {asked}"
            if _names(tokenise(asked)):
                break
        if before and not _names(tokenise(asked)):
            near = " ".join(before[-1].split()[len(asked.split()) - LONGEST_QUESTION :])
            begun = [m.start() for m in _BEGINS.finditer(near) if _names(tokenise(near[m.start() :]))]
            asked = f"… {near[begun[-1] if begun else 0 :]} {asked}"
    if len(asked.split()) > LONGEST_QUESTION + 1:
        return ""
    said = opened(" ".join(uncluttered(asked.replace('"', ""), agreed=True)).strip(), nods=True)
    said = f"{said[:1].upper()}{said[1:].rstrip(' .')}{'?' if asks and not said.endswith('?') else ''}"
    return said if len(said.split()) >= _LEAST_QUESTION else ""


def is_topicless(said: str) -> bool:
    """Whether the first clause of an answer names no complaint, place, medicine or other thing of its own."""
    said = _AS_SAID.sub("", said).strip()
    tokens = tokenise(said)
    own = {t.text for t in tokenise(_CLAUSE.split(said)[0])} & _OWN
    while tokens and tokens[0].text in _OPENERS:
        tokens = tokens[1:]
    spoken = " ".join(f"{t.text}{t.after if t.after != '-' else ''}" for t in tokens)
    clause = tokenise(_CLAUSE.split(spoken)[0])
    if not clause or _names(clause, topics=True):
        return False
    if any(t.text in _IT or _is_that(clause, n) for n, t in enumerate(clause)):
        return True
    return not own and len(content_stems(" ".join(t.text for t in clause))) <= _NOD


def _is_that(clause: Sequence[Token], n: int) -> bool:
    """Whether 'this' or 'that' stands alone: not in 'this trip', nor in 'I think that I …'."""
    if clause[n].text not in _THAT:
        return False
    after = clause[n + 1] if n + 1 < len(clause) else None
    return (
        after is None or after.text in _VERBS_OF_THAT or (after.is_stop and after.text not in _OWN | {"the", "a", "an"})
    )


def _names(tokens: Sequence[Token], *, topics: bool = False) -> bool:
    """Whether words name anything clinical; `topics`: anything that an answer may be about, not only what helps it."""
    text = " ".join(t.text for t in tokens)
    names = [n for n in names_in(text) if not (topics and kind_of(n) in ("therapy", "plan"))]
    return bool(names or medicines_in(text) or find_sites(tokens))


def _begins_so(begun: Sequence[str], first: Sequence[str]) -> bool:
    """Whether an utterance begins with these words, stutters left out."""
    once = [w for n, w in enumerate(begun) if not n or begun[n - 1] != w]
    return once[: len(first)] == list(first)


def _is_about_this(what: str) -> bool:
    """Whether an order names nothing but 'this': 'monitor this very closely'."""
    tokens = tokenise(what)
    points = any(t.text in _THAT | {"it", "them"} for t in tokens)
    named = any(kind_of(n) != "plan" for n in names_in(what)) or bool(find_sites(tokens))
    return points and not named and len(content_stems(what)) <= _NOD - 1
