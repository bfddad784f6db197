"""The patient's own words for what a phrase of the model makes too little of: 'Hot.' is no line of a note."""

from collections.abc import Sequence

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems, kinds_in
from app.drafting.spoken.heard_names import heard_names

LONGEST = 45
"""Words of a quoted sentence."""
LEAST_SHARED = 0.6

_HOME = frozenset({stem("live"), stem("living"), stem("home")})
_GENERAL = frozenset(
    {"symptom", "problem", "issu", "thing", "complaint", "ongo", "other", "current", "same", "similar", "new", "main"}
    | {"present", "concern", "continu", "persist", "further", "no", "all", "stuff", "difficulti", "troubl"}
)


def is_general(text: str) -> bool:
    """Whether a phrase names nothing: 'ongoing symptoms', 'other problems'."""
    stems = content_stems(text)
    return not kinds_in(text) and bool(stems) and stems <= _GENERAL


def is_bare(text: str) -> bool:
    """Whether a phrase is a single word that no clinical table knows: 'hot'."""
    return len(content_stems(text)) == 1 and not kinds_in(text)


def own_words(text: str, transcript: Transcript, *, asked: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the patient's sentence that says most of a phrase, quoted, with the ids of its utterance; or ('', ()).

    Args:
        asked: only an answer to a question about it counts: 'after work' tells nothing of the work.
    """
    stems = content_stems(text)
    best, found = 0.0, ("", tuple[str, ...]())
    for n, utterance in enumerate(transcript.utterances):
        if utterance.speaker is Speaker.CLINICIAN or not stems or (asked and not _answers(stems, transcript, n)):
            continue
        for sentence in _sentences(utterance):
            share = len(stems & content_stems(sentence)) / len(stems)
            if share > best and share >= LEAST_SHARED:
                best, found = share, (quoted_words(sentence), (utterance.id,))
    return found


def _answers(stems: frozenset[str], transcript: Transcript, n: int) -> bool:
    """Whether the utterance before asks for one of the words, or for home; or somebody tells with whom he lives."""
    before = transcript.utterances[n - 1].text if n else ""
    return bool((stems | _HOME) & content_stems(before) or _HOME & content_stems(transcript.utterances[n].text))


def _sentences(utterance: Utterance) -> Sequence[str]:
    return [s for s in sentences_of(compact(utterance)) if s and not is_question(tokenise(s))]


def quoted_words(said: str, *, longest: int = LONGEST) -> str:
    """The words in quotation marks, at most `longest` of them."""
    words = said.replace('"', "").split()
    return f'"{heard_names(" ".join(words[:longest]))}{" …" if len(words) > longest else ""}"'
