"""What a stretch of talk holds: its words, clinical concepts and numbers, and what the clinician states in it."""

import re
from dataclasses import replace
from functools import cached_property

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import find_evidence, is_question
from app.drafting.spoken.exchanges import content_stems, names_in, said_names
from app.drafting.spoken.heard_names import heard_diagnosis, taken_for

_TAG = re.compile(r"\b(?:ok(?:ay)?|alright|all right|right)\s*\?$", re.IGNORECASE)


LEAST_SAID = 0.6
LEAST_STATED = 0.65
"""Shares of a phrase's words with content that must have been said, so that it counts as said."""


class Talk:
    """A visit, or a passage of it, read once for all phrases that are compared with it."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript

    @cached_property
    def stated(self) -> Transcript:
        """The talk without the patient's words and without questions."""
        kept = tuple(
            replace(u, text=text)
            for u in self.transcript.utterances
            if u.speaker in (Speaker.CLINICIAN, Speaker.UNKNOWN) and (text := statements_of(u.text))
        )
        return Transcript(self.transcript.duration, self.transcript.language, "", kept)

    @cached_property
    def numbers(self) -> frozenset[float]:
        """All numbers that are spoken."""
        return frozenset(n.value for u in self.transcript.utterances for n in read_numbers(tokenise(u.text)))

    def evidence(self, text: str) -> tuple[str, ...]:
        """Ids of the utterances that support a text, best first."""
        return tuple(dict.fromkeys(find_evidence(text, self.transcript)))

    def stated_evidence(self, text: str) -> tuple[str, ...]:
        """The same among the clinician's statements."""
        return tuple(dict.fromkeys(find_evidence(text, self.stated)))

    def holds(self, text: str) -> bool:
        """Whether most of a text's words with content are said. Names of one clinical concept stand for each other."""
        return _share(text, self._stems, self._names) >= LEAST_SAID

    def holds_all(self, text: str) -> bool:
        """Whether every word with content of a text is said."""
        return _share(text, self._stems, self._names) >= 1.0

    def states(self, text: str) -> bool:
        """Whether the clinician's statements hold nearly all of a text's words: "continue" must have been said, too."""
        return _share(text, self._stated_stems, self._stated_names) >= LEAST_STATED

    def is_told(self, text: str) -> bool:
        """Whether somebody else than the clinician says most of a text's words, or is asked about them."""
        return _share(text, self._told_stems, self._told_names) >= LEAST_SAID

    @cached_property
    def _told(self) -> Transcript:
        utterances = self.transcript.utterances
        kept = [u if u.speaker is not Speaker.CLINICIAN else replace(u, text=questions_of(u.text)) for u in utterances]
        return replace(self.transcript, utterances=tuple(u for u in kept if u.text))

    @cached_property
    def _told_stems(self) -> frozenset[str]:
        return _stems_of(self._told)

    @cached_property
    def _told_names(self) -> frozenset[str]:
        return _names_of(self._told)

    @cached_property
    def _stated_stems(self) -> frozenset[str]:
        return _stems_of(self.stated)

    @cached_property
    def _stated_names(self) -> frozenset[str]:
        return _names_of(self.stated)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return _stems_of(self.transcript)

    @cached_property
    def _names(self) -> frozenset[str]:
        return _names_of(self.transcript)


def _share(text: str, said: frozenset[str], names: frozenset[str]) -> float:
    stems = content_stems(text)
    meant = {s for name, words in said_names(text) if name in names for s in content_stems(words)}
    return len(stems & (said | meant)) / len(stems) if stems else 1.0


def _stems_of(transcript: Transcript) -> frozenset[str]:
    return frozenset(stem for u in transcript.utterances for stem in content_stems(u.text))


def _names_of(transcript: Transcript) -> frozenset[str]:
    """Clinical concepts and medicines, also those whose names were misheard."""
    names = {name for u in transcript.utterances for name in names_in(u.text)}
    guessed = {hit.name for u in transcript.utterances for hit in guess_drugs(tokenise(u.text))}
    misheard = {name for u in transcript.utterances for name in taken_for(heard_diagnosis(u.text))}
    return frozenset(names | guessed | misheard)


def statements_of(text: str) -> str:
    """The sentences of an utterance that are not questions."""
    sentences = sentences_of(text.strip())
    return " ".join(s for s in sentences if not is_question(tokenise(s)) or _TAG.search(s))


def questions_of(text: str) -> str:
    """The sentences of an utterance that are questions."""
    sentences = sentences_of(text.strip())
    return " ".join(s for s in sentences if is_question(tokenise(s)) and not _TAG.search(s))
