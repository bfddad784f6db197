"""What a patient tells of the course of a complaint: when it comes, how long, what makes it worse, what it prevents."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter

from app.domain.transcript import Speaker
from app.domain.unnoted import UnnotedKind
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.reading import Clause
from app.drafting.checking.hearing.spoken_pieces import Piece, SpokenPieces
from app.drafting.checking.unnoted.claims import Claim
from app.drafting.checking.unnoted.tables import has_cue
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tokens import Token

_LEAST_DETAIL = 2
_DETAIL = 0.4


def details_of(heard: Heard, pieces: SpokenPieces) -> Iterator[Claim]:
    """The patient's sentences on the course of a complaint; what they name is claimed elsewhere.

    Their words are those outside names and numbers, so that another way to write an illness makes no difference.
    """
    for n in range(len(pieces.utterances)):
        if heard.speaker(n) is not Speaker.PATIENT:
            continue
        for piece in pieces.pieces(n):
            if piece.text.endswith("?") or has_cue("unheard", piece.text):
                continue
            claim = read_detail(heard, pieces, piece)
            if not claim.stems:
                continue
            if has_cue("concern", piece.text):
                yield replace(claim, kind=UnnotedKind.CONCERN)
            elif has_cue("detail", piece.text) or (claim.named and has_cue("course", piece.text)):
                yield claim


def read_detail(heard: Heard, pieces: SpokenPieces, piece: Piece) -> Claim:
    """A sentence as a claim: its words outside names and numbers, its numbers, and the complaints it names."""
    stems, counted, named, complaints = set[str](), [], set[str](), set[str]()
    for clause, first, last in _parts(heard, pieces, piece):
        mentions = [m for m in (*clause.concepts(), *clause.drugs()) if first <= m.start < last]
        numbers = [q for q in clause.quantities if first <= q.start < last]
        taken = {n for m in mentions for n in range(m.start, m.end)} | {
            n for q in numbers for n in range(q.start, q.end)
        }
        stems |= {t.stem for n, t in enumerate(clause.tokens[first:last], first) if n not in taken and _tells(t)}
        counted += numbers
        named |= {m.name for m in mentions}
        complaints |= {m.name for m in mentions if kind_of(m.name) in ("symptom", "condition", "")}
    enough = len(stems) >= _LEAST_DETAIL or counted
    return Claim(
        f"detail {' '.join(sorted(stems))} {' '.join(q.said for q in counted)}",
        UnnotedKind.SYMPTOM,
        None,
        piece,
        piece.text,
        frozenset(stems) if enough else frozenset(),
        weight=_DETAIL,
        detail=True,
        counted=tuple(counted),
        named=frozenset(complaints),
    )


def _parts(heard: Heard, pieces: SpokenPieces, piece: Piece) -> Iterator[tuple[Clause, int, int]]:
    """The clauses of a sentence, with the tokens that belong to it."""
    first = bisect_left(heard.clauses, piece.utterance, key=itemgetter(0))
    for at, clause in enumerate(heard.clauses_of.get(piece.utterance, ()), first):
        own = [t for t in range(len(clause.tokens)) if pieces.piece(at, t) == piece]
        if own:
            yield clause, own[0], own[-1] + 1


def _tells(token: Token) -> bool:
    return not token.is_stop and token.text.isalpha()
