"""The draft without a model's words: lines of the visit quoted as they were spoken."""

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.prompt_lines import without_control_tokens
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import kinds_in
from app.drafting.templates.template import SectionTemplate

MOST_QUOTES = 15

_WHO = {Speaker.CLINICIAN: "Clinician", Speaker.PATIENT: "Patient", Speaker.OTHER: "Other person"}


def quotes(transcript: Transcript, section: SectionTemplate) -> tuple[tuple[str, Utterance], ...]:
    """Return sentences that quote what belongs to the section, with the utterance of each, in spoken order.

    Chosen are utterances, not questions, with a word of the kinds that the section quotes, by whom it allows.
    """
    allowed = (Speaker.CLINICIAN,) if section.said_by is Speaker.CLINICIAN else (Speaker.PATIENT, Speaker.OTHER)
    found = [
        (f'{_WHO.get(u.speaker, "Speaker")}: "{without_control_tokens(u.text)}"', u)
        for u in transcript.utterances
        if u.speaker in (*allowed, Speaker.UNKNOWN) and _told_kinds(u.text).intersection(section.quotes)
    ]
    return tuple(found[:MOST_QUOTES])


def _told_kinds(text: str) -> frozenset[str]:
    return frozenset() if is_question(tokenise(text)) else kinds_in(text)
