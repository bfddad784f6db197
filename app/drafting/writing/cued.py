"""Sentences that are quoted because of what they say: 'call 911', 'no complications', 'that means'."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.phrases import Phrase
from app.drafting.writing.spoken_answers import quoted

MOST = 6
"""Sentences quoted for one field."""

_NOD = 2  # words; a shorter sentence says nothing by itself


def with_cued(
    transcript: Transcript, section: SectionTemplate, phrases: Sequence[Phrase], *, uncut: bool = False
) -> list[Phrase]:
    """Return the phrases with the quotes of fields that have `said` words: all of them, whole, with `uncut`.

    A phrase that only repeats a quote, on the same words of the visit, gives way to it.
    """
    quotes = [p for field in section.fields if field.said for p in _quotes(transcript, section, field, uncut=uncut)]
    kept = [p for p in phrases if not any(_says_no_more(p, quote) for quote in quotes)]
    return [*kept, *quotes]


def _quotes(transcript: Transcript, section: SectionTemplate, field: Field, *, uncut: bool) -> Iterator[Phrase]:
    cues = re.compile("|".join(rf"(?<!\w){re.escape(cue)}(?!\w)" for cue in field.said))
    speaker = Speaker.CLINICIAN if section.said_by is Speaker.CLINICIAN else Speaker.PATIENT
    found, seen = 0, set[str]()
    for utterance in transcript.utterances:
        if utterance.speaker is not speaker and not (section.said_by and utterance.speaker is Speaker.UNKNOWN):
            continue
        said = _sentences_with(cues, utterance)
        text = quoted([replace(utterance, text=said)], uncut=uncut) if said else ""
        if text and text not in seen and (uncut or found < MOST):
            seen.add(text)
            found += 1
            yield Phrase(field, text, (utterance.id,))


def _sentences_with(cues: re.Pattern[str], utterance: Utterance) -> str:
    """The utterance's statements with a cue; a sentence that begins with 'but' or 'and' keeps the one before it."""
    sentences = sentences_of(utterance.text.strip())
    wanted: list[int] = []
    for n, sentence in enumerate(sentences):
        if cues.search(sentence.lower()) and not is_question(tokenise(sentence)):
            leans = n > 0 and sentence.split()[0].lower().strip(",") in {"but", "and", "or", "then", "otherwise"}
            wanted += [n - 1, n] if leans else [n]
    return " ".join(sentences[n] for n in dict.fromkeys(wanted) if len(sentences[n].split()) >= _NOD)


def _says_no_more(phrase: Phrase, quote: Phrase) -> bool:
    if not phrase.evidence or not set(phrase.evidence) <= set(quote.evidence):
        return False
    return content_stems(phrase.text) <= content_stems(quote.text)
