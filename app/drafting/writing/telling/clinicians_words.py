"""The clinician's spoken words told of the patient: you becomes they, where it is plainly subject, object or owner."""

import re
from itertools import pairwise

from app.drafting.writing.telling.patients_words import in_full
from app.drafting.writing.telling.reported_tables import reported

_PIECE = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|\d+(?:\.\d+)?|[^\sA-Za-z\d]")
_YOU = {
    "you're": "they are",
    "you've": "they have",
    "you'll": "they will",
    "your": "their",
    "yours": "theirs",
    "yourself": "themselves",
}
_THIRD = reported("person") - {"you", *_YOU} - {"we", "us", "our", "ours", "ourselves", "let's", "please"}
_THIRD = frozenset(w for w in _THIRD if not w.startswith(("we'", "you'")))
_SMALL_I = re.compile(r"(?<![\w.'’-])i(?=['’ ])")
_BID = re.compile(r"^(?:just |now |and |then |okay |ok )*(?P<verb>[a-z]+)\b", re.I)
_UNSURE = re.compile(
    r"\byou (?:and|or)\b|\b(?:and|or) you\b(?!['’]| (?:can|should|have|need|may|will|are))"
    r"|\byou (?:guys|know|see)\b|\"",
    re.I,
)


def told_by_clinician(sentence: str) -> str | None:
    """Return a sentence of the clinician with the patient in the third person, or None where a rule is not sure."""
    said = {m[0].lower().replace("’", "'") for m in _PIECE.finditer(sentence)}
    if said & _THIRD or "?" in sentence or _UNSURE.search(sentence):
        return None
    speaks_to = any(w == "you" or w in _YOU for w in said)
    sentence = _SMALL_I.sub("I", sentence)
    if not speaks_to:
        return in_full(sentence)
    if "you'd" in said or "them" in said or "myself" in said:
        return None
    told = _with_you(sentence)
    return None if told is None else in_full(told)


def bids_to_patient(sentence: str) -> bool:
    """Whether a sentence only tells the patient what to do while he is examined: 'Just breathe normally.'"""
    match = _BID.match(sentence)
    return match is not None and match["verb"].lower() in reported("bids") and len(sentence.split()) <= 8


def _with_you(sentence: str) -> str | None:
    """'You' behind the beginning of a clause is its subject, behind a verb or a preposition its object; else None."""
    words = list(_PIECE.finditer(sentence))
    before = {b.start(): a[0].lower() for a, b in pairwise(words)}
    after = {a.start(): b[0].lower() for a, b in pairwise(words)}
    found, at = [], 0
    for match in words:
        word = match[0].lower().replace("’", "'")
        if word != "you" and word not in _YOU:
            continue
        said = _YOU.get(word) or _subject_or_object(before.get(match.start(), ""), after.get(match.start(), ""))
        if said is None:
            return None
        first = match.start() == 0
        found += [sentence[at : match.start()], said[:1].upper() + said[1:] if first else said]
        at = match.end()
    return "".join([*found, sentence[at:]])


def _subject_or_object(before: str, after: str) -> str | None:
    if before == "like":  # 'I'd like you to', but 'it looks like you have'
        return "them" if after == "to" else "they"
    if not before or before in ",;.:–-" or before in reported("begins"):
        return "they"
    return "them" if before in reported("takes") else None
