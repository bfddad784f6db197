"""Marks every statement of a note against the transcript."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.note import Note, Section, Statement, Support, worst
from app.domain.transcript import Transcript
from app.drafting.checking.consistent import consistent
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.rules import (
    actions,
    allergies,
    asked_only,
    at_examination,
    dates,
    denied_words,
    doses,
    drug_names,
    durations,
    experiencer,
    hedging,
    in_passing,
    invented,
    joined,
    kept_up,
    limits,
    negation,
    never_told,
    not_yet,
    numbers,
    only_clinician,
    own_facts,
    places,
    relief,
    results,
    routes,
    scales,
    scattered,
    side,
    then_and_now,
    turned_round,
    who_said,
)
from app.drafting.checking.rules.verdict import Case, Doubt, Rule
from app.drafting.lexicon.abbreviations import abbreviated, spelled_out
from app.drafting.lexicon.labels import label_meaning, split_label
from app.drafting.lexicon.remembered import readings_remembered
from app.drafting.spoken.doubtful_speakers import likely_speakers
from app.drafting.spoken.evidence import MOST
from app.drafting.spoken.exchanges import names_in
from app.drafting.spoken.heard_names import as_heard, as_taken, taken_for
from app.drafting.spoken.single_spaces import with_single_spaces

RULES: tuple[Rule, ...] = (
    drug_names.check,
    doses.check,
    routes.check,
    allergies.check,
    actions.check,
    kept_up.check,
    numbers.check,
    scales.check,
    durations.check,
    dates.check,
    negation.check,
    then_and_now.check,
    denied_words.check,
    side.check,
    places.check,
    experiencer.check,
    who_said.check,
    own_facts.check,
    never_told.check,
    hedging.check,
    invented.check,
    results.check,
    joined.check,
    scattered.check,
    limits.check,
    asked_only.check,
    only_clinician.check,
    at_examination.check,
    not_yet.check,
    in_passing.check,
    turned_round.check,
    relief.check,
)
LONGEST_REREAD = 2_000
"""Characters of a statement that is also read abbreviated and in full; ordinary ones have a tenth."""
_NO_EVIDENCE = "evidence: nothing in the visit supports this"


@readings_remembered()
def check_note(note: Note, transcript: Transcript) -> Note:
    """Return the note with support, reasons and evidence of every statement set; texts are untouched.

    A statement is `supported` only if evidence exists, no rule raises a doubt and no line
    of its section says the opposite.
    Evidence ids that the transcript does not have are removed with a reason; better evidence is put first.
    """
    likely = likely_speakers(with_single_spaces(transcript))
    heard = Heard(likely.transcript, likely.doubtful)
    return replace(note, sections=tuple(_section(s, heard) for s in note.sections))


def _section(section: Section, heard: Heard) -> Section:
    name = f"{section.key} {section.title}".lower()
    over = label_meaning(section.title)
    marked = tuple(check_statement(s, name, heard, over) for s in section.statements)
    return consistent(replace(section, statements=marked), heard)


def check_statement(statement: Statement, section: str, heard: Heard, heading: str = "") -> Statement:
    """Mark one statement; `section` is its section's key and title in lower case.

    `heading` is what the title means as a label ('allergy', 'family', …): it counts where the statement has none.
    What can be abbreviated is read both ways, and the reading with less doubt counts: they say the same.
    """
    marked = _check(statement, section, heard, heading)
    for text in _readings(statement.text) if marked.support is not Support.SUPPORTED else ():
        other = _check(replace(statement, text=text), section, heard, heading)
        if other.support.doubt < marked.support.doubt:
            marked = replace(other, text=statement.text)
    return marked


def _readings(text: str) -> list[str]:
    """The text abbreviated and in full, as far as that changes it and each clinical word of it is still named."""
    if len(text) > LONGEST_REREAD:
        return []
    short, named = abbreviated(text), set(names_in(text))
    readings = [reading for reading in dict.fromkeys((short, spelled_out(short))) if reading != text]
    return [reading for reading in readings if named <= set(names_in(reading))]


def _check(statement: Statement, section: str, heard: Heard, heading: str) -> Statement:
    unknown = [e for e in statement.evidence if e not in heard.position]
    cited = tuple(e for e in statement.evidence if e in heard.position)
    label, body = split_label(statement.text)
    evidence = heard.finder.find(as_heard(body), cited) or heard.finder.find(statement.text, cited)
    evidence = evidence or heard.where_told(body)
    doubts = [Doubt(Support.PARTIAL, f"evidence: {e} does not exist in the transcript") for e in unknown]
    if not evidence:
        doubts.append(Doubt(Support.UNSUPPORTED, _NO_EVIDENCE))
    places = tuple(heard.position[e] for e in evidence)
    written = statement.text[: len(statement.text) - len(body)].strip(" :").lower()
    case = Case(as_taken(body), section, places, heard, label or heading, taken_for(body), written)
    for rule in RULES:
        doubts.extend(rule(case))
    return replace(
        statement,
        evidence=evidence or cited[:MOST],
        support=worst(Support.SUPPORTED, *(d.support for d in doubts)),
        reasons=_reasons(doubts),
    )


def _reasons(doubts: Sequence[Doubt]) -> tuple[str, ...]:
    ordered = sorted(doubts, key=lambda d: -d.support.doubt)
    return tuple(dict.fromkeys(d.reason for d in ordered))
