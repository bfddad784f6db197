"""What the patient says in so many words that he worries about."""

import re
from collections.abc import Iterator, Sequence

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems, is_plain_no, names_in, said_names
from app.drafting.spoken.stretches import words_let_stand

_WORRY = (
    r"(?:worr(?:y|ies|ied|ying)|afraid|scared|scares|fear(?:s|ed|ful)?|frighten\w*|terrifie\w+|concern(?:s|ed|ing)?"
    r"|dread\w*|paranoid|panick\w* (?:about|that)|(?:anxious|nervous) about"
    r"|what if|what(?:'s| is| will) (?:gonna |going to )?happen|could (?:it|this|that) be|looked (?:it )?up"
    r"|googl\w+|wonder(?:ing|ed)?|sign of)"
)
_WORRIES = re.compile(rf"\b{_WORRY}\b", re.IGNORECASE)
_NOT = re.compile(r"(?:\b(?:not|no|never|without|hardly)|n't)\b[^.?!;]{0,40}$", re.IGNORECASE)
_CLAUSE = re.compile(r"[.?!;]\s*|\s+but\s+|,\s*(?=(?:and|so|but|i|i'm|it|it's|they|we|he|she|my) )", re.IGNORECASE)
_WORRIES_ME = re.compile(r"\b(?:worries|scares|frightens|concerns|worrying|scaring) me\b", re.IGNORECASE)
_REACH = 14
"""Words behind a worry that say what it is about."""
_EMPTY = content_stems("know do feel feels get go things stuff something anything everything")
_OF_WORRY = content_stems(
    "worry worries worried worrying concern concerned concerns fear afraid scared anxious dread"
) | {
    "potenti",
    "possibl",
}


def is_worry(text: str) -> bool:
    """Whether a phrase itself says that somebody worries: 'worry about work'."""
    return bool(re.match(r"^(?:worr(?:y|ied|ies|ying)|afraid|scared|fears?|concern(?:s|ed)?)\b", text, re.IGNORECASE))


def worried_about(text: str, transcript: Transcript) -> bool:
    """Whether the patient says in one clause that he worries about all that a phrase names.

    A worry that is denied is none; the answer to a question for worries counts whole, unless it is a no.
    """
    wanted = content_stems(text) - _OF_WORRY
    names = {name for name, said in said_names(text) if not content_stems(said) <= _OF_WORRY}
    if not wanted - _EMPTY and not names:
        return False
    return any(_holds(said, wanted, text, names) for said in _worries(transcript.utterances))


def _holds(said: str, wanted: frozenset[str], text: str, names: set[str]) -> bool:
    """Whether a worry says every word, or another name of the same."""
    known = names & set(names_in(said))
    meant = {stem for name, word in said_names(text) if name in known for stem in content_stems(word)}
    return wanted - meant <= content_stems(said) and names <= known


def _worries(utterances: Sequence[Utterance]) -> Iterator[str]:
    for n, utterance in enumerate(utterances):
        if utterance.speaker is Speaker.CLINICIAN:
            yield from _asked(utterances, n)
            continue
        for sentence in sentences_of(utterance.text):
            for clause in _CLAUSE.split(sentence):
                found = _WORRIES.search(clause)
                if found is None or _NOT.search(clause[: found.start()]):
                    continue
                following = clause[found.start() :].split()[:_REACH]
                yield clause if _WORRIES_ME.search(clause) else " ".join(following)


def _asked(utterances: Sequence[Utterance], n: int) -> Iterator[str]:
    asked = " ".join(s for s in sentences_of(utterances[n].text) if is_question(tokenise(s)))
    if not _WORRIES.search(asked) or n + 1 == len(utterances):
        return
    answer = utterances[n + 1]
    if answer.speaker is Speaker.CLINICIAN or is_plain_no(answer.text):
        return
    yield f"{words_let_stand(utterances[n], answer.text)} {answer.text}"
