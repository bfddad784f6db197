"""Questions joined to their answers: what was asked, what the answer makes of it, who gave it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.transcript import Speaker
from app.drafting.checking.hearing.reading import Clause, Kind
from app.drafting.lexicon.tables import words

_YES = words("yes")
_NO = words("no")
_FILLER = words("filler-answer")
_WEAK_YES = words("weak-yes")
_NEGATING = words("negating")
_ONLY = words("only")
_OPEN = words("open-question")
_OPENERS = words("opener")
_LONGEST_ANSWER = 4
"""Clauses of an answer that are looked through for what it names."""
_MOST_AT_ONCE = 6
"""Clauses around a question in which others may be asked at once."""
_BARE = _YES | _NO | _FILLER
_SHORT = 7
_FARTHEST = 3
"""Utterances between a question and its answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`value`: yes, no, or None where it is left open; `named`: what the answer itself speaks of; `who` gave it."""

    value: bool | None = None
    who: Speaker | None = None
    named: frozenset[str] = frozenset()


class Answers:
    """Finds the answer to a question clause, whoever is tagged as speaking: tags can be wrong."""

    def __init__(self, clauses: Sequence[tuple[int, Clause]], speakers: Sequence[Speaker]) -> None:
        self._clauses = clauses
        self._speakers = speakers

    def to(self, at: int) -> Answer:
        """Return the answer to the question in clause `at`; an open one if none is found."""
        asked_in, question = self._clauses[at]
        if _answers_itself(question):
            return Answer(_said_yes(question), self._speakers[asked_in])
        if (in_turn := self._in_turn(at)) is not None:
            return in_turn
        for step, (n, clause) in enumerate(self._clauses[at + 1 : at + 6], start=at + 1):
            if n - asked_in > _FARTHEST:
                break
            same_speaker = n == asked_in or self._speakers[n] is self._speakers[asked_in]
            again = n == asked_in or (same_speaker and not clause.concepts())
            if clause.question and again and clause.tokens[0].text not in _YES | _NO:
                if _answers_itself(clause) and not clause.concepts():
                    return Answer(_said_yes(clause), self._speakers[n])
                continue
            said = [t.text for t in clause.tokens if t.text not in _FILLER]
            if said and n == asked_in and said[0] not in _YES | _NO:
                continue  # who asks goes on talking
            if said:
                return self._meaning(question, step, said)
        return Answer()

    def _in_turn(self, at: int) -> Answer | None:
        """Two questions at once, a bare 'yeah' and a bare 'no' after them: the first is for the first question."""
        asked_in, question = self._clauses[at]
        clauses = self._clauses[max(0, at - _MOST_AT_ONCE) : at + 2 * _MOST_AT_ONCE]
        asked = [c for n, c in clauses if n == asked_in and c.tokens[-1].after == "?"]
        replies = [(n, c) for n, c in clauses if asked_in < n <= asked_in + len(asked)]
        bare = [c.tokens[0].text in _YES for _, c in replies if all(t.text in _BARE for t in c.tokens)]
        alone = len({n for n, _ in replies}) == len(replies) == len(bare) == len(asked) > 1
        if not alone or question not in asked or len(set(bare)) == 1:
            return None
        if self._speakers[asked_in] in {self._speakers[n] for n, _ in replies}:
            return None
        return Answer(bare[asked.index(question)], self._speakers[replies[0][0]])

    def _meaning(self, question: Clause, at: int, said: Sequence[str]) -> Answer:
        """Read an answer that begins in clause `at`.

        Of several things asked about, those that the answer does not name are taken as denied, unless it begins with a
        yes. What the answer names is said by its own words. An answer that tells of something else ('any chest pain?'
        'sometimes my shoulder aches') leaves the question open.
        """
        utterance = self._clauses[at][0]
        who = self._speakers[utterance]
        asked = {m.name for m in question.mentions if m.kind is not Kind.SITE}
        answer = [c for n, c in self._clauses[at : at + _LONGEST_ANSWER] if n == utterance]
        told = {m.name for c in answer if not c.question for m in c.mentions if m.kind is not Kind.SITE}
        named = frozenset(asked & told)
        if said[0] in _YES | _NO:
            affirmed = said[0] in _YES
            return Answer(None if affirmed and named and named != asked else affirmed, who, named)
        drugs = any(m.kind is Kind.DRUG for c in answer for m in c.mentions)
        if "allergy" in asked and drugs and said[0] not in _NO:
            return Answer(True, who)  # 'any allergies?' 'penicillin'
        if named:
            return Answer(False if len(asked) > 1 else None, who, named)
        value = False if any(_refuses_all(c) for c in answer) else polarity(said)
        return Answer(None if asked and told and value else value, who)


def _refuses_all(clause: Clause) -> bool:
    """'Nothing like that', wherever it stands in the answer."""
    first = [t.text for t in clause.tokens if t.text not in _FILLER or t.text == "like"][:3]
    return first in (
        ["nothing", "like", "that"],
        ["none", "of", "that"],
        ["none", "of", "those"],
        ["none", "of", "them"],
    )


def _answers_itself(clause: Clause) -> bool:
    """'any nausea or anything like that no': the speaker gives the answer."""
    return len(clause.tokens) > 3 and clause.tokens[-1].text in ("no", "nope", "yes", "yep")


def _said_yes(clause: Clause) -> bool:
    return clause.tokens[-1].text.startswith("y")


def polarity(said: Sequence[str]) -> bool | None:
    """Whether an answer's first words mean yes (True), no (False) or neither."""
    first = said[:3]
    if first[0] in _YES:
        return True
    if first[0] in _NO or _NEGATING & set(first) or said[:4][-1] == "not":
        return False
    if len(said) <= _SHORT and _NEGATING & set(said):  # 'on my body no not really'
        return False
    if first[0] in _ONLY:
        return None
    if first[0] in ("have", "do", "did", "has", "am") or set(first) & (_YES | _WEAK_YES):
        return True
    return (
        True
        if first[0] in ("it", "they", "that") and first[1:2] in (["does"], ["do"], ["did"], ["is"], ["has"])
        else None
    )


def presupposes(clause: Clause) -> bool:
    """'How bad is the pain?' says that there is pain; 'how about any pain?' does not."""
    texts = [t.text for t in clause.tokens]
    start = next((n for n, t in enumerate(texts[:4]) if t not in _OPENERS), 0)
    return texts[start] in _OPEN and "any" not in texts and texts[start + 1 : start + 2] != ["about"]
