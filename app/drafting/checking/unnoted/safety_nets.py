"""What must not be missed in the list: when to call or come back, and denials of what is dangerous."""

import re
from collections.abc import Iterator

from app.domain.note import Note
from app.domain.transcript import Speaker, Transcript
from app.domain.unnoted import Unnoted, UnnotedKind
from app.drafting.checking.hearing.quotation import closed, opened, tidy
from app.drafting.checking.unnoted.entries import Found
from app.drafting.checking.unnoted.tables import red_concepts
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.spoken.exchanges import content_stems, names_in

_CASE = re.compile(
    r"\b(?:if (?:you|it|this|that|things|there|your|the|she|he|they|any)|should (?:you|it|things)|in case|unless)\b",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"\b(?:call|911|999|emergency (?:room|department|services)|(?:urgent|medical) (?:attention|help|care)"
    r"|(?:give|get) (?:us|me|him|them) (?:a )?(?:call|ring)"
    r"|(?:ring|phone|contact|tell) (?:us|me|an ambulance|your|the (?:surgery|office|clinic|practice))"
    r"|come (?:back|in|and see|straight|right)|see (?:someone|somebody|a doctor|us|me) (?:again|straight|right|sooner)"
    r"|go (?:straight |right )?(?:back )?to (?:the |an? )?(?:hospital|emergency|er\b|ed\b|accident|urgent|casualty)"
    r"|speak to (?:us|me|you|someone|somebody|a doctor))\b",
    re.IGNORECASE,
)
_GRAVE = re.compile(
    r"\b(?:suicid\w*|(?:kill|harm|hurt)\w* (?:your|my)self|end(?:ing)? (?:your|my) life"
    r"|not (?:want(?:ing)? to |wanna )?(?:go on|carry on|be here)|want(?:ing)? to,?\W+(?:um\W+)?not go on)\b"
    r"|n['’]t (?:want to |wanna )?(?:go on|carry on|be here)\b",
    re.IGNORECASE,
)
_IF_CALLED = re.compile(r"\bif (?:you|we|they|i) (?:call|ring|phone|contact|come|see|speak)\b", re.IGNORECASE)
_MOST_NEW = 0.5
_WEIGHT = 3.0
_SHORT = 5
_LONGEST = 60


def rank_of(entry: Unnoted) -> float:
    """Return where an entry stands: denials of what is dangerous right behind the plan, all others by their kind."""
    denied = entry.kind is UnnotedKind.DENIED and bool(set(names_in(entry.text)) & red_concepts())
    grave = denied or bool(entry.kind is not UnnotedKind.RED_FLAG and _GRAVE.search(entry.text))
    return min(entry.kind.rank, UnnotedKind.ALLERGY.rank + 0.5) if grave else entry.kind.rank


def safety_nets(note: Note, transcript: Transcript) -> Iterator[Found]:
    """Yield the clinician's sentences that say in which case to call or come back, if no line has half their words."""
    written = [(s.evidence, content_stems(s.text)) for s in note.statements()]
    for n, utterance in enumerate(transcript.utterances):
        if utterance.speaker in (Speaker.PATIENT, Speaker.OTHER):
            continue
        held = {s for evidence, stems in written if utterance.id in evidence for s in stems}
        text = " ".join(_warnings(utterance.text))
        stems = set(content_stems(text))
        if stems and len(stems - held) > _MOST_NEW * len(stems) and len(text.split()) <= _LONGEST:
            quote = closed(opened(tidy(text), nods=True))
            yield _WEIGHT, Unnoted((utterance.id,), UnnotedKind.PLAN, f'Clinician: "{quote}"'), frozenset((n,))


def _warnings(text: str) -> list[str]:
    """The sentences with a case and a call; the next one where it only goes on with the first: 'Then call us.'"""
    sentences, found = sentences_of(text), list[str]()
    for n, sentence in enumerate(sentences):
        if sentence.rstrip().endswith("?") or not _CASE.search(sentence) or _IF_CALLED.search(sentence):
            continue
        following = sentences[n + 1] if n + 1 < len(sentences) else ""
        if _CALL.search(sentence) and len(sentence.split()) > _SHORT:
            found.append(sentence)
        elif re.match(r"\W*(?:then|and|you should)\b", following, re.IGNORECASE) and _CALL.search(following):
            found += [sentence, following]
    return found
