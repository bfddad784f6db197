"""Speaker labels in plain-text transcripts: `[doctor] …`, `Doctor: …`, `P: …`, `**Nurse:** …`, `Speaker 1: …`."""

import re
from dataclasses import dataclass
from itertools import pairwise

from app.domain.transcript import Speaker


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLINICIAN = _words(
    "dr doc doctor physician clinician clinican provider practitioner gp md surgeon consultant resident specialist "
    "therapist physiotherapist pharmacist dentist midwife paramedic medic np pa rn nurse interviewer examiner"
)
_PATIENT = _words("pt patient client interviewee")
_OTHER = _words(
    "mother father mom mum dad parent wife husband spouse partner daughter son sister brother family guest relative "
    "carer caregiver caretaker guardian friend interpreter translator student visitor child grandmother grandfather "
    "other companion aunt uncle"
)
_UNKNOWN = _words("speaker spk unknown voice")
_LETTERS = {"d": Speaker.CLINICIAN, "n": Speaker.CLINICIAN, "p": Speaker.PATIENT, "s": Speaker.UNKNOWN}
_TITLES = _words("dr doctor nurse")

# Words that open a line of speech or of a document and are followed by a colon, yet are nobody's name.
_NO_NAME = _words(
    "plan assessment subjective objective note notes summary history medication medications allergy allergies "
    "diagnosis impression question answer yes no ok okay well so and but because first second third one two three "
    "vitals exam examination labs dose warning important example remember also then monday tuesday wednesday thursday "
    "friday saturday sunday morning evening night title date time duration subject re http https file i it"
)

_COLONS = ":\N{FULLWIDTH COLON}"
_APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}"
_TIME = r"(?:[\[(]?(?P<time>(?:\d{1,2}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?)[\])]?\s*(?:-\s*)?)?"
_OPENING = r"(?:[-*>]\s+)?" + _TIME
_BRACKET = re.compile(_OPENING + r"\[(?P<name>[^\W\d_][^\]\n]{0,39})\]\s?" + f"[{_COLONS}]?")
_COLON = re.compile(
    _OPENING + rf"(?:\*\*|__)?(?P<name>[^\W\d_][\w.{_APOSTROPHES} -]{{0,39}}?)(?:\*\*|__)?[{_COLONS}](?:\*\*|__)?"
)
_LONGEST_LABEL = 120
_INNER = re.compile(r"(?<=\s)\[([^\W\d_][^\]\n]{0,39})\](?=\s|:)")


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line with its label taken off; `start` in seconds if the line carried a time.

    `name` is the label where it is no known role; it may be a person's name, or a word of the speech itself.
    """

    speaker: Speaker
    name: str | None
    start: float | None
    text: str


def turn_lines(text: str) -> list[str]:
    """The lines of a text; '[doctor] … [patient] …' in one line are two: it begins with a role in brackets."""
    found: list[str] = []
    for line in text.splitlines():
        first = _BRACKET.match(line.strip()[:_LONGEST_LABEL])
        if first is None or _role(first["name"].strip()) is None:
            found.append(line)
            continue
        cuts = [0, *(m.start() for m in _INNER.finditer(line) if _role(m[1].strip()) is not None), len(line)]
        found += [piece for a, b in pairwise(cuts) if (piece := line[a:b]).strip()]
    return found


def labelled_line(line: str) -> LabelledLine | None:
    """Return speaker and text of a line that begins with a speaker label, or None.

    A name that is no known role counts as `other`. A word before a colon that is not shaped
    like a name ("I take two things: …") is speech, as is a remark in brackets ("[coughs]").
    """
    line = line.strip()
    head = line[:_LONGEST_LABEL]
    match = _BRACKET.match(head) or _COLON.match(head)
    if match is None:
        return None
    name, text = match["name"].strip(), line[match.end() :]
    speaker = _role(name)
    # A bracket holds a remark as often as a name; only "Name: text" is taken for an unknown person.
    named = speaker is None and match.re is _COLON and _is_name(name) and text[:1].strip() == ""
    if speaker is None and not named:
        return None
    start = None if match["time"] is None else _seconds(match["time"])
    return LabelledLine(speaker or Speaker.OTHER, name if named else None, start, text.strip())


def _role(name: str) -> Speaker | None:
    words = [_bare(w) for w in re.split(r"[\s_\d-]+", name) if w]
    if not words:
        return None
    if len(words) == 1 and words[0] in _LETTERS:
        return _LETTERS[words[0]]
    if words[0] in _TITLES and len(words) in {2, 3} and all(w[:1].isupper() for w in name.split()[1:]):
        return Speaker.CLINICIAN
    known = set(words)
    # "patient's mother" and "patient guest" are not the patient; "guest clinician" is a clinician.
    for family, speaker in ((_CLINICIAN, Speaker.CLINICIAN), (_OTHER, Speaker.OTHER), (_PATIENT, Speaker.PATIENT)):
        if known & family:
            return speaker if known <= _CLINICIAN | _OTHER | _PATIENT else None
    return Speaker.UNKNOWN if known <= _UNKNOWN else None


def _bare(word: str) -> str:
    return re.sub(rf"[{_APOSTROPHES}]s$", "", word.lower()).strip(f".{_APOSTROPHES}")


def _is_name(name: str) -> bool:
    words = name.split()
    return (
        len(words) <= 3
        and all(w[0].isupper() or w[0].isdigit() for w in words)
        and words[0].lower().strip(".") not in _NO_NAME
    )


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
