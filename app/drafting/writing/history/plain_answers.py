"""Things that the clinician asked for and the patient plainly denied or has, in the words of the question.

Exchanges read clinical concepts; here a body part with a complaint, a function with a difficulty, or "other medicines"
is enough, so that "any discharge from the ear?" "No." is not lost for want of a name.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.reading.prompt_lines import without_control_tokens
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import Exchanges, content_stems, is_plain_no, merely_yes, names_in, said_names
from app.drafting.templates.template import Field
from app.drafting.writing.phrases import Phrase

MOST_WORDS = 10
"""Words of a thing asked for; longer questions tell a story."""
LONGEST_QUESTION = 400
"""Characters of one question sentence; who talks longer without a stop asks for no single thing."""
MOST_ANSWERS = 3
"""Utterances in a row that are read as one answer."""

_MORE_THAN_NAMES = 1
"""Words with content beside the clinical names that make it more than the names say."""
_ANY = re.compile(r"\bany\b", re.IGNORECASE)
_AND_ANY = re.compile(r"(?:[,.?]|\bor\b|\band\b)\s*\bany\b", re.IGNORECASE)
_DOING = re.compile(
    r"\b((?!having|getting|feeling|noticing|experiencing|taking|seeing|being)\w+ing(?: up| out| in)?)\s+$",
    re.IGNORECASE,
)
_KIND = re.compile(r"^(?:other )?(?:\w+ )?symptoms?(?:\W+(?:like|such as|for example)\W+|\s*,\s*)", re.IGNORECASE)
_LEAD = re.compile(
    r"\b(?:(?:have|had|has) you(?:\W+(?:ever|also|been|recently|had|noticed|having|getting|experience[d]?|experiencing"
    r"|felt|feeling|got|seen|had))+|(?:do|did) you(?:\W+(?:ever|also|currently|normally|have|get|feel|take|notice))+"
    r"|are you(?:\W+(?:also|currently|having|getting|feeling|taking))+)\W+(?:an?\W+|the\W+)?",
    re.IGNORECASE,
)
_HESITATION = re.compile(r"\W*\b(?:um+|uh+|er+m?|hmm?|you know|i mean)\b\W*", re.IGNORECASE)
_TAIL = re.compile(
    r"[\s,]*\b(?:at all|or anything(?: else)?(?: like (?:that|this))?|(?:that )?you(?:'ve| have| may have| might have)?"
    r"(?: been)? (?:noticed|had|aware of|getting)|(?:that )?i should (?:be aware of|know about)|with (?:it|that|this)"
    r"|as well|either|for example|by any chance|or not|or|and|though|then|there|please|sir|madam)$",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"\b((?:\w+ ){0,2}\w+)(?:\s*,)? \1\b", re.IGNORECASE)
_OWNER = re.compile(r"\b(?:your|his|her|their|the|that|this|these|those)\s+(?=\w)", re.IGNORECASE)
_BROKEN_OFF = re.compile(r"\b(?:the|a|an|your|in|on|of|with|from)$", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:you|me|us|he|she|they|this|that|it|family|relatives?|here|there|does|do|is|are|anywhere)\b", re.IGNORECASE
)
_WELL = re.compile(
    r"\b(?:ok(?:ay)?|fine|normal|all ?right|well|better|questions?|relief|help|checked|tested|measured|taken"
    r"|tests?|scans?)\b",
    re.IGNORECASE,
)
_TAGGED = re.compile(r"\b(?:is that (?:right|correct)|isn't it|right|correct|yeah)\W*$", re.IGNORECASE)
_OPEN = re.compile(r"^\W*(?:and |so |but |okay |ok )*(?:how|when|where|what|which|why|who)\b", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"^\W*or\b|\bor (?:is|are|do|does|was|has|have)\b", re.IGNORECASE)
_ECHO = re.compile(
    r"^\W*(?:no|nope|none)\b(?:\W+(?:ok(?:ay)?|al+ ?right|fine|good|great|um+|uh+|so))*\W*$", re.IGNORECASE
)
_MEDICINES = re.compile(
    r"\bother (?:regular )?(?:medications?|medicines?|tablets|drugs|pills|supplements)\b", re.IGNORECASE
)
_COMPLAINTS = frozenset(stem(w) for w in words("complaint"))
_TROUBLES = frozenset(stem(w) for w in words("trouble"))
_FUNCTIONS = frozenset(stem(w) for w in words("function"))
_TOO_SHORT = frozenset({stem("blood")})
"""Said alone it does not tell of what."""
_YES = re.compile(
    r"^\W*(?:(?:oh|um+|uh+|well|ah|ok|okay)\W+)*(?:yes|yeah|yep|yup|i do|i have|i did|i am)\b", re.IGNORECASE
)
_TURNS = re.compile(r"\b(?:no|not|never|but|except|apart|other than)\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """A thing asked for in the question's own words; `said` is what the answer adds to a yes, '' for nothing.

    `evidence` are ids of the question and its answer; the clinician's "No, okay." stands for one that was not recorded.
    """

    thing: str
    denied: bool
    evidence: tuple[str, ...]
    said: str = ""


def plain_answers(transcript: Transcript, exchanges: Exchanges) -> tuple[PlainAnswer, ...]:
    """Return what was asked of the patient and plainly answered, in spoken order, as far as he tells nothing else."""
    found: dict[str, PlainAnswer] = {}
    for n, utterance in enumerate(transcript.utterances):
        if utterance.speaker is Speaker.PATIENT or utterance.id in exchanges.relatives:
            continue
        for answer in _answers(transcript.utterances, n):
            if not _told_otherwise(answer, transcript, exchanges):
                found.setdefault(answer.thing.lower(), answer)
    return tuple(found.values())


def with_plain_answers(
    answers: Sequence[PlainAnswer], symptoms: Field | None, denied: Field | None, phrases: Sequence[Phrase]
) -> list[Phrase]:
    """Return the phrases with the answers that none of them holds, denials and symptoms each in their field.

    A phrase that says less from the same question ('weakness' for 'weakness in the legs') gives way.
    """
    found: list[Phrase] = []
    for answer in answers:
        field = denied if answer.denied else symptoms
        if field is None or _is_said(answer, field, [*phrases, *found]):
            continue
        text = f'{answer.thing} ("{answer.said}")' if answer.said else answer.thing
        found.append(Phrase(field, text, answer.evidence))
    return [*(p for p in phrases if not any(_says_less(p, new) for new in found)), *found]


def _says_less(phrase: Phrase, new: Phrase) -> bool:
    same = phrase.field is new.field and new.evidence[0] in phrase.evidence and not phrase.is_quote
    return same and content_stems(phrase.text) < content_stems(new.text)


def _is_said(answer: PlainAnswer, field: Field, phrases: Sequence[Phrase]) -> bool:
    """Whether a phrase of the field has the answer's words, or rests on its question and shares half of them."""
    wanted = content_stems(answer.thing)
    for phrase in phrases:
        same = phrase.field is field or (phrase.none and answer.denied) or (not answer.denied and not phrase.none)
        shared = wanted & content_stems(phrase.text or phrase.sentence) if same else set()
        rests = answer.evidence[0] in phrase.evidence
        if shared and (shared == wanted or (rests and 2 * len(shared) >= len(wanted))):
            return True
    names = set(names_in(answer.thing)) - {"pain"}
    if len(wanted) > _MORE_THAN_NAMES + len({s for _, words in said_names(answer.thing) for s in content_stems(words)}):
        return False
    said = {name for p in phrases if p.field is field for name in names_in(p.text)}
    return bool(names) and names <= said


def things_asked(question: str) -> list[str]:
    """Return the complaints, functions and medicines that a question of yes or no asks for, in its own words."""
    if len(question) > LONGEST_QUESTION:
        return []
    text = _HESITATION.sub(" ", question).strip()
    if _OPEN.search(text) and not _ANY.search(text):
        return []
    if _TAGGED.search(text) or _ALTERNATIVE.search(text):
        return []
    parts = _after_any(text)
    if not parts:
        parts = [text[lead.end() :] for lead in _LEAD.finditer(text)][-1:]
    return [thing for part in parts if is_complaint(thing := _trimmed(part))]


def is_complaint(thing: str) -> bool:
    """Whether words name a body part with a complaint, a function with a difficulty, or other medicines."""
    if not thing or len(thing.split()) > MOST_WORDS or _PERSON.search(thing) or _WELL.search(thing):
        return False
    if _MEDICINES.search(thing):
        return True
    if content_stems(thing) <= _TOO_SHORT:
        return False
    tokens = tokenise(thing)
    stems = {t.stem for t in tokens}
    placed = bool(find_sites(tokens))
    kinds = {kind_of(name) for name in names_in(thing)}
    if "" in kinds:
        return False  # a medicine: what it is for is not asked
    complains = bool(stems & _COMPLAINTS) or "symptom" in kinds
    if placed and (complains or stems & _TROUBLES):
        return True
    return bool(stems & _COMPLAINTS) or bool(stems & _TROUBLES and stems & _FUNCTIONS)


def _after_any(text: str) -> list[str]:
    """What stands behind each 'any' of a list; 'coughing up any blood' keeps its verb."""
    found = _ANY.search(text)
    if found is None:
        return []
    parts = _AND_ANY.split(text[found.end() :])
    doing = _DOING.search(text[: found.start()])
    return [f"{doing.group(1)} {parts[0].strip()}", *parts[1:]] if doing else parts


def _trimmed(part: str) -> str:
    part = _KIND.sub("", part.strip(" ,.?!-"))
    thing, before = _REPEATED.sub(r"\1", part.strip(" ,.?!-")), ""
    while before != thing:
        before, thing = thing, _TAIL.sub("", thing).strip(" ,.?!-")
    pieces = [_OWNER.sub("", piece).strip() for piece in thing.split(",")]
    return ", ".join(dict.fromkeys(p for p in pieces if p and not _BROKEN_OFF.search(p)))


def _answers(utterances: Sequence[Utterance], n: int) -> Iterator[PlainAnswer]:
    question = utterances[n]
    sentences = sentences_of(question.text.strip())
    for k, sentence in enumerate(sentences):
        things = things_asked(sentence) if _asks(sentence) else []
        if not things:
            continue
        rest = [s for s in sentences[k + 1 :] if _HESITATION.sub(" ", s).strip(" .,?!")]
        if rest and _ECHO.match(rest[0]):
            yield from (PlainAnswer(thing, True, (question.id,)) for thing in things)
        elif not rest:
            yield from _answered_next(utterances, n, things)


def _answered_next(utterances: Sequence[Utterance], n: int, things: Sequence[str]) -> Iterator[PlainAnswer]:
    """The answer of the utterances behind question `n`, or the clinician's "No, okay." where none was recorded."""
    question, following = utterances[n], utterances[n + 1 : n + 1 + MOST_ANSWERS]
    if not following:
        return
    if following[0].speaker is question.speaker:
        echoed = question.speaker is Speaker.CLINICIAN and _ECHO.match(sentences_of(following[0].text.strip())[0])
        if echoed:
            yield from (PlainAnswer(thing, True, (question.id, following[0].id)) for thing in things)
        return
    reply = [following[0]]
    for utterance in following[1:]:
        if utterance.speaker is not reply[0].speaker:
            break
        reply.append(utterance)
    text = without_control_tokens(" ".join(u.text for u in reply)).replace('"', "")
    ids = (question.id, *(u.id for u in reply))
    if is_plain_no(text) and not is_question(tokenise(text)):
        yield from (PlainAnswer(thing, True, ids) for thing in things)
    elif len(things) == 1 and _YES.search(text) and not _TURNS.search(text) and not _MEDICINES.search(things[0]):
        yield PlainAnswer(things[0], False, ids, "" if merely_yes(text) else text)


def _asks(sentence: str) -> bool:
    """A question mark, a question's first words, or an end that waits: 'You have no pain, or'."""
    return is_question(tokenise(sentence)) or bool(re.search(r",?\s+or\W*$", sentence))


def _told_otherwise(answer: PlainAnswer, transcript: Transcript, exchanges: Exchanges) -> bool:
    """Whether the patient himself tells elsewhere what was denied, in these words or as the same bare complaint.

    A denial with a place or a detail ('numbness in the legs') stands beside the complaint of another place.
    """
    if not answer.denied:
        return False
    wanted = content_stems(answer.thing)
    bare = wanted <= {s for _, words in said_names(answer.thing) for s in content_stems(words)}
    told = [n for n in names_in(answer.thing) if n in exchanges.told and kind_of(n) == "symptom" and n != "pain"]
    if told and bare:
        return True
    own = [u for u in transcript.utterances if u.speaker is Speaker.PATIENT and u.id not in answer.evidence]
    return any(wanted and wanted <= content_stems(u.text) for u in own)
