"""What a patient tells of his own accord in everyday words: what he was doing, what he leaves off, what he tried."""

import re
from collections.abc import Iterator
from dataclasses import replace

from app.domain.transcript import Speaker
from app.domain.unnoted import UnnotedKind
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.spoken_pieces import Piece, SpokenPieces
from app.drafting.checking.unnoted.claims import Claim
from app.drafting.checking.unnoted.course import read_detail
from app.drafting.checking.unnoted.tables import has_cue
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem

_LEAST = 3
"""Words with content of a sentence that tells something."""
_LEAST_FIRST = 2
"""The same beside the first complaint: 'It came on quite suddenly. I was digging.'"""
_NEAR_FIRST = 8
"""Utterances behind the first complaint in which what is told is most likely about it."""
_FIRST_WEIGHT, _WEIGHT = 0.3, 0.2
_IDLE = ("unheard", "identity", "thanks", "closing", "general")
_ASKS_AGREEMENT = re.compile(
    r"\b(?:sounds?|makes? sense|happy with|all right with|okay with|questions?)\b", re.IGNORECASE
)
_SAYS_LITTLE = frozenset(stem(w) for w in words("filler-answer") | words("yes") | words("no") | words("says-little"))


def volunteered(heard: Heard, pieces: SpokenPieces) -> Iterator[Claim]:
    """Sentences of the patient with enough content and nothing that is claimed for its name, if he has a complaint."""
    told = [
        n
        for n, c in heard.clauses
        if heard.speaker(n) is Speaker.PATIENT and any(kind_of(m.name) == "symptom" for m in c.concepts())
    ]
    if not told:
        return  # talk without a complaint is no visit
    first = min(told)
    for n in range(len(pieces.utterances)):
        if heard.speaker(n) is not Speaker.PATIENT:
            continue
        near = 0 <= n - first <= _NEAR_FIRST
        for piece in pieces.pieces(n):
            if not piece.text.endswith("?") and not _is_idle(pieces, piece):
                claim = read_detail(heard, pieces, piece)
                of_medicine = any(not kind_of(name) for name in claim.named)  # claimed by its name
                of_others = bool(claim.named) and has_cue("other people", piece.text)
                if (
                    len(claim.stems - _SAYS_LITTLE) >= (_LEAST_FIRST if near else _LEAST)
                    and not of_medicine
                    and not of_others
                ):
                    yield replace(claim, kind=UnnotedKind.DETAIL, weight=_FIRST_WEIGHT if near else _WEIGHT)


def _is_idle(pieces: SpokenPieces, piece: Piece) -> bool:
    question = pieces.question(piece.utterance)
    asked = pieces.utterances[question].text if question is not None else ""
    idle = any(has_cue(use, piece.text) for use in _IDLE)
    return idle or has_cue("identity", asked) or bool(_ASKS_AGREEMENT.search(asked))
