"""Onset, duration, frequency, course, place, what makes it worse or better: the question with its answer, quoted.

Each was asked of one complaint at one moment of the talk; only question and answer together say it right.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.quotation import closed, first_sentences, opened, tidy
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import Exchanges, content_stems, kinds_in, names_in
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.phrases import Phrase

LONGEST_ANSWER = 45
"""Words of an answer that stays whole: what helps or when it comes is often said last."""
LONGEST_QUESTION = 25
"""Words of a question; of a longer one only its last sentence counts."""
NEARLY_ALL = 0.75
"""Share of an answer's words that the note must have so that the answer need not be quoted."""
MOST_EACH = 4
"""Exchanges under one field; who asks more often is asking about several complaints at length."""

EARLIER = 6
"""Utterances before a question in which the patient may have come to speak of an earlier time."""

_PAST = re.compile(r"\b(?:did|was|were|had|happened)\b", re.IGNORECASE)
_NOW = re.compile(r"\b(?:now|today|this time|at the moment|currently|these days|still)\b", re.IGNORECASE)
_EARLIER = re.compile(
    r"\b(?:had|got|have|was|were|happened)\b(?P<what>[^.?!,]*"
    r"\b(?P<time>(?:\w+ (?:of )?)?\w+ (?:weeks?|months?|years?) ago|last (?:year|time|summer|winter)"
    r"|when i was (?:a |\d|young|little|at )\w*|in the past))\b",
    re.IGNORECASE,
)
_LISTS = re.compile(r"^\W*(?:like |or |and )?(?:the|your|any|a|an|in|into|to|maybe|say) ", re.IGNORECASE)
_LONGEST_LIST = 10
"""Words behind a question that name what it may be answered with."""
_MOST_WHAT = 8
"""Words that name the earlier time."""
_OTHER_THAN_COMPLAINT = re.compile(
    r"\b(?:take|taking|been on|on (?:it|that|them) for|liv(?:e|ed|ing)|work(?:ed|ing)?|smok\w+|drink\w*|alcohol"
    r"|cigarettes?|exercise|gym|job|married|wait(?:ing)?|appointment|test(?:ed)?|checked|scan|x-ray|period|allerg\w*"
    r"|seen|see you|surger\w*|operations?|operated|pacemaker|inject\w*|vaccin\w*|jabs?|procedure|colonoscopy|born"
    r"|baby|vacation|holidays?|trip|flight|drive|move here|mov(?:e|ed) to|retired?)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(r"^\W*(?:(?:um+|uh+|oh|well)\W+)*(?:no|nope|not)\b", re.IGNORECASE)
_TRIED = re.compile(r"\b(?:tried|trying|try|put|took|used|did)\b", re.IGNORECASE)
_HELPED = re.compile(
    r"\b(?:help\w*|better|eas\w+|reliev\w*|relief|improv\w*|less|worked|works|goes?|calm\w*|sooth\w*)\b", re.IGNORECASE
)
_REFERS = re.compile(r"\b(?:it|that|this|those|them)\b", re.IGNORECASE)
_ECHO = re.compile(
    r"^(?:[^.?!]{1,40}[.,]\s+)?(?:(?:ok(?:ay)?|al+ ?right|fine|sure)[\s,.!]+|right\s*[,.!]+\s*)", re.IGNORECASE
)
_LEAD = re.compile(r"^(?:(?:and|so|um+|uh+|then|but)\b[\s,.]*)+", re.IGNORECASE)
_TURNS = re.compile(r"\b(?:no|not|never|but|only|just)\b|n't\b", re.IGNORECASE)
_ASKS_BACK = re.compile(
    r"\b(?:what|how|why|when|where|who|do|does|did|is|are|can|could|should) [^.!?]*\?", re.IGNORECASE
)
_NOT_HEARD = re.compile(r"^\W*(?:sorry|pardon|what|again|say that again)\W*$", re.IGNORECASE)


def course_answers(
    transcript: Transcript, exchanges: Exchanges, section: SectionTemplate, phrases: Sequence[Phrase]
) -> list[Phrase]:
    """Return what the patient answered to the questions of the section's `exchange` fields, in spoken order.

    Left out is an answer of which a phrase that rests on it has every word with content.
    """
    found: list[Phrase] = []
    used: set[str] = set()
    for field in section.fields:
        if not field.exchange:
            continue
        own = [p for p in _exchanges_of(field, transcript, exchanges) if p.evidence[0] not in used]
        new = [p for p in own if not _is_told(p, phrases)][:MOST_EACH]
        used.update(p.evidence[0] for p in own)
        found.extend(new)
    return found


def _exchanges_of(field: Field, transcript: Transcript, exchanges: Exchanges) -> Iterator[Phrase]:
    utterances = transcript.utterances
    for n, utterance in enumerate(utterances[:-1]):
        if utterance.speaker is Speaker.PATIENT or utterance.id in exchanges.relatives:
            continue
        asked = _question(utterance, field)
        answers = _answer(utterances, n) if asked else []
        said = _words(answers)
        if said and _fits(field, utterances, n, asked, said):
            earlier = earlier_episode(utterances, n, asked)
            ids = (utterance.id, *(a.id for a in answers), *([earlier[0].id] if earlier else []))
            yield Phrase(field, f'{earlier[1] if earlier else ""}"{asked}" – "{said}"', ids)


def _fits(field: Field, utterances: Sequence[Utterance], n: int, asked: str, said: str) -> bool:
    """Whether the heading is true of question and answer.

    What was denied makes nothing worse, what was only tried did not help, and 'how long ago was that?' behind an
    operation or a medicine is no onset of the complaint.
    """
    cues = " ".join(field.asked)
    if "worse" in cues and _REFUSES.match(said):
        return False
    if "better" in cues and "worse" not in cues and _TRIED.search(said) and not _HELPED.search(said):
        return False
    if names_in(asked) or not _REFERS.search(asked):
        return True
    for utterance in reversed(utterances[max(0, n - 2) : n]):
        if names := kinds_in(utterance.text):
            return bool(names & {"symptom", "condition"})
    return True


def earlier_episode(utterances: Sequence[Utterance], n: int, asked: str) -> tuple[Utterance, str] | None:
    """The patient's utterance about an earlier time that question `n` goes on about, in the past tense, and its time.

    "I had one like it last year." – "How long did it last?" tells nothing of today.
    """
    if not _PAST.search(asked):
        return None
    for utterance in reversed(utterances[max(0, n - EARLIER) : n]):
        if _NOW.search(utterance.text):
            return None
        if utterance.speaker is not Speaker.CLINICIAN and (then := _EARLIER.search(utterance.text)):
            what = then["what"].strip() if len(then["what"].split()) <= _MOST_WHAT else then["time"]
            return utterance, f"{what}: "
    return None


def _question(utterance: Utterance, field: Field) -> str:
    """The question from its sentence with one of the field's cues on, if the utterance ends with it; else ''."""
    sentences = sentences_of(utterance.text.strip())
    for n, sentence in enumerate(sentences):
        said = sentence.lower()
        if not any(re.search(rf"\b{re.escape(cue)}\b", said) for cue in field.asked):
            continue
        rest = " ".join(sentences[n:])
        asks = is_question(tokenise(sentence)) and all(_asks_on(s) for s in sentences[n + 1 :])
        if not asks or _OTHER_THAN_COMPLAINT.search(rest) or len(rest.split()) > LONGEST_QUESTION:
            continue
        text = compact(replace(utterance, text=rest)).replace('"', "")
        return opened(tidy(_LEAD.sub("", _ECHO.sub("", text))))
    return ""


def _asks_on(sentence: str) -> bool:
    """Whether a sentence behind a question asks, too, or only lists: 'Your arm, your neck.'"""
    return is_question(tokenise(sentence)) or (bool(_LISTS.match(sentence)) and len(sentence.split()) <= _LONGEST_LIST)


def _answer(utterances: Sequence[Utterance], n: int) -> list[Utterance]:
    """The other speaker's utterances right behind question `n`."""
    found: list[Utterance] = []
    for utterance in utterances[n + 1 : n + 4]:
        if utterance.speaker is utterances[n].speaker or utterance.speaker is Speaker.CLINICIAN:
            break
        if _ASKS_BACK.search(utterance.text) or _NOT_HEARD.match(utterance.text):
            break
        found.append(utterance)
    return found


def _words(answers: Sequence[Utterance]) -> str:
    said = closed(tidy(" ".join(filter(None, map(compact, answers))).replace('"', "")))
    said = re.sub(r"(?<=[?!])\.$", "", said[:1].upper() + said[1:])
    return said if len(said.split()) <= LONGEST_ANSWER else first_sentences(sentences_of(said))


def _is_told(answer: Phrase, phrases: Sequence[Phrase]) -> bool:
    """Whether the phrases that rest on an answer hold its numbers and nearly all words; a "not" stands whole."""
    words = answer.text.partition(" – ")[2]
    said, numbers = content_stems(words), {n.value for n in read_numbers(tokenise(words))}
    resting = [p.text for p in phrases if set(p.evidence) & set(answer.evidence[1:])]
    told = {stem for text in resting for stem in content_stems(text)}
    told_numbers = {n.value for text in resting for n in read_numbers(tokenise(text))}
    least = 1.0 if _TURNS.search(words) else NEARLY_ALL
    return bool(said) and numbers <= told_numbers and len(said & told) >= least * len(said)
