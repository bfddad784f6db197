"""Sentences of a visit, and which utterances answer a question: what a person would quote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.quotation import LONGEST_TOLD, closed, cut, opened, tidy
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.heard_names import heard_names

_SENTENCE = re.compile(r"(?<=[.?!;])\s+(?=\S)")
_SHORTEST_QUESTION = 3
"""Words of a question that goes on with nothing: 'Yeah?', 'Is that so?'."""
_OPEN = re.compile(r"\b(?:how|what|where|when|which|why|who)\b", re.IGNORECASE)
_NODS = words("filler-answer") | words("yes") | words("no") | words("stop") | {"good", "great", "thank", "thanks"}
_EXPANDED = (
    (re.compile(r"[’]"), "'"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(how|what|where|who|it|that|there|when)'s\b"), r"\1 is"),
    (re.compile(r"\bgonna\b"), "going to"),
    (re.compile(r"[^a-z0-9/]+"), " "),
)


def plain(text: str) -> str:
    """Return the words of a text in lower case, contractions written out, with a blank at either end."""
    text = text.lower()
    for pattern, put in _EXPANDED:
        text = pattern.sub(put, text)
    return f" {text.strip()} "


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of an utterance: the utterance's number, the words, and the tokens `first` to `end` (excluded)."""

    utterance: int
    text: str
    first: int
    end: int


class SpokenPieces:
    """Finds sentences and answers in one visit."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self.utterances: Sequence[Utterance] = heard.transcript.utterances
        self._pieces = [_pieces(n, u.text) for n, u in enumerate(self.utterances)]
        self._asks = [is_question(tokenise(u.text)) for u in self.utterances]
        self._starts: list[int] = []
        at, last = 0, -1
        for n, clause in heard.clauses:
            at = 0 if n != last else at
            self._starts.append(at)
            at, last = at + len(clause.tokens), n

    def piece(self, clause: int, token: int = 0) -> Piece:
        """The sentence that holds a token of a clause of the visit."""
        n = self._heard.clauses[clause][0]
        at = self._starts[clause] + token
        return next((p for p in self._pieces[n] if p.first <= at < p.end), self._pieces[n][-1])

    def pieces(self, utterance: int) -> Sequence[Piece]:
        """All sentences of an utterance."""
        return self._pieces[utterance]

    def asks(self, utterance: int) -> bool:
        """Whether an utterance asks something."""
        return self._asks[utterance]

    def answer(self, question: int) -> tuple[int, ...]:
        """Numbers of the utterances that answer a question, over nods of the one who asks."""
        asker, length = self._speaker(question), 0
        found: list[int] = []
        for n in range(question + 1, min(question + 7, len(self.utterances))):
            if self._speaker(n) is asker and asker is not Speaker.UNKNOWN:
                asks_on = self._asks[n] and len(self.utterances[n].text.split()) > _SHORTEST_QUESTION
                if not found and (self._is_no(n) or (asks_on and _OPEN.search(self.utterances[n].text))):
                    break  # who asks has answered it himself, or asks something that no yes or no answers
                if (asks_on or not self._nods(n)) and (found or not self._asks[n]):
                    break
                continue
            if self._asks[n] and not found:
                break
            found.append(n)
            length += len(self.utterances[n].text.split())
            if length > LONGEST_TOLD or (asker is Speaker.UNKNOWN and not self._nods(n)):
                break
        while len(found) > 1 and self._nods(found[0]) and not self._says_yes_or_no(found[0]):
            found.pop(0)
        return tuple(found)

    def question(self, answer: int) -> int | None:
        """The number of the question that an utterance answers, or None."""
        speaker = self._speaker(answer)
        for n in range(answer - 1, max(answer - 5, -1), -1):
            if self._speaker(n) is speaker and speaker is not Speaker.UNKNOWN:
                if not self._nods(n):
                    return None
            elif self._asks[n]:
                return n
            elif not self._nods(n):
                return None
        return None

    def quote(self, pieces: Sequence[Piece], about: str = "", *, nods: bool = False) -> str:
        """The words of sentences without hesitations and fillers, misheard names written properly.

        Cut around `about` if long; with `nods` also without a 'yeah' or 'okay' before them.
        """
        return heard_names(closed(" ".join(self.sentences(pieces, about, nods=nods))))

    def sentences(self, pieces: Sequence[Piece], about: str = "", *, nods: bool = False) -> list[str]:
        """The same, sentence by sentence; those that only hesitate are left out."""
        found = []
        for piece in pieces:
            utterance = self.utterances[piece.utterance]
            said = compact(replace(utterance, text=piece.text)) or piece.text
            said = opened(tidy(said.replace('"', "")), nods=nods)
            found.append(cut(said, about))
        return [text for text in found if text.strip(" ,.")]

    def _speaker(self, n: int) -> Speaker:
        return self.utterances[n].speaker

    def _nods(self, n: int) -> bool:
        return all(t.text in _NODS for t in tokenise(self.utterances[n].text))

    def _is_no(self, n: int) -> bool:
        return not self._asks[n] and any(t.text in words("no") for t in tokenise(self.utterances[n].text)[:2])

    def _says_yes_or_no(self, n: int) -> bool:
        return any(t.text in words("yes") | words("no") for t in tokenise(self.utterances[n].text))


def turns(transcript: Transcript) -> list[int]:
    """For each utterance the number of its turn: utterances of one speaker, nods of others in between."""
    found: list[int] = []
    last: dict[Speaker, int] = {}
    speaking: Speaker | None = None
    for n, utterance in enumerate(transcript.utterances):
        nod = all(t.text in _NODS for t in tokenise(utterance.text))
        if utterance.speaker is speaking and speaking is not None:
            found.append(last[speaking])
        elif nod and speaking is not None:
            found.append(-1 - n)
        else:
            speaking = utterance.speaker
            last[speaking] = n
            found.append(n)
    return found


def _pieces(n: int, text: str) -> list[Piece]:
    parts = _SENTENCE.split(text)
    found: list[Piece] = []
    at = 0
    for part in parts:
        length = len(tokenise(part))
        if length:
            found.append(Piece(n, part.strip(), at, at + length))
            at += length
    if at != len(tokenise(text)) or not found:
        return [Piece(n, text.strip(), 0, max(1, len(tokenise(text))))]
    return found
