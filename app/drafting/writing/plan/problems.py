"""Groups assessment and plan by problem, only by links that were said; what has none stands under 'Other'.

A statement belongs to a problem if it names it, if a sentence of the visit holds both ("the lisinopril, for the blood
pressure"), or if the clinician said it in the same breath after opening that topic aloud ("for your diabetes, we keep
the metformin. We will check …"). Standing near each other in the talk links nothing by itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.domain.note import Section, Statement
from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import kind_of, narrower_than, wider_than
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.spoken.exchanges import content_stems, names_in, said_names

OTHER = "problem-other"
NO_TOPIC = -1
LONGEST_TITLE = 6
"""Words of a problem's title."""
WORDS_BEFORE_NAME = 2
"""Such as 'poorly controlled'; what has more before the name is a sentence about it."""
LONGEST_TOPIC = 4
"""Sentences after which a topic that is not named again counts as left."""

_PROBLEMS = frozenset({"condition", "symptom", "measure"})
_LABEL = re.compile(r"^[A-Za-z][A-Za-z ,-]{0,40}: ")
_OPENS = re.compile(
    r"\b(?:for|about|regarding|concerning|as for|in terms of|when it comes to|as far as)\s+(?:the|your|his|her|this)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\b(?:first|second|third|fourth|next|other|last)\s+(?:problem|issue|thing|concern|diagnosis)\b|\bmoving on\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^(?:and|also|then|plus|in addition|i(?:'ll| will| would)? also|we(?:'ll| will)? also)\b", re.IGNORECASE
)
_CLOSES = re.compile(
    r"\b(?:any (?:other )?questions|anything else|see you|take care|come back|follow up|call (?:us|me|911|999|112))\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Problem:
    """A problem with the clinical concepts that mean it and the words by which it was called."""

    names: frozenset[str]
    title: str
    statements: list[Statement] = field(default_factory=list)


def by_problem(sections: Sequence[Section], keys: Sequence[str], transcript: Transcript) -> tuple[Section, ...]:
    """Return the sections, those with the given keys (first the assessment, then the plan) as one section a problem.

    They stand where the first of them stood. Nothing is left out and nothing is said twice. Without a problem, or a
    statement to group, the sections stay as they are.
    """
    grouped = [s for key in keys for s in sections if s.key == key]
    problems = _problems(grouped[0]) if grouped else []
    if not problems:
        return tuple(sections)
    links = _Links(problems, transcript)
    rest: list[Statement] = []
    for section in grouped:
        for statement in section.statements:
            problem = links.problem_of(statement)
            (problem.statements if problem else rest).append(statement)
    made = [
        Section(f"problem-{number}", f"Problem {number}: {problem.title}", tuple(problem.statements))
        for number, problem in enumerate(problems, start=1)
    ]
    if rest:
        made.append(Section(OTHER, "Other", tuple(rest)))
    at = next(n for n, s in enumerate(sections) if s.key in keys)
    others = [s for s in sections if s.key not in keys]
    before = sum(1 for s in sections[:at] if s.key not in keys)
    return (*others[:before], *made, *others[before:])


def _problems(assessment: Section) -> list[_Problem]:
    """One problem for each statement of the assessment that names one; statements about the same one share it."""
    found: list[_Problem] = []
    for statement in assessment.statements:
        body = _LABEL.sub("", statement.text)
        named = [(name, words) for name, words in said_names(body) if kind_of(name) in _PROBLEMS]
        named.sort(key=lambda pair: kind_of(pair[0]) != "condition")
        if not named:
            continue
        main, words = named[0]
        known = next((p for p in found if main in p.names), None)
        if known is None:
            found.append(_Problem(_meanings(main), _title(body, main, words)))
    return found


def _title(body: str, main: str, words: str) -> str:
    """The clause that names the problem if it is short and nobody's own words, else the problem's clinical name."""
    clauses = [] if '"' in body else re.split(r"[,;.(]| with | that | which ", body)
    clause = next((c.strip() for c in clauses if words.lower() in " ".join(c.lower().split())), "")
    before = " ".join(clause.lower().split()).partition(words.lower())[0]
    named = clause and len(clause.split()) <= LONGEST_TITLE and len(before.split()) <= WORDS_BEFORE_NAME
    return clause[:1].lower() + clause[1:] if named else main


def _meanings(name: str) -> frozenset[str]:
    """A problem and its narrower forms: 'type 2 diabetes' is 'diabetes', but 'pain' is not every pain."""
    if kind_of(name) != "condition":
        return frozenset({name})
    return frozenset({name, *narrower_than(name), *(w for w in wider_than(name) if kind_of(w) == "condition")})


class _Links:
    """What the visit says of which problem a statement belongs to."""

    def __init__(self, problems: Sequence[_Problem], transcript: Transcript) -> None:
        self._problems = problems
        self._topics: dict[str, list[tuple[frozenset[str], int]]] = {}
        for utterance, sentence, topic in _topics(problems, transcript):
            self._topics.setdefault(utterance, []).append((content_stems(sentence), topic))
        self._sentences = [
            frozenset(names_in(sentence)) for u in transcript.utterances for sentence in sentences_of(u.text)
        ]

    def problem_of(self, statement: Statement) -> _Problem | None:
        """The one problem that the statement belongs to; None if there is none, or more than one alike."""
        text = _LABEL.sub("", statement.text)
        names = frozenset(names_in(text))
        own = [p for p in self._problems if p.names & names]
        if own:
            return own[0]  # it names it itself; of two the first, where the reader looks first
        together = [p for p in self._problems if self._said_together(names, p)]
        if together:
            return together[0] if len(together) == 1 else None
        topic = self._topic_of(content_stems(text), statement.evidence)
        return None if topic == NO_TOPIC else self._problems[topic]

    def _said_together(self, names: frozenset[str], problem: _Problem) -> bool:
        telling = {n for n in names if kind_of(n) not in _PROBLEMS}
        return any(telling & sentence and problem.names & sentence for sentence in self._sentences)

    def _topic_of(self, stems: frozenset[str], evidence: Sequence[str]) -> int:
        """The topic of the sentences that the statement rests on, if it is one and the same."""
        said = [(len(stems & words), topic) for e in evidence for words, topic in self._topics.get(e, ())]
        most = max((shared for shared, _ in said), default=0)
        if most == 0 or any(e not in self._topics for e in evidence):
            return NO_TOPIC
        topics = {topic for shared, topic in said if shared == most}
        return topics.pop() if len(topics) == 1 else NO_TOPIC


def _topics(problems: Sequence[_Problem], transcript: Transcript) -> Iterator[tuple[str, str, int]]:
    """The clinician's sentences with the problem that each is about: id of the utterance, sentence, number."""
    topic = _Topic(problems)
    for utterance in transcript.utterances:
        if utterance.speaker not in (Speaker.CLINICIAN, Speaker.UNKNOWN):
            topic.close()
            continue
        if not _GOES_ON.search(utterance.text):
            topic.close()
        for sentence in sentences_of(utterance.text):
            yield utterance.id, sentence, topic.after(sentence)


class _Topic:
    """The problem that the clinician speaks of, as far as it was said."""

    def __init__(self, problems: Sequence[_Problem]) -> None:
        self._problems = problems
        self._current = NO_TOPIC
        self._announced = False
        self._left = 0

    def close(self) -> None:
        """Nothing is known of what follows."""
        self._current = NO_TOPIC
        self._announced = False

    def after(self, sentence: str) -> int:
        """The number of the problem after one more sentence; `NO_TOPIC` if it is none or not clear."""
        if _CLOSES.search(sentence):
            self.close()
            return NO_TOPIC
        names = set(names_in(sentence))
        named = [n for n, problem in enumerate(self._problems) if problem.names & names]
        opens = bool(_OPENS.search(sentence))
        announces = bool(_NEXT.search(sentence))
        if len(named) == 1 and (opens or announces or self._announced or named[0] == self._current):
            self._current, self._announced, self._left = named[0], False, LONGEST_TOPIC
        elif named or announces or (opens and any(kind_of(n) in _PROBLEMS for n in names)):
            self.close()  # several at once, the next one is only announced, or it is about something else
            self._announced = announces
        elif self._current != NO_TOPIC:
            self._left -= 1
            if self._left < 0:
                self.close()
        return self._current
