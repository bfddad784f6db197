"""Quotations of a note told as a note tells them, by rules alone: their words stay, only speech's own clutter goes.

`Onset: "When did it start?" – "Um, about two days ago, I was at work."` becomes `Onset: about two days ago, they were
at work.` Singular they is the patient. Wherever a rule is not sure the quotation stays.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.domain.note import Note, Section, Statement
from app.domain.style import Form
from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.english import is_english
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems
from app.drafting.writing.merging import MOST_EVIDENCE
from app.drafting.writing.telling.asked_by_label import asked_about, holds_content, label_asked
from app.drafting.writing.telling.clinicians_words import bids_to_patient, told_by_clinician
from app.drafting.writing.telling.patients_words import has_subject, telegraphic, told_of_patient
from app.drafting.writing.telling.reported_tables import reported
from app.drafting.writing.telling.spoken_clutter import uncluttered

_LABEL = r"(?P<label>[A-Z][A-Za-z ,/&-]{0,48}): "
_EXCHANGE = re.compile(rf'^{_LABEL}(?:(?P<of>[^":]{{2,60}}): )?"(?P<asked>[^"]+)" – "(?P<said>[^"]+)"\.?$')
_UNLABELLED = re.compile(r'^"(?P<asked>[^"]+)" – "(?P<said>[^"]+)"\.?$')
_LABELLED = re.compile(rf'^{_LABEL}"(?P<said>[^"]+)"\.?$')
_REPORTS = re.compile(r'^Reports "(?P<said>[^"]+)"\.?$')
_WITHIN = re.compile(r'^(?P<before>[^"()]+) \("(?P<said>[^"]+)"\)\.?$')
_BARE = re.compile(r'^"(?P<said>[^"]+)"\.?$')
_QUOTED = re.compile(r'"(?P<said>[^"]+)"')
_CAPITAL_WITHIN = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+\b")
_LABEL_BEFORE = re.compile(r"^[A-Z][A-Za-z ,/&-]{0,48}: ")
_SPEAKERS = frozenset({"Clinician", "Patient", "Other person", "Speaker"})
_LEAST_CONTENT = 3
"""Words with content of an answer that needs neither question nor label."""
_FEW = 2
_MOST_ENGLISH = 0.6
_MARKS = ".,;:?!…()“”-–"
_MOST_OF = 0.6
"""Share of a quotation's words that the utterances of its speaker have to hold."""


def in_reported_speech(note: Note, transcript: Transcript, form: Form = Form.BULLETS) -> Note:
    """Return the note with its quotations told in the third person, as far as the rules are sure; evidence stays.

    What is written for the patient keeps the words that he knows, without fillers.
    """
    if note.reader == "patient":
        return replace(note, sections=tuple(map(_in_clean_quotes, note.sections)))
    return replace(note, sections=reported_sections(note.sections, transcript, form))


def reported_sections(
    sections: Sequence[Section], transcript: Transcript, form: Form = Form.BULLETS
) -> tuple[Section, ...]:
    """Return the sections with the quotations of their statements told in the third person; prose keeps subjects."""
    spoken = _Spoken(transcript, telegraphic if form is Form.BULLETS else _as_it_is)
    return tuple(replace(s, statements=_once([(x, spoken.reported(x)) for x in s.statements])) for s in sections)


def _once(pairs: Sequence[tuple[Statement, Statement]]) -> tuple[Statement, ...]:
    """The second of each pair, without those that, now that they are told, only say what one before them says.

    Both rest on the same words of the visit; what goes leaves its evidence.
    """
    kept: list[Statement] = []
    for quoted, told in pairs:
        body = _LABEL_BEFORE.sub("", told.text).lower().rstrip(".")
        same = (n for n, k in enumerate(kept) if body in k.text.lower() and set(k.evidence) & set(told.evidence))
        at = None if quoted.text == told.text else next(same, None)
        if at is None:
            kept.append(told)
        else:
            both = tuple(dict.fromkeys([*kept[at].evidence, *told.evidence]))[:MOST_EVIDENCE]
            kept[at] = replace(kept[at], evidence=both)
    return tuple(kept)


@dataclass
class _Spoken:
    """The quotations of one visit's notes."""

    transcript: Transcript
    begun: Callable[[str], str] = telegraphic

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that the transcript writes with a capital letter within a sentence."""
        return frozenset(name for u in self.transcript.utterances for name in _CAPITAL_WITHIN.findall(u.text))

    def reported(self, statement: Statement) -> Statement:
        """The statement in reported speech, or as it is."""
        text = self._told(statement) if '"' in statement.text else None
        return statement if text is None else replace(statement, text=text)

    def _told(self, statement: Statement) -> str | None:
        for shape, told in (
            (_EXCHANGE, self._exchange),
            (_UNLABELLED, self._whole_answer),
            (_WITHIN, self._within),
            (_REPORTS, self._line),
            (_LABELLED, self._labelled),
            (_BARE, self._line),
        ):
            if (match := shape.match(statement.text)) is not None:
                return told(match, statement)
        return None

    def _within(self, match: re.Match[str], statement: Statement) -> str | None:
        """`Cough ("Well, at night.")`: what was asked, with the answer's own words."""
        said = self._sentences(match["said"], statement)
        return None if said is None else f"{match['before']} ({_joined(said, self.names, small=True).rstrip('.')})."

    def _line(self, match: re.Match[str], statement: Statement) -> str | None:
        """A quotation without a label; what would be no sentence stands behind 'Reports'."""
        said = self._sentences(match["said"], statement)
        if said is None:
            return None
        line = _joined([self.begun(said[0]), *said[1:]], self.names, small=False)
        return f"Reports {_small(line, self.names)}" if match.re is _REPORTS and not has_subject(said[0]) else line

    def _labelled(self, match: re.Match[str], statement: Statement) -> str | None:
        """`Alcohol: "Oh, a beer on Sundays."`: under its label."""
        said = None if match["label"] in _SPEAKERS else self._sentences(match["said"], statement)
        if said is None or not holds_content(" ".join(said)):
            return None
        return f"{match['label']}: {_joined([telegraphic(s) for s in said], self.names, small=True)}"

    def _exchange(self, match: re.Match[str], statement: Statement) -> str | None:
        return self._answer(match["label"], match, statement, of=match["of"] or "")

    def _answer(self, label: str, match: re.Match[str], statement: Statement, of: str = "") -> str | None:
        """An exchange under its label, without the question if label and answer say everything.

        `of` is the complaint that the exchange is about, where the line names it.
        """
        said = self._sentences(match["said"], statement)
        if said is None or self._speaker(match["said"], statement) is not Speaker.PATIENT:
            return None
        about = asked_about(label, match["asked"], " ".join(said), dated=bool(of))
        if about is None or (of and about):
            return None
        about = of or about
        told = _joined([telegraphic(s) for s in said], self.names, small=True)
        return f"{label}: {told}" if not about else f"{label}: {about} – {told}"

    def _whole_answer(self, match: re.Match[str], statement: Statement) -> str | None:
        """An exchange without a label as the answer alone, if that is a sentence and says all that was asked."""
        said = self._sentences(match["said"], statement)
        if said is None or self._speaker(match["said"], statement) is not Speaker.PATIENT:
            return None
        label = label_asked(match["asked"])
        if label:
            return self._answer(label, match, statement)
        whole = len(content_stems(said[0])) >= _LEAST_CONTENT
        return (
            _joined(said, self.names, small=False)
            if whole and asked_about("", match["asked"], " ".join(said)) == ""
            else None
        )

    def _sentences(self, quote: str, statement: Statement) -> list[str] | None:
        """The sentences of a quotation, told by whoever said it; None where one of them cannot be told."""
        if not _is_english_talk(quote):
            return None
        speaker = self._speaker(quote, statement)
        said = uncluttered(quote, agreed=True)
        if speaker is Speaker.CLINICIAN:
            told = [told_by_clinician(s) for s in said if not bids_to_patient(s)]
        elif speaker is Speaker.PATIENT:
            of_family = statement.text.startswith("Family history:")
            told = [told_of_patient(s, of_relative=of_family) for s in said]
        else:
            return None
        found = [s for s in told if s is not None]
        return found if found and len(found) == len(told) else None

    def _speaker(self, quote: str, statement: Statement) -> Speaker | None:
        """Who said a quotation: the one speaker of the evidence whose utterances hold most of its words."""
        wanted = {t.text for t in tokenise(quote)}
        held: dict[Speaker, set[str]] = {}
        for utterance in self.transcript.utterances:
            if utterance.id in statement.evidence:
                held.setdefault(utterance.speaker, set()).update(t.text for t in tokenise(utterance.text))
        shares = sorted(((len(wanted & said) / max(1, len(wanted)), s) for s, said in held.items()), reverse=True)
        return shares[0][1] if shares and shares[0][0] >= _MOST_OF else None


def _in_clean_quotes(section: Section) -> Section:
    statements = (replace(s, text=_QUOTED.sub(_clean, s.text)) for s in section.statements)
    return replace(section, statements=tuple(statements))


def _clean(match: re.Match[str]) -> str:
    said = " ".join(uncluttered(match["said"], agreed=False))
    return f'"{said}"' if said else match[0]


def _as_it_is(sentence: str) -> str:
    return sentence


def _is_english_talk(quote: str) -> bool:
    """Whether most words are English; the rules know no other language. Two words may be names of medicines."""
    said = [w.partition("'")[0] for w in quote.replace("’", "'").split()]
    said = [w.strip(_MARKS) for w in said if w.strip(_MARKS).isalpha()]
    known = sum(w.isascii() and is_english(w) for w in said)
    return all(w.isascii() for w in said) and (len(said) <= _FEW or known >= _MOST_ENGLISH * len(said))


def _joined(sentences: Sequence[str], names: frozenset[str], *, small: bool) -> str:
    """The sentences as one line, parted by semicolons; `small`: the first one begins so as well."""
    parts = [s if s.endswith("…") else s.rstrip(" .;?!") for s in sentences]
    first = _small(parts[0], names) if small else parts[0][:1].upper() + parts[0][1:]
    line = "; ".join([first, *(_small(p, names) for p in parts[1:])]).replace("…;", "…")
    return line if line.endswith("…") else f"{line}."


def _small(sentence: str, names: frozenset[str]) -> str:
    """A sentence with a small letter at its beginning, unless it begins with a name or an abbreviation."""
    first = sentence.partition(" ")[0].strip(",.;")
    plain = first[1:].islower() or len(first) == 1
    keeps = not plain or first == "I" or first.lower() in reported("name") or not is_english(first.replace("’", "'"))
    drugs = [hit.name for hit in find_drugs(tokenise(first))]
    keeps = first.lower() not in drugs and bool(keeps or drugs or first in names)
    return sentence if keeps and not _is_function(first) else sentence[:1].lower() + sentence[1:]


def _is_function(word: str) -> bool:
    return word != "I" and all(t.is_stop for t in tokenise(word))
