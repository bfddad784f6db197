"""What rules read from the talk itself, quoted: answers to known questions, vital signs, sentences left out so far."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.quantities import Measure, read_quantities
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import (
    Exchanges,
    content_stems,
    denies_itself,
    is_plain_no,
    kinds_in,
    names_in,
    said_names,
)
from app.drafting.spoken.heard_names import heard_diagnosis, heard_names
from app.drafting.spoken.other_ones import asks_for_others
from app.drafting.spoken.plan_clauses import plainly_spelt
from app.drafting.spoken.run_on import is_run_on, parted
from app.drafting.spoken.talk import statements_of
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.phrases import Phrase, explains
from app.drafting.writing.quoted_sentences import worth_quoting

LONGEST_QUOTE = 60
"""Words of a quoted answer; longer talk is left to the model's summary."""
MOST_COMPLETED = 8

_VITAL = frozenset(
    {"heart rate", "pulses", "respiratory rate", "temperature", "oxygen saturation", "weight", "height", "peak flow"}
    | {"body mass index"}
)
_OXYGEN = re.compile(r"\boxygen is\b", re.IGNORECASE)
_LAST_NOD = re.compile(r"(?<=[.!?])(?: (?:right|okay|ok|all right|great|mm-hmm)[.,!?]*)+$", re.IGNORECASE)
_WAS = re.compile(r"\bpressures? (?:\w+ )?(?:was|were|had been)\b|\bit was\b", re.IGNORECASE)
_HERE = re.compile(r"\b(?:today|here|in the office|this morning|just now|nurse|assistant)\b", re.IGNORECASE)
_STAYS = (
    (
        re.compile(r"\b(?:the e\.?r\.?|e\.?d\.?|emergency (?:room|department|visit))(?=\W|$)", re.IGNORECASE),
        "at the emergency visit",
    ),
    (re.compile(r"\b(?:in|from|at) (?:the )?hospital\b|\bhospitali[sz]\w+", re.IGNORECASE), "in hospital"),
    (re.compile(r"\blast (?:visit|time)\b", re.IGNORECASE), "at the last visit"),
)
"""Where an earlier pressure was measured, in a physician's words."""
_TALK_BEFORE = 4
_MEDICINES = re.compile(r"\b(?:medic\w+|tablets?|pills?|over[- ]the[- ]counter|drugs?)\b", re.IGNORECASE)
_ALLERGIES = re.compile(r"\ballerg\w+", re.IGNORECASE)
_FUTURE = re.compile(r"\b(?:i'll|we'll|let's|going to|want to|need to|let me)\b", re.IGNORECASE)
_EMPTY = words("yes") | words("no") | words("filler-answer") | words("stop")


def asked_and_answered(
    transcript: Transcript, exchanges: Exchanges, section: SectionTemplate, filled: Iterable[Field]
) -> Iterator[Phrase]:
    """Yield the patient's quoted answers for fields that are still empty and whose question was asked."""
    have = set(filled)
    for field in section.fields:
        examines = section.said_by is Speaker.CLINICIAN
        if (field in have and not examines) or not (field.asked or field.names) or field.exchange:
            continue
        found = list(_answers(transcript, exchanges, field, with_question=examines))
        if not any(p.none for p in found):
            found += _volunteered(transcript, exchanges, field, {e for p in found for e in p.evidence})
        told = {p.text: p for p in reversed(found)}
        yield from reversed(told.values()) if not any(p.none for p in found) else [p for p in found if p.none][:1]


def _answers(transcript: Transcript, exchanges: Exchanges, field: Field, *, with_question: bool) -> Iterator[Phrase]:
    utterances = transcript.utterances
    for n, question in enumerate(utterances):
        if question.speaker is Speaker.PATIENT or question.id in exchanges.relatives or not _asks(question, field):
            continue
        answers = _answer(utterances, n)
        text = quoted(answers)
        if not text or (field.number and not read_numbers(tokenise(text))):
            continue
        ids = (question.id, *(a.id for a in answers))
        if is_plain_no(text.strip('"')) and not with_question:
            if field.none and not asks_for_others(question.text, field.kinds, transcript):
                yield Phrase(field, "", ids, none=True)
            elif len(text.split()) > 1:
                yield Phrase(field, text, ids)
        elif with_question or _joins_two(question, field, text):
            yield Phrase(field, f"{quoted([question])} – {text}", ids)
        elif not _merely_yes(text):
            yield Phrase(field, text, ids)


def _joins_two(question: Utterance, field: Field, answer: str) -> bool:
    """'Any medicines or allergies?' 'No, only the Nurofen yesterday.': alone, the answer would read as an allergy."""
    both = _MEDICINES.search(question.text) and _ALLERGIES.search(question.text)
    is_of_them = {"allergies", "allergy"} & set(field.asked) or "drug" in field.kinds
    return bool(both and is_of_them and "drug" in kinds_in(answer) and not _ALLERGIES.search(answer))


def _asks(utterance: Utterance, field: Field) -> bool:
    text = utterance.text.lower()
    if not any(re.search(rf"\b{re.escape(cue)}\b", text) for cue in field.asked):
        return False
    return "?" in text or is_question(tokenise(text)) or len(text.split()) <= 6


def _answer(utterances: Sequence[Utterance], n: int) -> list[Utterance]:
    """The patient's utterances after question `n`, over a second question of the clinician, until he goes on."""
    found: list[Utterance] = []
    for utterance in utterances[n + 1 : n + 6]:
        if utterance.speaker in (Speaker.PATIENT, Speaker.OTHER, Speaker.UNKNOWN):
            if is_question(tokenise(utterance.text)):
                break
            found.append(utterance)
        elif found or not is_question(tokenise(utterance.text)):
            break
        if sum(len(u.text.split()) for u in found) >= LONGEST_QUOTE // 2:
            break
    return found


def _merely_yes(text: str) -> bool:
    return all(t.text in _EMPTY and not t.text.isdigit() for t in tokenise(text)) and not read_numbers(tokenise(text))


def _volunteered(transcript: Transcript, exchanges: Exchanges, field: Field, known: set[str]) -> Iterator[Phrase]:
    for utterance in transcript.utterances:
        told = utterance.speaker is Speaker.PATIENT and utterance.id not in exchanges.relatives
        if told and utterance.id not in known and set(names_in(utterance.text)) & set(field.names):
            yield Phrase(field, quoted([utterance]), (utterance.id,))


def quoted(utterances: Sequence[Utterance], *, uncut: bool = False) -> str:
    """The utterances' words in quotation marks, without hesitations; at most `LONGEST_QUOTE` words unless `uncut`."""
    said = " ".join(filter(None, (compact(u) for u in utterances))).replace('"', "").split()
    longest = len(said) if uncut else LONGEST_QUOTE
    text = " ".join(said[:longest]) + (" …" if len(said) > longest else "")
    text = _LAST_NOD.sub("", text)
    return f'"{heard_names(text)}"' if text else ""


def vital_signs(transcript: Transcript, field: Field) -> Iterator[Phrase]:
    """Yield the vital signs that the clinician says aloud, pressures as numbers, the others in his words."""
    for n, utterance in enumerate(transcript.utterances):
        if utterance.speaker not in (Speaker.CLINICIAN, Speaker.UNKNOWN):
            continue
        for sentence in _statements(utterance.text):
            text = sentence.strip(" .,")
            tokens = tokenise(sentence)
            if not text or is_question(tokens) or _FUTURE.search(text):
                continue
            pressure = next((q for q in read_quantities(tokens, set()) if q.measure is Measure.PRESSURE), None)
            named = set(names_in(text)) & _VITAL or _OXYGEN.search(text)
            if named and read_numbers(tokens):
                yield Phrase(field, _plain(text), (utterance.id,))
            elif pressure is not None and pressure.second is not None:
                when = _measured_when(transcript.utterances, n, sentence)
                yield Phrase(field, f"blood pressure {pressure.value:g}/{pressure.second:g}{when}", (utterance.id,))


def _measured_when(utterances: Sequence[Utterance], n: int, sentence: str) -> str:
    """' (at the emergency visit)' where the pressure 'was' so and the talk before is of another stay."""
    if not _WAS.search(sentence) or _HERE.search(sentence):
        return ""
    before = " ".join(u.text for u in utterances[max(0, n - _TALK_BEFORE) : n + 1])
    return next((f" ({words})" for place, words in _STAYS if place.search(before)), "")


def _statements(text: str) -> list[str]:
    """The sentences of a text, run-on talk cut where a new statement begins."""
    return [part for s in sentences_of(text) for part in (parted(plainly_spelt(s)) if is_run_on(s) else [s])]


def left_unsaid(
    transcript: Transcript,
    exchanges: Exchanges,
    section: SectionTemplate,
    phrases: Sequence[Phrase],
    *,
    uncut: bool = False,
) -> Iterator[Phrase]:
    """Yield sentences that belong to the section and are in none of its statements, quoted: all, whole, with `uncut`.

    They are the clinician's, or the patient's where the section is not the clinician's.
    """
    who = Speaker.CLINICIAN if section.said_by else Speaker.PATIENT
    unknown = {Speaker.UNKNOWN} if section.said_by else set()
    known, found = {e for p in phrases for e in p.evidence}, 0
    named = {name for p in phrases for name in names_in(p.text)}
    quoted_ids: set[str] = set()
    stems = {stem for p in phrases for stem in content_stems(p.text)}
    utterances = transcript.utterances
    for n, utterance in enumerate(utterances):
        if utterance.speaker not in {who, *unknown} or (not section.said_by and denies_itself(utterance.text)):
            continue
        said = worth_quoting(statements_of(utterance.text), section)
        only_evidence = bool(section.cues) or section.said_by is None
        if utterance.id in quoted_ids:
            continue
        if utterance.id in known and section.said_by and not (section.cues and "plan" not in section.complete):
            said = " ".join(s for s in sentences_of(said) if _orders(s, section) - named)
        elif utterance.id in known and (only_evidence or _named(said, section) <= named):
            continue
        if section.said_by is None and all(content_stems(w) <= stems for _, w in said_names(said)):
            continue
        if not said or (found >= MOST_COMPLETED and not uncut) or not _belongs(said, section):
            continue
        whole, ids = said, [utterance.id]
        if section.said_by is None:
            turn = _turn(utterances, n)
            whole, ids = " ".join(u.text for u in turn), [utterance.id, *(u.id for u in turn if u is not utterance)]
        following = utterances[n + 1] if n + 1 < len(utterances) else None
        if section.said_by and following and following.speaker is utterance.speaker and following.text[:1].islower():
            whole, ids = f"{said.rstrip('.')} {following.text}", [utterance.id, following.id]
        spared = bool(section.said_by) and len(whole.split()) <= 2 * LONGEST_QUOTE
        text = quoted([replace(utterance, text=whole)], uncut=uncut or spared)
        text = heard_diagnosis(text) if section.said_by and "condition" in section.complete else text
        found += 1
        quoted_ids.update(ids)
        family = section.field_with("family") if utterance.id in exchanges.relatives else None
        yield Phrase(family or _field_of(section, said), text, tuple(ids))


def _turn(utterances: Sequence[Utterance], n: int) -> list[Utterance]:
    """All that the speaker of utterance `n` says at once: 'I did have a flu last week' tells when the fever was."""
    first, last = n, n + 1
    while first > 0 and utterances[first - 1].speaker is utterances[n].speaker and n - first < 3:
        first -= 1
    while last < len(utterances) and utterances[last].speaker is utterances[n].speaker and last - n < 4:
        last += 1
    return list(utterances[first:last])


def _named(said: str, section: SectionTemplate) -> set[str]:
    return {n for n in names_in(said) if kind_of(n) in section.complete}


def _orders(said: str, section: SectionTemplate) -> set[str]:
    """What a sentence may order by name; a 'come back' or 'refer' alone is in the lines that rules read."""
    return {n for n in _named(said, section) if kind_of(n) != "plan"}


def _belongs(said: str, section: SectionTemplate) -> bool:
    kinds = set(kinds_in(said)) | ({"drug"} if guess_drugs(tokenise(said)) else set())
    if not kinds & set(section.complete):
        return False
    if not section.cues:
        return not explains(said) and not _FUTURE.search(said)
    return any(re.search(rf"\b{re.escape(cue)}\b", said.lower()) for cue in section.cues)


def _field_of(section: SectionTemplate, said: str) -> Field:
    """The first field whose kinds are named, the most telling kinds first; else the field for the rest."""
    kinds = set(kinds_in(said)) | ({"drug"} if guess_drugs(tokenise(said)) else set())
    for wanted in ("specialist", "drug", *section.complete):
        for field in section.fields:
            if wanted in kinds and wanted in field.kinds:
                return field
    return section.field_with("rest") or section.field_with("symptoms") or section.fields[-1]


def _plain(text: str) -> str:
    text = re.sub(r"^(?:(?:so|and|okay|ok|now|well|your)\b[ ,]*)+", "", text, flags=re.IGNORECASE)
    return text[:1].lower() + text[1:]
