"""The clinician's talk cut into clauses, each with the utterances it comes from; what only goes on is joined."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.quotation import tidy
from app.drafting.lexicon.sentences import RIGHT_AS_TAG, SPOKEN_POINT, sentences_of
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.exchanges import content_stems
from app.drafting.spoken.run_on import begins_asking, is_run_on, parted

_NOD = 2
"""Words with content of a patient's utterance that does not end the clinician's turn."""
_TAG = re.compile(
    r"(?<!'s)(?<!\bis)(?<!\bare)(?<!\bfeel)(?<!\blook)(?<!\bwas)[ ,]+(?:is that )?(?:ok(?:ay)?|alright|all right"
    rf"|{RIGHT_AS_TAG}|yeah|yes)\s*[?.]*$",
    re.IGNORECASE,
)
_WAKE = re.compile(r"^(?:hey|hi|ok(?:ay)?),? (?!you\b|so\b)\w+ ?(?:[,?.!]+\s*|$)", re.IGNORECASE)
_SPELT = (
    (re.compile(r"\bgon ?na\b", re.I), "going to"),
    (re.compile(r"\bwan ?na\b", re.I), "want to"),
    (re.compile(r"\blem ?me\b", re.I), "let me"),
    (re.compile(r"\bca n't\b", re.I), "can't"),
    (re.compile(r"(\w) n't\b"), r"\1n't"),
    (re.compile(r"\b(\w{1,4})-,? (?=\1)", re.I), ""),
    (re.compile(r"(?<=\ba )[b-wyz]- ?,? ?(?=\w)", re.I), ""),
    (re.compile(r"(?<=\w)-(?=\s|$)"), ""),
    (re.compile(r"\s+([,.?!])"), r"\1"),
    (re.compile(r"([.?!])(?:\s*,)+\s*"), r"\1 "),
    (re.compile(r",(?:\s*,)+"), ","),
    (re.compile(r"\b(\w+)-(?=\1\b)|\b([a-z])-(?=\2)", re.I), ""),
    (re.compile(r"\b(mr|mrs|ms|dr)\.", re.I), r"\1"),
)
_SUBJECT = (
    r"(?:(?:then|maybe|perhaps|also) )?(?:i(?:'ll|'m|'d| will| want| would| am| might| certainly| also"
    r"| prescribe| raise| stop| start| increase| recommend| suggest| advise| refer| order)"
    r"|what (?:i|we)(?:'ll|'d| will)"
    r"|we(?:'ll|'re|'d| will| can| could| should| would| might| may| need"
    r"| raise| stop| start| increase| prescribe| repeat| recheck)|let's|let us)\b"
)
_PATIENT = (
    r"(?:you(?:'ll| should| can| could| need| must| might| may)|please|do not|don't|stop|start|take|continue|keep|avoid"
    r"|make sure)"
)
_ASKED = r"(?:do|are|is|does|did|have|would|could|can) (?:you|that|it|there|they)\b"
_OTHERS = r"(?:the|our|my|one of our) \w+(?: \w+)? (?:will|is going to|are going to|can)\b"
_WORTH = r"(?:it(?:'s| is|'d be| would be| might be| may be) (?:also |probably |perhaps |maybe )*worth\b)"
_NEXT = (
    rf"(?P<who>{_SUBJECT})|(?P<you>{_PATIENT}\b)|(?P<if>(?:if|unless)\b)|(?P<other>{_OTHERS}|{_WORTH})"
    rf"|(?P<no>no (?:more )?\w+ing\b)|(?P<asked>{_ASKED})"
)
_BREAK = re.compile(
    rf"(?:,|\s-)?\s+(?:and then|and|but|so|then)\s+(?={_NEXT})|,?\s+(?:and )?then\s+(?=see you\b)"
    rf"|,?\s+(?={_WORTH})|,\s+(?={_SUBJECT})|,?(?<!\bto)(?<!\bcan)(?<!\bjust)(?<!\bwill)\s+(?=make sure\b)",
    re.IGNORECASE,
)
_FOR = re.compile(r"^(?:(?:and|so|now|then|lastly),? )?(?:for|as for|in terms of) [^,]+$", re.IGNORECASE)
_SUPPOSES = re.compile(r"\b(?:if|unless|when|whether|until|once|in case)\b", re.IGNORECASE)
_BEGINS_SUPPOSED = re.compile(r"^\W*(?:\w+\W+){0,3}?(?:if|unless|when|once|as soon as|should you)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the clinician: its words, its utterances, whether it asks, and the patient's words before the turn.

    `number` counts sentences, so that neighbours can be told; `to_program` marks an order spoken to the computer.
    """

    text: str
    ids: tuple[str, ...]
    number: int
    asks: bool = False
    before: str = ""
    to_program: bool = False


def plan_clauses(transcript: Transcript) -> list[Clause]:
    """Return the clauses of the clinician in spoken order."""
    found: list[Clause] = []
    number, woken = 0, False
    for before, turn in _turns(transcript):
        for sentence, ids in _sentences(turn):
            number += 1
            asks = sentence.rstrip().endswith("?") and not _TAG.search(sentence)
            plain = _TAG.sub("", sentence).rstrip(" .?!,")
            bare = _WAKE.sub("", plain)
            to_program = woken or bare != plain
            woken = not bare and bool(plain)
            run_on = is_run_on(bare)
            pieces = [part for piece in clauses_of(bare) if piece for part in parted(piece)]
            found += [
                Clause(
                    text,
                    ids,
                    number,
                    (asks and n == len(pieces)) or (run_on and begins_asking(text)),
                    before,
                    to_program,
                )
                for n, text in enumerate(pieces, 1)
            ]
    return found


def _turns(transcript: Transcript) -> Iterator[tuple[str, list[Utterance]]]:
    """The clinician's utterances in a row, over nods, each row with what was said before it."""
    turn: list[Utterance] = []
    before, last = "", ""
    for utterance in transcript.utterances:
        if utterance.speaker in (Speaker.CLINICIAN, Speaker.UNKNOWN):
            before = before if turn else last
            turn.append(utterance)
        else:
            last = utterance.text
            if "?" in utterance.text or len(content_stems(utterance.text)) > _NOD:
                if turn:
                    yield before, turn
                turn = []
    if turn:
        yield before, turn


def _sentences(turn: list[Utterance]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The sentences of a turn, also over the ends of utterances that were cut off within one."""
    open_text, open_ids = "", tuple[str, ...]()
    for utterance in turn:
        text = plainly_spelt(compact(utterance))
        if open_text and text.lstrip().startswith("."):
            yield tidy(open_text), open_ids
            open_text, open_ids = "", ()
        pieces = [p for p in sentences_of(text.lstrip(" .,")) if p.strip(" .,-")]
        for n, piece in enumerate(pieces):
            ids = (*open_ids, utterance.id) if utterance.id not in open_ids else open_ids
            whole = f"{open_text} {piece}".strip()
            if n == len(pieces) - 1 and not piece.rstrip().endswith((".", "?", "!")) and len(whole.split()) < _LONGEST:
                open_text, open_ids = whole, ids
            else:
                yield tidy(whole), ids
                open_text, open_ids = "", ()
    if open_text:
        yield tidy(open_text), open_ids


_LONGEST = 60
"""Words after which an unended sentence is taken as it is."""


def plainly_spelt(text: str) -> str:
    """Return talk without stutters, 'gon na' and the spaces that some recognisers put before commas."""
    text = SPOKEN_POINT.sub(" point ", text)
    for pattern, put in _SPELT:
        text = pattern.sub(put, text)
    return text


def clauses_of(sentence: str) -> list[str]:
    """The sentence cut where a new intent begins, but never between a condition and what depends on it."""
    found: list[str] = []
    start = 0
    for match in _BREAK.finditer(sentence):
        piece = sentence[start : match.start()]
        if _BEGINS_SUPPOSED.search(piece) and not re.search(rf"\b{_SUBJECT}|\b{_PATIENT}\b.*\s", piece, re.I):
            continue
        if _FOR.match(piece) or (match["you"] and _SUPPOSES.search(piece)):
            continue
        found.append(piece.strip(" ,"))
        start = match.end()
    return [*found, sentence[start:].strip(" ,")]
