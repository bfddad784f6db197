"""Complaints that are over, written with the patient's own words for then and now."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.drafting.checking.rules.then_and_now import Change, is_timed
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.exchanges import Exchanges, content_stems, names_in, said_names
from app.drafting.templates.template import Field
from app.drafting.writing.phrases import Phrase

_EARLIER = re.compile(r"\b(?:in the past|before|ever|previously|past history|history of)\b", re.IGNORECASE)
_OPENING = re.compile(r"^(?:(?:yes|yeah|yep|no|so|well|and|but)\b[\s,.]*)+", re.IGNORECASE)


def with_changes(
    symptoms: Field, denied: Field | None, phrases: Sequence[Phrase], changes: Mapping[str, Change]
) -> list[Phrase]:
    """Return the phrases with each change quoted once: beside the complaint, instead of its denial, or added.

    What was there and is over is neither present nor denied: only the sentence that says both is right.
    """
    quoted: set[str] = set()
    found: list[Phrase] = []
    for phrase in sorted(phrases, key=lambda p: p.field is denied):
        names = [n for n in names_in(phrase.text) if n in changes] if phrase.field in (symptoms, denied) else []
        if not names or phrase.is_quote or (is_timed(phrase.text) and phrase.field is symptoms):
            quoted.update(names)
            found.append(phrase)
            continue
        if phrase.field is denied:
            found.extend(_without(phrase, names))
            names = [n for n in names if n not in quoted]
            found.extend(_said(symptoms, changes[n]) for n in names)
        elif not set(names) <= quoted:
            found.append(_quoting(phrase, changes[names[0]]))
        elif not _is_bare(phrase):
            found.append(phrase)
        quoted.update(names)
    return [*found, *(_said(symptoms, change) for name, change in changes.items() if name not in quoted)]


def _quoting(phrase: Phrase, change: Change) -> Phrase:
    """The sentence instead of the bare complaint, or behind what the phrase tells besides."""
    evidence = tuple(dict.fromkeys([change.utterance.id, *phrase.evidence]))
    if _is_bare(phrase):
        return replace(phrase, text=f'"{_words(change)}"', evidence=evidence)
    return replace(phrase, text=f'{phrase.text} ("{_words(change)}")', evidence=evidence)


def _is_bare(phrase: Phrase) -> bool:
    """Whether a phrase names the complaint and tells nothing besides."""
    return content_stems(phrase.text) <= {s for _, words in said_names(phrase.text) for s in content_stems(words)}


def _said(symptoms: Field, change: Change) -> Phrase:
    return Phrase(symptoms, f'"{_words(change)}"', (change.utterance.id,))


def _without(phrase: Phrase, names: Sequence[str]) -> list[Phrase]:
    """A denial without the items that were there once."""
    items = [item for item in phrase.text.split(", ") if not set(names_in(item)) & set(names)]
    return [replace(phrase, text=", ".join(items))] if items else []


def _words(change: Change) -> str:
    said = compact(replace(change.utterance, text=change.sentence)).replace('"', "")
    said = _OPENING.sub("", said)
    return said[:1].upper() + said[1:]


def dated_denials(denied: Field, phrases: Sequence[Phrase], exchanges: Exchanges) -> list[Phrase]:
    """Return the phrases with "in the past" behind what was only asked of the past, and is named today after all.

    "Have you ever had gout?" "No." and the diagnosis of gout in the same visit do not contradict each other.
    """
    asked = {n for e in exchanges.denials if _EARLIER.search(e.question.text) for n in e.concepts}
    named = asked & exchanges.told

    def dated(phrase: Phrase) -> Phrase:
        names = set(names_in(phrase.text))
        only = phrase.field is denied and names and names <= named and not _EARLIER.search(phrase.text)
        return replace(phrase, text=f"{phrase.text} in the past") if only else phrase

    return [dated(phrase) for phrase in phrases]
