"""An allergy stands together with its reaction, as the patient tells them: 'penicillin (came out in hives)'."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.exchanges import content_stems, names_in, said_names
from app.drafting.spoken.given_medicines import medicines_in
from app.drafting.spoken.tolerated import named_beside_allergens, sentences_by_matter
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.history.history_lines import allergies_field
from app.drafting.writing.own_words import quoted_words
from app.drafting.writing.phrases import Phrase

LONGEST = 20
"""Words of a quoted reaction."""
NEAR = 3
"""Sentences behind the allergen in which its reaction is told."""

_NO_REACTION = frozenset({"allergy"})
_FRAME = re.compile(r"^(?:allerg(?:y|ic) to|reaction to)\s+|\s+allerg(?:y|ies)$", re.IGNORECASE)
_JOINT = re.compile(r"\s+(?:with|causing|causes|gives|and|of|in|from|which)$", re.IGNORECASE)
_ITEMS = re.compile(r",\s+(?:and\s+)?|\s+and\s+")
_EDGES = " ,:;()–-"
_LEAST_MORE = 1
"""Words with content that a sentence adds to a reaction without being worth quoting for it."""


def with_reactions(section: SectionTemplate, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the phrases, allergies with what the patient says happened, once each.

    A medicine that is only named beside one is left out: 'just paracetamol; I'm allergic to aspirin'.
    """
    field = allergies_field(section)
    none = named_beside_allergens(transcript)
    found: list[Phrase] = []
    for phrase in phrases:
        of_allergy = phrase.field is field or (_FRAME.search(phrase.text) and medicines_in(phrase.text))
        if not of_allergy or phrase.none or phrase.is_quote or '"' in phrase.text:
            found.append(phrase)
            continue
        items = _ITEMS.split(phrase.text)
        kept = [item for item in items if not medicines_in(item) & none]
        if not kept:
            continue
        text = phrase.text if kept == items else ", ".join(kept)
        line = _with_reaction(replace(phrase, field=field or phrase.field, text=text), transcript)
        if not any(p.field is field and content_stems(line.text) <= content_stems(p.text) for p in found):
            found.append(line)
    return found


def _with_reaction(phrase: Phrase, transcript: Transcript) -> Phrase:
    text = _FRAME.sub("", phrase.text)
    allergen, named = _split(text)
    told = _reaction(allergen, transcript)
    if told is None:
        return replace(phrase, text=f"{allergen} ({named})" if named else text)
    sentence, ids = told
    if named and len(content_stems(sentence) - content_stems(text)) <= _LEAST_MORE:
        return replace(phrase, text=f"{allergen} ({named})")
    return replace(phrase, text=f"{allergen} ({quoted_words(sentence, longest=LONGEST)})", evidence=ids)


def _split(text: str) -> tuple[str, str]:
    """The allergen and the reaction that a text names: 'penicillin hives', 'penicillin (hives)'."""
    for name, said in said_names(text):
        if kind_of(name) in ("symptom", "condition") and name not in _NO_REACTION:
            at = re.search(rf"\b{re.escape(said)}\b", text, re.IGNORECASE)
            allergen = _JOINT.sub("", text[: at.start()].rstrip(_EDGES)).rstrip(_EDGES) if at else ""
            if at and allergen:
                return allergen, text[at.start() :].strip(_EDGES)
    return text, ""


def _reaction(allergen: str, transcript: Transcript) -> tuple[str, tuple[str, ...]] | None:
    """The patient's sentence with the allergen, or right behind it, that names what happened; with the ids."""
    wanted, since, first = content_stems(allergen), NEAR + 1, ""
    for utterance, sentence, matter in sentences_by_matter(transcript):
        if utterance.speaker is Speaker.CLINICIAN or matter != "allergy":
            since += 1
            continue
        if wanted and wanted <= content_stems(sentence):
            since, first = 0, utterance.id
        reacts = {n for n in names_in(sentence) if kind_of(n) in ("symptom", "condition")} - _NO_REACTION
        if since <= NEAR and reacts:
            return _tidy(utterance, sentence), tuple(dict.fromkeys((first, utterance.id)))
        since += 1
    return None


def _tidy(utterance: Utterance, sentence: str) -> str:
    return compact(replace(utterance, text=sentence)).rstrip(" .")
