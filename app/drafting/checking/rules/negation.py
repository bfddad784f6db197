"""Negation: what the note denies must have been denied, what it affirms must not have been denied."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import HeardMention, Status
from app.drafting.checking.hearing.reading import Clause, Mention
from app.drafting.checking.rules.allergies import is_forbidden
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of, narrower_than, wider_than
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token
from app.drafting.spoken.clinicians_concern import concerns

_YES_AFTER_ALL = re.compile(r"^(?:(?:um+|uh+|oh|well|sorry|no|wait)\b\W*)*(?:yeah|yes|actually)\b", re.IGNORECASE)
_KINDS = frozenset({"symptom", "condition", "finding", "procedure"})
_HABITS = frozenset(
    {"smoking", "alcohol", "drug use", "vaping", "contraception", "steroid", "blood thinner", "antibiotic"}
)
_GIVEN_UP = frozenset({"former", "formerly", "quit", "ex"})
_CONDITIONS = words("condition-cue")
_DEGREES = words("degree") | words("negating")
_LEADS_TO_DETAIL = frozenset({"with", "while", "when", "during", "after", "on", "at"})
_CLEARLY_MORE = 3.5
"""How much more of the statement's own words the opposite utterance must share to raise a doubt."""
_OUTVOTED = 3
_FAR_DETAIL = 6
_DENIES = frozenset({"denies", "denied"})
_IF_YOU_GET = re.compile(r"(?:(?:or|and) \w+(?: \w+)? )?if (?:you|he|she|they) (?:gets?|have|has|feels?|notices?)\b")
_PRESENT = words("present")
_PAST = words("past")
_TODAY = frozenset({"now", "today", "currently"})
_ENDED = frozenset({"away", "gone", "stopped", "resolved", "disappeared", "settled"})
_CHANGES = frozenset({"worse", "better", "with", "when", "during", "by"})
"""'No worse with coughing' denies no cough, only that it changes something."""
_OTHERS = frozenset({"other", "others", "else", "further", "additional"})
_EARLIER = frozenset({"before", "previously", "previous", "prior", "ever", "never", "past", "history"})


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about presence and absence."""
    for clause in case.clauses:
        given_up = any(t.text in _GIVEN_UP for c in case.clauses for t in c.tokens)
        for mention in clause.concepts():
            if given_up and mention.name in _HABITS:
                continue  # 'former smoker' neither affirms nor denies smoking
            checked = kind_of(mention.name) in _KINDS or mention.name in _HABITS or _is_denied_measure(clause, mention)
            if checked and not mention.context.hypothetical and not _is_supposed(case, clause, mention):
                yield from _one(case, clause, mention)
        for drug in clause.drugs():
            yield from _drug(case, drug)


def _is_supposed(case: Case, clause: Clause, mention: Mention) -> bool:
    """'With chest pain, if you get that': in a plan the condition may come behind what it is about."""
    behind = " ".join(t.text for t in clause.tokens[mention.end :])
    return "plan" in case.section and not mention.context.negated and bool(_IF_YOU_GET.match(behind))


def _is_denied_measure(clause: Clause, mention: Mention) -> bool:
    """'Denies blood pressure': that nobody can, unless it was asked for and answered so, as a temperature may be."""
    first = clause.tokens[0].text if clause.tokens else ""
    return kind_of(mention.name) == "measure" and first in _DENIES and mention.context.negated


def _one(case: Case, clause: Clause, note: Mention) -> Iterator[Doubt]:
    everything = _of_same_person(case.heard.concepts.get(note.name, []), note)
    general = everything if note.context.negated else _in_general(case, everything, clause)
    heard = _of_same_detail(case, _of_same_place(general, clause, note), clause, note)
    if note.name in _HABITS:
        heard = _not_of_others(case, heard)
    wanted = Status.NEGATED if note.context.negated else Status.AFFIRMED
    if "objective" in case.section:
        heard = _of_examination(case, heard)
    statuses = {m.status for m in heard}
    if not everything:
        yield from _unnamed(case, clause, note)
    elif wanted in statuses:
        if _opposite_fits_better(case, clause, note, heard, wanted) or (
            wanted is Status.NEGATED and _told_afterwards(case, heard, everything)
        ):
            said = f"no {note.said}" if wanted is Status.AFFIRMED else note.said
            yield Doubt(Support.PARTIAL, f"negation: the transcript also says {said}")
        elif wanted is Status.AFFIRMED and _is_over(case, clause, note, heard):
            yield Doubt(Support.PARTIAL, f"time: {note.said} was told of earlier times, the note says it of now")
    elif heard and wanted is Status.NEGATED and _elsewhere(everything, heard, clause, note):
        yield Doubt(Support.PARTIAL, f"negation: no {note.said} was said, but of another place")
    elif heard and (_denied_so(case, clause, note, heard) or not _covered(case, clause, note, everything, wanted)):
        if note.context.hedged and any(name == note.name for name, _, _ in concerns(case.heard.transcript)):
            return  # 'what I'm worried about is … some people get clots' is 'possible clots'
        yield from _missing(note, statuses, wanted, changes=bool(_CHANGES & {t.text for t in clause.tokens}))


def _not_of_others(case: Case, mentions: list[HeardMention]) -> list[HeardMention]:
    """Without the denial of others: 'I take an edible once a month.' 'Any other drugs?' 'No.'"""
    own = any(m.status is Status.AFFIRMED and m.speaker is Speaker.PATIENT for m in mentions)
    others = [
        m
        for m in mentions
        if m.status is Status.NEGATED and _OTHERS & {t.text for t in case.heard.clauses[m.clause][1].tokens}
    ]
    return [m for m in mentions if m not in others] if own else mentions


def _unnamed(case: Case, clause: Clause, note: Mention) -> Iterator[Doubt]:
    """Nobody named just this: 'eye pain' where pain was denied, 'no knee pain' where 'joint pain, my knee' was told."""
    if not note.context.negated:
        told = [m for name in wider_than(note.name) for m in case.heard.concepts.get(name, ())]
        there = [m for m in told if m.sites & clause.sites_near(note)]
        wider = {m.status for m in there or told}
        if Status.NEGATED in wider and Status.AFFIRMED not in wider:
            yield Doubt(Support.CONTRADICTED, f"negation: note says {note.said}, transcript denies it")
        return
    sites = clause.sites_near(note)
    places = {m.utterance - d for s in sites for m in case.heard.sites.get(s, ()) for d in range(3)}
    for name in narrower_than(note.name):
        told = [m for m in case.heard.concepts.get(name, ()) if m.status is Status.AFFIRMED]
        if any(m.utterance in places for m in told):
            yield Doubt(
                Support.CONTRADICTED, f"negation: note denies {note.said}, transcript says {told[0].mention.said}"
            )
            return


def _in_general(case: Case, heard: list[HeardMention], clause: Clause) -> list[HeardMention]:
    """Without denials of a special case ('does it hurt when I press?' 'no'), unless the note names that case."""
    own = {t.stem for t in clause.tokens if not t.is_stop}

    def denies_case(mention: HeardMention) -> bool:
        tokens = case.heard.clauses[mention.clause][1].tokens
        at = next((n for n, t in enumerate(tokens) if t.text in _CONDITIONS), len(tokens))
        named = {t.stem for t in tokens[at:] if not t.is_stop} & own
        return mention.status is Status.NEGATED and mention.conditional and not named

    return [m for m in heard if not denies_case(m)] or heard


def _of_examination(case: Case, heard: list[HeardMention]) -> list[HeardMention]:
    """For findings, what the clinician states counts before what the patient tells."""
    stated = [m for m in heard if m.speaker is not Speaker.PATIENT and not case.heard.clauses[m.clause][1].question]
    plain = [m for m in stated if m.status is not Status.AFFIRMED or not m.mention.context.hedged]
    return plain or stated or heard


def _missing(note: Mention, statuses: set[Status], wanted: Status, *, changes: bool) -> Iterator[Doubt]:
    if wanted is Status.AFFIRMED and Status.NEGATED in statuses:
        yield Doubt(Support.CONTRADICTED, f"negation: note says {note.said}, transcript says no {note.said}")
    elif wanted is Status.NEGATED and Status.AFFIRMED in statuses:
        yield Doubt(Support.CONTRADICTED, f"negation: note denies {note.said}, transcript says {note.said}")
    elif Status.ASKED in statuses:
        yield Doubt(Support.PARTIAL, f"negation: {note.said} was asked, the answer is not clear")
    elif wanted is Status.NEGATED and statuses == {Status.HYPOTHETICAL} and not changes:
        yield Doubt(Support.PARTIAL, f"negation: {note.said} was only spoken of as a circumstance, nobody denied it")
    elif wanted is Status.AFFIRMED and kind_of(note.name) in ("symptom", "condition"):
        yield Doubt(Support.PARTIAL, f"certainty: {note.said} was only spoken of as a possibility or a warning")


def _of_same_person(mentions: Sequence[HeardMention], note: Mention) -> list[HeardMention]:
    same = [m for m in mentions if bool(m.mention.context.relative) == bool(note.context.relative)]
    return same or list(mentions)


def _of_same_place(mentions: list[HeardMention], clause: Clause, note: Mention) -> list[HeardMention]:
    """Prefer mentions on the note's side and at its body site; then those without a site; else all."""
    sides = clause.sides_near(note)
    if sides and "both" not in sides:
        mentions = [m for m in mentions if not m.sides or m.sides & (sides | {"both"})] or mentions
    sites = clause.sites_near(note)
    if not sites:
        return mentions
    same = [m for m in mentions if m.sites & sites]
    return same or [m for m in mentions if not m.sites] or mentions


def _of_same_detail(case: Case, heard: list[HeardMention], clause: Clause, note: Mention) -> list[HeardMention]:
    """Where the note adds a detail that was said ('pain with pronation'), prefer the mentions around that word."""
    told = [m for m in heard if m.status is not Status.ASKED]
    if len({m.status for m in told}) > 1:
        told = heard = _of_same_time(case, told, clause)
    if len({m.status for m in told}) > 1 and (detail := _detail(clause, note)):
        shared = [len(detail & case.heard.words_around(m)) for m in told]
        if max(shared):
            return [m for m, count in zip(told, shared, strict=True) if count == max(shared)]
    after = [t.stem for t in _same_item(clause, note) if not t.is_stop and t.after != ","]
    places = {n + d for s in after for n in case.heard.stems.get(s, ()) for d in (-1, 0, 1)}
    return [m for m in heard if m.utterance in places] or heard


def _of_same_time(case: Case, told: list[HeardMention], clause: Clause) -> list[HeardMention]:
    """'Never had one before' speaks of earlier times only: it decides over 'no previous …' and not over 'has …'."""
    earlier = [m for m in told if _EARLIER & {t.text for t in case.heard.clauses[m.clause][1].tokens}]
    if _EARLIER & {t.text for t in clause.tokens}:
        return earlier or told
    rest = [m for m in told if m not in earlier or m.status is not Status.NEGATED]
    return rest if any(m.status is Status.AFFIRMED and m not in earlier for m in rest) else told


def _same_item(clause: Clause, note: Mention) -> list[Token]:
    """Up to three words behind the mention, as far as they belong to the same item of a list."""
    end = note.end
    while end < min(len(clause.tokens), note.end + 3) and not clause.tokens[end - 1].after:
        end += 1
    return list(clause.tokens[note.end : end])


def _detail(clause: Clause, note: Mention) -> frozenset[str]:
    """Words that make it another thing: 'midline' tenderness, 'suspicious' moles, pain 'with pronation'; no degrees."""
    taken = {n for m in clause.mentions for n in range(m.start, m.end)} | {s.at for s in clause.sides}
    before: list[int] = []
    for n in range(note.start - 1, max(-1, note.start - 3), -1):
        if clause.tokens[n].after or clause.tokens[n].text in ("and", "or"):
            break
        before.append(n)
    after: list[int] = []
    for n in range(note.end, min(len(clause.tokens), note.end + 6)):
        if clause.tokens[n - 1].after or clause.tokens[n].text in ("and", "or"):
            break
        if clause.tokens[n].text in _LEADS_TO_DETAIL:
            taken = {s.at for s in clause.sides}
        after.append(n)
    return frozenset(
        t.stem
        for n in (*before, *after)
        if n not in taken and not (t := clause.tokens[n]).is_stop and t.text.isalpha() and t.text not in _DEGREES
    )


def _elsewhere(
    everything: Sequence[HeardMention], heard: Sequence[HeardMention], clause: Clause, note: Mention
) -> bool:
    """The note denies it of a place for which nothing was said."""
    denied = any(m.status is Status.NEGATED for m in everything)
    return denied and bool(clause.sites_near(note)) and not any(m.sites & clause.sites_near(note) for m in heard)


def _covered(case: Case, clause: Clause, note: Mention, everything: Sequence[HeardMention], wanted: Status) -> bool:
    """A wider denial covers a narrower one ('no pain' for 'denies chest pain'); a narrower claim covers a wider one.

    A claim for a place is covered by none: back pain is no pain in the calf.
    """
    if wanted is Status.AFFIRMED and clause.sites_near(note):
        return False
    names = wider_than(note.name) if wanted is Status.NEGATED else narrower_than(note.name)
    if any(m.status is wanted for name in names for m in case.heard.concepts.get(name, [])):
        return wanted is Status.AFFIRMED or all(m.status is not Status.AFFIRMED for m in everything)
    return False


def _is_over(case: Case, clause: Clause, note: Mention, heard: Sequence[HeardMention]) -> bool:
    """'I used to have seizures' or '… until Sunday, then it went away' does not say that the patient has them."""
    own = {t.text for t in clause.tokens[max(0, note.start - _FAR_DETAIL) : note.end + _FAR_DETAIL]}
    told = [m for m in heard if m.status is Status.AFFIRMED and not case.heard.clauses[m.clause][1].question]
    patients = [m for m in told if m.speaker is not Speaker.CLINICIAN]
    if not _PRESENT & own or (_PAST & own and not _TODAY & own) or not patients:
        return False
    return all(_ended(case, m) for m in patients)


def _ended(case: Case, heard: HeardMention) -> bool:
    """What used to be; or what lasted until then and ended, by the words after it in the same utterance."""
    clause = case.heard.clauses[heard.clause][1]
    before = [t.text for t in clause.tokens[max(0, heard.mention.start - _FAR_DETAIL) : heard.mention.start]]
    if any(pair == ("used", "to") for pair in pairwise(before)):
        return True
    n, following = case.heard.clauses[min(heard.clause + 1, len(case.heard.clauses) - 1)]
    after = [*clause.tokens[heard.mention.end :], *(following.tokens if n == heard.utterance else ())]
    return "until" in {t.text for t in after} and bool(_ENDED & {t.text for t in after})


def _denied_so(case: Case, clause: Clause, note: Mention, heard: Sequence[HeardMention]) -> bool:
    """Whether just this was denied, detail and all: 'pain with weather change'."""
    detail = _detail(clause, note)
    return bool(detail) and any(
        m.status is Status.NEGATED and detail <= case.heard.words_around(m, _FAR_DETAIL) for m in heard
    )


def _opposite_fits_better(
    case: Case, clause: Clause, note: Mention, heard: Sequence[HeardMention], wanted: Status
) -> bool:
    opposite = Status.AFFIRMED if wanted is Status.NEGATED else Status.NEGATED
    against = [m for m in heard if m.status is opposite]
    if not against:
        return False
    favour = [m for m in heard if m.status is wanted]
    if len(against) >= _OUTVOTED * len(favour):
        return True
    own = case.heard.likeness(clause, note)
    return max(own(m) for m in against) > max(own(m) for m in favour) + _CLEARLY_MORE


def _told_afterwards(case: Case, heard: Sequence[HeardMention], everything: Sequence[HeardMention]) -> bool:
    """The patient said it in his own words right after it was denied: 'No.' 'Yeah, I vomited at the start.'"""
    denied = [m.utterance for m in heard if m.status is Status.NEGATED]
    return any(
        m.status is Status.AFFIRMED
        and m.speaker is Speaker.PATIENT
        and not (m.conditional or m.mention.context.hedged or case.heard.clauses[m.clause][1].question)
        and any(0 <= m.utterance - at <= 2 for at in denied)
        and (m in heard or _YES_AFTER_ALL.match(case.heard.transcript.utterances[m.utterance].text))
        for m in everything
    )


def _drug(case: Case, note: Mention) -> Iterator[Doubt]:
    heard = case.heard.drugs.get(note.name, [])
    if case.label == "allergy" and any(is_forbidden(case.heard, m) for m in heard):
        return  # whether what may not be taken is an allergy is the business of `allergies`
    statuses = {m.status for m in heard}
    if not note.context.negated and statuses == {Status.NEGATED}:
        yield Doubt(Support.PARTIAL, f"negation: the transcript says not {note.said}")
    elif note.context.negated and statuses == {Status.AFFIRMED}:
        yield Doubt(Support.CONTRADICTED, f"negation: note says not {note.said}, transcript says {note.said}")
