"""Illnesses of the patient and his family with what makes them so: the medicine taken for it, the relative's age."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tables import number_words
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.spoken.heard_names import heard_names
from app.drafting.writing.phrases import Phrase

_HIGH = re.compile(r"^(?:high|raised|elevated)\s+", re.IGNORECASE)
_ASCRIBES = re.compile(
    r"\byou(?:'ve| have)? (?:also |just )?(?:mentioned|said|told|reported|described)\b", re.IGNORECASE
)
_UNITS, _TENS = "|".join(number_words("unit")), "|".join(number_words("tens"))
_DECADE = r"in (?:his|her|their) (?:early |late |mid[- ]?)?(?:\w+ties|\w*teens|\d0s)"
_AGE = re.compile(
    rf"\bwhen (?:he|she|they) (?:was|were) (?:(?:only |just |about |around )?\d+|a (?:child|kid|baby|boy|girl)|young"
    rf"|(?:{_TENS}|{_UNITS})(?:[ -](?:{_UNITS}))?"
    rf"|{_DECADE})\b|\bat (?:the age of |age )?\d+|\baged \d+|\b{_DECADE}",
    re.IGNORECASE,
)


def with_reasons(phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the phrases, illnesses with the medicine that is taken for them, relatives' with the age that was told.

    An illness that only the clinician names, as something mentioned, and nobody mentioned, is left out.
    """
    found: list[Phrase] = []
    for phrase in phrases:
        if phrase.none or phrase.is_quote:
            found.append(phrase)
        elif phrase.field.role == "family":
            found.append(_with_age(phrase, transcript))
        elif "condition" not in phrase.field.kinds:
            found.append(phrase)
        elif not _only_ascribed(phrase, transcript):
            found.append(_with_medicine(phrase, transcript))
    return found


def _with_medicine(phrase: Phrase, transcript: Transcript) -> Phrase:
    """'Blood pressure' is no illness by itself; 'blood pressure (takes lisinopril for it)' tells one."""
    measured = re.escape(_HIGH.sub("", phrase.text))
    told_for = re.compile(rf"\bfor (?:the |my )?((?:high |raised )?{measured})\b", re.IGNORECASE)
    if _states(phrase.text, transcript):
        return phrase
    for utterance in _of_patient(transcript):
        for sentence in sentences_of(utterance.text):
            if not (said := told_for.search(sentence)):
                continue
            named = heard_names(sentence)
            taken = next((m for m in sorted(medicines_in(named)) if re.search(rf"\b{re.escape(m)}\b", named)), "")
            if taken:
                heard = re.search(rf"\b{re.escape(taken)}\b(?: \(heard as [^)]*\))?", named)
                text = f"{said[1].lower()} (takes {heard[0] if heard else taken} for it)"
                return replace(phrase, text=text, evidence=(utterance.id,))
    return phrase


def _states(text: str, transcript: Transcript) -> bool:
    """Whether the illness is named as one elsewhere: 'I have high cholesterol'."""
    names = {n for n in names_in(text) if kind_of(n) == "condition"}
    known = "measure" not in kinds_in(text) and bool(names)
    return known and any(
        names <= set(names_in(s)) and not re.search(r"\bfor (?:the |my )?", s, re.IGNORECASE)
        for u in _of_patient(transcript)
        for s in sentences_of(u.text)
    )


def _with_age(phrase: Phrase, transcript: Transcript) -> Phrase:
    if _AGE.search(phrase.text) or any(c.isdigit() for c in phrase.text):
        return phrase
    illnesses = {n for n in names_in(phrase.text) if kind_of(n) == "condition"}
    for utterance in _of_patient(transcript):
        told = [s for s in sentences_of(utterance.text) if illnesses and illnesses <= set(names_in(s))]
        ages = {m.group() for s in told for m in _AGE.finditer(s)}
        if utterance.id in phrase.evidence and len(ages) == 1 and len(_illnesses(told[0])) == len(illnesses):
            age = ages.pop()
            inside = phrase.text.endswith(")")
            return replace(phrase, text=f"{phrase.text[:-1]}, {age})" if inside else f"{phrase.text}, {age}")
    return phrase


def _illnesses(text: str) -> set[str]:
    return {n for n in names_in(text) if kind_of(n) == "condition"}


def _only_ascribed(phrase: Phrase, transcript: Transcript) -> bool:
    """Whether the clinician says 'you mentioned …' of something that nobody else names, and nothing more of it."""
    names, stems = set(names_in(phrase.text)), content_stems(phrase.text)
    holding = [
        (utterance.speaker, before + sentence)
        for utterance in transcript.utterances
        for before, sentence in _with_before(utterance)
        if (names and names & set(names_in(sentence))) or (not names and stems and stems <= content_stems(sentence))
    ]
    return bool(holding) and all(who is Speaker.CLINICIAN and _ASCRIBES.search(s) for who, s in holding)


def _with_before(utterance: Utterance) -> list[tuple[str, str]]:
    sentences = sentences_of(utterance.text)
    return list(zip(["", *sentences[:-1]], sentences, strict=True))


def _of_patient(transcript: Transcript) -> list[Utterance]:
    return [u for u in transcript.utterances if u.speaker is not Speaker.CLINICIAN]
