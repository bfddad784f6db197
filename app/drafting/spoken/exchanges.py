"""Questions of the clinician and what the answer made of them: which clinical concepts were denied, which were not."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import find_concepts, kind_of
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.remembered import remembered
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.relatives import relatives_spoken_of, spoken_of

DENIABLE = frozenset({"symptom", "condition", "social"})
_TOPICS = frozenset(
    {
        "travel",
        "allergy",
        "allergic rhinitis",
        "appetite",
        "employment",
        "married",
        "pain",
        "trauma",
        "surgery",
        "retired",
        "pets",
    }
)
"""Concepts that open a topic rather than name something that can be denied by itself."""

_NO = re.compile(
    r"^\W*(?:(?:oh|um+|uh+|hm+|mm|well|ah)\W+)*(?:no|nope|nah|none|never|not at all|not really|nothing"
    r"|i (?:don't|do not|haven't|have not|didn't|did not|am not|'m not)(?!\s+(?:know|remember|recall|think)))\b",
    re.IGNORECASE,
)
_THINK_NOT = re.compile(
    r"\bno\W+(?:i )?(?:don't|do not) (?:think|believe) so\b"
    r"|\b(?:no\W+)?(?:not|nothing) that i(?:'ve| have| can)?(?: ever)? (?:noticed?|know of|think of|seen|felt)\b",
    re.IGNORECASE,
)
_BROKEN_OFF = re.compile(r"(?:\W*\b(?:but )?(?:it'?s )?just(?: that)?\b)+\W*$", re.IGNORECASE)
"""'No, not really, it's just' before the speaker is interrupted."""
_LAST = 40
"""Characters at the end of an answer in which it may break off."""
_BUT = re.compile(
    r"\b(?:but|except|though|although|sometimes|occasionally|maybe|only|well|used to|just|think|might|little|bit|yes"
    r"|yeah|did|had|was|apart|other than|besides)\b",
    re.IGNORECASE,
)
_YES = re.compile(r"\b(?:yes|yeah|yep|both|mm-hmm|uh-huh|mhm)\b", re.IGNORECASE)
_AFFIRMS = re.compile(
    r"^\W*(?:(?:oh|um+|uh+|well|ah|ok|okay|so|i guess|i think)\W+)*(?:yes|yeah|yep|yup|a (?:little|bit)"
    r"|(?:just )?sometimes|occasionally|definitely|i do|i have|i did|i am|i've"
    r"|(?:only|just) (?:when|if|on|with|after|at|in|sometimes|a (?:little|bit))|every (?:now|once)|once in a while"
    r"|at times|now and (?:then|again)|from time to time|on and off|whenever i)\b",
    re.IGNORECASE,
)
_PLAIN_YES = words("yes") | words("filler-answer") | {"so", "i", "do", "have", "did", "am", "right", "huh"}
_TURNS = re.compile(r"\b(?:no|not|never|but)\b|n't\b", re.IGNORECASE)
_CHOICE = re.compile(r"\b(?:how|when|where|what|which|why|or not)\b", re.IGNORECASE)


_EMPTY = re.compile(r"^\W*(?:(?:ok(?:ay)?|mm-?hmm|uh-?huh|right|al+ ?right|sure|yeah)\W*)*$", re.IGNORECASE)
_CORRECTS = re.compile(
    r"^\W*(?:(?:um+|uh+|oh|well|i mean)\W+)*(?:but|well|actually|maybe|sometimes|only|except|apart|just|yeah|yes)\b",
    re.IGNORECASE,
)
_ONCE_MORE = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|al+ ?right|right|and|so|um+|uh+)\W+)*"
    r"(?:(?:how|what) about (?:when|if|with|on)|even (?:when|if|with)|not even)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its plain "no", with the concepts that were asked for."""

    question: Utterance
    answer: Utterance
    concepts: tuple[str, ...]
    family: bool


class Exchanges:
    """What a transcript denies and what it tells, by clinical concept."""

    def __init__(self, transcript: Transcript) -> None:
        self.relatives = relatives_spoken_of(transcript)
        """Ids of the utterances that are about a relative, with the relative."""
        self.taken_back = taken_back(transcript)
        """Ids of the questions whose 'no' the next answers take back or limit, with what they speak of then."""
        self.denials = tuple(
            e for d in _denials(transcript, self.relatives) if (e := _without(d, self.taken_back)) is not None
        )
        self.affirmations = tuple(_affirmations(transcript, self.relatives))
        self.refused = frozenset(q.id for q, a in pairs(transcript) if is_plain_no(a.text))
        """Ids of all questions that were answered with a plain no."""
        asked = {e.question.id for e in self.denials}
        pieces = [
            (u, piece, relative)
            for u in transcript.utterances
            for piece, relative in (
                spoken_of(u.text, self.relatives[u.id]) if u.id in self.relatives else ((u.text, ""),)
            )
        ]
        self.told = frozenset(
            name
            for utterance, piece, relative in pieces
            if utterance.id not in asked and not relative
            for name in names_in(piece)
            # a medicine that did not help was taken all the same; only drugs have no kind
            if not kind_of(name) or not denies_itself(utterance.text)
        )
        self._kin_of = {name: relative for _, piece, relative in pieces if relative for name in names_in(piece)}
        self._familys = frozenset(self._kin_of)
        self._familys -= {name for _, piece, relative in pieces if not relative for name in names_in(piece)}
        self._refused_stems = [content_stems(u.text) for u in transcript.utterances if u.id in self.refused]
        self._told_stems = [content_stems(u.text) for u in transcript.utterances if u.id not in self.refused]
        self.affirmed = frozenset(n for e in self.affirmations for n in e.concepts)
        self._rejected = _rejected(transcript)
        self.denied = frozenset(n for e in self.denials if not e.family for n in e.concepts) - self.told

    def is_denied(self, text: str) -> bool:
        """Whether all that the text names was asked for, plainly denied, and told nowhere.

        Counted by clinical concepts, or, for a text without any, by the words that carry content.
        """
        names = set(names_in(text))
        if names:
            return names <= self.denied
        stems = content_stems(text)
        if not stems or any(stems <= told for told in self._told_stems):
            return False
        return any(stems <= asked for asked in self._refused_stems)

    def is_rejected_choice(self, text: str) -> bool:
        """Whether the text holds the alternative of an either-or question that the answer did not take."""
        return bool(content_stems(text) & self._rejected)

    def is_only_familys(self, text: str) -> bool:
        """Whether all clinical concepts of the text (at least one) came up only where relatives were spoken of."""
        names = set(names_in(text))
        return bool(names) and names <= self._familys

    def relative_of(self, text: str) -> str:
        """The relative of whom all clinical concepts of the text were said, or '' if it is no single one."""
        found = {self._kin_of.get(name, "") for name in names_in(text)}
        return found.pop() if len(found) == 1 else ""

    def family_denials(self, text: str, evidence: Collection[str] = ()) -> tuple[str, ...]:
        """The clinical concepts of the text, if all of them were asked about relatives and plainly denied.

        Its own words if it has none, and the `evidence` of its denial is all about relatives.
        """
        names = names_in(text)
        if not names:
            return (text,) if evidence and all(e in self.relatives for e in evidence) else ()
        denied = {n for e in self.denials if e.family for n in e.concepts}
        return names if names and set(names) <= denied & self._familys else ()

    def is_told(self, text: str) -> bool:
        """Whether a clinical concept of the text was told somewhere and denied nowhere."""
        names = set(names_in(text))
        return bool(names & self.told) and not names & {n for e in self.denials for n in e.concepts}


@remembered
def names_in(text: str) -> tuple[str, ...]:
    """Names of the clinical concepts and medicines in a text, in order."""
    tokens = tokenise(text)
    hits = sorted([*find_concepts(tokens), *find_drugs(tokens)], key=lambda hit: hit.start)
    return tuple(dict.fromkeys(hit.name for hit in hits))


@remembered
def said_names(text: str) -> tuple[tuple[str, str], ...]:
    """Clinical concepts and medicines of a text with the words that name them; of two in the same words the first."""
    tokens = tokenise(text)
    spans: dict[tuple[int, int], str] = {}
    for hit in [*find_concepts(tokens), *find_drugs(tokens)]:
        spans.setdefault((hit.start, hit.end), hit.name)
    return tuple((name, " ".join(t.text for t in tokens[a:b])) for (a, b), name in spans.items())


@remembered
def kinds_in(text: str) -> frozenset[str]:
    """Kinds of the clinical words in a text: symptom, condition, test, …, and `drug`."""
    tokens = tokenise(text)
    drug = {"drug"} if find_drugs(tokens) else set()
    return frozenset(kind_of(hit.name) for hit in find_concepts(tokens)) | drug


def is_plain_no(text: str) -> bool:
    """Whether an answer denies all that was asked, without adding or exempting anything."""
    text = _THINK_NOT.sub("no", text)
    text = text[:-_LAST] + _BROKEN_OFF.sub("", text[-_LAST:])
    return bool(_NO.search(text)) and not _BUT.search(_NO.sub("", text, count=1))


def merely_yes(answer: str) -> bool:
    """Whether an answer says yes and nothing else: 'Yeah.', 'Okay so, yes.'"""
    return all(t.text in _PLAIN_YES for t in tokenise(answer))


def pairs(transcript: Transcript) -> Iterable[tuple[Utterance, Utterance]]:
    """Questions with the answer after them, as far as the speakers may be clinician and someone else.

    Between them the clinician may ask once more without naming anything: 'Any of those symptoms?'
    """
    utterances = transcript.utterances
    for n, question in enumerate(utterances[:-1]):
        if question.speaker is Speaker.PATIENT or not is_question(tokenise(question.text)):
            continue
        at = n + 2 if _asks_once_more(utterances[n + 1], question) and n + 2 < len(utterances) else n + 1
        answer = utterances[at]
        same = question.speaker is answer.speaker and question.speaker is not Speaker.UNKNOWN
        if not same and answer.speaker is not Speaker.CLINICIAN:
            yield question, answer


def taken_back(transcript: Transcript) -> dict[str, frozenset[str]]:
    """Return the ids of questions answered with a no that is corrected: at once, or when the same is asked once more.

    With each the clinical names of the correction. 'Any pain in your chest?' 'No.' 'How about when you breathe in?'
    'Yes, it's sore.'
    """
    utterances = transcript.utterances
    found: dict[str, frozenset[str]] = {}
    places = {u.id: n for n, u in enumerate(utterances)}
    for question, answer in pairs(transcript):
        if not _NO.search(answer.text):
            continue
        at = places[answer.id] + 1
        while at < len(utterances) and (utterances[at].speaker is answer.speaker or _EMPTY.match(utterances[at].text)):
            if utterances[at].speaker is answer.speaker and _CORRECTS.search(utterances[at].text):
                found[question.id] = frozenset(names_in(utterances[at].text))
            at += 1
        if at + 1 < len(utterances) and _ONCE_MORE.search(utterances[at].text):
            again = utterances[at + 1]
            if again.speaker is answer.speaker and not is_plain_no(again.text):
                found[question.id] = frozenset()
    return found


def _without(denial: Exchange, taken: dict[str, frozenset[str]]) -> Exchange | None:
    """A denial without what the next answer tells after all; None if nothing is left, or if it names nothing."""
    if denial.question.id not in taken:
        return denial
    told = taken[denial.question.id]
    kept = tuple(c for c in denial.concepts if c not in told)
    known = bool(told & set(names_in(denial.question.text)))
    return replace(denial, concepts=kept) if kept and known else None


def _asks_once_more(utterance: Utterance, question: Utterance) -> bool:
    return (
        utterance.speaker is question.speaker
        and question.speaker is Speaker.CLINICIAN
        and is_question(tokenise(utterance.text))
        and not names_in(utterance.text)
    )


def _affirmations(transcript: Transcript, relatives: dict[str, str]) -> Iterable[Exchange]:
    """Questions for one symptom that were answered with a yes, however small: 'A little bit, yeah, on the stairs.'"""
    for question, answer in pairs(transcript):
        asked = _last_question(question.text)
        if not asked or not _AFFIRMS.search(answer.text) or _TURNS.search(answer.text):
            continue
        names = [n for n in names_in(asked) if kind_of(n) == "symptom" and n not in _TOPICS]
        if len(names) == 1 and question.id not in relatives:
            yield Exchange(question, answer, tuple(names), family=False)


def _denials(transcript: Transcript, relatives: dict[str, str]) -> Iterable[Exchange]:
    for question, answer in pairs(transcript):
        asked = _last_question(question.text)
        if not asked or not is_plain_no(answer.text):
            continue
        names = [n for n in names_in(asked) if kind_of(n) in DENIABLE and n not in _TOPICS]
        if names:
            yield Exchange(question, answer, tuple(names), question.id in relatives)


def _rejected(transcript: Transcript) -> frozenset[str]:
    """Word stems that were only ever offered in an either-or question whose answer took another word of it."""
    offered: set[str] = set()
    asking: set[str] = set()
    for question, answer in pairs(transcript):
        asked, taken = content_stems(question.text), content_stems(answer.text)
        if " or " in question.text.lower() and asked & taken and not _YES.search(answer.text):
            offered |= asked - taken
            asking.add(question.id)
    said = {stem for u in transcript.utterances if u.id not in asking for stem in content_stems(u.text)}
    return frozenset(offered - said)


@remembered
def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that carry content."""
    return frozenset(t.stem for t in tokenise(text) if not t.is_stop and t.text.isalpha())


def _last_question(text: str) -> str:
    """The questions at the end of an utterance without statements before them; empty if they ask how, when or where."""
    sentences = sentences_of(text.strip())
    kept: list[str] = []
    for sentence in reversed(sentences):
        if not sentence.endswith("?") and kept:
            break
        kept.insert(0, sentence)
    asked = " ".join(kept)
    return "" if _CHOICE.search(kept[0].split(",")[0]) and "any" not in asked.lower() else asked


def denies_itself(text: str) -> bool:
    """Whether an utterance denies anything."""
    return bool(_NO.search(text)) or bool(re.search(r"\b(?:no|not|never|without|denies)\b|n't\b", text, re.IGNORECASE))
