"""The smallest stretches of talk that tell one matter: a question with its answer, or adjacent sentences of a speaker.

What a phrase of a note says must stand in one of them; words of two unrelated ones make something that nobody said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of, wider_than
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems, denies_itself, is_plain_no, merely_yes, names_in, pairs
from app.drafting.spoken.talk import statements_of

ADJACENT = 3
"""Sentences of one speaker, one behind the other, that may tell one matter."""
_NOD = 3
"""Words of a remark that does not interrupt who is speaking."""
_BEFORE = 2
"""Utterances in a row that may ask one question."""

_YES = re.compile(
    r"^\W*(?:(?:oh+|um+|uh+|well|ah|so|and|i (?:guess|think|mean))\W+)*(?:yes|yeah|yep|yup|yea|ye|mm-?hmm|mh-mm|uh-?huh"
    r"|definitely|sometimes|occasionally|a (?:little|bit|lot|few)|just|only|probably|maybe|kind of|sort of"
    r"|it (?:does|is|has)"
    r"|i (?:do|have|did|am|was|get|feel|had)|i've|i'm|at times|once|every|now and|from time|on and off|correct|exactly"
    r"|that's right|right|sure|absolutely|mostly|usually|quite|especially|both)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:(?:how|what)(?! about)|when|where|which|why|who|whereabouts|describe|tell me|talk to me)\b", re.IGNORECASE
)
_TRUE_YES = re.compile(r"^\W*(?:(?:oh+|um+|uh+|well|ah)\W+)*(?:yes|yeah|yep|yup|both)\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_CHOICES = re.compile(r",\s*|\s*\b(?:or|and)\b\s*", re.IGNORECASE)
_ALIKE = {"kid": "child", "kids": "child", "children": "child", "job": "work", "tummy": "stomach", "belly": "stomach"}
_PLAIN = {stem(word): stem(same) for word, same in _ALIKE.items()}
_JOINING = frozenset({"or", "and", "also", "when", "while"})
_SIDES = frozenset({"both"})
"""Stop words that say which of two."""
_EMPTY = words("yes") | words("no") | words("filler-answer")


@dataclass(frozen=True)
class Stretch:
    """What is told in one breath: `told`, with the words of the question before it that the answer lets stand."""

    utterances: tuple[Utterance, ...]
    """Those that are told; the question's first, if its words count."""
    told: str
    asked: str = ""
    place: int = 0
    """Where in the visit what is told begins."""
    sentences: int = 1
    """How many sentences are told."""
    takes_for_granted: bool = False
    """Whether the question asks how or when of something that nobody needs to have told."""

    @property
    def text(self) -> str:
        """All its words."""
        return f"{self.asked} {self.told}".strip()

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of all its words with content."""
        return plain_stems(self.text)

    @cached_property
    def names(self) -> frozenset[str]:
        """Clinical names in it, and those that are wider."""
        own = names_in(self.text)
        return frozenset(own) | {wider for n in own for wider in wider_than(n)}

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Numbers in it."""
        return frozenset(n.value for n in read_numbers(tokenise(self.text)))

    @cached_property
    def symptoms(self) -> frozenset[str]:
        """Complaints that it names."""
        return frozenset(n for n in names_in(self.text) if kind_of(n) == "symptom")


def plain_stems(text: str) -> frozenset[str]:
    """Stems of the words with content, everyday twins made one; 'moving' and 'move' differ by an e."""
    sides = {t.text for t in tokenise(text)} & _SIDES
    return frozenset(_PLAIN.get(s, s).removesuffix("e") for s in content_stems(text) - _JOINING) | sides


def stretches_of(transcript: Transcript) -> tuple[Stretch, ...]:
    """Return all stretches of a visit in spoken order; neighbours overlap. Of the clinician's words statements only."""
    return tuple(_stretches(transcript.utterances))


def refused_questions(transcript: Transcript) -> tuple[tuple[Utterance, Utterance], ...]:
    """Return the questions that were answered with a plain no, with the answers."""
    return tuple((q, a) for q, a in pairs(transcript) if is_plain_no(a.text))


def _stretches(utterances: Sequence[Utterance]) -> Iterator[Stretch]:
    start = 0
    while start < len(utterances):
        run = _run(utterances, start)
        if utterances[start].speaker is Speaker.CLINICIAN:
            yield from _windows([replace(u, text=_stated(u.text)) for u in run], (), start)
        else:
            yield from _windows(run, _question(utterances, start), start)
        start += max(n for n in range(len(utterances) - start) if utterances[start + n] is run[-1]) + 1


def _run(utterances: Sequence[Utterance], start: int) -> list[Utterance]:
    """The utterances of one speaker from `start` on, over nods of the other."""
    run = [utterances[start]]
    for n in range(start + 1, len(utterances)):
        if utterances[n].speaker is run[0].speaker:
            run.append(utterances[n])
        elif not _is_nod(utterances[n]):
            break
    return run


def _is_nod(utterance: Utterance) -> bool:
    tokens = tokenise(utterance.text)
    return len(tokens) <= _NOD and all(t.is_stop or t.text in _EMPTY for t in tokens) and not is_question(tokens)


def _stated(text: str) -> str:
    """The statements of a clinician's utterance that deny nothing."""
    return " ".join(s for s in sentences_of(statements_of(text)) if not denies_itself(s))


def _question(utterances: Sequence[Utterance], start: int) -> list[Utterance]:
    """What the clinician says right before."""
    before: list[Utterance] = []
    for utterance in reversed(utterances[max(0, start - _BEFORE) : start]):
        if utterance.speaker is not Speaker.CLINICIAN:
            break
        before.insert(0, utterance)
    return before


def _windows(run: Sequence[Utterance], question: Sequence[Utterance], start: int) -> Iterator[Stretch]:
    said = [(u, s) for u in run for s in sentences_of(u.text.strip()) if s]
    asked = _standing(question, " ".join(s for _, s in said))
    asking = tuple(q for q in question if content_stems(q.text) & content_stems(asked))
    for length in range(1, ADJACENT + 1):
        for n in range(len(said) - length + 1):
            part = said[n : n + length]
            used = tuple(dict.fromkeys(u for u, _ in part))
            told = " ".join(s for _, s in part)
            if n == 0:
                yield Stretch((*asking, *used), told, asked, start, length, bool(_OPEN.search(asked)))
            else:
                yield Stretch(used, told, "", start, length)


def _standing(question: Sequence[Utterance], answer: str) -> str:
    """The words before an answer that it lets stand.

    All behind 'how' or 'where' and after a yes to one thing; of 'this or that' and of a list what the answer takes up;
    none of what is answered with a no, or neither with a yes nor with a word of the question.
    """
    sentences = [s for u in question for s in sentences_of(u.text.strip())]
    if not sentences or is_plain_no(answer):
        return ""
    shared = _meant(" ".join(sentences)) & _meant(answer)
    asked = " ".join(s for s in sentences if is_question(tokenise(s)))
    several = len({n for n in names_in(asked) if kind_of(n) in ("symptom", "condition")}) > 1
    choice = bool(_OR.search(asked)) and bool(shared)
    if _OPEN.search(asked) and not choice:
        return " ".join(sentences)
    if _YES.search(answer) and not several and not choice:
        return " ".join(sentences)
    if several and (merely_yes(answer) or (_TRUE_YES.search(answer) and not shared)):
        return " ".join(sentences)
    return " ".join(part for s in sentences for part in (_taken(s, shared) if is_question(tokenise(s)) else [s]))


def words_let_stand(question: Utterance, answer: str) -> str:
    """Return the words of a question that its answer lets stand."""
    return _standing([question], answer)


def _meant(text: str) -> frozenset[str]:
    """Stems and clinical names: 'sick' takes up 'vomiting'."""
    return content_stems(text) | set(names_in(text))


def _taken(sentence: str, shared: frozenset[str]) -> list[str]:
    """The alternatives of a question with the most words of the answer, and what stands before the first one."""
    parts = _CHOICES.split(sentence)
    counts = [len(_meant(part) & shared) for part in parts]
    return [part for part, count in zip(parts, counts, strict=True) if count and count == max(counts)]
